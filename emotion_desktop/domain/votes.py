"""Votes of several people on what one photo shows, and the rules that make a label of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from typing import Final

from emotion_desktop.domain.emotions import EMOTIONS

#: Answers that are none of the emotions.
UNKNOWN: Final = "unknown"
NOT_A_FACE: Final = "not a face"
OTHER_ANSWERS: Final = (UNKNOWN, NOT_A_FACE)
#: What is written for a photo whose votes make no label.
TIED: Final = "tied votes"
NO_MAJORITY: Final = "no majority"
#: Fewer people cannot agree or disagree.
FEWEST: Final = 2

#: How many people gave which answer: an emotion, or one of OTHER_ANSWERS.
Votes = Mapping[str, float]


class VoteRule(str, Enum):
    """How votes become a label."""

    LARGEST = "largest"  # the answer with most votes; a tie makes none
    MAJORITY = "majority"  # as the authors of FER+: more than half, after single votes are dropped
    DISTRIBUTION = "distribution"  # the emotion with most votes, of a tie the first by EMOTIONS
    WRITTEN = "written"  # none: each row's own label counts, and rows may contradict one another


#: For people, in their order on screen.
RULE_TITLES: Final[Mapping[VoteRule, str]] = {
    VoteRule.LARGEST: "the largest vote",
    VoteRule.MAJORITY: "more than half of the votes, single ones dropped",
    VoteRule.DISTRIBUTION: "the distribution of votes, named after its largest",
    VoteRule.WRITTEN: "the label of each row",
}


def protocol_words(rules: Mapping[str, VoteRule]) -> str:
    """By which rules labels were made of votes, to stand beside scores on them; empty where
    nobody voted.

    Args:
        rules: by the title of the source.
    """
    return "; ".join(
        f"{title}: {RULE_TITLES[rule]}"
        for title, rule in sorted(rules.items())
        if rule is not VoteRule.WRITTEN
    )


def label_of(votes: Votes, rule: VoteRule) -> str:
    """The answer that votes amount to; TIED or NO_MAJORITY where they do not, empty where nobody
    voted.

    Raises:
        ValueError: the rule is WRITTEN, which looks at no votes.
    """
    if rule is VoteRule.WRITTEN:
        raise ValueError("this rule makes no label of votes")
    if max(votes.values(), default=0) <= 0:
        return ""
    if rule is VoteRule.MAJORITY:
        kept = without_single_votes(votes)
        answer = max(kept, key=kept.__getitem__, default="")
        return answer if answer and kept[answer] > sum(kept.values()) / 2 else NO_MAJORITY
    most = max(votes.values())
    winners = [answer for answer, count in votes.items() if count == most]
    if rule is VoteRule.DISTRIBUTION:
        return next((emotion for emotion in EMOTIONS if emotion in winners), winners[0])
    return winners[0] if len(winners) == 1 else TIED


def without_single_votes(votes: Votes) -> dict[str, float]:
    """The answers that at least two people gave; all of them where shares are known, not counts."""
    if any(count % 1 for count in votes.values()):
        return {answer: count for answer, count in votes.items() if count > 0}
    return {answer: count for answer, count in votes.items() if count > 1}


def vote_shares(votes: Votes) -> tuple[float, ...] | None:
    """The share of each of EMOTIONS among the votes for any of them, single votes dropped as
    FER+'s authors do; None where nothing is left.

    Where single votes are all there are, they count.
    """
    kept = without_single_votes(votes)
    named = [kept.get(emotion, 0.0) for emotion in EMOTIONS]
    if not sum(named) and not kept:
        named = [votes.get(emotion, 0.0) for emotion in EMOTIONS]
    total = sum(named)
    return tuple(count / total for count in named) if total > 0 else None


def pair_agreement(votes: Votes) -> float | None:
    """The share of all pairs of people that gave the same answer, 0 to 1; None for fewer than two
    people, or where only shares of answers are known."""
    total = sum(votes.values())
    if total < FEWEST or any(count % 1 for count in votes.values()):
        return None
    return sum(count * (count - 1) for count in votes.values()) / (total * (total - 1))


def merged(votes: Votes, into: Mapping[str, str | None]) -> dict[str, float]:
    """Votes with some answers counted as others.

    Args:
        into: what an answer counts as; None leaves its votes out.
    """
    sums: dict[str, float] = {}
    for answer, count in votes.items():
        target = into.get(answer, answer)
        if target is not None:
            sums[target] = sums.get(target, 0.0) + count
    return sums


def votes_of_annotators(rows: Iterable[tuple[str, str]]) -> dict[str, float]:
    """The votes that rows are; who says the same twice has one vote for it.

    Args:
        rows: annotator and answer.
    """
    sums: dict[str, float] = {}
    for _, answer in dict.fromkeys(rows):
        sums[answer] = sums.get(answer, 0.0) + 1
    return sums


def labels_by_rule(
    rows: Sequence[tuple[str, str | None, str]], rule: VoteRule
) -> list[tuple[str, str | None]]:
    """What rows of one source and photo say, each as written and as the emotion it means: those of
    annotators as one label, where the rule makes one of their votes.

    Votes that make none contradict one another.

    Args:
        rows: the label as written, the emotion it means or None, and the annotator or "".
    """
    by_annotators = [row for row in rows if row[0] and row[2]]
    plain = [(written, emotion) for written, emotion, _ in rows]
    if rule is VoteRule.WRITTEN or not by_annotators:
        return plain
    label = label_of(
        votes_of_annotators((who, emotion or UNKNOWN) for _, emotion, who in by_annotators), rule
    )
    others = [(written, emotion) for written, emotion, who in rows if not (written and who)]
    if label in EMOTIONS:
        return [*others, (label, label)]
    named = {emotion for _, emotion, _ in by_annotators if emotion}
    return plain if len(named) > 1 else [*others, (label, None)]
