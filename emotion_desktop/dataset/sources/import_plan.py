"""What is to be imported: a source's listing, where its photos will lie, and how they get there."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from emotion_desktop.dataset.sources.files.fingerprint import digest
from emotion_desktop.dataset.sources.listing import Listed
from emotion_desktop.dataset.sources.votes import rule_for, with_rule
from emotion_desktop.domain.files.file_stamp import stamp_of
from emotion_desktop.domain.votes import VoteRule
from emotion_desktop.imaging.file_content import read_content
from emotion_desktop.workspace.files.atomic import write_atomically

#: Photos that the workspace holds itself lie here, in a folder per source.
PHOTOS_FOLDER = "photos"


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """A source to be imported.

    Attributes:
        kind: of the source, for people and for reading it again.
        location: path or address that tells sources apart.
        title: what people call it.
        listed: what it says; the photos' paths are where they lie, or will lie.
        settings: JSON values: how it was read.
        put_photo: puts a photo where it will lie, if it is not there as it should be; None where
            all lie there already. Raises UnreadablePictureError where there is none, and
            AppError where it cannot be written.
        costly: bringing photos takes long or costs money: what was brought stays for the next
            attempt when an import is broken off.
        rule: how votes become labels; None where nobody voted.
        elsewhere: finds out where the same photos may have been imported from before, by where
            they will lie: referenced ones that are copied in now, or the other way round.
    """

    kind: str
    location: str
    title: str
    listed: Listed
    settings: Mapping[str, Any]
    put_photo: Callable[[Path], None] | None = None
    costly: bool = False
    rule: VoteRule | None = None
    elsewhere: Callable[[], Mapping[Path, Path]] = dict

    def by_rule(self, wanted: str, kept: str = "") -> ImportPlan:
        """The same with labels made of votes; see rule_for.

        Raises:
            UsageError: a rule is wanted that has nothing to work on.
        """
        rule = rule_for(self.listed, wanted, kept)
        if rule is None:
            return self
        return replace(
            self,
            rule=rule,
            listed=with_rule(self.listed, rule),
            settings={**self.settings, "votes": rule.value},
        )


def referenced(listed: Listed, workspace: Path, **settings: Any) -> ImportPlan:
    """Photos that stay where they are."""
    return ImportPlan(
        kind=listed.kind.value,
        location=str(listed.location),
        title=listed.location.name,
        listed=listed,
        settings={"copied": False, **settings},
        elsewhere=lambda: _copies(listed, workspace),
    )


def copied(listed: Listed, workspace: Path, **settings: Any) -> ImportPlan:
    """Photos that are copied into the workspace, below one folder in their own order."""
    copies = _copies(listed, workspace)
    originals = {copy: original for original, copy in copies.items()}
    inside = listed.moved(own_folder(workspace, str(listed.location)), copies.__getitem__)

    def put_photo(target: Path) -> None:
        original = originals[target]
        stamp = stamp_of(original)
        if stamp is not None and stamp_of(target) == stamp:
            return
        content = read_content(original)
        write_atomically(target, content.data, durable=False)
        stamp = content.stamp
        if stamp is not None:
            # The copy is as old as the original: by that it is known the next time.
            with suppress(OSError):
                os.utime(target, ns=(stamp.modified, stamp.modified))

    made = referenced(inside, workspace, **settings)
    return replace(
        made,
        settings={**made.settings, "copied": True},
        put_photo=put_photo,
        elsewhere=lambda: originals,
    )


def _copies(listed: Listed, workspace: Path) -> dict[Path, Path]:
    """Where the copy of each photo lies, or would."""
    folder = own_folder(workspace, str(listed.location))
    copies: dict[Path, Path] = {}
    taken: set[Path] = set()
    for path in dict.fromkeys([*(item.photo for item in listed.listings), *listed.unlisted]):
        place = Path(listed.place_of(path))
        target = folder / (place.name if place.is_absolute() else place)
        while target in taken:  # one of the same name, on another drive
            target = target.with_name(f"again-{target.name}")
        taken.add(target)
        copies[path] = target
    return copies


def own_folder(workspace: Path, location: str) -> Path:
    """The folder in the workspace for the photos of a source."""
    return workspace / PHOTOS_FOLDER / digest(os.fsencode(location)).hex()
