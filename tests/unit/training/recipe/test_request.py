import os
from pathlib import Path

import pytest

from emotion_desktop.domain.errors import AppError, UsageError
from emotion_desktop.training.recipe.request import TrainingRequest

NEEDED = {"data": "photos", "output": "out.emodel", "recipe": "quick"}


def test_defaults_and_overrides():
    plain = TrainingRequest.from_parameters(NEEDED)
    assert (plain.name, plain.seed, plain.recipe.name) == ("Quick", 0, "quick")
    changed = TrainingRequest.from_parameters(
        {**NEEDED, "epochs": 3, "fractions": [0.8, 0.2, 0.0], "name": " Mine ", "seed": 7}
    )
    assert changed.recipe.epochs == 3
    assert changed.recipe.fractions == (0.8, 0.2, 0.0)
    assert (changed.name, changed.seed) == ("Mine", 7)


@pytest.mark.parametrize(
    "wrong",
    [
        {"data": ""},
        {"recipe": "none such"},
        {"epochs": 0},
        {"epochs": "many"},
        {"fractions": [1, 0, 0]},
        {"fractions": [0.5, 0.5]},
        {"seed": "x"},
        {"name": "n" * 101},
    ],
    ids=str,
)
def test_what_cannot_be_done_is_refused(wrong):
    with pytest.raises(UsageError):
        TrainingRequest.from_parameters({**NEEDED, **wrong})


def test_the_output_is_checked_before_the_work(tmp_path):
    def order(output: Path) -> TrainingRequest:
        return TrainingRequest.from_parameters({**NEEDED, "output": str(output)})

    order(tmp_path / "new" / "folder" / "m.emodel").check_output()
    assert not (tmp_path / "new").exists()
    with pytest.raises(UsageError):
        order(tmp_path).check_output()
    (tmp_path / "file").write_text("")
    with pytest.raises(AppError):
        order(tmp_path / "file" / "m.emodel").check_output()


@pytest.mark.skipif(
    os.name != "posix" or os.geteuid() == 0, reason="permissions do not bind this user"
)
def test_a_folder_that_may_not_be_written(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(AppError, match="may not be written"):
        TrainingRequest.from_parameters(
            {**NEEDED, "output": str(tmp_path / "m.emodel")}
        ).check_output()
