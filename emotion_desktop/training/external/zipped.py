"""A model in a ZIP file, as Teachable Machine and cloud notebooks hand them out: unpacked into a
folder for temporary files, with bounds."""

from __future__ import annotations

import shutil
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Final

from emotion_desktop.domain.errors import BundleError
from emotion_desktop.domain.files.model_files import is_zipped_model, models_among

_MAX_BYTES: Final = 1 << 30
_MAX_FILES: Final = 1_000
#: Weights hardly shrink when they are packed; what shrinks more is made to burst.
_MOST_SHRUNK: Final = 50
_SMALL: Final = 64 << 20


@contextmanager
def unpacked(source: Path) -> Iterator[Path]:
    """The model itself: within it, what was in a ZIP file lies in a folder.

    Raises:
        BundleError: the ZIP file is damaged or unsafe, or holds several models.
    """
    if not is_zipped_model(source):
        yield source
        return
    with tempfile.TemporaryDirectory() as folder:
        try:
            with zipfile.ZipFile(source) as archive:
                yield Path(folder, _unpack(archive, Path(folder)))
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
            raise BundleError("The ZIP file is damaged.", "Download it again.") from None


def _unpack(archive: zipfile.ZipFile, folder: Path) -> str:
    """Unpacks what belongs to the one model in an archive; returns its path."""
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    models = models_among(entry.filename for entry in entries)
    if len(models) != 1:
        raise BundleError(
            f"The ZIP file holds {len(models)} models.", "Unpack it, and choose one of them."
        )
    size = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if size > _MAX_BYTES or len(entries) > _MAX_FILES:
        raise _unsafe()
    if size > _SMALL and size > packed * _MOST_SHRUNK:
        raise _unsafe()
    for entry in entries:
        _unpack_one(archive, entry, folder)
    return models[0]


def _unpack_one(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, folder: Path) -> None:
    path = PurePosixPath(entry.filename)
    mode = entry.external_attr >> 16
    strange = stat.S_IFMT(mode) not in (0, stat.S_IFREG)
    if path.is_absolute() or ".." in path.parts or "\\" in entry.filename or strange:
        raise BundleError(
            "The ZIP file holds a link, or a path that leads out of its folder.",
            "Only import models from people you trust.",
        )
    target = folder.joinpath(*path.parts)
    target.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(entry) as given, target.open("wb") as taken:
        # The size in the directory may lie: zipfile reads no further than it says.
        shutil.copyfileobj(given, taken, 1 << 20)


def _unsafe() -> BundleError:
    return BundleError(
        "The ZIP file unpacks to far more than any model.",
        "Only import models from people you trust.",
    )
