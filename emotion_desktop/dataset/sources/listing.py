"""What a source says of its photos: the one reading of label tables and of folders of classes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import Path
from typing import Final

from emotion_desktop.dataset.sources.tables.label_spellings import Numbering
from emotion_desktop.dataset.sources.tables.rows import BadRow
from emotion_desktop.dataset.sources.tables.table_columns import Columns
from emotion_desktop.domain.errors import DataError

#: The table of a data set that this program has written.
MANIFEST: Final = "dataset.csv"
#: Where labels are taken from, in a folder that says them both ways.
FROM_FOLDERS: Final = "folders"
FROM_TABLE: Final = "table"


class Kind(str, Enum):
    """The kinds of sources."""

    TABLE = "table"
    FOLDERS = "folders"
    NAMES = "names"  # the photos' own names are codes that say it
    PHOTOS = "photos"  # nothing says what they show
    WORKSPACE = "workspace"
    S3 = "s3"


@dataclass(frozen=True, slots=True)
class Listing:
    """What a source says of a photo.

    Attributes:
        written: the label as written; empty for none.
        row: line of the table; 0 where the folder's name is the label.
        person, annotator, usage: what the table says; empty for nothing.
        votes: how many people gave which answer, where the source counts them.
    """

    photo: Path
    written: str
    row: int = 0
    person: str = ""
    annotator: str = ""
    usage: str = ""
    votes: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Listed:
    """A source as it was read. Paths are absolute.

    Attributes:
        location: the table, or the folder.
        root: the folder that all its photos are in.
        listings: in the source's order; a photo may be in several.
        unlisted: photos of the source that it says nothing of, sorted.
        bad: rows that cannot be used.
        columns: those of a table.
        known: what labels mean for certain, by the layout.
        notes: sentences on how it was read that a user should know.
        other_labels: FROM_FOLDERS or FROM_TABLE where labels could be taken from there as well.
    """

    kind: Kind
    location: Path
    root: Path
    listings: tuple[Listing, ...]
    unlisted: tuple[Path, ...] = ()
    bad: tuple[BadRow, ...] = ()
    columns: Columns | None = None
    known: Numbering = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    other_labels: str = ""

    def place_of(self, photo: Path) -> str:
        """A photo's path as seen from the folder that all are in, with ``/`` between its parts."""
        # Text, and by the parts alone: a path that is relative to another one takes ten times as
        # long to make, and there may be tens of thousands.
        root, parts = self.root.parts, photo.parts
        inside = parts[: len(root)] == root
        return "/".join(parts[len(root) :]) if inside else photo.as_posix()

    def moved(self, root: Path, place: Callable[[Path], Path]) -> Listed:
        """The same with its photos elsewhere.

        Args:
            root: the folder that all are in then.
            place: where a photo lies then.
        """
        return replace(
            self,
            root=root,
            listings=tuple(replace(item, photo=place(item.photo)) for item in self.listings),
            unlisted=tuple(map(place, self.unlisted)),
        )


def cannot_read(source: Path, error: Exception) -> DataError:
    """A source that the system does not let read."""
    return DataError(
        f"{source.name} cannot be read ({getattr(error, 'strerror', None) or error}).",
        "Check that it is still there and that you may read it, then try again.",
    )
