from dataclasses import replace

import pytest

from emotion_desktop.domain.run import Run, RunState
from emotion_desktop.jobs.training.expected_time import expected_seconds
from emotion_desktop.training.recipe.presets import RECIPES

QUICK = RECIPES["quick"]


def a_run(recipe=QUICK, **more):
    values = {"epochs": 10, "seconds": 50.0, "photos": 100, **more}
    parameters = {"recipe": recipe.to_dict()}
    return Run("1", "Mine", "here", RunState.SUCCEEDED, parameters, 1.0, **values)


def test_it_follows_what_this_computer_took_before():
    once, measured = expected_seconds(QUICK, 1000, [a_run()])
    assert measured
    twice, _ = expected_seconds(replace(QUICK, epochs=2 * QUICK.epochs), 1000, [a_run()])
    # 0.05 s a photo and epoch, and a little beside it.
    assert twice - once == pytest.approx(0.05 * 1000 * QUICK.epochs)


def test_a_run_that_ended_in_its_first_epochs_says_less_than_a_longer_one():
    runs = [a_run(epochs=1, seconds=30.0), a_run()]
    assert expected_seconds(QUICK, 1000, runs) == expected_seconds(QUICK, 1000, [a_run()])


@pytest.mark.parametrize(
    "run",
    [
        a_run(replace(QUICK, size=128)),
        a_run(RECIPES["notebook"]),
        a_run(epochs=0, seconds=0.0),
        replace(a_run(), place="sagemaker"),
        replace(a_run(), parameters={"recipe": None}),
    ],
)
def test_runs_of_another_kind_say_nothing(run):
    seconds, measured = expected_seconds(QUICK, 1000, [run])
    assert not measured
    assert seconds > 0


def test_larger_pictures_are_guessed_to_take_longer():
    small, _ = expected_seconds(QUICK, 10_000, [])
    large, _ = expected_seconds(replace(QUICK, size=128), 10_000, [])
    assert large > 3 * small


@pytest.mark.parametrize("runs", [[], [a_run()]])
def test_looking_closely_takes_its_time_once(runs):
    without, _ = expected_seconds(QUICK, 10_000, runs)
    closely = replace(QUICK, face_api_weight=0.4)
    once, _ = expected_seconds(closely, 10_000, runs)
    assert once > without + 20
    longer, _ = expected_seconds(replace(closely, epochs=2 * QUICK.epochs), 10_000, runs)
    twice, _ = expected_seconds(replace(QUICK, epochs=2 * QUICK.epochs), 10_000, runs)
    assert longer - once == pytest.approx(twice - without)
