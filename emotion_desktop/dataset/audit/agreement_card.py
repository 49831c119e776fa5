"""The health card that tells how far the people agree who voted on the photos."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from emotion_desktop.dataset.audit.agreement import (
    alpha_in_words,
    alpha_of_emotions,
    krippendorff_alpha,
    vote_table,
)
from emotion_desktop.domain.health import Card, Severity
from emotion_desktop.domain.text import counted, join_words
from emotion_desktop.workspace.catalogue.health_cards import ACTIVE, LEAST_AGREED, condition
from emotion_desktop.workspace.catalogue.votes import read_votes


def agreement_card(connection: sqlite3.Connection) -> Iterator[Card]:
    """Krippendorff's alpha over the photos with votes, in words and per emotion; no card where
    nobody voted."""
    rows = connection.execute(
        f"SELECT votes FROM photos WHERE {ACTIVE} AND agreement IS NOT NULL"
    ).fetchall()
    table = vote_table([read_votes(votes) for (votes,) in rows])
    alpha = krippendorff_alpha(table)
    if alpha is None:
        return
    emotions = alpha_of_emotions(table)
    where, values = condition(LEAST_AGREED)
    (least,) = connection.execute(f"SELECT count(*) FROM photos WHERE {where}", values).fetchone()
    people = table.sum() / len(table)
    ordered = sorted(emotions, key=lambda emotion: -emotions[emotion])
    each = join_words([f"{emotion} {emotions[emotion]:.2f}" for emotion in ordered])
    sentence = (
        f"On {counted(len(rows), 'photo')} {people:.3g} people each voted, on average; they agree "
        f"{alpha_in_words(alpha)}: Krippendorff's alpha is {alpha:.2f} (1 is always, 0 as if by "
        f"chance). Each emotion against all others: {each}."
    )
    if least:
        few = counted(least, "photo")
        sentence += f" Least agreed on: {few}, where fewer than half of the pairs do."
    severity = Severity.NOTE if least else Severity.FINE
    details = {"alpha": alpha, "emotions": emotions, "photos": len(rows)}
    yield Card(LEAST_AGREED, "Agreement", sentence, least, severity, details=details)
