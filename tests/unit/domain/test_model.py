"""A model's description checks itself."""

import copy
import dataclasses
import json
import math

import pytest

from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.domain.model import ModelCard
from emotion_desktop.evaluation.metrics import LabelledPrediction, score


@pytest.fixture(scope="module")
def scores():
    answers = [
        LabelledPrediction(emotion, str(number), {"anger": 0.7, "fear": 0.3})
        for number in range(6)
        for emotion in ("anger", "fear")
    ]
    return score(answers, EMOTIONS, {"missing_file": 2})


@pytest.fixture(scope="module")
def scored(builtin, scores):
    return dataclasses.replace(builtin.card, scores=scores)


@pytest.fixture
def card(scored):
    """A description as JSON values, to be spoilt."""
    return json.loads(json.dumps(scored.to_dict()))


def test_a_description_survives_json(scored, card):
    assert ModelCard.from_dict(card) == scored
    assert ModelCard.from_dict(card).to_dict() == scored.to_dict()


def test_a_model_need_not_have_scores(card):
    card["scores"] = None
    assert ModelCard.from_dict(card).scores is None


def spoil(card, path, value):
    spoilt = copy.deepcopy(card)
    *way, last = path.split(".")
    place = spoilt
    for step in way:
        place = place[step]
    if value is KeyError:
        del place[last]
    else:
        place[last] = value
    return spoilt


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("name", ""),
        ("name", "x" * 101),
        ("name", 5),
        ("name", KeyError),
        ("labels", ["anger"]),
        ("labels", [*EMOTIONS[:7], "boredom"]),
        ("labels", [*EMOTIONS[:7], "anger"]),
        ("labels", [[]] * 8),
        ("labels", None),
        ("labels", list(EMOTIONS[:5])),
        ("preprocessing", []),
        ("preprocessing.size", 7),
        ("preprocessing.size", 1025),
        ("preprocessing.size", 64.0),
        ("preprocessing.size", "64"),
        ("preprocessing.channels", 2),
        ("preprocessing.channels", True),
        ("preprocessing.crop", "ears"),
        ("preprocessing.extent", 0),
        ("preprocessing.extent", math.nan),
        ("preprocessing.extent", True),
        ("preprocessing.scale", "float"),
        ("preprocessing.mystery", 1),
        ("calibration.temperature", 0),
        ("calibration.temperature", math.inf),
        ("calibration.temperature", "1"),
        ("calibration.bias", [0.0] * 7),
        ("calibration.bias", [0.0] * 7 + [math.nan]),
        ("calibration.bias", [0.0] * 7 + [101]),
        ("calibration.bias", None),
        ("provenance", None),
        ("provenance.recipe", []),
        ("provenance.notes", None),
        ("scores.accuracy", "good"),
        ("scores.accuracy", None),
        ("scores.accuracy", 1.5),
        ("scores.baseline", math.nan),
        ("scores.accuracy_interval", [0.1]),
        ("scores.accuracy_interval", None),
        ("scores.mean_recall", "0.5"),
        ("scores.photos", -1),
        ("scores.photos", True),
        ("scores.labels", ["boredom"]),
        ("scores.labels", ["anger"]),
        ("scores.confusion", [[1]]),
        ("scores.confusion", 5),
        ("scores.per_emotion", []),
        ("scores.per_emotion.boredom", {}),
        ("scores.left_out", {"why": "many"}),
        ("scores.interval_by", "dice"),
    ],
)
def test_nonsense_is_refused(card, path, value):
    with pytest.raises(ValueError, match=r"\w"):
        ModelCard.from_dict(spoil(card, path, value))


@pytest.mark.parametrize("name", ["mean_recall", "macro_f1", "calibration_error"])
def test_scores_that_could_not_be_computed_are_none(card, name):
    assert getattr(ModelCard.from_dict(spoil(card, f"scores.{name}", None)).scores, name) is None
