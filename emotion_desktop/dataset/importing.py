"""Importing a source: its photos are read, and all it says is kept in one step at the end.

A kill at any moment leaves the catalogue whole: photos of an import that did not end are hidden,
and the same import goes on where it stopped when it is started again.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from emotion_desktop.dataset.sources.files.file_facts import FileFacts, facts_of
from emotion_desktop.dataset.sources.import_plan import ImportPlan
from emotion_desktop.dataset.sources.labels import listed_persons, photo_places
from emotion_desktop.dataset.sources.person_proposal import propose
from emotion_desktop.dataset.sources.person_rule import PersonRule
from emotion_desktop.dataset.sources.tables.label_spellings import meanings
from emotion_desktop.dataset.sources.votes import counts_by_rule
from emotion_desktop.domain.errors import DataError, UnreadablePictureError
from emotion_desktop.domain.files.file_stamp import Stamp, stamp_of
from emotion_desktop.domain.files.picture_problem import PictureProblem
from emotion_desktop.domain.job import JobContext, Progress
from emotion_desktop.domain.text import chunks
from emotion_desktop.domain.votes import RULE_TITLES
from emotion_desktop.workspace.catalogue.catalogue import Catalogue
from emotion_desktop.workspace.catalogue.counts import PhotoCounts, photo_counts
from emotion_desktop.workspace.catalogue.import_rows import (
    ImportRows,
    ListingRow,
    PhotoRow,
    SourceContents,
)
from emotion_desktop.workspace.catalogue.places import printable
from emotion_desktop.workspace.catalogue.sources import Sources

#: Photos kept at a time: so many are read again after a kill, at most.
_CHUNK: Final = 128


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a source.

    Attributes:
        number: the source's in the catalogue.
        new: photos that were not in the workspace before.
        gone: photos it brought earlier and says nothing of any more.
        tally: counts of its photos.
        persons: by which rule persons are told apart.
        notes: sentences on how it was read.
    """

    number: int
    title: str
    new: int
    gone: int
    tally: PhotoCounts
    persons: str = ""
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """JSON values."""
        return asdict(self)


def import_source(
    catalogue: Catalogue,
    plan: ImportPlan,
    context: JobContext,
    *,
    rule: PersonRule | None = None,
    decided: Mapping[str, str | None] | None = None,
) -> Imported:
    """Imports a source, or brings one that was imported before up to date.

    Args:
        rule: who is in the photos; None for what explains their names best.
        decided: what labels mean by the user's decision.

    Raises:
        DataError: there are no photos in it.
        AppError: the disk is full or may not be written.
        CancelledError: the user cancelled.
            After either the workspace shows what it did before. Photos that were costly to bring,
            and all of an import that is to pause, are kept, hidden, and the source is one whose
            import was interrupted.
    """
    listed = plan.listed
    notes = listed.notes
    places = photo_places(listed)
    if rule is None:
        proposal = propose(places.values())
        rule, notes = proposal.rule, (*notes, proposal.reason)
    persons = listed_persons(places, rule)
    if not persons:
        raise DataError(
            f"No photo of {plan.title} was found.",
            "Put the photos beside the table or into a folder named images, then try again.",
        )
    if plan.rule is not None:
        notes = (*notes, _votes_in_words(plan))
    settings = {**plan.settings, "persons": rule.text}
    title = printable(plan.title)
    number = Sources(catalogue).begin(plan.kind, plan.location, title, settings)
    rows = ImportRows(catalogue, number)
    try:
        _add_photos(rows, [path for path, _ in persons], plan, context)
        context.emit(Progress(0, 0, "keeping the labels"))
        context.check_cancelled()
        written = Counter(item.written for item in listed.listings if item.written)
        told = rows.finish(
            SourceContents(
                listings=[
                    ListingRow(
                        item.photo,
                        item.row,
                        item.written,
                        item.annotator,
                        item.usage,
                        dict(item.votes),
                    )
                    for item in listed.listings
                ],
                persons=persons,
                spellings=_spellings(written, plan),
                decided={k: v for k, v in (decided or {}).items() if k in written},
                bad=[(row.number, row.reason, row.text) for row in listed.bad],
                title=title,
                settings=settings,
                elsewhere=plan.elsewhere(),
            )
        )
    except BaseException:
        if not plan.costly and not context.pause_wanted:
            rows.discard()
            _take_back(rows, plan)
        raise
    counts = photo_counts(catalogue, number)
    return Imported(number, title, told["new"], told["gone"], counts, rule.text, notes)


def _votes_in_words(plan: ImportPlan) -> str:
    """Which rule made labels of the votes, and how many each would make."""
    meaning = _spellings(Counter(i.written for i in plan.listed.listings if i.written), plan)
    counts = counts_by_rule(plan.listed, meaning)
    made = ", ".join(f"{c.photos:,} by {RULE_TITLES[c.rule]} ({c.rule.value})" for c in counts)
    assert plan.rule is not None
    return f"Of the votes, these photos get a label: {made}. Taken: {plan.rule.value}."


def _spellings(written: Mapping[str, int], plan: ImportPlan) -> dict[str, str | None]:
    """What labels mean; None where that would be a guess."""
    guessed = meanings(written, plan.listed.known)
    return {label: meaning.emotion if meaning.sure else None for label, meaning in guessed.items()}


def _add_photos(
    rows: ImportRows, paths: Sequence[Path], plan: ImportPlan, context: JobContext
) -> None:
    """Reads every photo that is new or was changed, and keeps what it holds as it comes."""
    done, total = 0, len(paths)
    known = rows.known_stamps(paths)
    with ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="import") as pool:
        for chunk in chunks(paths, _CHUNK):
            context.check_cancelled()

            def read(path: Path) -> FileFacts | None:
                return None if context.cancelled else _read(path, plan, known.get(path))

            facts = list(pool.map(read, chunk))
            context.check_cancelled()
            new = [photo_row(p, f) for p, f in zip(chunk, facts, strict=True) if f is not None]
            if new:
                rows.save_photos(new)
            done += len(chunk)
            context.emit(Progress(done, total, f"reading photos, {done:,} of {total:,}"))


def _read(path: Path, plan: ImportPlan, known: tuple[int, int] | None) -> FileFacts | None:
    """What a file holds; None where that is known already."""
    if plan.put_photo is not None:
        try:
            plan.put_photo(path)
        except UnreadablePictureError as error:
            return FileFacts(
                stamp_of(path) or Stamp(0, 0), problem=PictureProblem.from_error(error)
            )
    stamp = stamp_of(path)
    if stamp is not None and (stamp.size, stamp.modified) == known:
        return None
    return facts_of(path)


def photo_row(path: Path, facts: FileFacts) -> PhotoRow:
    """What the catalogue keeps of a photo."""
    sketch = facts.signature
    return PhotoRow(
        path,
        path.name,
        facts.stamp.size,
        facts.stamp.modified,
        facts.digest,
        facts.width,
        facts.height,
        facts.problem,
        sketch.small if sketch else None,
        sketch.colour if sketch else None,
    )


def _take_back(rows: ImportRows, plan: ImportPlan) -> None:
    """Deletes the copies made by an import that failed or was cancelled."""
    if plan.put_photo is None:
        return
    listed = plan.listed
    copies = [*(item.photo for item in listed.listings), *listed.unlisted]
    kept = rows.known_stamps(copies)
    for copy in dict.fromkeys(copies):
        if copy not in kept:
            with suppress(OSError):
                copy.unlink()
                copy.parent.rmdir()  # if nothing else is in it
