"""Rekognition as one of the models of the verbs: it asks before it sends, and is scored fairly."""

from __future__ import annotations

import json

import pytest
from sklearn import metrics as reference

from emotion_desktop.aws.rate_limit import RateLimit
from emotion_desktop.cli.main import main
from emotion_desktop.dataset.sources.files.fingerprint import digest
from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.domain.rekognition import REFERENCE
from emotion_desktop.engines.bundle import KERAS, write_bundle
from emotion_desktop.engines.table import LITERT
from emotion_desktop.workspace.catalogue.catalogue import Catalogue
from emotion_desktop.workspace.catalogue.consents import Consents
from emotion_desktop.workspace.paths import Workspace, default_workspace
from tests.faces import PORTRAITS, SAMPLES, make_data_set


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch, aws):
    monkeypatch.setattr(RateLimit, "wait", lambda self, stop=lambda: False: not stop())


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return make_data_set(tmp_path_factory.mktemp("data"), 2, 3, faceless=1)


def call(*arguments) -> int:
    return main([str(argument) for argument in arguments])


def test_it_asks_before_it_sends(aws, capsys):
    photo = SAMPLES / PORTRAITS[0]
    assert call("classify", photo, "--model", "rekognition", "--json", "-") == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "Send 1 photo to Amazon Rekognition?" in err
    assert "$0.00" in err
    assert "leave this computer" in err
    assert "--yes" in err
    assert aws.wire.calls == []


def test_once_agreed_it_answers_and_what_is_known_is_not_asked_about(aws, capsys):
    photo = SAMPLES / PORTRAITS[0]
    arguments = ("classify", photo, "--model", "rekognition", "--json", "-")
    assert call(*arguments, "--yes") == 0
    (entry,) = json.loads(capsys.readouterr().out)
    (face,) = entry["faces"]
    assert face["calibrated"] is False
    assert set(face["probabilities"]) == set(EMOTIONS) - {"contempt"}
    assert "CONFUSED" in face["other"]
    # It is known now: nothing is asked, of the user or of AWS.
    assert call(*arguments) == 0
    assert json.loads(capsys.readouterr().out) == [entry]
    assert len(aws.rekognition.billed) == 1
    assert call("rekognition", "withdraw") == 0
    assert "agree again" in capsys.readouterr().out
    assert call(*arguments) == 0


def test_it_is_compared_on_the_emotions_it_knows(aws, data, tmp_path, capsys):
    out, report = tmp_path / "out.json", tmp_path / "r.html"
    models = ("--model", "builtin-fast", "--model", "rekognition")
    arguments = ("evaluate", "--data", data, *models, "--include-trained-on", "--yes")
    assert call(*arguments, "--json", out, "--report", report) == 0
    figures = json.loads(out.read_text())
    assert figures["unshared"] == ["contempt"]
    ours, theirs = figures["models"]
    assert (ours["calibrated"], theirs["calibrated"]) == (True, False)
    assert theirs["cost"] == pytest.approx(0.049)
    rows = figures["answers"]
    said = [row["answers"]["Amazon Rekognition"] for row in rows]
    answered = [answer is not None for answer in said]
    assert theirs["answered"] == pytest.approx(sum(answered) / len(rows))
    truth = [row["label"] for row in rows]
    named = [answer["emotion"] if answer else "none" for answer in said]
    assert theirs["scores"]["accuracy"] == pytest.approx(reference.accuracy_score(truth, named))
    text = report.read_text("utf-8")
    assert "Amazon Rekognition" in text
    assert "not calibrated by this program" in text
    assert "about $0.05" in text


def test_what_another_model_was_trained_on_is_neither_offered_nor_sent(
    aws, data, tmp_path, capsys, builtin
):
    photos = sorted((data / "images").glob("*.jpg"))
    model = tmp_path / "knows.emodel"
    write_bundle(
        model,
        builtin.card,
        {KERAS: b"x", LITERT: builtin.read(LITERT)},
        [digest(photo.read_bytes()) for photo in photos[:40]],
    )
    left = len(photos) - 40
    arguments = ("evaluate", "--data", data, "--model", model, "--model", "rekognition")
    assert call(*arguments, "--yes") == 0
    assert f"Send {left} photos" in capsys.readouterr().err
    assert len(aws.rekognition.billed) == left
    # Nothing of the agreement is left over for a later batch.
    with Catalogue(Workspace(default_workspace()).catalogue) as catalogue:
        assert not Consents(catalogue).use_one(REFERENCE)


def test_the_table_is_there_to_be_looked_at(capsys):
    assert call("rekognition", "mapping") == 0
    printed = capsys.readouterr().out
    (line,) = [line for line in printed.splitlines() if line.startswith("CONFUSED")]
    assert line.split() == ["CONFUSED", "none", "of", "ours", "contempt"]


def test_its_name_cannot_be_taken_by_a_model(capsys, builtin):
    assert call("models", "import", builtin.path, "--name", "rekognition") == 2
