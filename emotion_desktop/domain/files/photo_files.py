"""Which files are photos, by their names: the one answer for every folder, archive and bucket.

A file or folder that a user names is taken as it is; this is about what lies below.
"""

from __future__ import annotations

import os
from pathlib import PurePath
from typing import Final

from emotion_desktop.domain.files.picture_formats import PICTURE_SUFFIXES

#: What operating systems and network drives put beside photos, besides names that begin with a
#: dot (``._photo.jpg``, ``.DS_Store``, ``.ipynb_checkpoints``).
_SYSTEM_NAMES: Final = frozenset(
    (
        *("__macosx", "thumbs.db", "ehthumbs.db", "desktop.ini"),
        *("$recycle.bin", "system volume information", "#recycle", "@eadir", "lost+found"),
    )
)


def is_system_name(name: str) -> bool:
    """Whether a file or folder of this name is the system's own or hidden, and no data."""
    return name.startswith(".") or name.casefold() in _SYSTEM_NAMES


def has_picture_suffix(name: str) -> bool:
    """Whether a name ends like a picture's."""
    return os.path.splitext(name)[1].casefold() in PICTURE_SUFFIXES  # noqa: PTH122 - for thousands


def is_photo_name(name: str) -> bool:
    """Whether a file of this name is taken for a photo when its folder is looked through."""
    return has_picture_suffix(name) and not is_system_name(name)


def is_photo_path(place: PurePath) -> bool:
    """The same for a path below the folder that is looked through: every folder of it counts."""
    *folders, name = [part for part in place.parts if part not in ("", ".", "..")] or [""]
    return is_photo_name(name) and not any(map(is_system_name, folders))
