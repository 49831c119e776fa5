"""The stages of a run as its timeline shows them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from emotion_desktop.domain.sagemaker import (
    AwsChoice,
    CloudRun,
    JobStatus,
    Problem,
    Stage,
    Transition,
)
from emotion_desktop.ui.sagemaker.timeline import steps_of

RUN = CloudRun(
    name="job-1", kind="training", choice=AwsChoice(), account="1", request={}, created=0.0
)
HERE = ["Prepare", "Upload", "Launch"]


def steps(run: CloudRun, now: float = 100.0) -> list[tuple[str, str]]:
    return [(step.title, step.state) for step in steps_of(run, now)]


def at(stage: Stage, *transitions: Transition, kind: str = "training", **more) -> CloudRun:
    job = JobStatus("InProgress", "", transitions) if transitions else None
    return replace(RUN, kind=kind, stage=stage, job=job, **more)


@pytest.mark.parametrize(
    ("kind", "there"),
    [
        ("training", ["Start", "Load", "Train", "Store"]),
        ("transform", ["Start", "Classify"]),
    ],
)
def test_each_kind_of_job_has_its_own_stages(kind, there):
    titles = [title for title, _ in steps(at(Stage.PREPARING, kind=kind))]
    assert titles == [*HERE, *there, "Bring back", "Done"]
    assert {state for _, state in steps(at(Stage.PREPARING, kind=kind))[1:]} == {"open"}


def test_what_is_over_what_is_now_and_what_is_to_come():
    run = at(Stage.RUNNING, Transition("Starting", 10.0, 14.0), Transition("Downloading", 14.0))
    assert steps(run) == [
        *((title, "done") for title in HERE),
        ("Start", "done"),
        ("Load", "now"),
        ("Train", "open"),
        ("Store", "open"),
        ("Bring back", "open"),
        ("Done", "open"),
    ]
    times = {step.title: step.seconds for step in steps_of(run, 20.0)}
    assert (times["Start"], times["Load"], times["Train"]) == (4.0, 6.0, None)


def test_all_of_a_transform_is_done_when_it_is_done():
    there = (Transition("Starting", 1.0, 5.0), Transition("Transforming", 5.0, 11.0))
    assert {state for _, state in steps(at(Stage.DONE, *there, kind="transform"))} == {"done"}


def test_what_failed_is_marked():
    there = (Transition("Starting", 1.0, 5.0), Transition("Training", 5.0, 9.0))
    assert dict(steps(at(Stage.FAILED, *there)))["Train"] == "failed"
    asked = at(Stage.LAUNCHING, problem=Problem("no", ""))
    assert dict(steps(asked))["Launch"] == "failed"
