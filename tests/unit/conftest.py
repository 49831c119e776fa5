"""Fixtures of the unit tests."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from emotion_desktop.cli.main import main
from emotion_desktop.workspace.catalogue.catalogue import Catalogue


@pytest.fixture
def log_restored() -> Iterator[None]:
    """A verb starts a log; it ends with the test."""
    logger = logging.getLogger("emotion_desktop")
    before = (list(logger.handlers), logger.level, logger.propagate)
    yield
    for handler in logger.handlers:
        if handler not in before[0]:
            handler.close()
    logger.handlers[:], logger.level, logger.propagate = before


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    """An empty workspace's."""
    with Catalogue(tmp_path / "workspace" / "catalogue.sqlite") as made:
        yield made


@pytest.fixture
def call(capsysbinary, log_restored: None) -> Callable[..., tuple[int, str, str]]:
    """Runs a verb in this process: exit status, stdout, stderr."""

    def run(*arguments: object) -> tuple[int, str, str]:
        status = main([str(argument) for argument in arguments])
        out, err = capsysbinary.readouterr()
        return status, out.decode("utf-8", "surrogateescape"), err.decode()

    return run
