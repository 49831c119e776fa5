"""Signing in by AWS's own program, and what becomes of it."""

from __future__ import annotations

import os
import sys
import time

import pytest

from emotion_desktop.domain.job import JobState
from emotion_desktop.jobs.resources import Resources
from emotion_desktop.jobs.running.manager import JobManager
from emotion_desktop.jobs.sagemaker.specs import sign_in_job
from emotion_desktop.workspace.paths import Workspace

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a shell script")
COMMAND = ["aws", "sso", "login", "--profile", "work"]


@pytest.fixture
def manager(tmp_path):
    made = JobManager(Resources(Workspace(tmp_path)))
    yield made
    made.shutdown()


@pytest.fixture
def program(tmp_path, monkeypatch):
    """Puts a program in the place of AWS's own."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")

    def write(script: str) -> None:
        path = folder / "aws"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    return write


def run(manager):
    return manager.wait(manager.submit(sign_in_job(COMMAND)), 30)


def test_the_program_is_asked_for_the_profile(manager, program, tmp_path):
    program(f'echo "$@" > {tmp_path}/asked; echo chatter; echo more >&2')
    assert run(manager).state is JobState.SUCCEEDED
    assert (tmp_path / "asked").read_text() == "sso login --profile work\n"


def test_a_sign_in_that_fails_is_said(manager, program):
    program("exit 255")
    record = run(manager)
    assert record.state is JobState.FAILED
    assert "did not succeed" in record.outcome.message
    assert "aws sso login --profile work" in record.outcome.hint


def test_without_the_program_it_says_how_to_get_it(manager, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    record = run(manager)
    assert "not installed" in record.outcome.message
    assert "aws.amazon.com/cli" in record.outcome.hint


def test_who_cancels_leaves_no_program_waiting(manager, program, tmp_path):
    program(f"echo $$ > {tmp_path}/process; exec sleep 60")
    job = manager.submit(sign_in_job(COMMAND))
    deadline = time.monotonic() + 20
    while not (tmp_path / "process").exists() or not (tmp_path / "process").read_text():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    manager.cancel(job)
    assert manager.wait(job, 30).state is JobState.CANCELLED
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "process").read_text()), 0)
