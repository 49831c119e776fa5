"""Training on SageMaker: whatever goes wrong on the way."""

from __future__ import annotations

import io
import json
import logging
import tarfile
from dataclasses import replace

import pytest

from emotion_desktop.domain.job import JobState
from emotion_desktop.domain.sagemaker import AwsChoice, Stage
from emotion_desktop.jobs.sagemaker.runs import waiting_runs
from emotion_desktop.workspace.catalogue.catalogue import Catalogue
from emotion_desktop.workspace.catalogue.splits import Splits
from emotion_desktop.workspace.paths import Workspace
from tests.stand_ins.aws.server import SECRETS
from tests.unit.jobs.sagemaker_rig import (
    BUCKET,
    CREATES,
    LONGER,
    SPLIT,
    Rig,
    begin,
    fill,
    train,
)


@pytest.mark.parametrize(
    ("operation", "fault"),
    [
        (CREATES, {"kind": "lose-answer"}),
        (CREATES, {"code": "ThrottlingException", "times": 4}),
        (CREATES, {"code": "InternalFailure", "status": 500, "times": 4}),
        ("DescribeTrainingJob", {"code": "ThrottlingException", "times": 12}),
        ("DescribeTrainingJob", {"code": "InternalFailure", "status": 500, "times": 20}),
        ("DescribeTrainingJob", {"kind": "lose-answer", "times": 12}),
        ("GetLogEvents", {"code": "ThrottlingException", "times": 10}),
        ("PutObject", {"kind": "cut-request", "bytes": 100, "times": 3}),
        ("PutObject", {"code": "SlowDown", "status": 503, "times": 10}),
        ("GetObject", {"kind": "cut-answer", "bytes": 5000, "times": 4}),
        ("HeadObject", {"status": 500, "times": 10}),
        ("GetCallerIdentity", {"code": "Throttling", "times": 10}),
        ("PutObject", {"code": "ExpiredToken", "times": 2}),
        ("GetObject", {"code": "ExpiredToken", "times": 2}),
    ],
)
def test_what_passes_is_survived_and_paid_once(rig, aws, operation, fault):
    ordered = aws.faults.add(operation, **fault)
    record = rig.run(train(rig))
    assert record.state is JobState.SUCCEEDED, record.outcome
    assert ordered.happened == fault.get("times", 1)
    assert len(aws.training._jobs) == 1
    assert rig.only_run().waiting is None


def test_a_lost_network_is_a_state(rig, aws, monkeypatch):
    aws.training.plan.epoch_pace = 0.3
    job = rig.start(train(rig, hyperparameters=LONGER))
    rig.until(lambda: any(r["history"] for r in rig.records))
    aws.faults.add("DescribeTrainingJob", "lose-answer", times=16)
    rig.until(lambda: any(r["waiting"] for r in rig.records))
    assert rig.manager.record(job).state is JobState.RUNNING
    waiting = next(r["waiting"] for r in rig.records if r["waiting"])
    assert waiting["message"] == "AWS cannot be reached."
    assert rig.manager.wait(job, 60).state is JobState.SUCCEEDED


def test_a_sign_in_that_expires_in_the_middle_is_waited_for(rig, aws):
    aws.training.plan.epoch_pace = 0.2
    job = rig.start(train(rig, hyperparameters=LONGER))
    rig.until(lambda: any(r["history"] for r in rig.records))
    aws.faults.add("DescribeTrainingJob", code="ExpiredTokenException", times=3)
    rig.until(lambda: any(r["waiting"] for r in rig.records))
    waiting = next(r["waiting"] for r in rig.records if r["waiting"])
    assert waiting["remedy"] == "sign-in"
    # Whoever signs in again is asked for anew: a session remembers what it began with.
    before = aws.wire.count("GetCallerIdentity")
    assert rig.manager.wait(job, 60).state is JobState.SUCCEEDED
    assert aws.wire.count("GetCallerIdentity") > before >= 1
    assert aws.wire.count(CREATES) == 1


@pytest.mark.parametrize(
    ("arrange", "words", "remedy"),
    [
        (
            lambda aws: aws.faults.add(
                CREATES,
                code="AccessDeniedException",
                message="User is not authorized to perform: iam:PassRole on resource: r",
            ),
            "iam:PassRole",
            "copy-policy",
        ),
        (
            lambda aws: aws.quotas.set("ml.g4dn.xlarge", 0),
            "may use no ml.g4dn.xlarge",
            "choose-instance",
        ),
        (
            lambda aws: aws.faults.add(
                CREATES, code="ResourceLimitExceeded", message="is 0 Instances"
            ),
            "limit",
            "choose-instance",
        ),
        (
            lambda aws: aws.faults.add(CREATES, code="CapacityError"),
            "no machine of this type",
            "choose-instance",
        ),
        (
            lambda aws: aws.faults.add("HeadBucket", status=404, code="404"),
            "no bucket",
            "choose-bucket",
        ),
        (
            lambda aws: aws.faults.add("PutObject", status=403, code="AccessDenied"),
            "not allowed",
            "copy-policy",
        ),
        (
            lambda aws: aws.faults.add(
                "HeadBucket", status=403, code="RequestTimeTooSkewed", message="skewed"
            ),
            "",
            "",
        ),
    ],
)
def test_what_the_user_must_mend_is_said_and_gone_on_with(rig, aws, arrange, words, remedy):
    arrange(aws)
    record = rig.run(train(rig))
    assert record.state is JobState.FAILED
    run = rig.only_run()
    assert run.problem is not None
    if words:
        assert words in record.outcome.message
        assert run.problem.remedy == remedy
    assert run.stage in (Stage.UPLOADING, Stage.LAUNCHING)
    assert len(aws.training._jobs) == 0
    aws.quotas.reset()
    aws.faults.clear()
    assert rig.run(rig.resume(run.name)).state is JobState.SUCCEEDED
    assert rig.only_run().problem is None


def test_a_clock_that_is_wrong_is_said(rig, aws):
    aws.faults.add(
        "PutObject",
        status=403,
        code="RequestTimeTooSkewed",
        message="The difference between the request time and the current time is large",
    )
    record = rig.run(train(rig))
    assert "clock is wrong" in record.outcome.message
    assert aws.wire.count(CREATES) == 0


def test_a_clock_that_goes_wrong_meanwhile_loses_nothing(rig, aws):
    aws.training.plan.epoch_pace = 0.3
    aws.faults.add(
        "DescribeTrainingJob",
        after=2,
        code="InvalidSignatureException",
        message="Signature expired: 2020 is now earlier than 2026",
    )
    record = rig.run(train(rig, hyperparameters=LONGER))
    assert record.state is JobState.FAILED
    assert "clock is wrong" in record.outcome.message
    run = rig.only_run()
    assert (run.stage, aws.wire.count("StopTrainingJob")) == (Stage.RUNNING, 0)
    assert rig.run(rig.resume(run.name)).state is JobState.SUCCEEDED
    assert aws.wire.count(CREATES) == 1


def test_a_bucket_elsewhere_is_found_before_a_photo_is_sent(rig, aws):
    aws.client("s3", "eu-west-1").create_bucket(
        Bucket="abroad", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    record = rig.run(train(rig, bucket="abroad"))
    assert "is in eu-west-1" in record.outcome.message
    assert aws.wire.count("PutObject") == 0


def test_another_account_is_noticed(rig, aws):
    job = begin(rig.request(), account="999999999999")
    record = rig.run(job)
    assert "belongs to the account 999999999999" in record.outcome.message
    assert aws.wire.count("PutObject") == 0
    assert rig.only_run().problem.remedy == "choose-profile"


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("CapacityError: Unable to provision requested ML compute capacity.", "no machine"),
        ("ClientError: Label id is not less than num_classes", "Label id"),
        ("AlgorithmError: something odd", "something odd"),
    ],
)
def test_a_failed_job_says_why(rig, aws, reason, words):
    aws.training.plan.fail = reason
    record = rig.run(train(rig))
    assert record.state is JobState.FAILED
    assert words in record.outcome.message
    run = rig.only_run()
    assert run.stage is Stage.FAILED
    assert rig.cloud.store.names() == ["builtin", "builtin-fast"]
    assert waiting_runs(rig.cloud) == []


def test_a_job_removed_behind_our_back(rig, aws):
    aws.training.plan.epoch_pace = 20
    job = rig.start(train(rig))
    rig.until(lambda: any(r["stage"] == "running" for r in rig.records))
    aws.training.forget(rig.only_run().name)
    record = rig.manager.wait(job, 60)
    assert record.state is JobState.FAILED
    assert "does not know this job" in record.outcome.message


def test_a_job_whose_record_is_gone_but_whose_model_is_there(rig, aws):
    rig.run(train(rig))
    run = rig.only_run()
    aws.training.forget(run.name)
    rig.cloud.store.remove("cloud")
    (rig.cloud.runs.folder(run.name) / "model.tar.gz").unlink()
    rig.cloud.runs.save(replace(run, stage=Stage.RUNNING, result="", job=None))
    assert rig.run(rig.resume(run.name)).state is JobState.SUCCEEDED
    assert "cloud" in rig.cloud.store.names()


def _replaced(aws, name, data):
    aws.client("s3").put_object(
        Bucket=BUCKET,
        Key=f"emotion-desktop/runs/{name}/output/{name}/output/model.tar.gz",
        Body=data,
    )


def _evil(name: str, kind: bytes = tarfile.REGTYPE) -> bytes:
    """An archive with a member that means harm."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        member = tarfile.TarInfo(name)
        member.type = kind
        if kind != tarfile.REGTYPE:
            member.linkname = "/etc/passwd"
        tar.addfile(member, io.BytesIO())
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"not a tar", "damaged"),
        (b"", "damaged"),
        (None, "damaged"),
        (_evil("../../escape"), "leads out"),
        (_evil("/escape"), "leads out"),
        (_evil("../../escape", tarfile.SYMTYPE), "leads out"),
        (_evil("image-classification-0001.params", tarfile.SYMTYPE), "a link"),
        (_evil("image-classification-0001.params", tarfile.LNKTYPE), "a link"),
    ],
    ids=[
        *("noise", "empty", "cut short", "leads up", "leads to the root", "a link that leads up"),
        *("a symbolic link", "a hard link"),
    ],
)
def test_an_archive_that_is_no_good_is_refused_and_fetched_anew(rig, aws, data, words):
    rig.run(train(rig))
    run = rig.only_run()
    good = (
        aws.client("s3")
        .get_object(
            Bucket=BUCKET,
            Key=f"emotion-desktop/runs/{run.name}/output/{run.name}/output/model.tar.gz",
        )["Body"]
        .read()
    )
    rig.cloud.store.remove("cloud")
    (rig.cloud.runs.folder(run.name) / "model.tar.gz").unlink()
    rig.cloud.runs.save(replace(run, stage=Stage.FETCHING, result=""))
    _replaced(aws, run.name, good[: len(good) // 2] if data is None else data)
    record = rig.run(rig.resume(run.name))
    assert record.state is JobState.FAILED
    assert words in record.outcome.message
    assert rig.cloud.store.names() == ["builtin", "builtin-fast"]
    _replaced(aws, run.name, good)
    assert rig.run(rig.resume(run.name)).state is JobState.SUCCEEDED


def test_photos_that_went_missing_meanwhile_are_counted(rig, aws, tmp_path, photos):
    import shutil

    copy = tmp_path / "copy"
    shutil.copytree(photos, copy)
    workspace = Workspace(tmp_path / "second")
    fill(workspace, copy)
    with Catalogue(workspace.catalogue) as catalogue:
        gone = Splits(catalogue).load(SPLIT).split.training[0]
    gone.path.unlink()
    second = Rig(aws, workspace)
    assert second.run(train(second)).state is JobState.SUCCEEDED
    assert second.only_run().facts["missing"]["training"] >= 1
    second.close()


def test_a_profile_that_is_not_there_is_waited_for_and_said(rig, aws):
    job = rig.start(begin(rig.request(), AwsChoice(profile="gone")))
    rig.until(lambda: any(r["waiting"] for r in rig.records))
    assert next(r["waiting"] for r in rig.records if r["waiting"])["remedy"] == "choose-profile"
    rig.manager.cancel(job)
    assert rig.manager.wait(job, 30).state is JobState.CANCELLED


def test_the_log_of_the_program_holds_nothing_secret(rig, aws, tmp_path, caplog):
    caplog.set_level(logging.DEBUG, logger="emotion_desktop")
    aws.faults.add(
        CREATES,
        code="SignatureDoesNotMatch",
        status=403,
        message=f"Credential={SECRETS['AWS_ACCESS_KEY_ID']} Signature=deadbeef00",
    )
    record = rig.run(train(rig))
    text = caplog.text + json.dumps(rig.records) + str(record.outcome)
    for secret in (*SECRETS.values(), "deadbeef00"):
        assert secret not in text
