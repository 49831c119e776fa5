from dataclasses import replace

import pytest

from emotion_desktop.domain.comparison import PairedDifference
from emotion_desktop.evaluation.comparison import compare
from emotion_desktop.evaluation.comparison_words import (
    chance,
    describe_comparison,
    headline,
    scope,
    verdict,
)
from tests.unit.evaluation.test_comparison import SEVEN, make_model, make_samples


@pytest.fixture(scope="module")
def scores():
    samples = make_samples(100)
    entrants = [
        make_model("Keras", (*SEVEN, "contempt"), samples, 3.0, 1),
        make_model("MXNet", SEVEN, samples, 1.0, 2),
    ]
    return compare(entrants, samples, data="d", left_out={"missing_file": 3}, draws=200).scores


def pair(**more) -> PairedDifference:
    values = {
        "first": 0,
        "second": 1,
        "accuracy": 0.1,
        "accuracy_interval": (0.05, 0.15),
        "mean_recall": 0.08,
        "mean_recall_interval": (0.012, 0.147),
        "only_first": 52,
        "only_second": 21,
        "chance": 0.005,
        "agreement": 0.7,
        "kappa": 0.5,
    }
    return PairedDifference(**(values | more))


@pytest.mark.parametrize(
    ("probability", "words"),
    [
        (1.0, "nearly all cases"),
        (0.7, "7 of 10 cases"),
        (0.1, "1 of 10 cases"),
        (0.049, "1 of 20 cases"),
        (0.005, "1 of 200 cases"),
        (0.000257, "1 of 3,900 cases"),
        (1e-9, "fewer than 1 of 1,000,000 cases"),
    ],
)
def test_chance_in_words(probability, words):
    assert chance(probability) == words


def test_the_better_one_is_named_first_whichever_it_is(scores):
    text = verdict(pair(), scores)
    assert text == (
        "Keras is better on these photos: Keras alone is right on 52 photos, MXNet alone on 21; "
        "by chance in 1 of 200 cases. On other people the balanced score of Keras would be 1.2 to "
        "14.7 points higher than that of MXNet."
    )
    turned = pair(only_first=21, only_second=52, mean_recall_interval=(-0.147, -0.012))
    assert verdict(turned, scores) == text.replace("Keras", "x").replace("MXNet", "Keras").replace(
        "x", "MXNet"
    )


def test_what_chance_explains_is_no_difference(scores):
    text = verdict(
        pair(only_first=11, only_second=10, chance=0.8, mean_recall_interval=(-0.02, 0.05)), scores
    )
    assert text.startswith("No clear difference on these photos: Keras alone is right on 11 photos")
    assert "8 of 10 cases" in text
    assert "anything from 2.0 points lower to 5.0 points higher" in text
    assert "exactly the same" in verdict(pair(only_first=0, only_second=0, chance=1.0), scores)


def test_the_terminal_gets_all_of_it(scores):
    text = describe_comparison(scores)
    first, second, *_ = text.splitlines()
    assert first == headline(scores)
    assert first.startswith("Keras is ahead: balanced score ")
    assert second == scope(scores)
    assert "Scored on the 7 emotions that all models know; not on contempt." in second
    for words in (
        "always the commonest",
        "Recall by emotion",
        "too few to judge",
        "3 not found",
        "that every model gets wrong",
        "answers 9",
        "confidence is off by",
    ):
        assert words in text
    assert max(map(len, describe_comparison(scores).splitlines()[3:7])) <= 100


def test_too_few_photos_have_no_headline(scores):
    def without(model):
        return replace(
            model, scores=replace(model.scores, mean_recall=None, mean_recall_interval=None)
        )

    models = tuple(without(model) for model in scores.models)
    assert headline(replace(scores, models=models)).startswith("Too few photos")
