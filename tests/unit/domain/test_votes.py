"""Labels made of several people's votes."""

import pytest

from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.domain.labels import LabelStatus, label_status_of
from emotion_desktop.domain.votes import (
    NO_MAJORITY,
    NOT_A_FACE,
    TIED,
    UNKNOWN,
    VoteRule,
    label_of,
    labels_by_rule,
    merged,
    vote_shares,
)

LARGEST, MAJORITY, DISTRIBUTION = VoteRule.LARGEST, VoteRule.MAJORITY, VoteRule.DISTRIBUTION


@pytest.mark.parametrize(
    ("votes", "largest", "majority", "distribution"),
    [
        ({"neutral": 7, "fear": 1, "sadness": 1, "anger": 1}, "neutral", "neutral", "neutral"),
        # Half is not more than half; single votes are dropped before it is reckoned.
        ({"neutral": 4, "fear": 4, "anger": 2}, TIED, NO_MAJORITY, "fear"),
        ({"neutral": 5, "fear": 5}, TIED, NO_MAJORITY, "fear"),
        ({"sadness": 4, "anger": 1, "fear": 1, "disgust": 1, "neutral": 3}, *["sadness"] * 3),
        ({"neutral": 4, UNKNOWN: 4, "fear": 2}, TIED, NO_MAJORITY, "neutral"),
        ({"neutral": 2, UNKNOWN: 6, "fear": 2}, UNKNOWN, UNKNOWN, UNKNOWN),
        ({NOT_A_FACE: 10}, NOT_A_FACE, NOT_A_FACE, NOT_A_FACE),
        ({"fear": 1, "anger": 1, "neutral": 1}, TIED, NO_MAJORITY, "anger"),
        ({"fear": 0, "anger": 0}, "", "", ""),
        ({"fear": 0.7, "anger": 0.3}, "fear", "fear", "fear"),
    ],
)
def test_the_label_by_each_rule(votes, largest, majority, distribution):
    found = [label_of(votes, rule) for rule in (LARGEST, MAJORITY, DISTRIBUTION)]
    assert found == [largest, majority, distribution]


def test_the_rule_of_written_labels_looks_at_no_votes():
    with pytest.raises(ValueError, match="no label"):
        label_of({"fear": 2}, VoteRule.WRITTEN)


@pytest.mark.parametrize(
    ("votes", "shares"),
    [
        ({"fear": 3, "surprise": 5, "anger": 1, UNKNOWN: 2}, {"fear": 3 / 8, "surprise": 5 / 8}),
        ({"fear": 1, "anger": 1}, {"fear": 0.5, "anger": 0.5}),
        ({"fear": 0.25, "anger": 0.75}, {"fear": 0.25, "anger": 0.75}),
        ({UNKNOWN: 9, "fear": 1}, None),
        ({}, None),
    ],
)
def test_shares_of_emotions(votes, shares):
    expected = None if shares is None else pytest.approx([shares.get(e, 0) for e in EMOTIONS])
    assert vote_shares(votes) == expected


def test_merged_emotions_share_their_votes():
    votes = {"contempt": 2, "disgust": 3, "fear": 1, UNKNOWN: 1}
    assert merged(votes, {"contempt": "disgust", "fear": None}) == {"disgust": 5, UNKNOWN: 1}


def status(rule, *rows):
    return label_status_of(labels_by_rule(rows, rule))


def test_rows_of_annotators_are_one_label():
    rows = [("Angry", "anger", "a"), ("anger", "anger", "b"), ("fear", "fear", "c")]
    assert status(LARGEST, *rows) == (LabelStatus.LABELLED, "anger")
    assert status(MAJORITY, *rows) == (LabelStatus.LABELLED, "anger")
    assert status(VoteRule.WRITTEN, *rows) == (LabelStatus.CONTRADICTORY, None)


def test_annotators_who_are_equally_many_contradict_one_another():
    rows = [("anger", "anger", "a"), ("fear", "fear", "b")]
    assert status(LARGEST, *rows) == (LabelStatus.CONTRADICTORY, None)
    assert status(DISTRIBUTION, *rows) == (LabelStatus.LABELLED, "anger")


def test_who_says_the_same_twice_has_one_vote():
    rows = [("fear", "fear", "a"), ("fear", "fear", "a"), ("anger", "anger", "b")]
    assert status(LARGEST, *rows) == (LabelStatus.CONTRADICTORY, None)


def test_a_label_by_nobody_in_particular_stands_beside_the_votes():
    rows = [("fear", "fear", "a"), ("fear", "fear", "b"), ("anger", "anger", "")]
    assert status(LARGEST, *rows) == (LabelStatus.CONTRADICTORY, None)


def test_votes_for_none_of_the_emotions_keep_a_photo_aside():
    rows = [("bored", None, "a"), ("odd", None, "b"), ("fear", "fear", "c")]
    assert status(LARGEST, *rows) == (LabelStatus.UNKNOWN, None)
