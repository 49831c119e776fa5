"""Asking after jobs and stopping them by name: of any kind, in any region, or none at all."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from emotion_desktop.domain.job import JobState
from emotion_desktop.domain.sagemaker import (
    AwsChoice,
    CloudRun,
    Machines,
    SageMakerTrainingRequest,
    Stage,
    TransformRequest,
)
from emotion_desktop.jobs.sagemaker.runs import waiting_runs
from emotion_desktop.jobs.sagemaker.specs import job_status_job, stop_job
from emotion_desktop.workspace.paths import Workspace
from tests.stand_ins.aws.training import Plan, TrainingJob
from tests.stand_ins.aws.transform import TransformJob
from tests.unit.jobs.sagemaker_rig import ACCOUNT, Rig

NOW = datetime.now(timezone.utc)
NOT_SAID = AwsChoice()
THERE = AwsChoice("", "eu-west-1")


@pytest.fixture
def rig(aws, tmp_path):
    made = Rig(aws, Workspace(tmp_path / "workspace"))
    yield made
    made.close()


def add_training(aws, name, region="us-east-1", status="InProgress"):
    description = {
        "TrainingJobName": name,
        "TrainingJobArn": f"arn:aws:sagemaker:{region}:{ACCOUNT}:training-job/{name}",
        "TrainingJobStatus": status,
        "SecondaryStatus": "Training",
        "SecondaryStatusTransitions": [{"Status": "Training", "StartTime": NOW}],
        "CreationTime": NOW,
    }
    job = TrainingJob(description, region, Plan())
    aws.training._jobs[region, name] = job
    return job


def add_transform(aws, name, region="us-east-1"):
    job = TransformJob(
        {
            "TransformJobName": name,
            "TransformJobStatus": "InProgress",
            "CreationTime": NOW,
            "TransformStartTime": NOW,
        }
    )
    aws.transform.jobs[region, name] = job
    return job


def test_a_transform_that_is_stopped_by_name_stops(rig, aws):
    job = add_transform(aws, "albums-1")
    record = rig.run(stop_job("albums-1", NOT_SAID))
    assert record.state is JobState.SUCCEEDED, record.outcome
    assert "asked to stop" in record.outcome.result
    assert job.stop.is_set()
    assert aws.wire.count("StopTransformJob") == 1
    assert aws.wire.count("StopTrainingJob") == 0
    told = rig.run(job_status_job("albums-1", NOT_SAID)).outcome.result
    assert "Transforming" in told["words"]


def test_a_job_nobody_knows_is_not_said_to_stop(rig, aws):
    for job in (stop_job("nosuchjob", NOT_SAID), job_status_job("nosuchjob", NOT_SAID)):
        record = rig.run(job)
        assert record.state is JobState.FAILED
        assert "AWS knows no job “nosuchjob” in us-east-1" in record.outcome.message
        assert "--region" in record.outcome.hint


def test_a_job_of_another_region_is_found_where_it_is_said_to_be(rig, aws):
    job = add_training(aws, "far-1", THERE.region)
    assert rig.run(stop_job("far-1", NOT_SAID)).state is JobState.FAILED
    assert not job.stop.is_set()
    assert rig.run(stop_job("far-1", THERE)).state is JobState.SUCCEEDED
    assert job.stop.is_set()


def test_a_run_of_this_workspace_is_looked_for_where_it_was_begun(rig, aws):
    request = TransformRequest("m", "s3://b/m", Machines(), aws.role, "b", paths=("/a",))
    run = CloudRun.new(request, THERE, ACCOUNT)
    job = add_transform(aws, run.name, THERE.region)
    rig.cloud.runs.save(run)
    assert rig.run(stop_job(run.name, NOT_SAID)).state is JobState.SUCCEEDED
    assert job.stop.is_set()


def test_a_job_that_is_over_is_said_to_be(rig, aws):
    job = add_training(aws, "done-1", status="Completed")
    told = rig.run(stop_job("done-1", NOT_SAID)).outcome.result
    assert "over already: Completed" in told
    assert not job.stop.is_set()
    assert aws.wire.count("StopTrainingJob") == 0


def test_a_stop_that_aws_refuses_is_not_said_to_be_done(rig, aws):
    add_transform(aws, "albums-1")
    aws.faults.add("StopTransformJob", code="AccessDeniedException", times=20)
    record = rig.run(stop_job("albums-1", NOT_SAID))
    assert record.state is JobState.FAILED
    assert "not allowed" in record.outcome.message


@pytest.fixture
def running(rig, aws):
    """A run of version 0.1.0, which wrote no region down, with its bucket and job."""
    aws.client("s3", "eu-west-1").create_bucket(
        Bucket="far", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    request = TransformRequest("m", "s3://far/m", Machines(), aws.role, "far", paths=("/a",))
    run = CloudRun.new(request, NOT_SAID, ACCOUNT)
    rig.cloud.runs.save(CloudRun.from_dict({**run.to_dict(), "stage": Stage.RUNNING.value}))
    job = add_transform(aws, run.name, "eu-west-1")
    job.description["TransformJobStatus"] = "Failed"
    job.description["FailureReason"] = "seen in its region"
    return run.name


@pytest.mark.parametrize("default", ["us-east-1", None])
def test_a_run_without_a_region_is_found_where_its_bucket_is(rig, running, monkeypatch, default):
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    if default:
        monkeypatch.setenv("AWS_DEFAULT_REGION", default)
    record = rig.run(rig.resume(running))
    assert "seen in its region" in record.outcome.message
    assert rig.only_run().choice.region == "eu-west-1"


def test_a_transform_that_is_over_its_limit_is_stopped_at_the_next_start(rig, aws):
    request = TransformRequest("m", "s3://b/m", Machines(max_hours=0.1), aws.role, "b")
    run = CloudRun.new(request, AwsChoice("", "us-east-1"), ACCOUNT)
    rig.cloud.runs.save(CloudRun.from_dict({**run.to_dict(), "stage": Stage.RUNNING.value}))
    assert waiting_runs(rig.cloud) == [run.name], "whoever starts takes it up"
    job = add_transform(aws, run.name)
    job.description["CreationTime"] = NOW - timedelta(hours=0.2)
    started = rig.start(rig.resume(run.name))
    rig.until(job.stop.is_set)
    job.end("Failed", "enough seen")
    assert rig.manager.wait(started, 60).state is JobState.FAILED
    assert aws.wire.count("StopTransformJob") == 1


@pytest.mark.parametrize(
    ("ending", "words"),
    [("MaxWaitTimeExceeded", "No spare machines"), ("MaxRuntimeExceeded", "after 2 hours")],
)
def test_a_training_without_a_model_says_what_ended_it(rig, aws, ending, words):
    request = SageMakerTrainingRequest("m", "s", 28, True, {}, Machines(), aws.role, "b")
    run = CloudRun.new(request, AwsChoice("", "us-east-1"), ACCOUNT)
    running = {"stage": Stage.RUNNING.value, "facts": {"hyperparameters": {"epochs": "3"}}}
    rig.cloud.runs.save(CloudRun.from_dict({**run.to_dict(), **running}))
    add_training(aws, run.name, status="Stopped").description["SecondaryStatus"] = ending
    record = rig.run(rig.resume(run.name))
    assert record.state is JobState.FAILED
    assert words in record.outcome.message
    assert "again" in record.outcome.hint
