"""Votes in the catalogue: what listings say together, and how votes are kept."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Final

from emotion_desktop.domain.votes import (
    FEWEST,
    UNKNOWN,
    VoteRule,
    labels_by_rule,
    protocol_words,
    votes_of_annotators,
)

#: The condition on ``listings l`` of those that are not one annotator's vote among others, which
#: may well say the same.
NO_VOTE: Final = (
    "(l.annotator = '' OR l.votes IS NOT NULL OR l.source NOT IN (SELECT id FROM sources "
    f"WHERE json_extract(settings, '$.votes') <> '{VoteRule.WRITTEN.value}'))"
)


@dataclass(frozen=True, slots=True)
class SaidOfPhoto:
    """A listing of a photo: see the columns of ``listings``; ``source`` is None where the photo has
    none. ``votes`` is JSON."""

    source: int | None
    written: str
    emotion: str | None
    annotator: str | None
    votes: str | None


def stored_votes(votes: Mapping[str, float]) -> str | None:
    """Votes as they are kept: JSON, or NULL for none."""
    if not votes:
        return None
    return json.dumps({answer: int(n) if n % 1 == 0 else n for answer, n in votes.items()})


def read_votes(stored: str | None) -> dict[str, float]:
    """Reads what stored_votes wrote."""
    return json.loads(stored) if stored else {}


def vote_rules(connection: sqlite3.Connection) -> dict[int, VoteRule]:
    """The rule for the votes of each source that has some."""
    rules = {}
    for number, settings in connection.execute("SELECT id, settings FROM sources"):
        name = json.loads(settings).get("votes")
        if name in [rule.value for rule in VoteRule]:
            rules[number] = VoteRule(name)
    return rules


def vote_protocol(connection: sqlite3.Connection) -> str:
    """How the labels of the workspace were made of votes; see protocol_words."""
    titles = dict(connection.execute("SELECT id, title FROM sources").fetchall())
    return protocol_words({titles[number]: r for number, r in vote_rules(connection).items()})


def labels_by_source(
    listings: Sequence[SaidOfPhoto], rules: Mapping[int, VoteRule]
) -> list[tuple[str, str | None]]:
    """The labels of a photo as written and as the emotion meant, annotators' votes combined.

    Args:
        listings: of one photo, by source.
    """
    labels = []
    for source, said in groupby(listings, key=attrgetter("source")):
        rows = [(x.written, x.emotion, "" if x.votes else x.annotator or "") for x in said]
        labels += labels_by_rule(rows, rules.get(source, VoteRule.WRITTEN))
    return labels


def votes_by_source(listings: Sequence[SaidOfPhoto]) -> dict[str, float]:
    """All votes for a photo, those that sources count and those of annotators; none where it is
    fewer than two.

    A source that counts the votes for a photo twice says the same again.

    Args:
        listings: of one photo, by source.
    """
    sums: dict[str, float] = {}
    annotators = []
    for source, said in groupby(listings, key=attrgetter("source")):
        rows = list(said)
        counted = next((row.votes for row in rows if row.votes), None)
        for answer, count in read_votes(counted).items():
            sums[answer] = sums.get(answer, 0.0) + count
        if counted is None:
            annotators += [
                (f"{source} {row.annotator}", row.emotion or UNKNOWN)
                for row in rows
                if row.annotator and row.written
            ]
    if len({who for who, _ in annotators}) >= FEWEST:
        for answer, count in votes_of_annotators(annotators).items():
            sums[answer] = sums.get(answer, 0.0) + count
    return sums
