import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from emotion_desktop.domain.errors import AppError, UsageError
from emotion_desktop.training.recipe.presets import RECIPES
from emotion_desktop.training.recipe.request import TrainingRequest

QUICK = RECIPES["quick"]


def request(output=Path("out.emodel"), **more):
    return TrainingRequest(QUICK, output, "Mine", **{"data": Path("photos"), **more})


def test_what_is_written_is_read_again(tmp_path):
    full = TrainingRequest(
        replace(QUICK, epochs=3, fractions=(0.8, 0.2, 0.0)),
        tmp_path / "out.emodel",
        "Mine",
        data=tmp_path / "photos",
        seed=7,
        start_from=tmp_path / "start.emodel",
        notes="CC0",
        fingerprint="f1",
    )
    other = TrainingRequest(QUICK, tmp_path / "o.emodel", "Other", split="mine")
    for made in (full, other):
        assert TrainingRequest.from_dict(json.loads(json.dumps(made.to_dict()))) == made
    assert full.run != other.run


def test_what_an_earlier_version_kept_beside_the_recipe_is_read():
    before = {**request().to_dict(), "fractions": [0.6, 0.4, 0], "workspace": "/w", "epochs": None}
    assert TrainingRequest.from_dict(before).recipe.fractions == (0.6, 0.4, 0.0)
    assert TrainingRequest.from_dict({**before, "fractions": None}).recipe == QUICK


@pytest.mark.parametrize(
    "wrong",
    [
        {"data": "", "split": ""},
        {"recipe": "quick"},
        {"recipe": {**QUICK.to_dict(), "fractions": [1, 0, 0]}},
        {"fractions": [0.5, 0.5]},
        {"seed": "x"},
        {"seed": float("inf")},
        {"name": "n" * 101},
        {"name": " "},
        {"output": None},
    ],
    ids=str,
)
def test_what_cannot_be_done_is_refused(wrong):
    with pytest.raises(UsageError):
        TrainingRequest.from_dict({**request().to_dict(), **wrong})


def test_the_output_is_checked_before_the_work(tmp_path):
    request(tmp_path / "new" / "folder" / "m.emodel").check_output()
    assert not (tmp_path / "new").exists()
    with pytest.raises(UsageError):
        request(tmp_path).check_output()
    (tmp_path / "file").write_text("")
    with pytest.raises(AppError):
        request(tmp_path / "file" / "m.emodel").check_output()


@pytest.mark.skipif(
    os.name != "posix" or os.geteuid() == 0, reason="permissions do not bind this user"
)
def test_a_folder_that_may_not_be_written(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(AppError, match="may not be written"):
        request(tmp_path / "m.emodel").check_output()
