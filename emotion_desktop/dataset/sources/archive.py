"""ZIP archives as sources: read as the folder they were packed from, without trusting them.

Tables are unpacked to be read, of photos the names alone; each photo is unpacked into the workspace
when it is imported. Nothing is written outside the workspace's own folder for the archive, whatever
names are in it; links are left out, and so is what claims to be far larger than it is packed.
"""

from __future__ import annotations

import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Final

from emotion_desktop.dataset.sources.import_plan import ImportPlan, own_folder
from emotion_desktop.dataset.sources.listing import Listed
from emotion_desktop.dataset.sources.pixels import is_pixel_table, read_pixels
from emotion_desktop.dataset.sources.read_listing import only_table, read_listing
from emotion_desktop.dataset.sources.reading_options import ReadingOptions
from emotion_desktop.dataset.sources.table_listing import is_table_name
from emotion_desktop.dataset.sources.tables.rows import BadRow
from emotion_desktop.domain.errors import DataError, UnreadablePictureError
from emotion_desktop.domain.files.data_files import ARCHIVE_SUFFIX
from emotion_desktop.domain.files.file_stamp import stamp_of
from emotion_desktop.domain.files.photo_files import is_photo_path, is_system_name
from emotion_desktop.imaging.file_content import MAX_BYTES
from emotion_desktop.workspace.catalogue.places import absolute
from emotion_desktop.workspace.files.atomic import write_atomically, written_atomically

_MOST_ENTRIES: Final = 1_000_000
#: Of all tables together. FER2013's one has 300 MB.
_MOST_TABLE_BYTES: Final = 2 << 30
#: Photos are packed as they are: what grows more than this is none, but made to fill a disk.
_MOST_GROWTH: Final = 200
_SMALL: Final = 1 << 20
_PIECE: Final = 1 << 20
_ENCRYPTED: Final = 1
_DAMAGED: Final = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)


def is_archive(path: Path) -> bool:
    """Whether a file is a ZIP archive, by its name."""
    return path.suffix.casefold() == ARCHIVE_SUFFIX and path.is_file()


def read_archive(
    source: Path, workspace: Path, options: ReadingOptions, *, without_labels: bool = True
) -> ImportPlan:
    """Reads what an archive says of its photos.

    Raises:
        DataError: it is none, damaged, locked or made to do harm; or as read_listing.
        AppError: the disk is full.
    """
    source = absolute(source)
    folder = own_folder(workspace, str(source))
    with _opened(source) as archive, tempfile.TemporaryDirectory() as temporary:
        skeleton = Path(temporary)
        members, bad = _members(archive, source)
        _lay_out(archive, members, skeleton)
        top = _top(skeleton)
        table = only_table(top)
        if table is not None and is_pixel_table(table):
            return _pixels(table, folder, source, workspace)
        listed = read_listing(
            top,
            options.columns,
            without_labels=without_labels,
            labels_from=options.labels_from,
        )
    by_place = {skeleton / name: info for name, info in members.items()}
    places = {folder / path.relative_to(skeleton): info for path, info in by_place.items()}

    def put_photo(place: Path) -> None:
        packed, made = stamp_of(source), stamp_of(place)
        if made is None or packed is None or made.modified < packed.modified:
            write_atomically(place, _photo(source, places[place]), durable=False)

    return ImportPlan(
        kind="zip",
        location=str(source),
        title=source.name,
        listed=_inside(listed, skeleton, folder, source, bad),
        settings={"copied": True, "columns": options.to_dict()["columns"]},
        put_photo=put_photo,
    )


def _inside(
    listed: Listed, skeleton: Path, folder: Path, source: Path, bad: list[BadRow]
) -> Listed:
    """What was read of the skeleton, with the photos where they will lie."""
    moved = listed.moved(
        folder / listed.root.relative_to(skeleton),
        lambda photo: folder / photo.relative_to(skeleton),
    )
    return replace(moved, location=source, bad=(*bad, *moved.bad))


def _pixels(table: Path, folder: Path, source: Path, workspace: Path) -> ImportPlan:
    """A table of pixels is kept unpacked: its rows are read from it one by one."""
    kept = folder / table.name
    packed, made = stamp_of(source), stamp_of(kept)
    if made is None or packed is None or made.modified < packed.modified:
        with table.open("rb") as read, written_atomically(kept, durable=False) as written:
            while piece := read.read(_PIECE):
                written.write(piece)
    return replace(read_pixels(kept, workspace), location=str(source), title=source.name)


@contextmanager
def _opened(source: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(source) as archive:
            yield archive
    except _DAMAGED:
        raise DataError(
            f"{source.name} is damaged, or is no ZIP archive.", "Download or pack it again."
        ) from None
    except OSError as error:
        raise DataError(
            f"{source.name} cannot be read ({error.strerror or error}).",
            "Check that it is still there and that you may read it, then try again.",
        ) from None


def _members(
    archive: zipfile.ZipFile, source: Path
) -> tuple[dict[PurePosixPath, zipfile.ZipInfo], list[BadRow]]:
    """The photos and tables in an archive by their paths, and what is not taken.

    Raises:
        DataError: it is locked, or is no archive that anybody packed.
    """
    infos = archive.infolist()
    packed = sum(info.compress_size for info in infos)
    if len(infos) > _MOST_ENTRIES or packed > source.stat().st_size:
        raise DataError(
            f"{source.name} is no archive of photos: its parts lie on top of one another.",
            "Do not unpack it; ask whoever gave it to you.",
        )
    found: dict[PurePosixPath, zipfile.ZipInfo] = {}
    bad = []
    for info in infos:
        path = PurePosixPath(info.filename.replace("\\", "/"))
        photo = is_photo_path(path)
        table = is_table_name(path.name) and not any(map(is_system_name, path.parts[:-1]))
        if info.is_dir() or not (photo or table):
            continue
        if info.flag_bits & _ENCRYPTED:
            raise DataError(
                f"{source.name} is locked with a password.", "Unpack it and choose the folder."
            )
        reason = _why_not(info, path, photo=photo)
        if reason:
            bad.append(BadRow.of(0, reason, info.filename))
        else:
            found.setdefault(path, info)
    return found, bad


def _why_not(info: zipfile.ZipInfo, path: PurePosixPath, *, photo: bool) -> str:
    """Why an entry is not taken; empty if it is."""
    if path.is_absolute() or ".." in path.parts or ":" in path.parts[0] or "\0" in info.filename:
        return "its path leads out of the archive"
    mode = stat.S_IFMT(info.external_attr >> 16)
    if mode and not stat.S_ISREG(mode):
        return "it is a link or a device, no file"
    if photo and info.file_size > MAX_BYTES:
        return "it is too large to be a photo"
    if photo and info.file_size > max(_SMALL, _MOST_GROWTH * info.compress_size):
        return "it would grow too much to be a photo"
    return ""


def _lay_out(
    archive: zipfile.ZipFile, members: dict[PurePosixPath, zipfile.ZipInfo], skeleton: Path
) -> None:
    """Writes the tables, and an empty file for each photo: names are all that is read of them."""
    room = _MOST_TABLE_BYTES
    for path, info in members.items():
        target = skeleton / path
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            if is_photo_path(path):
                target.touch()
                continue
            with archive.open(info) as read, target.open("xb") as written:
                while piece := read.read(_PIECE):
                    room -= len(piece)
                    if room < 0:
                        raise DataError(
                            f"The tables in {Path(archive.filename or '').name} are too large.",
                            "Unpack it and choose the table of the labels.",
                        )
                    written.write(piece)
        except (FileExistsError, NotADirectoryError, IsADirectoryError):
            continue  # a file and a folder of one name


def _top(folder: Path) -> Path:
    """The folder that the data set begins in: archives often hold one folder with all of it."""
    while True:
        inner = list(folder.iterdir())
        if len(inner) != 1 or not inner[0].is_dir():
            return folder
        folder = inner[0]


def _photo(source: Path, info: zipfile.ZipInfo) -> bytes:
    try:
        with _opened(source) as archive, archive.open(info) as file:
            data = file.read(info.file_size + 1)
    except DataError:
        raise UnreadablePictureError("It is damaged in its archive.") from None
    if not data or len(data) > info.file_size:
        raise UnreadablePictureError("It is damaged in its archive.")
    return data
