"""Doubtful labels on made-up features whose truth is known."""

import numpy as np
import pytest

from emotion_desktop.evaluation.label_issues import (
    geometric_mean,
    out_of_fold_probabilities,
    rank_labels,
)


def made_up(seed=0, wrong=0.08, persons=60, spread=1.0):
    """Three emotions of clear features, one of them rare; some labels are wrong."""
    rng = np.random.default_rng(seed)
    truth = rng.choice(3, 900, p=[0.5, 0.4, 0.1])
    people = rng.integers(persons, size=900)
    centres = np.eye(3) * 4
    features = centres[truth] + rng.normal(size=(900, 3)) * spread
    planted = rng.random(900) < wrong
    targets = np.where(planted, (truth + rng.integers(1, 3, 900)) % 3, truth)
    return features, targets, [f"p{n}" for n in people], planted, truth


def test_planted_labels_stand_first_and_the_truth_is_suggested():
    features, targets, persons, planted, truth = made_up()
    issues = rank_labels(out_of_fold_probabilities(features, targets, persons, 3), targets)
    count = planted.sum()
    assert planted[issues.order[:count]].mean() > 0.9
    assert sorted(issues.order) == list(range(900))
    assert (issues.suggestion[planted] == truth[planted]).mean() > 0.9
    assert np.all(issues.suggestion != targets)
    caught = issues.suspect[planted].mean()
    assert caught > 0.6
    assert planted[issues.suspect].mean() > 0.85


def test_the_share_of_wrong_labels_is_about_right():
    features, targets, persons, planted, _ = made_up(wrong=0.1)
    issues = rank_labels(out_of_fold_probabilities(features, targets, persons, 3), targets)
    for label in range(3):
        true_share = planted[targets == label].mean()
        # An estimate from below: only labels that another emotion surely fits better count.
        assert 0.55 * true_share < issues.wrong_rate[label] < 1.1 * true_share


def test_clean_labels_have_next_to_no_suspects():
    features, targets, persons, *_ = made_up(wrong=0.0)
    issues = rank_labels(out_of_fold_probabilities(features, targets, persons, 3), targets)
    assert issues.suspect.mean() < 0.02


def test_where_the_judge_knows_nothing_no_share_is_told():
    features, targets, persons, *_ = made_up()
    blind = np.random.default_rng(1).normal(size=features.shape)
    issues = rank_labels(out_of_fold_probabilities(blind, targets, persons, 3), targets)
    assert np.isnan(issues.wrong_rate[2])


def test_an_emotion_of_a_few_photos_has_no_share():
    features, targets, persons, *_ = made_up()
    rare = np.flatnonzero(targets == 2)[15:]
    keep = np.setdiff1d(np.arange(900), rare)
    shares = rank_labels(
        out_of_fold_probabilities(features[keep], targets[keep], [persons[n] for n in keep], 3),
        targets[keep],
    ).wrong_rate
    assert np.isnan(shares[2])
    assert not np.isnan(shares[:2]).any()


def test_nobody_is_judged_by_his_own_photos():
    # Faces tell who it is and nothing else: what photos of others say of a label is a guess.
    rng = np.random.default_rng(0)
    persons = np.repeat(np.arange(80), 10)
    targets = rng.integers(2, size=80)[persons]
    features = rng.normal(size=(80, 60))[persons] + rng.normal(size=(800, 60)) * 0.1

    def agreed(who):
        judged = out_of_fold_probabilities(features, targets, [str(person) for person in who], 2)
        return np.mean(judged.argmax(axis=1) == targets)

    assert agreed(persons) < 0.7
    # Were their own photos among those that taught the judge, he would repeat the labels.
    assert agreed(np.arange(800)) > 0.9


def test_the_order_of_photos_and_one_person_alone():
    features, targets, persons, *_ = made_up()
    judged = out_of_fold_probabilities(features, targets, ["one"] * 900, 3)
    assert judged == pytest.approx(1 / 3)
    seen = out_of_fold_probabilities(features, targets, persons, 3)
    assert seen.sum(axis=1) == pytest.approx(1)
    assert seen.min() > 0


def test_opinions_are_joined_where_there_are_several():
    first = np.array([[0.8, 0.2], [0.5, 0.5]])
    second = np.array([[0.2, 0.8], [np.nan, np.nan]])
    assert geometric_mean([first, second]) == pytest.approx(np.array([[0.5, 0.5], [0.5, 0.5]]))
    assert geometric_mean([first]) == pytest.approx(first)


def test_an_emotion_of_one_person_is_no_trouble():
    features, targets, persons, *_ = made_up()
    targets = np.append(targets, 3)
    judged = out_of_fold_probabilities(
        np.vstack([features, [9, 9, 9]]), targets, [*persons, "alone"], 4
    )
    issues = rank_labels(judged, targets)
    assert np.isnan(issues.wrong_rate[3])
