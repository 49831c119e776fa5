"""Freezing a split of the workspace's photos under a name."""

from __future__ import annotations

import time
from typing import Any

from emotion_desktop.dataset.fingerprint import split_fingerprint
from emotion_desktop.dataset.split import Fractions, split_by_person
from emotion_desktop.domain.balance import Balance
from emotion_desktop.domain.errors import DataError, UsageError
from emotion_desktop.domain.split import FrozenSplit
from emotion_desktop.workspace.catalogue import Catalogue
from emotion_desktop.workspace.photos import labelled_photos
from emotion_desktop.workspace.splits import Splits


def freeze(
    catalogue: Catalogue, name: str, fractions: Fractions, seed: int, balance: Balance
) -> FrozenSplit:
    """Splits the labelled photos by person and keeps the split under a name.

    The same photos, labels, persons, fractions and seed give the same split.

    Raises:
        DataError: there are no labelled photos, or too few persons.
        UsageError: the name is empty or taken, or the fractions are not shares of a whole.
    """
    name = name.strip()
    if not 0 < len(name) <= 100:
        raise UsageError("The split's name is empty or too long.", "Use up to 100 characters.")
    photos = labelled_photos(catalogue)
    if not photos.samples:
        raise DataError(
            "There are no labelled photos in this workspace.",
            "Import some first: drop a labelled folder or a CSV file on the window.",
        )
    split = split_by_person(photos.samples, fractions, seed)
    frozen = FrozenSplit(
        name, split, balance, split_fingerprint(split), time.time(), left_out=photos.left_out
    )
    report: dict[str, Any] = {"parts": split.counts()}
    numbers = {s.path: n for s, n in zip(photos.samples, photos.numbers, strict=True)}
    Splits(catalogue).keep(frozen, numbers, report)
    return frozen
