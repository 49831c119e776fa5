"""Runs in the cloud as values: JSON and back, whatever is in the file."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emotion_desktop.domain.sagemaker import (
    JOB_NAME,
    AwsChoice,
    CloudRun,
    JobStatus,
    Machines,
    Problem,
    SageMakerTrainingRequest,
    Stage,
    TransformRequest,
    Transition,
    new_job_name,
)

TRAINING = SageMakerTrainingRequest(
    "m", "s", 28, True, {"epochs": "3"}, Machines(), "arn", "bucket"
)
RUN = CloudRun(
    name="job-1",
    kind="training",
    choice=AwsChoice("p", "us-east-1"),
    account="1",
    request=asdict(TRAINING),
    stage=Stage.RUNNING,
    created=1.5,
    labels=("anger", "fear"),
    facts={"train": {"bytes": 1}},
    job=JobStatus("InProgress", "Training", (Transition("Starting", 1.0, 2.0, "x"),)),
    history=({"epoch": 0, "train_accuracy": 0.5},),
    waiting=Problem("a", "b", "sign-in"),
)


def test_a_run_is_json_and_back():
    assert CloudRun.from_dict(json.loads(json.dumps(RUN.to_dict()))) == RUN
    assert SageMakerTrainingRequest.from_dict(json.loads(json.dumps(asdict(TRAINING)))) == TRAINING
    transform = TransformRequest("m", "s3://b/k", Machines(), "arn", "b", paths=("/a",))
    assert TransformRequest.from_dict(json.loads(json.dumps(asdict(transform)))) == transform


values = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=5)
    | st.lists(st.integers(), max_size=2)
    | st.dictionaries(st.text(max_size=3), st.integers(), max_size=2)
)


@given(st.sampled_from(sorted(RUN.to_dict())), values)
def test_a_record_with_anything_in_it_is_read_or_refused(name, value):
    data = {**RUN.to_dict(), name: value}
    try:
        CloudRun.from_dict(data)
    except ValueError:
        return


@given(values)
def test_what_is_no_record_is_refused(data):
    with pytest.raises(ValueError):
        CloudRun.from_dict(data)


@given(st.text(max_size=80))
def test_names_of_jobs_are_taken_by_sagemaker(wanted):
    name = new_job_name(wanted)
    assert JOB_NAME.fullmatch(name)
    assert len(name) <= 63
    assert new_job_name(wanted) != name


def test_stages():
    assert [s for s in Stage if s.is_over] == [Stage.DONE, Stage.FAILED, Stage.STOPPED]
    assert [s for s in Stage if s.paid] == [Stage.LAUNCHING, Stage.RUNNING]
