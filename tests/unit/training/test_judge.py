import json

import numpy as np
import pytest

from emotion_desktop.training.judge import judge

LABELS = ("anger", "fear", "neutral")


def one_hot(answers, height=2.0):
    return np.eye(3, dtype=np.float32)[answers] * height


def test_recalls_and_their_mean_over_emotions_with_enough_photos():
    targets = np.array([0] * 5 + [1] + [2] * 10, np.int32)
    answers = np.array([0] * 4 + [2] + [2] + [2] * 9 + [0])
    found = judge(one_hot(answers), targets, LABELS)
    assert found.recalls == {"anger": (0.8, 5), "fear": (0.0, 1), "neutral": (0.9, 10)}
    assert found.mean_recall == pytest.approx(0.85)
    assert found.accuracy == pytest.approx(13 / 16)
    assert json.loads(json.dumps(found.to_dict()))["recall"]["fear"] == {"recall": 0.0, "count": 1}


def test_with_few_photos_all_emotions_that_have_any_count():
    found = judge(one_hot([0, 1]), np.array([0, 0], np.int32), LABELS)
    assert found.mean_recall == 0.5
    assert found.recalls["fear"] == (None, 0)


def test_an_emotion_the_net_does_not_know_is_missed():
    found = judge(one_hot([0, 0]), np.array([0, -1], np.int32), LABELS)
    assert found.accuracy == 0.5
    p = np.exp(2) / (np.exp(2) + 2)
    assert found.log_loss == pytest.approx(-np.log(p))


def test_the_log_loss_decides_among_equals():
    targets = np.array([0, 1, 2], np.int32)
    timid, bold = (judge(one_hot([0, 1, 2], h), targets, LABELS) for h in (1, 3))
    wrong = judge(one_hot([0, 1, 1], 3), targets, LABELS)
    assert bold.rank > timid.rank > wrong.rank
