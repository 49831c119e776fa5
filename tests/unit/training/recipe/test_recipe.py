import json
import subprocess
import sys
from dataclasses import replace

import pytest

from emotion_desktop.domain.errors import UsageError
from emotion_desktop.training.recipe.options import changed
from emotion_desktop.training.recipe.presets import RECIPES, recipe_named
from emotion_desktop.training.recipe.recipe import RENAMED, Recipe


def test_recipes_of_an_earlier_version_are_read_where_they_mean_the_same():
    before = RECIPES["quick"].to_dict() | {"movements": 0.0, "opinion": 0.0}
    for name in ("regression_weight", "face_api_weight", "py_feat_weight"):
        del before[name]
    assert Recipe.from_dict(before) == RECIPES["quick"]
    with pytest.raises(ValueError, match="earlier version"):
        Recipe.from_dict(before | {"opinion": 0.4})


def test_options_under_their_former_names_are_understood():
    former = {new: old for old, new in RENAMED.items()}
    best = RECIPES["best"]
    before = {former.get(name, name): value for name, value in best.to_dict().items()}
    assert {"teacher", "teacher_share", "close_look", "face_api", "py_feat"} <= set(before)
    assert Recipe.from_dict(before) == best
    assert changed(best, {"teacher": "none", "py_feat": "0.2"}) == replace(
        best, expert_net="none", py_feat_weight=0.2
    )


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)
def test_a_recipe_is_json_and_its_preprocessing_sound(recipe):
    assert json.loads(json.dumps(recipe.to_dict())) == recipe.to_dict()
    assert Recipe.from_dict(recipe.to_dict()) == recipe
    assert recipe.preprocessing.size == recipe.size
    assert sum(recipe.fractions) == pytest.approx(1)
    assert recipe_named(recipe.name) is recipe


def test_unknown_names_are_refused_with_the_known_ones():
    with pytest.raises(UsageError) as caught:
        recipe_named("slow")
    assert "quick" in caught.value.hint
    with pytest.raises(ValueError, match="transformer"):
        replace(RECIPES["quick"], net="transformer")


@pytest.mark.parametrize(
    "wrong", [None, [], {}, {"name": "x"}, {**RECIPES["quick"].to_dict(), "magic": 1}], ids=str
)
def test_what_is_no_recipe_is_refused(wrong):
    with pytest.raises(ValueError, match="no recipe"):
        Recipe.from_dict(wrong)


def test_listing_recipes_needs_no_tensorflow():
    code = (
        "import sys, emotion_desktop.training.recipe.presets\n"
        "sys.exit(bool({'tensorflow', 'keras', 'cv2', 'numpy'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
