"""What commit 576c336 (version 0.1.0) left on disk still opens, counts and goes on.

``tests/data/made_by_576c336.tar.xz`` was written by that version: a workspace with an imported,
audited and split data set, a corrected label, a finished and a killed training, an evaluation and a
finished SageMaker run; and ``answers.json``, what its model said of the photos.
"""

from __future__ import annotations

import json
import tarfile
from pathlib import Path

import pytest

ARCHIVE = Path(__file__).parents[1] / "data" / "made_by_576c336.tar.xz"


@pytest.fixture
def old(tmp_path, monkeypatch):
    """The folder with the workspace and what its model said; the workspace is the default one."""
    with tarfile.open(ARCHIVE) as archive:
        archive.extractall(tmp_path, filter="data")
    monkeypatch.setenv("EMOTION_DESKTOP_WORKSPACE", str(tmp_path / "workspace"))
    return tmp_path


def test_the_data_set_has_its_photos_labels_and_split(old, call):
    status, out, _ = call("dataset", "show")
    assert status == 0
    counts = dict(line.split()[:2] for line in out.splitlines() if line[:1].isalpha() and line[-1])
    assert (counts["sadness"], counts["anger"], counts["fear"]) == ("7", "5", "6")
    assert "18e067df6b7471d1c30172fb9cac5346" in out


def test_the_correction_can_be_taken_back(old, call):
    assert call("dataset", "undo")[0] == 0
    out = call("dataset", "show")[1]
    counts = dict(line.split()[:2] for line in out.splitlines() if line[:1].isalpha() and line[-1])
    assert (counts["sadness"], counts["anger"]) == ("6", "6")


def test_the_data_set_is_audited_again(old, call):
    status, out, _ = call("dataset", "audit")
    assert status == 0
    assert "1 photo" in out  # the one without a face


def test_its_model_says_the_same_of_the_same_photos(old, call):
    photos = sorted((old / "workspace" / "photos").rglob("*.jpg"))
    said = {
        Path(entry["path"]).name: entry for entry in json.loads((old / "answers.json").read_text())
    }
    assert len(photos) == len(said)
    (old / "workspace" / "readings.sqlite").unlink()  # asked anew, not remembered
    status, out, _ = call("classify", *photos, "--model", "tiny", "--json", "-")
    assert status == 0
    for entry in json.loads(out):
        before = said[Path(entry["path"]).name]
        assert entry["status"] == before["status"]
        for now, then in zip(entry["faces"], before["faces"], strict=True):
            assert now["box"] == then["box"]
            assert now["probabilities"] == pytest.approx(then["probabilities"], abs=1e-6)


def test_a_killed_training_goes_on_where_it_was(old, call):
    assert "interrupted" in call("runs", "list")[1]
    status, _, err = call("runs", "go-on", "8b85d6")
    assert status == 0, err
    assert "broken-off" in call("models", "list")[1]
    listed = call("runs", "list")[1]
    assert "interrupted" not in listed
    told = [json.loads(line) for line in _events(old).read_text("utf-8").splitlines()]
    assert sum("epoch" in event for event in told) == 60, "each epoch was trained once"


def _events(old: Path) -> Path:
    (path,) = (old / "workspace" / "runs").glob("8b85d6*/events.jsonl")
    return path


def test_a_finished_training_is_listed_and_can_be_repeated(old, call):
    assert "tiny" in call("runs", "list")[1]
    status, _, err = call("runs", "repeat", "d430e1", "--name", "tiny again")
    assert status == 0, err
    assert "tiny again" in call("models", "list")[1]


def test_a_finished_run_at_sagemaker_is_listed(old, call):
    status, out, _ = call("sagemaker", "list")
    assert status == 0
    assert "cloud-20261201-141404-ccb26a" in out


def test_a_model_is_scored_on_the_sealed_test_again(old, call):
    status, out, _ = call("evaluate", "--split", "s1", "--model", "tiny", "--json", "-")
    assert status == 0
    assert json.loads(out)


def test_settings_are_kept(old, call):
    assert "eu-central-1" in call("aws", "use", "--region", "eu-central-1")[1]
    assert json.loads((old / "workspace" / "settings.json").read_text())["aws_region"]
