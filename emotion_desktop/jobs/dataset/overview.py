"""What is in the workspace, at a glance. Quick, so it is no job; not for the window's thread."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from emotion_desktop.domain.errors import UsageError
from emotion_desktop.workspace.catalogue.counts import photo_counts
from emotion_desktop.workspace.catalogue.places import absolute
from emotion_desktop.workspace.catalogue.sources import Sources
from emotion_desktop.workspace.catalogue.splits import Splits

if TYPE_CHECKING:
    from emotion_desktop.domain.split import SplitSummary
    from emotion_desktop.workspace.catalogue.counts import PhotoCounts
    from emotion_desktop.workspace.catalogue.sources import Source
    from emotion_desktop.workspace.paths import Workspace


@dataclass(frozen=True, slots=True)
class Overview:
    """Sources, counts of photos, frozen splits."""

    sources: Sequence[Source]
    tally: PhotoCounts
    splits: Sequence[SplitSummary]

    def to_dict(self) -> dict[str, Any]:
        """JSON values."""
        return {
            "sources": [asdict(source) for source in self.sources],
            "tally": asdict(self.tally),
            "splits": [split.to_dict() for split in self.splits],
        }


def overview(workspace: Workspace) -> Overview:
    """Looks into the catalogue.

    Raises:
        AppError: it cannot be opened.
    """
    with workspace.open_catalogue() as catalogue:
        return Overview(Sources(catalogue).all(), photo_counts(catalogue), Splits(catalogue).all())


def remove_source(workspace: Workspace, location: str) -> None:
    """Takes a source out of the workspace, with the copies that the workspace holds of its photos.

    Raises:
        UsageError: there is none there, or a frozen split holds photos of it.
    """
    from emotion_desktop.dataset.sources.import_plan import own_folder

    with workspace.open_catalogue() as catalogue:
        sources = Sources(catalogue)
        found = sources.at(location) or sources.at(str(absolute(location)))
        if found is None:
            there = ", ".join(source.location for source in sources.all())
            raise UsageError(
                f"There is no source {location} in this workspace.",
                f"There are: {there}." if there else "It is empty.",
            )
        sources.remove(found.number)
    shutil.rmtree(own_folder(workspace.root, found.location), ignore_errors=True)


def first_fix(workspace: Workspace, card: str) -> str:
    """The fix that a card advises.

    Raises:
        UsageError: there is no such card, or nothing to mend about it.
    """
    from emotion_desktop.dataset.audit.cards import health

    with workspace.open_catalogue() as catalogue:
        cards = {found.key: found for found in health(catalogue)}
    if card not in cards:
        raise UsageError(f"There is no health card “{card}”.", f"There are: {', '.join(cards)}.")
    if not cards[card].fixes:
        raise UsageError(f"There is nothing to mend about “{card}”.", cards[card].sentence)
    return cards[card].fixes[0].key
