"""What a training tells crosses a pipe and comes out the same; nothing else is taken for it."""

import json

import pytest

from emotion_desktop.domain.training_events import (
    DataRead,
    StepDone,
    TrainingBegan,
    began_from_json,
    from_json,
    to_json,
)

BEGAN = TrainingBegan("abacus", 3, 2, 9, ("fear", "anger"), ({"loss": 1.0, "recall": {}},))


@pytest.mark.parametrize("event", [DataRead("f1"), BEGAN, StepDone(7, 0.25)])
def test_each_comes_back_as_it_was(event):
    assert from_json(json.loads(json.dumps(to_json(event)))) == event


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"kind": "end"},
        {"kind": "step", "step": 1},
        {"kind": "step", "step": float("inf"), "loss": 1.0},
        {"kind": "step", "step": None, "loss": 1.0},
        {"kind": [], "step": 1},
        {**to_json(BEGAN), "labels": 3},
        {**to_json(BEGAN), "history": ["x"]},
    ],
    ids=str,
)
def test_what_is_none_is_refused(wrong):
    with pytest.raises(ValueError):
        from_json(wrong)


def test_what_an_earlier_version_wrote_of_a_beginning_is_read():
    before = {"device": "d", "epochs": 3, "steps_per_epoch": 2, "photos": 9, "labels": ["fear"]}
    assert began_from_json(before) == TrainingBegan("d", 3, 2, 9, ("fear",))
