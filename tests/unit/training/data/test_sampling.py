import json
from dataclasses import replace

import numpy as np
import pytest

from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.training.data.part import Part
from emotion_desktop.training.data.sampling import (
    Sampler,
    drawing_chances,
    learnt_prior,
    loss_weights,
    natural_counts,
    part_prior,
    shares,
    shown_prior,
)
from emotion_desktop.training.recipe.presets import RECIPES

COUNTS = np.array([900.0, 100.0, 0.0])


def test_shares_lie_between_equal_and_natural():
    assert shares(COUNTS, 1.0) == pytest.approx([0.9, 0.1, 0])
    assert shares(COUNTS, 0.5) == pytest.approx([0.75, 0.25, 0])
    assert shares(COUNTS, 0.0) == pytest.approx([0.5, 0.5, 0])


@pytest.mark.parametrize(
    ("balancing", "loss", "shown", "learnt"),
    [
        ("none", "cross-entropy", [0.9, 0.1], [0.9, 0.1]),
        ("sampling", "cross-entropy", [0.75, 0.25], [0.75, 0.25]),
        ("weights", "cross-entropy", [0.75, 0.25], [0.75, 0.25]),
        ("none", "logit-adjusted", [0.9, 0.1], [0.5, 0.5]),
    ],
)
def test_what_a_net_learns_under(balancing, loss, shown, learnt):
    recipe = replace(RECIPES["quick"], balancing=balancing, loss=loss, power=0.5, logit_tau=1.0)
    counts = COUNTS[:2]
    assert shown_prior(counts, recipe) == pytest.approx(shown)
    assert learnt_prior(counts, recipe) == pytest.approx(learnt)


def test_class_weights_move_the_proportions_and_are_one_on_average():
    recipe = replace(RECIPES["quick"], balancing="weights", power=0.5)
    weights = loss_weights(COUNTS, recipe)
    assert weights[:2] @ COUNTS[:2] / COUNTS.sum() == pytest.approx(1)
    assert weights * COUNTS / COUNTS.sum() == pytest.approx(shown_prior(COUNTS, recipe))
    assert (loss_weights(COUNTS, RECIPES["quick"]) == 1).all()


def test_photos_are_drawn_in_those_shares():
    targets = np.repeat([0, 1], [900, 100]).astype(np.int32)
    sampler = Sampler(targets, 50, 0.5, seed=1)
    assert sampler.steps == 20
    drawn = np.concatenate([targets[b] for _ in range(10) for b in sampler.epoch()])
    assert np.bincount(drawn) / len(drawn) == pytest.approx([0.75, 0.25], abs=0.02)


def test_without_a_power_an_epoch_shows_each_photo_once():
    batches = list(Sampler(np.zeros(100, np.int32), 16, None, seed=1).epoch())
    assert [len(b) for b in batches] == [16] * 6
    assert len(set(np.concatenate(batches))) == 96


@pytest.mark.parametrize("power", [None, 0.5])
def test_the_order_follows_the_seed(power):
    targets = np.arange(60, dtype=np.int32) % 3

    def first(seed):
        return next(iter(Sampler(targets, 16, power, seed).epoch())).tolist()

    assert first(3) == first(3) != first(4)


def test_fewer_photos_than_a_batch_make_one_step():
    sampler = Sampler(np.array([0, 1, 1], np.int32), 64, 0.5, seed=1)
    assert [len(b) for b in sampler.epoch()] == [3]


@pytest.mark.parametrize("power", [None, 0.5])
def test_it_goes_on_from_a_state(power):
    targets = np.arange(60, dtype=np.int32) % 3
    sampler = Sampler(targets, 16, power, seed=3)
    list(sampler.epoch())
    state = json.loads(json.dumps(sampler.state))
    expected = [batch.tolist() for batch in sampler.epoch()]
    other = Sampler(targets, 16, power, seed=99)
    other.state = state
    assert [batch.tolist() for batch in other.epoch()] == expected


def test_a_source_has_its_share_of_the_draws():
    targets = np.repeat([0, 1, 0, 1], [400, 100, 90, 10]).astype(np.int32)
    source = np.repeat([0, 1], [500, 100])
    draws = np.repeat([0.5 / 500, 0.5 / 100], [500, 100])
    chances = drawing_chances(targets, 1.0, draws)
    assert chances.sum() == pytest.approx(1)
    assert chances[source == 1].sum() == pytest.approx(0.5)
    balanced = drawing_chances(targets, 0.0, draws)
    assert balanced[targets == 1].sum() == pytest.approx(0.5)
    drawn = np.concatenate(list(Sampler(targets, 50, 1.0, 1, draws).epoch()))
    assert (source[drawn] == 1).mean() == pytest.approx(0.5, abs=0.06)


def part_of(emotions, **more):
    count = len(emotions)
    numbers = np.array([EMOTIONS.index(emotion) for emotion in emotions], np.int8)
    return Part(
        np.zeros((count, 4, 4, 1), np.uint8), numbers, np.arange(count, dtype=np.int32), **more
    )


def test_photos_of_each_label_are_counted_and_one_is_added():
    labels = ("anger", "fear")
    part = part_of(["anger", "anger", "fear", "fear"], copies=1)
    assert natural_counts(part, labels).tolist() == [3, 3]
    assert natural_counts(part, labels, real=True).tolist() == [3, 2]


def test_votes_count_in_part_and_sources_by_their_share():
    labels = ("anger", "fear")
    votes = np.zeros((2, len(EMOTIONS)), np.float32)
    votes[0, EMOTIONS.index("anger")] = 1
    votes[1, [EMOTIONS.index("anger"), EMOTIONS.index("fear")]] = 0.25, 0.75
    part = part_of(["anger", "fear"], votes=votes)
    assert natural_counts(part, labels) == pytest.approx([2.25, 1.75])
    twice = part_of(["anger", "fear"], votes=votes, draws=np.array([3.0, 1.0]))
    assert natural_counts(twice, labels) == pytest.approx([1 + 2 * 3.25 / 4, 1 + 2 * 0.75 / 4])
    balanced = replace(RECIPES["quick"], balancing="sampling", power=0.0)
    assert part_prior(part, labels, balanced) == pytest.approx([0.625, 0.375])


def test_without_votes_the_prior_is_that_of_the_labels():
    labels, quick = ("anger", "fear"), RECIPES["quick"]
    part = part_of(["anger"] * 3 + ["fear"])
    assert part_prior(part, labels, quick) == pytest.approx(
        learnt_prior(np.array([4.0, 2.0]), quick)
    )
