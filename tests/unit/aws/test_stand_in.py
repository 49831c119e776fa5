"""The stand-in does what the real service does, as far as that is known; asked by plain boto3."""

from __future__ import annotations

import io
import json
import re
import time
from pathlib import Path

import boto3
import cv2
import numpy as np
import pytest
from botocore.exceptions import ClientError

from emotion_desktop.dataset.recordio import Record, write_records
from emotion_desktop.engines.mxnet.files import read_mxnet_files
from tests.stand_ins.aws.account import OTHER_ROLE

IMAGE = "811284229777.dkr.ecr.us-east-1.amazonaws.com/image-classification:1"
FINAL = ("Completed", "Failed", "Stopped")


def picture(label: int, seed: int, side: int = 32) -> bytes:
    """Classes are told apart by where the bright half is."""
    rng = np.random.default_rng(seed)
    pixels = rng.integers(0, 60, (side, side, 3), np.uint8)
    half = [pixels[: side // 2], pixels[side // 2 :]][label]
    half += 150
    return cv2.imencode(".png", pixels)[1].tobytes()


@pytest.fixture
def service(aws, tmp_path):
    """A bucket with two channels in it, and a client."""
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="faces")
    for name, count in (("train", 48), ("validation", 16)):
        records = (Record(n % 2, n, picture(n % 2, n)) for n in range(count))
        write_records(tmp_path / f"{name}.rec", records)
        s3.upload_file(str(tmp_path / f"{name}.rec"), "faces", f"data/{name}/{name}.rec")
    return boto3.client("sagemaker")


def request(aws, name="job-1", **more):
    channel = lambda which: {  # noqa: E731
        "ChannelName": which,
        "ContentType": "application/x-recordio",
        "DataSource": {
            "S3DataSource": {
                "S3DataType": "S3Prefix",
                "S3Uri": f"s3://faces/data/{which}/",
                "S3DataDistributionType": "FullyReplicated",
            }
        },
    }
    made = {
        "TrainingJobName": name,
        "AlgorithmSpecification": {"TrainingImage": IMAGE, "TrainingInputMode": "File"},
        "RoleArn": aws.role,
        "InputDataConfig": [channel("train"), channel("validation")],
        "OutputDataConfig": {"S3OutputPath": "s3://faces/out"},
        "ResourceConfig": {
            "InstanceType": "ml.g4dn.xlarge",
            "InstanceCount": 1,
            "VolumeSizeInGB": 10,
        },
        "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
        "HyperParameters": {
            "num_classes": "2",
            "num_training_samples": "48",
            "image_shape": "3,32,32",
            "epochs": "3",
            "mini_batch_size": "8",
            "num_layers": "20",
            "learning_rate": "0.05",
        },
    }
    made["HyperParameters"] = {**made["HyperParameters"], **more.pop("hyper", {})}
    return {**made, **more}


def finish(service, name="job-1"):
    seen = []
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        job = service.describe_training_job(TrainingJobName=name)
        if job["SecondaryStatus"] not in seen:
            seen.append(job["SecondaryStatus"])
        if job["TrainingJobStatus"] in FINAL:
            return job
        time.sleep(0.01)
    raise AssertionError(f"the job does not end: {seen}")


def test_a_job_from_its_pictures_to_its_model(aws, service, tmp_path):
    service.create_training_job(**request(aws))
    job = finish(service)
    assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
    stages = [step["Status"] for step in job["SecondaryStatusTransitions"]]
    assert stages == ["Starting", "Downloading", "Training", "Uploading", "Completed"]
    uri = job["ModelArtifacts"]["S3ModelArtifacts"]
    assert uri == "s3://faces/out/job-1/output/model.tar.gz"
    boto3.client("s3").download_file(
        "faces", "out/job-1/output/model.tar.gz", str(tmp_path / "model.tar.gz")
    )
    files = read_mxnet_files(tmp_path / "model.tar.gz")
    assert files.shape == (3, 32, 32)
    assert files.classes() == 2
    logs = boto3.client("logs")
    streams = logs.describe_log_streams(
        logGroupName="/aws/sagemaker/TrainingJobs", logStreamNamePrefix="job-1/"
    )["logStreams"]
    (stream,) = (s["logStreamName"] for s in streams)
    assert stream.startswith("job-1/algo-1-")
    lines = [
        e["message"]
        for e in logs.get_log_events(
            logGroupName="/aws/sagemaker/TrainingJobs", logStreamName=stream, startFromHead=True
        )["events"]
    ]
    for form in (
        r"\[\d\d/\d\d/\d{4} [\d:]{8} INFO \d+\] Epoch\[0\] Train-accuracy=0\.\d{6}",
        r".* Epoch\[2\] Time cost=\d+\.\d{3}",
        r".* Epoch\[2\] Validation-accuracy=[01]\.\d{6}",
        r".* Storing the best model with validation accuracy: [01]\.\d{6}",
        r'.* Saved checkpoint to "/opt/ml/model/image-classification-000\d\.params"',
    ):
        assert any(re.fullmatch(form, line) for line in lines), form
    final = {m["MetricName"]: m["Value"] for m in job["FinalMetricDataList"]}
    assert final["validation:accuracy"] > 0.9


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        ({"name": "no_underscores"}, "ValidationException", "regular expression"),
        ({"name": "-dash"}, "ValidationException", "regular expression"),
        ({"RoleArn": "arn:aws:iam::123456789012:role/nobody"}, "ValidationException", "assume"),
        (
            {"RoleArn": f"arn:aws:iam::123456789012:role/{OTHER_ROLE}"},
            "ValidationException",
            "assume",
        ),
        (
            {"OutputDataConfig": {"S3OutputPath": "s3://nowhere/out"}},
            "ValidationException",
            "does not exist",
        ),
        (
            {
                "AlgorithmSpecification": {
                    "TrainingImage": IMAGE.replace("us-east-1", "eu-west-1"),
                    "TrainingInputMode": "File",
                }
            },
            "ValidationException",
            "image",
        ),
        ({"EnableManagedSpotTraining": True}, "ValidationException", "MaxWaitTime"),
        (
            {
                "ResourceConfig": {
                    "InstanceType": "ml.p3.2xlarge",
                    "InstanceCount": 1,
                    "VolumeSizeInGB": 10,
                }
            },
            "ResourceLimitExceeded",
            "is 0 Instances",
        ),
        (
            {
                "ResourceConfig": {
                    "InstanceType": "ml.g5.xlarge",
                    "InstanceCount": 9,
                    "VolumeSizeInGB": 10,
                }
            },
            "ResourceLimitExceeded",
            "is 2 Instances",
        ),
    ],
)
def test_what_is_refused_at_once(aws, service, change, code, words):
    with pytest.raises(ClientError, match=words) as caught:
        service.create_training_job(**request(aws, **change))
    assert caught.value.response["Error"]["Code"] == code


def test_names_are_unique(aws, service):
    service.create_training_job(**request(aws))
    with pytest.raises(ClientError, match="must be unique"):
        service.create_training_job(**request(aws))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"hyper": {"learning_rat": "1"}}, "Additional properties are not allowed"),
        ({"hyper": {"image_shape": "3,50,50"}}, "smaller than"),
        ({"hyper": {"num_training_samples": "47"}}, "num_training_samples"),
        ({"hyper": {"num_classes": "1"}}, "Label id"),
        ({"hyper": {"mini_batch_size": "100"}}, "mini_batch_size"),
        (
            {
                "ResourceConfig": {
                    "InstanceType": "ml.m5.xlarge",
                    "InstanceCount": 1,
                    "VolumeSizeInGB": 10,
                }
            },
            "GPU",
        ),
    ],
)
def test_what_fails_once_it_runs(aws, service, change, reason):
    aws.quotas.set("ml.m5.xlarge", 1)
    service.create_training_job(**request(aws, **change))
    job = finish(service)
    assert job["TrainingJobStatus"] == "Failed"
    assert reason in job["FailureReason"]
    assert job["ModelArtifacts"]["S3ModelArtifacts"] == ""


def test_a_bucket_in_another_region_fails_the_job_late(aws, service):
    abroad = boto3.client("s3", region_name="eu-west-1")
    abroad.create_bucket(
        Bucket="abroad", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    made = request(aws)
    made["InputDataConfig"][0]["DataSource"]["S3DataSource"]["S3Uri"] = "s3://abroad/data/"
    service.create_training_job(**made)
    assert "PermanentRedirect" in finish(service)["FailureReason"]


def test_a_stopped_job_keeps_its_best(aws, service):
    aws.training.plan.epoch_pace = 30
    service.create_training_job(**request(aws))
    job = aws.training.job("job-1")
    deadline = time.monotonic() + 30
    while job.description["SecondaryStatus"] != "Training" and time.monotonic() < deadline:
        time.sleep(0.01)
    service.stop_training_job(TrainingJobName="job-1")
    done = finish(service)
    assert done["TrainingJobStatus"] == "Stopped"
    assert done["ModelArtifacts"]["S3ModelArtifacts"].endswith("model.tar.gz")
    with pytest.raises(ClientError, match="in status Stopped"):
        service.stop_training_job(TrainingJobName="job-1")


def test_spot_training_is_interrupted_and_goes_on(aws, service):
    aws.training.plan.interruptions = 1
    service.create_training_job(
        **request(
            aws,
            EnableManagedSpotTraining=True,
            StoppingCondition={"MaxRuntimeInSeconds": 3600, "MaxWaitTimeInSeconds": 3600},
            CheckpointConfig={"S3Uri": "s3://faces/checkpoints"},
        )
    )
    job = finish(service)
    stages = [step["Status"] for step in job["SecondaryStatusTransitions"]]
    assert stages.count("Interrupted") == 1
    assert stages.count("Training") == 2
    assert job["TrainingJobStatus"] == "Completed"
    assert job["BillableTimeInSeconds"] <= job["TrainingTimeInSeconds"]


def test_earlier_models_are_gone_on_with(aws, service):
    service.create_training_job(**request(aws))
    finish(service)
    made = request(aws, "job-2", hyper={"epochs": "1"})
    made["InputDataConfig"].append(
        {
            "ChannelName": "model",
            "ContentType": "application/x-sagemaker-model",
            "DataSource": {
                "S3DataSource": {
                    "S3DataType": "S3Prefix",
                    "S3Uri": "s3://faces/out/job-1/output/model.tar.gz",
                }
            },
        }
    )
    service.create_training_job(**made)
    job = finish(service, "job-2")
    assert job["TrainingJobStatus"] == "Completed"
    assert job["FinalMetricDataList"][1]["Value"] > 0.9


def test_a_transform_job_classifies(aws, service):
    service.create_training_job(**request(aws))
    finish(service)
    s3 = boto3.client("s3")
    for number in range(4):
        s3.upload_fileobj(
            io.BytesIO(picture(number % 2, 900 + number)), "faces", f"new/sub/{number}.png"
        )
    service.create_model(
        ModelName="m",
        ExecutionRoleArn=aws.role,
        PrimaryContainer={
            "Image": IMAGE,
            "ModelDataUrl": "s3://faces/out/job-1/output/model.tar.gz",
        },
    )
    service.create_transform_job(
        TransformJobName="t",
        ModelName="m",
        TransformInput={
            "ContentType": "image/png",
            "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://faces/new/"}},
        },
        TransformOutput={"S3OutputPath": "s3://faces/answers"},
        TransformResources={"InstanceType": "ml.g4dn.xlarge", "InstanceCount": 1},
    )
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        job = service.describe_transform_job(TransformJobName="t")
        if job["TransformJobStatus"] in FINAL:
            break
        time.sleep(0.02)
    assert job["TransformJobStatus"] == "Completed", job.get("FailureReason")
    for number in range(4):
        body = s3.get_object(Bucket="faces", Key=f"answers/sub/{number}.png.out")["Body"].read()
        prediction = json.loads(body)["prediction"]
        assert np.argmax(prediction) == number % 2
        assert sum(prediction) == pytest.approx(1, abs=1e-4)


def test_quotas_come_page_by_page(aws):
    quotas = boto3.client("service-quotas")
    pages = list(quotas.get_paginator("list_service_quotas").paginate(ServiceCode="sagemaker"))
    rows = {q["QuotaName"]: q["Value"] for page in pages for q in page["Quotas"]}
    assert len(pages) > 1
    assert rows["ml.g4dn.xlarge for training job usage"] == 2


def test_by_hand_it_prints_the_variables_to_set():
    import os
    import subprocess
    import sys

    process = subprocess.Popen(
        [sys.executable, "-m", "tests.stand_ins.aws"],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).resolve().parents[3],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    try:
        lines = [process.stdout.readline().strip() for _ in range(6)]
    finally:
        process.terminate()
        process.communicate()
    assert lines[0].startswith("export AWS_ENDPOINT_URL=http://127.0.0.1:")
    assert all(re.fullmatch(r"export AWS_\w+=\S+", line) for line in lines)
