"""Expert features: their places, mirror images and names; and the ensemble as JSON."""

import json

import pytest

from emotion_desktop.domain.experts import (
    BLENDSHAPES,
    EMBEDDING_SIZES,
    EMBEDDING_SLICES,
    EXPERT_FEATURES,
    EXPERTS,
    LOG_PROBABILITY_SLICES,
    REGRESSION_FEATURES,
    ExpertEnsemble,
    mirrored_blendshapes,
)


def ensemble(labels=2, **changes):
    weights = [[0.0] * labels for _ in range(EXPERT_FEATURES)]
    return ExpertEnsemble(
        **{
            "means": (0.1,) * EXPERT_FEATURES,
            "weights": tuple(tuple(row) for row in weights),
            "bias": (0.0,) * labels,
            "regression_weight": 1.0,
            **changes,
        }
    )


def test_a_mirror_swaps_left_and_right_and_nothing_else():
    swapped = mirrored_blendshapes()
    assert sorted(swapped) == list(range(len(BLENDSHAPES))) == list(range(52))
    for number, other in enumerate(swapped):
        assert swapped[other] == number
        sided = "left" in BLENDSHAPES[number] or "right" in BLENDSHAPES[number]
        assert (other != number) is sided
        assert BLENDSHAPES[other].replace("left", "right") == BLENDSHAPES[number].replace(
            "left", "right"
        )


def test_every_feature_has_one_place():
    taken = [*range(len(BLENDSHAPES))]
    for expert, length in EMBEDDING_SIZES.items():
        place = range(EXPERT_FEATURES)[EMBEDDING_SLICES[expert]]
        assert len(place) == length
        taken += place
    assert len(taken) == REGRESSION_FEATURES
    for expert, emotions in EXPERTS.items():
        place = range(EXPERT_FEATURES)[LOG_PROBABILITY_SLICES[expert]]
        assert len(place) == len(emotions)
        taken += place
    assert taken == list(range(EXPERT_FEATURES))


def test_an_ensemble_survives_json():
    made = ensemble(3)
    assert ExpertEnsemble.from_dict(json.loads(json.dumps(made.to_dict()))) == made


def test_ensembles_of_earlier_bundles_are_read():
    data = ensemble().to_dict()
    data["share"] = data.pop("regression_weight")
    assert ExpertEnsemble.from_dict(data) == ensemble()


@pytest.mark.parametrize(
    "changes",
    [
        {"means": (0.1,) * (EXPERT_FEATURES - 1)},
        {"weights": ((0.0, 0.0),) * (EXPERT_FEATURES - 1)},
        {"weights": ((0.0, 0.0),) * (EXPERT_FEATURES - 1) + ((0.0,),)},
        {"bias": (0.0,) * 3},
        {"bias": (0.0, float("nan"))},
        {"bias": (0.0, float("inf"))},
        {"bias": (0.0, 1e9)},
        {"bias": (0.0, "1")},
        {"means": (True,) * EXPERT_FEATURES},
        {"regression_weight": float("nan")},
    ],
)
def test_nonsense_is_refused(changes):
    with pytest.raises(ValueError):
        ensemble(**changes)


@pytest.mark.parametrize(
    "data", [{}, {"means": 3}, {"means": [], "weights": [1], "bias": [], "regression_weight": 1.0}]
)
def test_another_form_is_refused(data):
    with pytest.raises(ValueError):
        ExpertEnsemble.from_dict(data)


def test_the_strongest_blendshapes_are_named_once_for_both_sides():
    weights = [[0.0, 0.0] for _ in range(EXPERT_FEATURES)]
    for name, weight in (
        ("left mouth corner up", 2.0),
        ("right mouth corner up", 2.0),
        ("jaw open", 3.0),
        ("left brow down", -5.0),
    ):
        weights[BLENDSHAPES.index(name)][1] = weight
    made = ensemble(weights=tuple(tuple(row) for row in weights))
    seen = [0.1] * EXPERT_FEATURES  # as in training
    assert made.strongest_blendshapes(seen, 1, 3) == []
    for name in ("left mouth corner up", "right mouth corner up", "jaw open", "left brow down"):
        seen[BLENDSHAPES.index(name)] = 0.8
    assert made.strongest_blendshapes(seen, 1, 3) == ["mouth corner up", "jaw open"]
    assert made.strongest_blendshapes(seen, 1, 1) == ["mouth corner up"]
    assert made.strongest_blendshapes(seen, 0, 3) == ["brow down"]
