"""Hyperparameters: computed ones, sensible ones, and refusals before anything is sent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emotion_desktop.aws.sagemaker.hyperparameters import (
    HYPERPARAMETERS,
    PRESETS,
    complete,
    default_rate,
    preset_nearest_to,
)
from emotion_desktop.domain.errors import UsageError
from emotion_desktop.training.recipe.presets import RECIPES

BASE = {"classes": 8, "samples": 4000, "side": 50}


def test_what_follows_from_the_data_is_computed():
    values = complete({}, **BASE)
    assert values["num_classes"] == "8"
    assert values["num_training_samples"] == "4000"
    assert values["image_shape"] == "3,50,50"
    assert values["mini_batch_size"] == "32"
    assert values["num_layers"] == "18"
    assert "kv_store" not in values
    assert complete({}, **BASE, machines=2)["kv_store"] == "dist_sync"
    assert complete({}, **{**BASE, "samples": 20}, machines=2)["mini_batch_size"] == "10"
    assert complete({}, **{**BASE, "side": 28})["num_layers"] == "20"


def test_the_notebooks_preset():
    values = complete(PRESETS["notebook"].values, **BASE)
    assert (values["epochs"], values["optimizer"]) == ("15", "sgd")
    assert values["use_pretrained_model"] == "0"


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_goes_together(name):
    preset = PRESETS[name]
    values = complete(preset.values, classes=8, samples=500, side=preset.side)
    assert all(isinstance(value, str) for value in values.values())


def test_the_learning_rate_goes_with_the_batch():
    assert float(default_rate(256, False, {})) == pytest.approx(0.1)
    assert float(default_rate(32, False, {})) == pytest.approx(0.0125, rel=0.1)
    assert float(default_rate(32, True, {})) < float(default_rate(32, False, {}))
    assert float(default_rate(1, True, {})) > 0
    assert default_rate(32, False, {"optimizer": "adam"}) == "0.001"


@pytest.mark.parametrize(
    ("chosen", "more", "words"),
    [
        ({"epoch": "3"}, {}, "knows no"),
        ({"epochs": "0"}, {}, "cannot be"),
        ({"epochs": "-3"}, {}, "cannot be"),
        ({"epochs": "3.5"}, {}, "cannot be"),
        ({"learning_rate": "nan"}, {}, "cannot be"),
        ({"optimizer": "magic"}, {}, "cannot be"),
        ({"num_classes": "8"}, {}, "follows from the photos"),
        ({"num_layers": "20"}, {}, "no net of 20 layers"),
        ({"num_layers": "18"}, {"side": 28}, "no net of 18 layers"),
        ({"use_pretrained_model": "1"}, {}, "224 × 224"),
        ({"use_pretrained_model": "1"}, {"side": 224, "earlier": True}, "not from both"),
        ({"mini_batch_size": "64"}, {"samples": 100, "machines": 2}, "more than the 100 photos"),
        ({}, {"classes": 1}, "fewer than two"),
        ({"lr_scheduler_step": "10;20"}, {}, "cannot be"),
        ({"multi_label": "1"}, {}, "of no use here"),
    ],
)
def test_refusals(chosen, more, words):
    with pytest.raises(UsageError, match=words) as caught:
        complete(chosen, **{**BASE, **more})
    assert caught.value.hint


@given(st.sampled_from(sorted(HYPERPARAMETERS)), st.text(max_size=12))
def test_any_text_is_taken_or_refused(name, text):
    try:
        values = complete({name: text}, **BASE)
    except UsageError:
        return
    assert values[name] == text.strip()


def test_every_recipe_has_one_preset_nearest_to_it():
    names = [name for preset in PRESETS.values() for name in preset.nearest_to]
    assert sorted(names) == sorted(RECIPES)
    assert preset_nearest_to("best") is PRESETS["pretrained"]
    assert preset_nearest_to("something else") is None


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("checkpoint_frequency", "500", "more than the 10 epochs"),
        ("top_k", "7", "more than the 6 emotions"),
        ("resize", "64", "of no use here"),
        ("multi_label", "1", "of no use here"),
        ("use_weighted_loss", "1", "of no use here"),
    ],
)
def test_what_would_fail_after_the_upload_is_refused_before(name, value, words):
    with pytest.raises(UsageError, match=words):
        complete({"epochs": "10", name: value}, classes=6, samples=600, side=50)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("lr_scheduler_step", "10, 20"),
        ("eps", "1e-10"),
        ("beta_1", "0"),
        ("beta_2", "1"),
        ("gamma", "0"),
        ("momentum", "1"),
        ("weight_decay", "1"),
        ("checkpoint_frequency", "10"),
        ("top_k", "6"),
    ],
)
def test_what_the_documents_allow_is_allowed(name, value):
    values = complete({"epochs": "10", name: value}, classes=6, samples=600, side=50)
    assert values[name] == value.replace(" ", "")
