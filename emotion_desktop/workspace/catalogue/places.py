"""Paths of photos as the catalogue keeps them.

They are the system's own bytes (a name need not be text), and those of photos that the workspace
holds itself start at its folder, so that it can be moved as a whole.
"""

from __future__ import annotations

import os
from pathlib import Path


def absolute(path: Path | str) -> Path:
    """The path as it is kept and compared: from the root, without ``..``, links not followed."""
    # Path.absolute() would keep "..", Path.resolve() would follow links.
    return Path(os.path.abspath(path))  # noqa: PTH100


def to_stored(path: Path, root: Path) -> bytes:
    """The bytes that stand for an absolute path.

    Args:
        root: the workspace's folder.
    """
    if path.is_relative_to(root):
        return os.fsencode(path.relative_to(root))
    return os.fsencode(path)


def from_stored(stored: bytes, root: Path) -> Path:
    """The absolute path that bytes stand for."""
    return root / os.fsdecode(stored)


def printable(name: str) -> str:
    """A file's name as text that can be kept and shown: what is no text becomes a sign for it."""
    text = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return text if text.isprintable() else "".join(c if c.isprintable() else "�" for c in text)
