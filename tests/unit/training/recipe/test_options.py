"""The recipes' schema: whatever is chosen is checked, and says what is possible."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emotion_desktop.domain.errors import UsageError
from emotion_desktop.training.recipe.options import (
    OPTIONS,
    changed,
    differences,
    value_words,
    values_of,
)
from emotion_desktop.training.recipe.presets import RECIPES
from emotion_desktop.training.recipe.schema import GROUPS

QUICK = RECIPES["quick"]


@pytest.mark.parametrize("option", OPTIONS.values(), ids=OPTIONS)
def test_every_option_has_its_sentence_and_its_range(option):
    assert option.title
    assert option.help.endswith(".")
    assert option.group in GROUPS
    assert option.possible.startswith("Choose")
    assert option.choices or option.kind is bool or option.low < option.high
    if option.only_if is not None:
        key, values = option.only_if
        assert set(values) <= set(OPTIONS[key].choices)


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)
def test_the_presets_keep_to_the_ranges(recipe):
    values = values_of(recipe)
    assert changed(recipe, values) == recipe
    assert all(value_words(OPTIONS[key], value) for key, value in values.items())


def test_texts_and_values_change_a_recipe_alike():
    texts = {"epochs": "3", "augment.flip": "no", "learning_rate": "1e-4", "channels": "3"}
    values = {"epochs": 3, "augment.flip": False, "learning_rate": 1e-4, "channels": 3}
    assert changed(QUICK, texts) == changed(QUICK, values)
    assert differences(QUICK, changed(QUICK, texts)) == {
        "epochs": (45, 3),
        "augment.flip": (True, False),
        "learning_rate": (3e-3, 1e-4),
        "channels": (1, 3),
    }


@pytest.mark.parametrize(
    ("key", "given_value"),
    [
        ("epochs", "0"),
        ("epochs", "2.5"),
        ("epochs", True),
        ("learning_rate", "nan"),
        ("learning_rate", "fast"),
        ("augment.turn", "90"),
        ("augment.flip", "maybe"),
        ("channels", 2),
        ("net", "transformer"),
        ("net", None),
        ("magic", 1),
        ("fractions", 1),
    ],
)
def test_what_cannot_be_is_refused_with_what_can(key, given_value):
    with pytest.raises(UsageError) as caught:
        changed(QUICK, {key: given_value})
    assert caught.value.hint


@given(st.sampled_from(sorted(OPTIONS)), st.one_of(st.text(), st.floats(), st.integers()))
def test_whatever_is_given_is_taken_or_refused_in_words(key, given_value):
    try:
        recipe = changed(QUICK, {key: given_value})
    except UsageError as error:
        assert error.hint
    else:
        assert changed(recipe, values_of(recipe)) == recipe


def test_an_option_knows_when_it_has_a_meaning():
    values = values_of(QUICK)
    assert OPTIONS["width"].applies(values)
    assert not OPTIONS["weights"].applies(values)
    assert OPTIONS["weights"].applies({**values, "net": "mobilenetv3-small"})
