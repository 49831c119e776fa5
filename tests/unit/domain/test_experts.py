"""What a close look at a face tells: names, sides, and what they say."""

import json

import pytest

from emotion_desktop.domain.experts import (
    BLENDSHAPES,
    EXPERTS,
    FEATURES,
    FEATURES_AT,
    LEARNT,
    OPINIONS_AT,
    SIGNALS,
    ExpertEnsemble,
    mirrored,
)


def voice(labels=2, **changes):
    weights = [[0.0] * labels for _ in range(SIGNALS)]
    return ExpertEnsemble(
        **{
            "means": (0.1,) * SIGNALS,
            "weights": tuple(tuple(row) for row in weights),
            "bias": (0.0,) * labels,
            "share": 1.0,
            **changes,
        }
    )


def test_a_mirror_swaps_left_and_right_and_nothing_else():
    swapped = mirrored()
    assert sorted(swapped) == list(range(len(BLENDSHAPES))) == list(range(52))
    for number, other in enumerate(swapped):
        assert swapped[other] == number
        sided = "left" in BLENDSHAPES[number] or "right" in BLENDSHAPES[number]
        assert (other != number) is sided
        assert BLENDSHAPES[other].replace("left", "right") == BLENDSHAPES[number].replace(
            "left", "right"
        )


def test_every_signal_has_one_place():
    taken = [*range(len(BLENDSHAPES))]
    for judge, length in FEATURES.items():
        place = range(SIGNALS)[FEATURES_AT[judge]]
        assert len(place) == length
        taken += place
    assert len(taken) == LEARNT
    for judge, emotions in EXPERTS.items():
        place = range(SIGNALS)[OPINIONS_AT[judge]]
        assert len(place) == len(emotions)
        taken += place
    assert taken == list(range(SIGNALS))


def test_a_voice_survives_json():
    made = voice(3)
    assert ExpertEnsemble.from_dict(json.loads(json.dumps(made.to_dict()))) == made


@pytest.mark.parametrize(
    "changes",
    [
        {"means": (0.1,) * (SIGNALS - 1)},
        {"weights": ((0.0, 0.0),) * (SIGNALS - 1)},
        {"weights": ((0.0, 0.0),) * (SIGNALS - 1) + ((0.0,),)},
        {"bias": (0.0,) * 3},
        {"bias": (0.0, float("nan"))},
        {"bias": (0.0, float("inf"))},
        {"bias": (0.0, 1e9)},
        {"bias": (0.0, "1")},
        {"means": (True,) * SIGNALS},
        {"share": float("nan")},
    ],
)
def test_nonsense_is_refused(changes):
    with pytest.raises(ValueError):
        voice(**changes)


@pytest.mark.parametrize(
    "data", [{}, {"means": 3}, {"means": [], "weights": [1], "bias": [], "share": 1.0}]
)
def test_another_form_is_refused(data):
    with pytest.raises(ValueError):
        ExpertEnsemble.from_dict(data)


def test_the_movements_that_speak_loudest_are_named_once_for_both_sides():
    weights = [[0.0, 0.0] for _ in range(SIGNALS)]
    for name, weight in (
        ("left mouth corner up", 2.0),
        ("right mouth corner up", 2.0),
        ("jaw open", 3.0),
        ("left brow down", -5.0),
    ):
        weights[BLENDSHAPES.index(name)][1] = weight
    made = voice(weights=tuple(tuple(row) for row in weights))
    seen = [0.1] * SIGNALS  # as in training
    assert made.spoke_for(seen, 1, 3) == []
    for name in ("left mouth corner up", "right mouth corner up", "jaw open", "left brow down"):
        seen[BLENDSHAPES.index(name)] = 0.8
    assert made.spoke_for(seen, 1, 3) == ["mouth corner up", "jaw open"]
    assert made.spoke_for(seen, 1, 1) == ["mouth corner up"]
    assert made.spoke_for(seen, 0, 3) == ["brow down"]
