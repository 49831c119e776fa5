"""CK+ as it is published (Lucey et al. 2010): sequences of frames from neutral to an emotion, and a
file with the emotion's number for some of them, in a tree of its own.

    cohn-kanade-images/S005/001/S005_001_00000011.png
    Emotion/S005/001/S005_001_00000011_emotion.txt
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from emotion_desktop.dataset.sources.files.walk import folders_in, walk_photos
from emotion_desktop.dataset.sources.listing import Kind, Listed, Listing
from emotion_desktop.dataset.sources.tables.label_spellings import CK_PLUS, plain_label
from emotion_desktop.dataset.sources.tables.rows import BadRow

_LABELS: Final = ("emotion", "emotion_labels", "emotions")
_IMAGES: Final = ("cohn-kanade-images", "extended-cohn-kanade-images")
_END: Final = "_emotion.txt"
#: Such a file holds one number.
_MOST_BYTES: Final = 64


def read_ck_plus(folder: Path) -> Listed | None:
    """The last frame of each sequence with its emotion, the others without a label; None for a
    folder that is not CK+.

    Raises:
        OSError: a folder cannot be read.
        DataError: the same, within those of the photos.
    """
    inner = {place.name.casefold(): place for place in folders_in(folder)}
    labels = next((inner[name] for name in _LABELS if name in inner), None)
    images = next((inner[name] for name in _IMAGES if name in inner), None)
    if labels is None or images is None:
        return None
    frames = {path.stem: path for path in walk_photos(images)}
    listings, bad = [], []
    for number, path in enumerate(sorted(labels.rglob(f"*{_END}")), start=1):
        frame = frames.get(path.name.removesuffix(_END))
        label = _label(path)
        if frame is None:
            bad.append(BadRow.of(number, "its photo is not there", path.name))
        elif not label:
            bad.append(BadRow.of(number, "it cannot be read", path.name))
        else:
            listings.append(Listing(frame, label, number))
    listed = {item.photo for item in listings}
    return Listed(
        Kind.TABLE,
        folder,
        images,
        tuple(listings),
        tuple(sorted(set(frames.values()) - listed)),
        tuple(bad),
        known=CK_PLUS,
        notes=("Read as CK+: the last frame of a sequence has its emotion.",),
    )


def _label(path: Path) -> str:
    try:
        if not path.is_file() or path.stat().st_size > _MOST_BYTES:
            return ""
        return plain_label(path.read_text("ascii", "replace"))
    except OSError:
        return ""
