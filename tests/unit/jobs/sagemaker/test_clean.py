"""Cleaning up: what is this program's is listed with its cost, and deleted; nothing else is."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from emotion_desktop.aws.s3.bucket import Bucket
from emotion_desktop.aws.sagemaker.leftovers import Leftover, leftovers, remove
from emotion_desktop.aws.session import open_session
from emotion_desktop.domain.job import JobState
from emotion_desktop.domain.sagemaker import CloudRun, Stage
from emotion_desktop.jobs.sagemaker.specs import clean_job, list_leftovers_job
from emotion_desktop.workspace.paths import Workspace
from tests.stand_ins.aws.training import Plan, TrainingJob
from tests.stand_ins.aws.transform import TransformJob
from tests.unit.jobs.sagemaker_rig import ACCOUNT, BUCKET, CHOICE, Rig

ROOT = f"s3://{BUCKET}/emotion-desktop"
IN_BUCKET = {"bucket": BUCKET}
DATA = "emotion-desktop/data/0123456789abcdef0123456789abcdef"


@pytest.fixture
def rig(aws, tmp_path):
    made = Rig(aws, Workspace(tmp_path / "workspace"))
    made.make_bucket()
    s3 = aws.client("s3")
    for key, size in {
        "emotion-desktop/runs/job-1/output/job-1/output/model.tar.gz": 3_000_000,
        "emotion-desktop/runs/job-1/run.json": 100,
        "emotion-desktop/runs/job-2/run.json": 50,
        "emotion-desktop/data/0123456789abcdef/train.rec": 2_000_000,
        "holiday/beach.jpg": 10,
        "emotion-desktop-notes.txt": 5,
    }.items():
        s3.put_object(Bucket=BUCKET, Key=key, Body=b"x" * size)
    upload = s3.create_multipart_upload(Bucket=BUCKET, Key="emotion-desktop/data/ff/big.rec")
    s3.upload_part(
        Bucket=BUCKET,
        Key="emotion-desktop/data/ff/big.rec",
        PartNumber=1,
        UploadId=upload["UploadId"],
        Body=b"x" * 1000,
    )
    s3.create_multipart_upload(Bucket=BUCKET, Key="somebody/elses.mov")
    yield made
    made.close()


def keys(aws):
    return {o["Key"] for o in aws.client("s3").list_objects_v2(Bucket=BUCKET)["Contents"]}


def test_it_is_listed_with_size_and_cost(rig):
    found = rig.run(list_leftovers_job(CHOICE, BUCKET)).outcome.result
    assert [(i["title"], i["kind"], i["bytes"]) for i in found] == [
        ("job-1", "run", 3_000_100),
        ("train 01234567", "photos", 2_000_000),
        ("big.rec", "unfinished", 1000),
        ("job-2", "run", 50),
    ]
    assert found[0]["month"] == pytest.approx(3_000_100 / 2**30 * 0.023)


def test_what_is_chosen_is_deleted_and_nothing_else(rig, aws):
    rig.cloud.runs.save(
        CloudRun("job-2", "training", CHOICE, ACCOUNT, IN_BUCKET, stage=Stage.RUNNING)
    )
    titles = ["job-1", "job-2", "big.rec", "holiday"]
    done = rig.run(clean_job(CHOICE, BUCKET, titles)).outcome.result
    assert done == {"freed": 3_000_100 + 1000, "kept": ["job-2"]}
    assert keys(aws) == {
        "emotion-desktop/runs/job-2/run.json",  # a job under way needs it
        "emotion-desktop/data/0123456789abcdef/train.rec",
        "holiday/beach.jpg",
        "emotion-desktop-notes.txt",
    }
    uploads = aws.client("s3").list_multipart_uploads(Bucket=BUCKET)["Uploads"]
    assert [u["Key"] for u in uploads] == ["somebody/elses.mov"]


def test_what_is_not_this_programs_cannot_be_deleted(rig, aws):
    session = open_session()
    bucket = Bucket(session.client("s3"), BUCKET)
    with pytest.raises(ValueError, match="not this program's"):
        remove(session, bucket, [Leftover("x", "run", 1, ("holiday/beach.jpg",))])
    assert "holiday/beach.jpg" in keys(aws)
    assert all(k.startswith("emotion-desktop/") for i in leftovers(session, bucket) for k in i.keys)


def test_photos_of_a_run_that_has_not_reached_aws_are_left(rig, aws):
    key = f"{DATA}/train.rec"
    aws.client("s3").put_object(Bucket=BUCKET, Key=key, Body=b"x")
    facts = {"train": {"sha256": "0123456789abcdef" * 4, "file": "train.rec"}}
    run = CloudRun("job-3", "training", CHOICE, ACCOUNT, IN_BUCKET, Stage.UPLOADING, facts=facts)
    rig.cloud.runs.save(run)
    done = rig.run(clean_job(CHOICE, BUCKET, ["train 01234567"])).outcome.result
    assert done == {"freed": 0, "kept": ["train 01234567"]}
    assert key in keys(aws)


@pytest.mark.parametrize("status", ["InProgress", "Stopping"])
def test_what_jobs_of_other_computers_need_is_left(rig, aws, status):
    """Photos, too: a spot job downloads them anew after each interruption."""
    job = TrainingJob(
        {
            "TrainingJobName": "elsewhere",
            "TrainingJobArn": f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:training-job/elsewhere",
            "TrainingJobStatus": status,
            "CreationTime": datetime.now(timezone.utc),
            "SecondaryStatusTransitions": [],
            "InputDataConfig": [
                {
                    "DataSource": {
                        "S3DataSource": {
                            "S3Uri": f"s3://{BUCKET}/emotion-desktop/data/0123456789abcdef/"
                        }
                    }
                },
            ],
            "OutputDataConfig": {
                "S3OutputPath": f"s3://{BUCKET}/emotion-desktop/runs/job-1/output"
            },
        },
        "us-east-1",
        Plan(),
    )
    aws.training._jobs["us-east-1", "elsewhere"] = job
    titles = ["job-1", "job-2", "train 01234567"]
    done = rig.run(clean_job(CHOICE, BUCKET, titles)).outcome.result
    assert done == {"freed": 50, "kept": ["job-1", "train 01234567"]}
    job.description["TrainingJobStatus"] = "Completed"
    done = rig.run(clean_job(CHOICE, BUCKET, titles)).outcome.result
    assert done == {"freed": 5_000_100, "kept": []}


def test_a_model_that_a_transform_under_way_uses_is_left(rig, aws):
    now = datetime.now(timezone.utc)
    arn = f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:model/emotion-desktop-t"
    model = {"ModelName": "emotion-desktop-t", "ModelArn": arn, "CreationTime": now}
    address = f"s3://{BUCKET}/emotion-desktop/runs/job-1/output/job-1/output/model.tar.gz"
    aws.transform.models["us-east-1", "emotion-desktop-t"] = {
        **model,
        "PrimaryContainer": {"ModelDataUrl": address},
    }
    aws.transform.jobs["us-east-1", "t"] = TransformJob(
        {
            "TransformJobName": "t",
            "TransformJobArn": arn,
            "TransformJobStatus": "InProgress",
            "CreationTime": now,
            "ModelName": "emotion-desktop-t",
        }
    )
    done = rig.run(clean_job(CHOICE, BUCKET, ["job-1", "emotion-desktop-t"])).outcome.result
    assert done == {"freed": 0, "kept": ["job-1", "emotion-desktop-t"]}


def test_nothing_is_deleted_where_jobs_under_way_cannot_be_told(rig, aws):
    aws.faults.add("ListTrainingJobs", code="AccessDeniedException", times=20)
    before = keys(aws)
    record = rig.run(clean_job(CHOICE, BUCKET, ["job-1", "train 01234567"]))
    assert record.state is JobState.FAILED
    assert "jobs under way" in record.outcome.message
    assert keys(aws) == before
