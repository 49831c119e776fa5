"""The stand-in as fixtures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.stand_ins.aws.server import StandIn


@pytest.fixture(scope="session")
def aws_server() -> Iterator[StandIn]:
    """One server for all tests; they use ``aws``."""
    # moto takes a second to load: only where it is asked for.
    from tests.stand_ins.aws.server import StandIn

    server = StandIn()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def aws(aws_server: StandIn, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[StandIn]:
    """An empty account that boto3 finds by itself, and no configuration of whoever runs this.

    What is tried again is tried at once: no test waits for it.
    """
    aws_server.reset()
    for name, value in aws_server.environment.items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "no aws config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "no aws credentials"))
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0)
    monkeypatch.setattr("emotion_desktop.aws.rekognition.attempts._FIRST_PAUSE_S", 0.0)
    yield aws_server
    aws_server.faults.clear()
    aws_server.training.reset()
    aws_server.transform.reset()
