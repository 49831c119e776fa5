"""Training on SageMaker: the whole way, going on with it, ending it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from emotion_desktop.aws.sagemaker.job_log import JobLog
from emotion_desktop.dataset.splitting.freeze import freeze
from emotion_desktop.domain.job import JobState
from emotion_desktop.domain.sagemaker import AwsChoice, Machines, Problem, Stage
from emotion_desktop.domain.split import SplitRequest
from emotion_desktop.engines.bundle import read_bundle
from emotion_desktop.jobs.sagemaker.earlier import TRAINED_ON
from emotion_desktop.jobs.sagemaker.runs import waiting_runs
from emotion_desktop.jobs.sagemaker.specs import attach_job
from emotion_desktop.workspace.catalogue.catalogue import Catalogue
from emotion_desktop.workspace.catalogue.splits import Splits
from emotion_desktop.workspace.log import start_log
from emotion_desktop.workspace.paths import Workspace
from tests.record_files import read_records
from tests.stand_ins.aws.server import SECRETS
from tests.unit.jobs.sagemaker_rig import (
    BUCKET,
    CHOICE,
    CREATES,
    EMOTIONS,
    LONGER,
    SPLIT,
    Rig,
    begin,
    train,
)


def test_the_whole_way(rig, tmp_path):
    start_log(rig.workspace.log)
    record = rig.run(train(rig, hyperparameters=LONGER))
    assert record.state is JobState.SUCCEEDED, record.outcome
    run = rig.only_run()
    assert (run.stage, run.result, run.problem) == (Stage.DONE, "cloud", None)
    assert run.labels == EMOTIONS
    assert [t.status for t in run.job.transitions] == [
        "Starting",
        "Downloading",
        "Training",
        "Uploading",
        "Completed",
    ]
    assert run.job.billable >= 1
    assert [row["epoch"] for row in run.history] == [0, 1, 2]
    assert all({"train_accuracy", "validation_accuracy", "seconds"} <= set(r) for r in run.history)
    assert {event.epoch for event in rig.epochs} == {0, 1, 2}
    assert any("Saved checkpoint" in line for line in rig.cloud.runs.log(run.name))
    bundle = read_bundle(rig.cloud.store.resolve("cloud"), verify=True)
    assert bundle.engines == ("onnx", "mxnet")
    card = bundle.card
    assert (card.preprocessing.size, card.preprocessing.channels) == (28, 1)
    assert card.scores is not None
    with Catalogue(rig.workspace.catalogue) as catalogue:
        frozen = Splits(catalogue).load(SPLIT)
        assert Splits(catalogue).all()[0].openings == 1
    assert card.scores.photos == len(frozen.split.test)
    assert bundle.trained_on
    assert bundle.trained_on <= {s.digest for s in frozen.split.training}
    parity = card.provenance.recipe["parity"]
    assert parity["photos"] > 0
    assert parity["gap"] < 1e-4
    # One object per channel, named after its content.
    keys = {o["Key"] for o in rig.aws.client("s3").list_objects_v2(Bucket=BUCKET)["Contents"]}
    assert len([key for key in keys if key.endswith(".rec")]) == 2
    assert all(key.startswith("emotion-desktop/") for key in keys)
    # Nothing secret is in anything that was kept.
    kept = b"".join(p.read_bytes() for p in rig.workspace.root.rglob("*") if p.is_file())
    assert len(rig.aws.wire.signatures) > 5
    for secret in (*SECRETS.values(), *rig.aws.wire.signatures):
        assert secret.encode() not in kept
    # Nothing was left running that costs.
    assert not [name for name in rig.aws.wire.operations() if "Endpoint" in name]


def test_what_was_trained_on_under_another_name_judges_nothing(rig):
    with Catalogue(rig.workspace.catalogue) as catalogue:
        split = Splits(catalogue).load(SPLIT).split
        # As where copies may be on two sides: files that are the same are known by one digest.
        known = split.training[0].digest
        with catalogue.writing() as connection:
            for part in (split.validation, split.test):
                copy = str(part[0].path).encode()
                connection.execute("UPDATE photos SET digest = ? WHERE path = ?", (known, copy))
    record = rig.run(train(rig))
    assert record.state is JobState.SUCCEEDED, record.outcome
    bundle = read_bundle(rig.cloud.store.resolve("cloud"))
    assert known in bundle.trained_on
    assert bundle.card.scores.photos == len(split.test) - 1
    assert bundle.card.scores.left_out["trained_on"] == 2


def test_what_is_sent_is_what_the_net_will_see(rig):
    import cv2

    from emotion_desktop.imaging.prepare import FaceMode, prepare_faces
    from emotion_desktop.jobs.sagemaker.records import preprocessing_of

    rig.aws.training.plan.fail = "ClientError: enough seen"
    rig.run(train(rig, side=32, hyperparameters={"num_layers": "18", "mini_batch_size": "2"}))
    run = rig.only_run()
    need = preprocessing_of(32, True)
    with Catalogue(rig.workspace.catalogue) as catalogue:
        split = Splits(catalogue).load(SPLIT).split
    for part, samples in (("train", split.training), ("validation", split.validation)):
        expected = {}
        for sample in samples:
            _, looks = prepare_faces(sample.path, rig.cloud.models.finder(), need, FaceMode.FIND)
            if looks:
                expected.setdefault(sample.emotion, set()).add(looks[0].pixels.tobytes())
        found = {}
        for record in read_records(rig.cloud.runs.folder(run.name) / f"{part}.rec"):
            pixels = cv2.imdecode(np.frombuffer(record.picture, np.uint8), cv2.IMREAD_UNCHANGED)
            assert pixels.shape == (32, 32)
            found.setdefault(run.labels[record.label], set()).add(pixels.tobytes())
        assert found == expected
    test = {s.digest for s in split.test}
    assert not test & set((rig.cloud.runs.folder(run.name) / "trained_on.bin").read_bytes())


def test_the_same_photos_are_sent_once(rig):
    rig.run(train(rig))
    sent = rig.aws.wire.sent(["PutObject", "UploadPart"])
    rig.aws.wire.clear()
    rig.run(train(rig))
    again = rig.aws.wire.sent(["PutObject", "UploadPart"])
    assert sent > 10_000
    assert again < 10_000  # the record of the run alone
    assert {run.result for run in rig.cloud.runs.all()} == {"cloud", "cloud-2"}


def test_an_earlier_model_is_gone_on_with(rig):
    rig.run(train(rig))
    artefact = rig.only_run().job.artefact
    record = rig.run(train(rig, model="second", earlier=artefact))
    assert record.state is JobState.SUCCEEDED, record.outcome
    channels = [
        c["ChannelName"]
        for c in rig.aws.training.job(
            next(r.name for r in rig.cloud.runs.all() if r.result == "second")
        ).description["InputDataConfig"]
    ]
    assert channels == ["train", "validation", "model"]


@pytest.mark.parametrize("known_by", ["folder", "bundle", "s3"])
def test_what_an_earlier_model_learnt_from_tests_nothing(rig, known_by):
    """On another split its training photos are in the sealed test part."""
    rig.run(train(rig))
    run = rig.only_run()
    with Catalogue(rig.workspace.catalogue) as catalogue:
        freeze(catalogue, "other", SplitRequest((0.4, 0.3, 0.3), 7))
        split = Splits(catalogue).load("other").split
    before = read_bundle(rig.cloud.store.resolve("cloud")).trained_on
    both = [s for s in split.test if s.digest in before]
    assert both, "or there is nothing to see here"
    if known_by != "folder":
        (rig.cloud.runs.folder(run.name) / TRAINED_ON).unlink()
    if known_by == "s3":
        rig.cloud.store.remove("cloud")
    record = rig.run(train(rig, model="second", split="other", earlier=run.job.artefact))
    assert record.state is JobState.SUCCEEDED, record.outcome
    bundle = read_bundle(rig.cloud.store.resolve("second"))
    assert before <= bundle.trained_on
    assert bundle.card.scores.photos == len(split.test) - len(both)
    assert bundle.card.scores.left_out["trained_on"] >= len(both)
    validation = next(r.facts["validation"] for r in rig.cloud.runs.all() if r.name != run.name)
    assert validation["records"] <= len([s for s in split.validation if s.digest not in before])


@pytest.mark.parametrize("spot", [False, True])
def test_several_machines_and_spot(rig, spot):
    rig.aws.training.plan.interruptions = 1 if spot else 0
    record = rig.run(
        train(
            rig,
            machines=Machines(count=2, spot=spot),
            hyperparameters={"epochs": "2", "mini_batch_size": "2"},
        )
    )
    assert record.state is JobState.SUCCEEDED, record.outcome
    run = rig.only_run()
    described = rig.aws.training.job(run.name).description
    assert described["ResourceConfig"]["InstanceCount"] == 2
    assert described["HyperParameters"]["kv_store"] == "dist_sync"
    if spot:
        assert "Interrupted" in [t.status for t in run.job.transitions]
        assert run.job.billable <= run.job.running
        limits = described["StoppingCondition"]
        assert limits["MaxWaitTimeInSeconds"] >= limits["MaxRuntimeInSeconds"]


# -- coming and going -----------------------------------------------------------------------------


def test_the_program_ends_and_finds_the_job_again(rig, aws):
    aws.training.plan.epoch_pace = 0.4
    job = rig.start(train(rig, hyperparameters=LONGER))
    rig.until(lambda: any(r["stage"] == "running" and r["history"] for r in rig.records))
    rig.manager.shutdown()
    assert rig.manager.record(job).state is JobState.DETACHED
    run = rig.only_run()
    assert run.stage is Stage.RUNNING
    assert aws.wire.count("StopTrainingJob") == 0
    later = Rig(aws, rig.workspace)
    assert waiting_runs(later.cloud) == [run.name]
    later.cloud.runs.add_log(run.name, ["read, but the program died before it kept its place"])
    record = later.run(later.resume(run.name))
    assert record.state is JobState.SUCCEEDED, record.outcome
    assert aws.wire.count(CREATES) == 1
    assert [row["epoch"] for row in later.only_run().history] == [0, 1, 2]
    assert later.cloud.runs.log(run.name) == JobLog(aws.client("logs"), run.name).new_lines()
    later.close()


@pytest.mark.parametrize("stage", ["preparing", "uploading"])
def test_a_run_that_had_not_reached_aws_waits_for_a_click(rig, aws, stage):
    job = train(rig)

    def stop_there(_, event):
        if any(r["stage"] == stage for r in getattr(event, "items", ())):
            rig.manager.cancel(job.id)

    rig.manager.subscribe(stop_there)
    record = rig.run(job)
    assert record.state is JobState.CANCELLED
    assert waiting_runs(rig.cloud) == []
    assert aws.wire.count(CREATES) == 0
    run = rig.only_run()
    assert run.stage.value in ("preparing", "uploading")
    later = Rig(aws, rig.workspace)
    assert later.run(later.resume(run.name)).state is JobState.SUCCEEDED
    later.close()


def test_a_model_that_came_before_the_program_died_comes_once(rig):
    """Killed between the bundle and the record of the run."""
    rig.run(train(rig))
    run = rig.only_run()
    rig.cloud.runs.save(replace(run, stage=Stage.FETCHING, result=""))
    record = rig.run(rig.resume(run.name))
    assert record.outcome.result == "cloud"
    assert rig.cloud.store.names() == ["builtin", "builtin-fast", "cloud"]
    rig.cloud.store.remove("cloud")
    rig.cloud.runs.save(replace(run, stage=Stage.FETCHING, result=""))
    assert rig.run(rig.resume(run.name)).outcome.result == "cloud", "removed, and wanted again"
    with Catalogue(rig.workspace.catalogue) as catalogue:
        assert Splits(catalogue).all()[0].openings == 1, "for the same purpose"


def test_on_another_machine_it_is_taken_up_with_its_labels(rig, aws, tmp_path):
    aws.training.plan.epoch_pace = 0.3
    rig.start(train(rig))
    rig.until(lambda: any(r["stage"] == "running" for r in rig.records))
    rig.manager.shutdown()
    name = rig.only_run().name
    other = Rig(aws, Workspace(tmp_path / "other machine"))
    record = other.run(attach_job(name, CHOICE))
    assert record.state is JobState.SUCCEEDED, record.outcome
    bundle = read_bundle(other.cloud.store.resolve("cloud"))
    assert bundle.card.labels == EMOTIONS
    assert bundle.card.scores is None
    assert len(bundle.trained_on) > 0
    assert any("without scores" in line for line in other.said)
    other.close()


def test_two_windows_on_one_job(rig, aws):
    aws.training.plan.epoch_pace = 0.3
    first = rig.start(train(rig))
    rig.until(lambda: any(r["stage"] == "running" for r in rig.records))
    name = rig.only_run().name
    second = Rig(aws, rig.workspace)
    watching = second.start(second.resume(name))
    assert rig.manager.wait(first, 60).state is JobState.SUCCEEDED
    record = second.manager.wait(watching, 60)
    assert record.state is JobState.SUCCEEDED
    assert record.outcome.result == "cloud"
    assert any("Another window" in line for line in second.said)
    assert rig.cloud.store.names() == ["builtin", "builtin-fast", "cloud"]
    assert aws.wire.count(CREATES) == 1
    second.close()


def test_a_program_that_died_owns_nothing(rig, aws):
    rig.run(train(rig))
    name = rig.only_run().name
    (rig.cloud.runs.folder(name) / "owner").write_text("1")
    rig.cloud.runs.save(replace(rig.only_run(), stage=Stage.FETCHING, result=""))
    assert rig.run(rig.resume(name)).state is JobState.SUCCEEDED


def test_attaching_to_what_is_not_there(rig, aws):
    record = rig.run(attach_job("no-such-job", CHOICE))
    assert record.state is JobState.FAILED
    assert "no training job" in record.outcome.message
    assert rig.cloud.runs.all() == []
    record = rig.run(attach_job("../x", CHOICE))
    assert "no name of a job" in record.outcome.message


def test_a_notebooks_job_needs_its_labels(rig, aws):
    rig.run(train(rig))
    name = rig.only_run().name
    keys = rig.aws.client("s3").list_objects_v2(Bucket=BUCKET)["Contents"]
    for item in keys:
        if item["Key"].endswith("run.json"):
            rig.aws.client("s3").delete_object(Bucket=BUCKET, Key=item["Key"])
    rig.cloud.runs.forget(name)
    record = rig.run(attach_job(name, CHOICE))
    assert "--labels" in record.outcome.hint
    record = rig.run(attach_job(name, CHOICE, EMOTIONS))
    assert record.state is JobState.SUCCEEDED, record.outcome
    assert read_bundle(rig.cloud.store.resolve(record.outcome.result)).card.labels == EMOTIONS


# -- stopping -------------------------------------------------------------------------------------


def test_stop_and_keep_the_best(rig, aws):
    aws.training.plan.epoch_pace = 20
    job = rig.start(train(rig))
    rig.until(lambda: any(r["history"] for r in rig.records))
    rig.manager.finish_early(job)
    record = rig.manager.wait(job, 60)
    assert record.state is JobState.SUCCEEDED, record.outcome
    assert rig.only_run().job.status == "Stopped"
    assert "cloud" in rig.cloud.store.names()
    assert aws.wire.count("StopTrainingJob") == 1


def test_cancelling_stops_the_machine(rig, aws):
    aws.training.plan.epoch_pace = 20
    job = rig.start(train(rig))
    rig.until(lambda: any(r["stage"] == "running" for r in rig.records))
    rig.manager.cancel(job)
    assert rig.manager.wait(job, 60).state is JobState.CANCELLED
    assert rig.only_run().stage is Stage.STOPPED
    assert aws.wire.count("StopTrainingJob") == 1
    rig.until(
        lambda: aws.training.job(rig.only_run().name).description["TrainingJobStatus"] == "Stopped"
    )


def test_a_job_that_cannot_be_stopped_is_not_called_stopped(rig, aws):
    aws.training.plan.epoch_pace = 20
    job = rig.start(train(rig))
    rig.until(lambda: any(r["stage"] == "running" for r in rig.records))
    aws.faults.add(
        "StopTrainingJob",
        code="AccessDeniedException",
        status=400,
        message="not authorized to perform: sagemaker:StopTrainingJob",
    )
    rig.manager.cancel(job)
    record = rig.manager.wait(job, 60)
    assert record.state is JobState.FAILED
    assert "may go on, and cost" in record.outcome.message
    assert rig.only_run().stage is Stage.RUNNING
    assert rig.only_run().problem is not None


def test_a_job_stopped_elsewhere_before_its_first_epoch(rig, aws):
    aws.training.plan.pace = 0.5
    job = rig.start(train(rig))
    rig.until(lambda: any(r["stage"] == "running" for r in rig.records))
    aws.client("sagemaker").stop_training_job(TrainingJobName=rig.only_run().name)
    assert rig.manager.wait(job, 60).state is JobState.SUCCEEDED
    assert rig.only_run().stage is Stage.STOPPED
    assert rig.cloud.store.names() == ["builtin", "builtin-fast"]


@pytest.mark.parametrize("ending", ["MaxRuntimeExceeded", "MaxWaitTimeExceeded"])
def test_a_job_whose_time_is_up_brings_what_it_has(rig, aws, ending):
    aws.training.plan.out_of_time = ending
    assert rig.run(train(rig)).state is JobState.SUCCEEDED
    run = rig.only_run()
    assert (run.job.status, run.job.detail) == ("Stopped", ending)
    assert run.result == "cloud"


# -- faults ---------------------------------------------------------------------------------------


def test_a_run_is_taken_up_in_the_region_it_was_begun_in(rig, aws, monkeypatch):
    aws.training.plan.epoch_pace = 1
    job = rig.start(begin(rig.request(hyperparameters=LONGER), AwsChoice("", "us-east-1")))
    rig.until(lambda: any(r["stage"] == "running" for r in rig.records))
    rig.manager.shutdown()
    assert rig.manager.record(job).state is JobState.DETACHED
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    later = Rig(aws, rig.workspace)
    record = later.run(later.resume(rig.only_run().name))
    assert record.state is JobState.SUCCEEDED, record.outcome
    later.close()


def test_a_run_that_was_given_up_is_looked_for_again_by_attach(rig, aws):
    rig.run(train(rig))
    run = rig.only_run()
    rig.cloud.store.remove("cloud")
    given_up = replace(run, choice=AwsChoice("", "eu-west-1"), stage=Stage.FAILED, result="")
    rig.cloud.runs.save(replace(given_up, job=None, problem=Problem("AWS does not know this job")))
    record = rig.run(attach_job(run.name, AwsChoice("", "us-east-1")))
    assert record.state is JobState.SUCCEEDED, record.outcome
    assert rig.cloud.store.names() == ["builtin", "builtin-fast", "cloud"]
