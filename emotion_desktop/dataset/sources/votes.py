"""The votes that a source tells of its photos, and the labels that each rule makes of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from emotion_desktop.dataset.sources.listing import Listed
from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.domain.errors import UsageError
from emotion_desktop.domain.labels import LabelStatus, label_status_of
from emotion_desktop.domain.votes import (
    FEWEST,
    NO_MAJORITY,
    NOT_A_FACE,
    RULE_TITLES,
    TIED,
    UNKNOWN,
    VoteRule,
    label_of,
    labels_by_rule,
    votes_of_annotators,
)

#: Rows of annotators are votes, unless the user says otherwise, where at least this share of the
#: photos has several; else a second row is more likely a repeat or a mistake.
_VOTED: Final = 0.5


@dataclass(frozen=True, slots=True)
class RuleCounts:
    """What a rule makes of a source's votes.

    Attributes:
        emotions: photos with each emotion as their label.
        aside: photos without a label, by the reason: TIED, NO_MAJORITY, UNKNOWN, NOT_A_FACE,
            or the label status.
    """

    rule: VoteRule
    emotions: Mapping[str, int]
    aside: Mapping[str, int]

    @property
    def photos(self) -> int:
        """How many have a label."""
        return sum(self.emotions.values())

    def to_dict(self) -> dict[str, Any]:
        """JSON values."""
        return {
            "rule": self.rule.value,
            "title": RULE_TITLES[self.rule],
            "photos": self.photos,
            "emotions": dict(self.emotions),
            "aside": dict(self.aside),
        }


def rules_for(listed: Listed) -> tuple[VoteRule, ...]:
    """The rules there are to choose from, the usual one first; none where nobody voted."""
    by_votes = (VoteRule.LARGEST, VoteRule.MAJORITY, VoteRule.DISTRIBUTION)
    if any(item.votes for item in listed.listings):
        beside = listed.columns is None or not listed.columns.labels_are_votes
        return (VoteRule.WRITTEN, *by_votes) if beside else by_votes
    annotators: defaultdict[Path, set[str]] = defaultdict(set)
    for item in listed.listings:
        if item.written and item.annotator:
            annotators[item.photo].add(item.annotator)
    voted = sum(len(who) >= FEWEST for who in annotators.values())
    if not voted:
        return ()
    many = voted >= _VOTED * len({item.photo for item in listed.listings})
    return (*by_votes, VoteRule.WRITTEN) if many else (VoteRule.WRITTEN, *by_votes)


def rule_for(listed: Listed, wanted: str = "", kept: str = "") -> VoteRule | None:
    """The rule for a source's votes; None where nobody voted.

    Args:
        wanted: what the user says; empty for nothing.
        kept: what was chosen when it was imported before.

    Raises:
        UsageError: a rule is wanted that has nothing to work on.
    """
    rules = rules_for(listed)
    if wanted and VoteRule(wanted) not in rules:
        if VoteRule(wanted) is VoteRule.WRITTEN and not rules:
            return None
        raise UsageError(
            f"{listed.location.name} does not tell several people's votes for its photos."
            if not rules
            else f"{listed.location.name} holds nothing but votes.",
            "Leave out --votes."
            if not rules
            else f"Use --votes {' or '.join(rule.value for rule in rules)}.",
        )
    chosen = wanted or kept
    return next((rule for rule in rules if rule.value == chosen), rules[0] if rules else None)


def with_rule(listed: Listed, rule: VoteRule) -> Listed:
    """The same with labels by a rule, where votes are counted.

    Rows of annotators stay as they are: what they mean together is known once it is known what
    each means.
    """
    if rule is VoteRule.WRITTEN or not any(item.votes for item in listed.listings):
        return listed
    listings = tuple(
        replace(item, written=label_of(dict(item.votes), rule)) if item.votes else item
        for item in listed.listings
    )
    answers = {
        **dict.fromkeys((TIED, NO_MAJORITY, UNKNOWN, NOT_A_FACE)),
        **{e: e for e in EMOTIONS},
    }
    return replace(listed, listings=listings, known={**listed.known, **answers})


def counts_by_rule(listed: Listed, meaning: Mapping[str, str | None]) -> list[RuleCounts]:
    """What each rule that there is to choose from makes of a source's votes.

    Args:
        meaning: the emotion that labels mean, as written; None keeps one aside.
    """
    return [_counts(with_rule(listed, rule), meaning, rule) for rule in rules_for(listed)]


def labels_of_photos(
    listed: Listed, meaning: Mapping[str, str | None], rule: VoteRule
) -> dict[Path, list[tuple[str, str | None]]]:
    """The labels of each listed photo, as written and the emotion meant, those of annotators
    combined by the rule."""
    rows: defaultdict[Path, list[tuple[str, str | None, str]]] = defaultdict(list)
    for item in listed.listings:
        written = item.written
        emotion = meaning.get(written, listed.known.get(written)) if written else None
        rows[item.photo].append((written, emotion, "" if item.votes else item.annotator))
    return {photo: labels_by_rule(said, rule) for photo, said in rows.items()}


def votes_of_photos(
    listed: Listed, meaning: Mapping[str, str | None]
) -> dict[Path, tuple[tuple[str, float], ...]]:
    """All votes for each photo that at least two people voted on."""
    counted = {item.photo: item.votes for item in reversed(listed.listings) if item.votes}
    rows: defaultdict[Path, list[tuple[str, str]]] = defaultdict(list)
    for item in listed.listings:
        if item.annotator and item.written and not item.votes:
            emotion = meaning.get(item.written, listed.known.get(item.written))
            rows[item.photo].append((item.annotator, emotion or UNKNOWN))
    voted = {
        photo: tuple(votes_of_annotators(said).items())
        for photo, said in rows.items()
        if len({who for who, _ in said}) >= FEWEST
    }
    return {**voted, **counted}


def _counts(listed: Listed, meaning: Mapping[str, str | None], rule: VoteRule) -> RuleCounts:
    emotions: Counter[str] = Counter()
    aside: Counter[str] = Counter()
    for labels in labels_of_photos(listed, meaning, rule).values():
        status, emotion = label_status_of(labels)
        if emotion is not None:
            emotions[emotion] += 1
        else:
            unknown = status is LabelStatus.UNKNOWN
            aside[next(label for label, _ in labels if label) if unknown else status.value] += 1
    return RuleCounts(rule, {e: emotions[e] for e in EMOTIONS if emotions[e]}, dict(aside))
