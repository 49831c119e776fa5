"""Freezing a split of the workspace's photos under a name."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from emotion_desktop.dataset.sources.files.fingerprint import split_fingerprint
from emotion_desktop.dataset.splitting.grouping import chained, group
from emotion_desktop.dataset.splitting.leaks import LeakReport, leak_report
from emotion_desktop.dataset.splitting.split import split_by_group
from emotion_desktop.domain.errors import DataError, UsageError
from emotion_desktop.domain.sample import Sample
from emotion_desktop.domain.split import SPLIT_UNITS, FrozenSplit, Split, SplitRequest
from emotion_desktop.workspace.catalogue.catalogue import Catalogue
from emotion_desktop.workspace.catalogue.photos import LabelledPhotos, labelled_photos
from emotion_desktop.workspace.catalogue.splits import Splits
from emotion_desktop.workspace.catalogue.votes import vote_protocol

_Pairs = Sequence[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class DraftSplit:
    """A split that is not frozen yet, and how honest it is."""

    split: Split
    leaks: LeakReport
    photos: LabelledPhotos


def plan_split(catalogue: Catalogue, request: SplitRequest) -> DraftSplit:
    """Splits the labelled photos; nothing is kept.

    The same photos, labels, persons and order give the same split.

    Raises:
        DataError: there are no labelled photos, or too few persons.
        UsageError: the fractions are not shares of a whole.
    """
    if request.unit not in SPLIT_UNITS:
        raise UsageError(
            f"A split cannot keep “{request.unit}” whole.", f"Use {' or '.join(SPLIT_UNITS)}."
        )
    photos = labelled_photos(catalogue)
    if not photos.samples:
        raise DataError(
            "There are no labelled photos in this workspace.",
            "Import some first: drop a labelled folder or a CSV file on the window.",
        )
    with catalogue.reading() as connection:
        rows = connection.execute("SELECT a, b FROM near_copies").fetchall()
    copies = [(a, b) for a, b in rows]
    groups = _groups(photos.samples, request, copies)
    split = split_by_group(photos.samples, groups, request.fractions, request.seed, request.unit)
    return DraftSplit(split, leak_report(split, copies), photos)


def freeze(catalogue: Catalogue, name: str, order: SplitRequest) -> FrozenSplit:
    """Splits the labelled photos and keeps the split under a name.

    Raises:
        DataError: there are no labelled photos, or too few persons.
        UsageError: the name is empty or taken, or the fractions are not shares of a whole.
    """
    name = name.strip()
    if not 0 < len(name) <= 100:
        raise UsageError("The split's name is empty or too long.", "Use up to 100 characters.")
    drafted = plan_split(catalogue, order)
    with catalogue.reading() as connection:
        grey = connection.execute("SELECT 1 FROM options WHERE name = 'grey'").fetchone()
        protocol = vote_protocol(connection)
    frozen = FrozenSplit(
        name=name,
        split=drafted.split,
        balance=order.balance,
        fingerprint=split_fingerprint(drafted.split),
        created=time.time(),
        grey=grey is not None,
        left_out=drafted.photos.left_out,
        protocol=protocol,
    )
    photos = drafted.photos
    numbers = {s.path: n for s, n in zip(photos.samples, photos.numbers, strict=True)}
    report = {
        "parts": drafted.split.counts(),
        "leaks": drafted.leaks.to_dict(),
        "copies_together": order.copies_together,
    }
    Splits(catalogue).save(frozen, numbers, report)
    return frozen


def _groups(samples: Sequence[Sample], order: SplitRequest, copies: _Pairs) -> list[str]:
    """The name of what each sample must stay with."""
    names = (
        [sample.person for sample in samples]
        if order.unit == "person"
        # By content, so that it does not matter where the photos lie or in which order they came.
        else [f"{_hex(sample)} {sample.emotion} {sample.person}" for sample in samples]
    )
    if not order.copies_together:
        return names
    by_digest: defaultdict[bytes, list[str]] = defaultdict(list)
    for name, sample in zip(names, samples, strict=True):
        if sample.digest is not None:
            by_digest[sample.digest].append(name)
    same = chained(list(by_digest.values()))
    near = [
        (by_digest[a][0], by_digest[b][0]) for a, b in copies if a in by_digest and b in by_digest
    ]
    leader = group(names, [*same, *near])
    return [leader[name] for name in names]


def _hex(sample: Sample) -> str:
    return (sample.digest or b"").hex()
