import json

import numpy as np
import pytest

from emotion_desktop.training.fit.validation_metrics import validation_metrics

LABELS = ("anger", "fear", "neutral")


def one_hot(answers, height=2.0):
    return np.eye(3, dtype=np.float32)[answers] * height


def test_recalls_and_their_mean_over_emotions_with_enough_photos():
    targets = np.array([0] * 5 + [1] + [2] * 10, np.int32)
    answers = np.array([0] * 4 + [2] + [2] + [2] * 9 + [0])
    found = validation_metrics(one_hot(answers), targets, LABELS)
    assert found.recalls == {"anger": (0.8, 5), "fear": (0.0, 1), "neutral": (0.9, 10)}
    assert found.mean_recall == pytest.approx(0.85)
    assert found.accuracy == pytest.approx(13 / 16)
    assert json.loads(json.dumps(found.to_dict()))["recall"]["fear"] == {"recall": 0.0, "count": 1}


def test_with_few_photos_all_emotions_that_have_any_count():
    found = validation_metrics(one_hot([0, 1]), np.array([0, 0], np.int32), LABELS)
    assert found.mean_recall == 0.5
    assert found.recalls["fear"] == (None, 0)


def test_an_emotion_the_net_does_not_know_is_missed():
    found = validation_metrics(one_hot([0, 0]), np.array([0, -1], np.int32), LABELS)
    assert found.accuracy == 0.5
    p = np.exp(2) / (np.exp(2) + 2)
    assert found.log_loss == pytest.approx(-np.log(p))


def test_within_one_standard_error_is_as_good():
    targets = np.repeat(np.arange(3, dtype=np.int32), 10)
    best = validation_metrics(one_hot(targets), targets, LABELS)
    assert best.standard_error == 0.0
    answers = targets.copy()
    answers[:5] = 1
    good = validation_metrics(one_hot(answers), targets, LABELS)
    assert good.standard_error == pytest.approx(np.sqrt(0.5 * 0.5 / 10) / 3)
    answers[5] = 1
    slightly_worse = validation_metrics(one_hot(answers), targets, LABELS)
    answers[:20] = 2
    much_worse = validation_metrics(one_hot(answers), targets, LABELS)
    assert slightly_worse.as_good_as(good)
    assert good.as_good_as(slightly_worse)
    assert not good.as_good_as(best)
    assert not much_worse.as_good_as(good)
