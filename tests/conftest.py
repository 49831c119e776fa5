"""Fixtures shared by all tests."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from emotion_desktop.assets import BUILTIN_MODEL
from emotion_desktop.domain.job import JobSpec, Lane
from emotion_desktop.engines.bundle import Bundle, read_bundle
from emotion_desktop.engines.litert import LiteRTClassifier
from emotion_desktop.imaging.faces import FaceFinder, make_face_finder
from emotion_desktop.jobs.running.manager import JobManager
from emotion_desktop.jobs.table import JOBS, JobKind
from emotion_desktop.workspace.paths import WORKSPACE_VARIABLE
from tests.job_specs import assert_complete
from tests.stand_ins.aws.fixtures import aws, aws_server  # noqa: F401 - fixtures

# Tests in this process need no screen; those of the real window start an X server of their own.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

_SHARED = Path(__file__).resolve().parents[2] / "shared" / "data" / "facial_expressions"


@pytest.fixture(autouse=True)
def _own_workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test touches the workspace of whoever runs it."""
    monkeypatch.setenv(WORKSPACE_VARIABLE, str(tmp_path / "default workspace"))


@pytest.fixture(autouse=True)
def _specs_are_complete(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every job that a test submits holds JSON alone, and what its function takes."""
    submit = JobManager.submit

    def checked(manager: JobManager, spec: JobSpec) -> str:
        if spec.kind in JOBS:
            assert_complete(spec)
        return submit(manager, spec)

    monkeypatch.setattr(JobManager, "submit", checked)


@pytest.fixture
def job_of(monkeypatch: pytest.MonkeyPatch) -> Callable[..., JobSpec]:
    """Describes a job that calls a function of the test's own: the table gets a row for it."""
    functions: dict[str, Callable[..., object]] = {}
    load = JobKind.load
    monkeypatch.setattr(JobKind, "load", lambda kind: functions.get(kind.name) or load(kind))

    def describe(
        function: Callable[..., object], lane: Lane = Lane.CLASSIFY, title: str = "A job"
    ) -> JobSpec:
        name = f"job-{len(functions)} of a test"
        functions[name] = function
        monkeypatch.setitem(JOBS, name, JobKind(name, title, lane, "none:at_all"))
        return JOBS[name].spec()

    return describe


@pytest.fixture(scope="session")
def finder() -> FaceFinder:
    return make_face_finder()


@pytest.fixture(scope="session")
def builtin() -> Bundle:
    """The model that comes with the program."""
    return read_bundle(BUILTIN_MODEL)


@pytest.fixture(scope="session")
def classifier(builtin: Bundle) -> LiteRTClassifier:
    return LiteRTClassifier(builtin)


@pytest.fixture(scope="session")
def shared_photos() -> list[Path]:
    """The photos of the shared data set, in order of their names."""
    photos = sorted((_SHARED / "images").glob("*.jpg"))
    if not photos:
        pytest.skip("the shared data set is not here")
    return photos
