"""Batch transform: many photos classified in the cloud as they would be here, and read back."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from emotion_desktop.assets import SAMPLES
from emotion_desktop.cli.main import main
from emotion_desktop.domain.job import JobState
from emotion_desktop.domain.prediction import PhotoStatus
from emotion_desktop.domain.sagemaker import Machines, Stage, TransformRequest
from emotion_desktop.jobs.gallery.specs import classify_job
from emotion_desktop.workspace.paths import Workspace
from emotion_desktop.workspace.settings import Settings, save_settings
from tests.unit.jobs.sagemaker_rig import BUCKET, Rig, begin, fill, make_faces


@pytest.fixture(scope="module")
def trained(aws_server, tmp_path_factory):
    """A workspace with a model trained at the stand-in; its archive, for each test's bucket."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in aws_server.environment.items():
            patch.setenv(name, value)
        patch.setattr(
            "emotion_desktop.jobs.sagemaker.import_trained._CalibratorAndScorer._parity",
            lambda *_: {"photos": 0},
        )
        aws_server.reset()
        folder = tmp_path_factory.mktemp("trained")
        workspace = Workspace(folder / "workspace")
        fill(workspace, make_faces(folder / "data"))
        rig = Rig(aws_server, workspace)
        rig.make_bucket()
        job = begin(rig.request())
        assert rig.run(job).state is JobState.SUCCEEDED
        artefact = rig.only_run().job.artefact
        rig.close()
        archive = rig.cloud.runs.folder(rig.only_run().name) / "model.tar.gz"
        return workspace.root, artefact, archive.read_bytes(), folder / "data" / "images"


@pytest.fixture
def rig(aws, trained, tmp_path):
    root, artefact, archive, _ = trained
    shutil.copytree(root, tmp_path / "workspace")
    made = Rig(aws, Workspace(tmp_path / "workspace"))
    made.make_bucket()
    aws.client("s3").put_object(
        Bucket=BUCKET, Key=artefact.removeprefix(f"s3://{BUCKET}/"), Body=archive
    )
    yield made
    made.close()


def request(rig, trained, **more):
    made = {
        "model": "cloud",
        "artefact": trained[1],
        "machines": Machines(max_hours=1.0),
        "role": rig.aws.role,
        "bucket": BUCKET,
        "paths": (str(trained[3]),),
    }
    return TransformRequest(**{**made, **more})


def results_of(rig):
    return [item for item in rig.records if not isinstance(item, dict)]


def test_photos_are_read_as_they_would_be_here(rig, trained, aws, tmp_path):
    folder = tmp_path / "more"
    shutil.copytree(trained[3], folder)
    (folder / "broken.jpg").write_bytes(b"no picture")
    record = rig.run(begin(request(rig, trained, paths=(str(folder),))))
    assert record.state is JobState.SUCCEEDED, record.outcome
    there = {result.path: result for result in results_of(rig)}
    kept = json.loads(Path(record.outcome.result).read_text())
    assert {entry["path"] for entry in kept} == set(there)
    assert sum(r.status is PhotoStatus.UNREADABLE for r in there.values()) == 1
    assert sum(r.status is PhotoStatus.NO_FACE for r in there.values()) == 2
    # The same model here: asked anew, by models without predictions kept.
    fresh = Rig(aws, Workspace(tmp_path / "nothing"))
    model = rig.cloud.store.resolve("cloud")
    fresh.run(classify_job([folder], model, "find"))
    for here in results_of(fresh):
        cloud = there[here.path]
        assert cloud.status is here.status
        for a, b in zip(here.faces, cloud.faces, strict=True):
            assert (a.box, a.frame) == (b.box, b.frame)
            for emotion, value in a.probabilities.items():
                assert b.probabilities[emotion] == pytest.approx(value, abs=1e-4)
    fresh.close()
    # The gallery knows them: nothing is classified again.
    rig.events.clear()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "emotion_desktop.engines.onnx_runtime.OnnxClassifier.logits",
            lambda *_: pytest.fail("it was classified again"),
        )
        again = rig.run(classify_job([trained[3]], model, "find"))
    assert again.state is JobState.SUCCEEDED, again.outcome
    # Nothing is left running, and no model lies about.
    assert aws.transform.models == {}
    assert all(
        j.description["TransformJobStatus"] == "Completed" for j in aws.transform.jobs.values()
    )


def test_pictures_that_lie_in_s3_are_read_where_they_lie(rig, trained, aws, tmp_path, capsys):
    s3 = aws.client("s3")
    for path in SAMPLES.glob("*.jpg"):
        s3.upload_file(str(path), BUCKET, f"album/{path.name}")
    save_settings(rig.workspace.settings, Settings(aws_role=aws.role, aws_bucket=BUCKET))
    aws.wire.clear()
    call = [
        "sagemaker",
        "transform",
        f"s3://{BUCKET}/album",
        "--model",
        "cloud",
        "--yes",
        "--json",
        "-",
        "--workspace",
        str(rig.workspace.root),
    ]
    assert main(call) == 0
    entries = json.loads(capsys.readouterr().out)
    assert len(entries) == len(list(SAMPLES.glob("*.jpg")))
    assert all(e["path"].startswith(f"s3://{BUCKET}/album/") for e in entries)
    assert all(e["faces"][0]["probabilities"] for e in entries)
    assert aws.wire.sent(["PutObject", "UploadPart"]) == 0
    assert main([*call[:2], f"s3://{BUCKET}/nothing", *call[3:]]) == 2


def test_it_is_left_and_taken_up(rig, trained, aws):
    aws.transform.pace = 0.6
    job = rig.start(begin(request(rig, trained)))
    rig.until(lambda: any(isinstance(r, dict) and r["stage"] == "running" for r in rig.records))
    rig.manager.shutdown()
    assert rig.manager.record(job).state is JobState.DETACHED
    name = next(run.name for run in rig.cloud.runs.all() if run.kind == "transform")
    later = Rig(aws, rig.workspace)
    assert later.run(later.resume(name)).state is JobState.SUCCEEDED
    assert aws.wire.count("CreateTransformJob") == 1
    later.close()


def test_cancelling_stops_the_machines_and_removes_the_model(rig, trained, aws):
    aws.transform.pace = 5
    job = rig.start(begin(request(rig, trained)))
    rig.until(lambda: any(isinstance(r, dict) and r["stage"] == "running" for r in rig.records))
    rig.manager.cancel(job)
    assert rig.manager.wait(job, 30).state is JobState.CANCELLED
    assert aws.wire.count("StopTransformJob") == 1
    assert aws.transform.models == {}


@pytest.mark.parametrize(
    ("operation", "fault"),
    [
        ("CreateTransformJob", {"kind": "lose-answer"}),
        ("CreateModel", {"kind": "lose-answer"}),
        ("DescribeTransformJob", {"code": "ThrottlingException", "times": 12}),
        ("PutObject", {"code": "SlowDown", "status": 503, "times": 9}),
    ],
)
def test_what_passes_is_survived(*, rig, trained, aws, operation, fault):
    aws.faults.add(operation, **fault)
    record = rig.run(begin(request(rig, trained)))
    assert record.state is JobState.SUCCEEDED, record.outcome
    assert len(aws.transform.jobs) == 1


def test_a_failed_job_says_why_and_leaves_no_model(rig, trained, aws):
    aws.transform.fail = "ClientError: 415: something odd"
    record = rig.run(begin(request(rig, trained)))
    assert record.state is JobState.FAILED
    assert "something odd" in record.outcome.message
    run = next(run for run in rig.cloud.runs.all() if run.kind == "transform")
    assert run.stage is Stage.FAILED
    assert aws.transform.models == {}


def test_a_quota_of_none_is_said_before_a_face_is_sent(rig, trained, aws):
    aws.quotas.set("ml.g4dn.xlarge", 0, "transform job")
    record = rig.run(begin(request(rig, trained)))
    assert "may use no ml.g4dn.xlarge for a transform job" in record.outcome.message
    assert aws.wire.count("PutObject") == 0


def test_what_was_paid_for_comes_although_the_model_may_not_be_deleted(rig, trained, aws):
    aws.faults.add("DeleteModel", code="AccessDeniedException", times=99)
    record = rig.run(begin(request(rig, trained)))
    assert record.state is JobState.SUCCEEDED, record.outcome
    assert any("left for cleaning up" in line for line in rig.said)
    assert len(aws.transform.models) == 1
