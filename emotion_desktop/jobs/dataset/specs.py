"""Describes the jobs of the data set; the functions that do them are named in jobs.table.

Light to import: the window and the command line describe jobs, and import nothing that does them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.domain.errors import UsageError
from emotion_desktop.domain.s3 import is_s3_address
from emotion_desktop.domain.text import counted
from emotion_desktop.jobs import table

if TYPE_CHECKING:
    from emotion_desktop.domain.geometry import Box
    from emotion_desktop.domain.job import JobSpec
    from emotion_desktop.domain.split import SplitRequest

#: Enough to show the difference between two ways to split in a few minutes on two cores.
DEMO_PHOTOS: Final = 2500
DEMO_EPOCHS: Final = 8


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """What to import, and how.

    Attributes:
        source: a path, or an address such as ``s3://bucket/prefix``.
        copy: copy the photos into the workspace; those of S3 always are.
        columns: numbers of a table's columns, by table_columns.Columns' names; None to find out.
        persons: see dataset.person_rule.PersonRule.parse; None for what suits the source.
        decided: what labels mean by the user's decision; None keeps a label aside.
        numbers: the numbering that labels are of (see label_spellings.NUMBERINGS).
        labels_from, votes: see ReadingOptions.
        profile: of AWS, for S3.
        skip_known: leave out photos whose content is in the workspace already, from elsewhere.
    """

    source: str
    copy: bool = False
    columns: Mapping[str, int | None] | None = None
    persons: str | None = None
    decided: Mapping[str, str | None] = field(default_factory=dict)
    numbers: str = ""
    labels_from: str = ""
    votes: str = ""
    profile: str = ""
    skip_known: bool = False

    @property
    def name(self) -> str:
        """What people call the source."""
        return _last_part(self.source)

    @property
    def is_s3(self) -> bool:
        """Whether the source is in S3."""
        return is_s3_address(self.source)


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """What to write.

    Attributes:
        target: a path, or an address such as ``s3://bucket/prefix``.
        format: a name of dataset.export_formats.FORMATS.
        split: the frozen split to write; empty for all labelled photos in one.
        copies: write the copies out that the split's balance synthesises.
        profile: of AWS, for S3.
    """

    target: str
    format: str
    split: str = ""
    copies: bool = False
    profile: str = ""


@dataclass(frozen=True, slots=True)
class FaceToCorrect:
    """A face of a photo. ``largest`` is what a labelled photo is about."""

    path: Path
    box: Box
    largest: bool


def find_labelled_job(paths: Sequence[Path]) -> JobSpec:
    """Finds the labelled folders among what was dropped; the result lists their paths."""
    return table.FIND_LABELLED.spec({"paths": [str(path) for path in paths]})


def preview_import_job(request: ImportRequest) -> JobSpec:
    """Looks at a source before it is imported; the result is an ``ImportPreview``."""
    return table.PREVIEW_IMPORT.spec({"request": asdict(request)}, name=request.name)


def import_job(request: ImportRequest) -> JobSpec:
    """Imports photos; the result is ``Imported.to_dict()``, with ``known`` (photos left out as
    they are here already) and ``edit``: the ``Edit`` as a dict, None where a source was brought
    up to date."""
    return table.IMPORT.spec({"request": asdict(request)}, name=request.name)


def export_job(request: ExportRequest) -> JobSpec:
    """Writes labelled photos out; the result is ``Exported`` as a dict."""
    kind = table.EXPORT_TO_S3 if is_s3_address(request.target) else table.EXPORT
    return kind.spec({"request": asdict(request)}, name=_last_part(request.target))


def remove_source_job(location: str, title: str) -> JobSpec:
    """Takes a source out of the workspace for good, with the copies held of its photos."""
    return table.REMOVE_SOURCE.spec({"location": location}, name=title)


def audit_job() -> JobSpec:
    """Looks at every photo; the result is ``{"cards": [Card.to_dict()]}``."""
    return table.AUDIT.spec()


def move_job(folder: Path) -> JobSpec:
    """Finds missing photos in a folder; the result is ``Moved`` as a dict."""
    return table.MOVE.spec({"folder": str(folder)}, name=folder.name)


def relabel_job(photos: Sequence[int], emotion: str | None) -> JobSpec:
    """Gives photos the user's label; None takes it back, and what their sources say holds again.

    The result of this job and of the changes below is ``Edit`` as a dict; None where all was so
    already.

    Args:
        photos: their numbers in the catalogue.

    Raises:
        UsageError: it is none of the emotions.
    """
    check_emotion(emotion)
    kind = table.TAKE_LABEL_BACK if emotion is None else table.RELABEL
    return kind.spec({"photos": list(photos), "emotion": emotion}, photos=_photos(photos))


def exclude_job(photos: Sequence[int], reason: str | None) -> JobSpec:
    """Leaves photos out of the data set; None as reason takes them in again."""
    kind = table.INCLUDE if reason is None else table.EXCLUDE
    return kind.spec({"photos": list(photos), "reason": reason}, photos=_photos(photos))


def fix_job(card: str, fix: str, into: str | None = None) -> JobSpec:
    """Mends what a health card tells; see dataset.audit.fixes."""
    return table.FIX.spec({"card": card, "fix": fix, "into": into})


def correct_job(faces: Sequence[FaceToCorrect], emotion: str | None) -> JobSpec:
    """Says what faces show; None takes it back.

    The largest face of a photo gives the photo its label; one that is in no source comes into the
    data set by it. Undoing takes it out again.

    Raises:
        UsageError: it is none of the emotions.
    """
    check_emotion(emotion)
    listed = [[str(face.path), face.box.to_list(), face.largest] for face in faces]
    verb = "is" if len(faces) == 1 else "are"
    return table.CORRECT.spec(
        {"faces": listed, "emotion": emotion},
        faces=f"{counted(len(faces), 'face')} {verb}",
        emotion=emotion or "what the model says",
    )


def undo_job() -> JobSpec:
    """Takes the latest change back."""
    return table.UNDO.spec()


def redo_job() -> JobSpec:
    """Makes the change again that was undone last."""
    return table.REDO.spec()


def history_job() -> JobSpec:
    """Reads the changes of earlier runs; the result lists title, and whether it is undone."""
    return table.HISTORY.spec()


def draft_split_job(request: SplitRequest) -> JobSpec:
    """Tries a split without keeping it; the result has ``parts``, ``leaks`` and examples."""
    return table.DRAFT_SPLIT.spec({"request": request.to_dict()})


def split_job(name: str, request: SplitRequest) -> JobSpec:
    """Splits and freezes; the result is ``SplitSummary.to_dict()``."""
    return table.SPLIT.spec({"name": name, "request": request.to_dict()})


def split_again_job(name: str) -> JobSpec:
    """Freezes a split anew by person, with the same shares, seed and balance; the result has the
    new ``name``."""
    return table.SPLIT_AGAIN.spec({"name": name})


def remove_split_job(name: str) -> JobSpec:
    """Forgets a frozen split; the photos stay."""
    return table.REMOVE_SPLIT.spec({"name": name})


def leak_demo_job(seed: int = 0, photos: int = DEMO_PHOTOS, epochs: int = DEMO_EPOCHS) -> JobSpec:
    """Trains on photos that were split in two ways; the result is training.leak_demo's.

    Args:
        photos: at most so many are used.
    """
    return table.LEAK_DEMO.spec({"seed": seed, "photos": photos, "epochs": epochs})


def check_emotion(emotion: str | None) -> None:
    """Refuses what is none of the emotions; None passes.

    Raises:
        UsageError: it is refused.
    """
    if emotion is not None and emotion not in EMOTIONS:
        raise UsageError(f"“{emotion}” is none of the emotions.", f"Use {', '.join(EMOTIONS)}.")


def _photos(photos: Sequence[int]) -> str:
    return counted(len(photos), "photo")


def _last_part(place: str) -> str:
    return place.rstrip("/").rpartition("/")[2] or place
