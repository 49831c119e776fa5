"""Bundles made for tests out of the built-in one: whole ones, and others."""

from __future__ import annotations

import hashlib
import json
import stat
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from emotion_desktop.engines.bundle import FORMAT, KERAS, Bundle
from emotion_desktop.engines.table import LITERT

MANIFEST = "manifest.json"


def small_files(builtin: Bundle) -> dict[str, bytes]:
    """The files of a bundle: a real LiteRT model, and a stand-in for the Keras one."""
    return {KERAS: b"not opened in these tests", LITERT: builtin.read(LITERT)}


def manifest(card: Mapping[str, Any], files: Mapping[str, bytes], **more: Any) -> dict[str, Any]:
    """The description of files that are as they should be."""
    sizes = {
        name: {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        for name, data in files.items()
    }
    return {"format": FORMAT, "card": dict(card), "files": sizes, **more}


def pack(
    path: Path, description: Any, files: Mapping[str, bytes], way: int = zipfile.ZIP_STORED
) -> Path:
    """Writes an archive without any check. ``description`` may be text, to be written as it is."""
    text = description if isinstance(description, str) else json.dumps(description)
    with zipfile.ZipFile(path, "w", way) as archive:
        archive.writestr(MANIFEST, text)
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def add_link(path: Path, name: str, target: str) -> None:
    """Adds a symbolic link to an archive."""
    entry = zipfile.ZipInfo(name)
    entry.create_system = 3
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(entry, target)
