"""Keeping what photos are listed as in step with what their sources say."""

from __future__ import annotations

import sqlite3
from itertools import groupby
from operator import itemgetter

from emotion_desktop.domain.label_status import label_status_of


def update_label_status(connection: sqlite3.Connection, where: str, *values: object) -> int:
    """Works out anew what photos are listed as; returns how many changed.

    Args:
        where: the condition, on ``photos p``, of those that it may have changed for.
    """
    rows = connection.execute(
        "SELECT p.id, p.standing, p.listed, coalesce(l.written, ''), s.emotion FROM photos p "
        "LEFT JOIN listings l ON l.photo = p.id "
        "LEFT JOIN spellings s ON s.source = l.source AND s.written = l.written "
        f"WHERE {where} ORDER BY p.id",
        values,
    )
    changed = []
    for (photo, was, listed), group in groupby(rows, key=itemgetter(0, 1, 2)):
        standing, emotion = label_status_of((row[3], row[4]) for row in group)
        if (was, listed) != (standing.value, emotion):
            changed.append((standing.value, emotion, photo))
    connection.executemany("UPDATE photos SET standing = ?, listed = ? WHERE id = ?", changed)
    return len(changed)
