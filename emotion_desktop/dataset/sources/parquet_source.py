"""Photos within Parquet files, as Hugging Face's data sets have them, as a source.

They need the package pyarrow, which is not among this program's own: it is large, and few need it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from emotion_desktop.dataset.sources.import_plan import ImportPlan, own_folder
from emotion_desktop.dataset.sources.listing import Kind, Listed, Listing
from emotion_desktop.dataset.sources.tables.label_spellings import plain_label
from emotion_desktop.dataset.sources.tables.table_columns import (
    LABEL_HEADERS,
    PERSON_HEADERS,
    PHOTO_HEADERS,
    header_key,
)
from emotion_desktop.domain.errors import DataError, UnreadablePictureError
from emotion_desktop.domain.files.data_files import PARQUET_SUFFIX
from emotion_desktop.domain.files.file_stamp import stamp_of
from emotion_desktop.domain.files.photo_files import has_picture_suffix
from emotion_desktop.imaging.file_content import MAX_BYTES
from emotion_desktop.workspace.catalogue.places import absolute
from emotion_desktop.workspace.files.atomic import write_atomically

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Hugging Face keeps the files in this folder of a data set.
_DATA_FOLDER: Final = "data"
#: Rows are read by groups; a larger one would fill the memory.
_LARGEST_GROUP: Final = 2 << 30


@dataclass(frozen=True, slots=True)
class _Columns:
    """Names of columns; those of persons and labels may be missing, and are empty then."""

    photo: str
    label: str
    person: str
    names: tuple[str, ...]


def parquet_files(source: Path) -> list[Path]:
    """The Parquet files that a source is: the file itself, or all in a folder or its data
    folder."""
    try:
        if source.is_dir():
            places = [place for place in (source, source / _DATA_FOLDER) if place.is_dir()]
            found = [p for place in places for p in place.iterdir()]
            return sorted(p for p in found if p.suffix.casefold() == PARQUET_SUFFIX and p.is_file())
        return [source] if source.suffix.casefold() == PARQUET_SUFFIX and source.is_file() else []
    except OSError:
        return []


def read_parquet(source: Path, workspace: Path) -> ImportPlan:
    """Lists the photos of Parquet files; each becomes a file in the workspace.

    Raises:
        DataError: pyarrow is not there, a file is damaged, or there are no photos with labels.
    """
    source = absolute(source)
    folder = own_folder(workspace, str(source))
    groups = _Groups()
    places: dict[Path, tuple[Path, int, int]] = {}
    listings: list[Listing] = []
    unlisted: list[Path] = []
    for path in parquet_files(source):
        part = path.stem.split("-")[0]
        for number, (group, row, cells) in enumerate(groups.rows(path), start=1):
            name, label, person = cells
            suffix = PurePosixPath(name).suffix if has_picture_suffix(name) else ".jpg"
            place = folder / path.stem / f"{number:06}{suffix}"
            places[place] = (path, group, row)
            if label:
                listings.append(Listing(place, label, number, person, usage=part))
            else:
                unlisted.append(place)
    if not places:
        raise DataError(f"There are no photos in {source.name}.", "Choose another file.")

    def put_photo(place: Path) -> None:
        path, group, row = places[place]
        packed, made = stamp_of(path), stamp_of(place)
        if made is None or packed is None or made.modified < packed.modified:
            write_atomically(place, groups.photo(path, group, row), durable=False)

    return ImportPlan(
        kind="parquet",
        location=str(source),
        title=source.name,
        listed=Listed(Kind.TABLE, source, folder, tuple(listings), tuple(unlisted)),
        settings={"copied": True},
        put_photo=put_photo,
    )


class _Groups:
    """Reads rows by their groups; the photos of the last group stay in memory."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._key: tuple[Path, int] | None = None
        self._photos: Any = None

    def rows(self, path: Path) -> Iterator[tuple[int, int, tuple[str, str, str]]]:
        """Group, row and the photo's name, label and person; of the photos nothing more."""
        file = _open(path)
        columns = _columns_of(file, path)
        name = f"{columns.photo}.path"
        wanted = [column for column in (columns.label, columns.person, name) if column]
        for group in range(file.num_row_groups):
            if file.metadata.row_group(group).total_byte_size > _LARGEST_GROUP:
                raise DataError(
                    f"{path.name} has rows in too large groups.",
                    "Write it with row groups of a thousand rows.",
                )
            found = _checked(path, lambda g=group: file.read_row_group(g, wanted).to_pylist())
            for row, values in enumerate(found):
                photo = values.get(columns.photo)
                yield (
                    group,
                    row,
                    (
                        str((photo or {}).get("path") or "") if isinstance(photo, dict) else "",
                        _label(values.get(columns.label), columns.names),
                        str(values.get(columns.person) or ""),
                    ),
                )

    def photo(self, path: Path, group: int, row: int) -> bytes:
        """The bytes of a photo's file.

        Raises:
            UnreadablePictureError: there are none.
        """
        with self._lock:
            if self._key != (path, group):
                self._photos = None  # not two groups at a time
                file = _open(path)
                column = _columns_of(file, path).photo
                self._photos = _checked(path, lambda: file.read_row_group(group, [column])[column])
                self._key = (path, group)
            value = self._photos[row].as_py()
        data = value.get("bytes") if isinstance(value, dict) else value
        if not isinstance(data, bytes) or not 0 < len(data) <= MAX_BYTES:
            raise UnreadablePictureError("There is no picture in its row.")
        return data


def _open(path: Path) -> Any:
    try:
        from pyarrow import parquet
    except ImportError:
        raise DataError(
            "Parquet files can be read only where the package pyarrow is installed.",
            'Install it (pip install "pyarrow<22": newer ones need NumPy 2), or save the set as '
            "folders with a metadata.csv.",
        ) from None
    return _checked(path, lambda: parquet.ParquetFile(path))


def _checked(path: Path, read: Any) -> Any:
    """What is read.

    Raises:
        DataError: the file is damaged.
    """
    from pyarrow import ArrowException

    try:
        return read()
    except (ArrowException, OSError, ValueError, MemoryError) as error:
        raise DataError(
            f"{path.name} is damaged, or is no Parquet file ({type(error).__name__}).",
            "Download it again.",
        ) from None


def _columns_of(file: Any, path: Path) -> _Columns:
    schema = file.schema_arrow
    features = _features(schema.metadata or {})
    photo = label = person = ""
    for field in schema:
        key, kind = header_key(field.name), str(field.type)
        holds_bytes = kind in ("binary", "large_binary") or "bytes: " in kind
        if holds_bytes and (not photo or key in PHOTO_HEADERS):
            photo = field.name
        elif key in LABEL_HEADERS or features.get(field.name, {}).get("_type") == "ClassLabel":
            label = label or field.name
        elif key in PERSON_HEADERS:
            person = person or field.name
    if not photo:
        raise DataError(
            f"No column of {path.name} holds photos.",
            "Each row needs a photo's file as bytes, as Hugging Face's data sets have it.",
        )
    names = features.get(label, {}).get("names") or ()
    return _Columns(photo, label, person, tuple(map(str, names)))


def _features(metadata: Mapping[bytes, bytes]) -> Mapping[str, Mapping[str, Any]]:
    """What Hugging Face's library says of the columns."""
    try:
        found = json.loads(metadata.get(b"huggingface", b"{}"))["info"]["features"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return {}
    named = found.items() if isinstance(found, dict) else ()
    return {name: feature for name, feature in named if isinstance(feature, dict)}


def _label(value: Any, names: tuple[str, ...]) -> str:
    if value is None:
        return ""
    if isinstance(value, int) and 0 <= value < len(names):
        return names[value]
    return plain_label(str(value))
