"""Finding the photos that a table of labels names."""

from __future__ import annotations

import os
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

from emotion_desktop.dataset.sources.files.walk import walk_photos
from emotion_desktop.domain.files.photo_files import has_picture_suffix, is_system_name

NOT_THERE: Final = "its photo is not there"
AMBIGUOUS: Final = "several photos have its name"
NO_PHOTO: Final = "it names a file of the system, no photo"

#: Folders that hold a data set's lists alone: its photos lie in folders beside such a one.
LIST_FOLDERS: Final = frozenset(
    (
        *("annotation", "annotations", "csv", "data", "emolabel", "label", "labels"),
        *("list", "lists", "meta", "metadata"),
    )
)
_DRIVE: Final = re.compile(r"[A-Za-z]:/")
#: Label Studio puts this before the names of photos that are uploaded.
_UPLOADED: Final = re.compile(r"[0-9a-f]{8}-(?=.)")
#: RAF-DB lists a photo as x.jpg and holds its face as x_aligned.jpg.
_ALIGNED: Final = "_aligned"


class PhotoLookup:
    """Finds photos by what a table calls them.

    A name may be a path relative to the table's folder, to that folder's parent, or to ``images``
    in either; an absolute path; an address; or a path that was written on another computer. Of such
    a one the longest end counts that photos here have: ``/kaggle/input/train/happy/0.jpg`` is
    ``train/happy/0.jpg``. Where the folder that a row names is there, its photo is in it or
    missing; it is never taken from another one. Photos outside the table's folder are looked for
    only where that holds no photos itself, and is one for lists (``labels``, say) or within the
    folder that the user named.

    Args:
        folder: the table's folder.
        source: the folder that the user named, if it was one.
    """

    def __init__(self, folder: Path, source: Path | None = None) -> None:
        self._folder = folder
        #: Where a bare name's photo lies beside the table.
        self._places = (folder, folder / "images")
        lists = folder.name.casefold() in LIST_FOLDERS
        self._outer = folder.parent if lists or (source or folder) == folder.parent else None
        self._own_tree: _Tree | None = None
        self._outer_tree: _Tree | None = None
        #: Photos were found where the table's bare names point: others are not looked for elsewhere
        self._bare_are_direct = False

    def find_all(self, names: Iterable[str]) -> dict[str, Path | str]:
        """Each name's photo as an absolute path; or, as text, why it has none."""
        found: dict[str, Path | str] = {}
        written = list(dict.fromkeys(names))
        for name in written:
            path = self._direct(name)
            if path is not None:
                found[name] = path
                self._bare_are_direct |= not _folders_of(name) and self._is_beside(path)
        return {name: found.get(name) or self._search(name) for name in written}

    def _direct(self, name: str) -> Path | None:
        """The photo at the very place that the name says, if it is there."""
        for form in written_forms(name):
            if _is_system(form):
                continue
            for root in self._places:
                if (path := _file_in(root, form)) is not None:
                    return path
            beside = self._folder.parent
            roots = [beside] if _folders_of(form) or self._outer else []
            for root in (*roots, beside / "images"):
                if (path := _file_in(root, form)) is not None and not self._own.photos:
                    return path
        return None

    def _is_beside(self, path: Path) -> bool:
        return path.parent in self._places

    def _search(self, name: str) -> Path | str:
        """The photo whose path ends as the name does; or why there is none."""
        forms = [form for form in written_forms(name) if not _is_system(form)]
        if _is_system(name):
            return NO_PHOTO
        reason = NOT_THERE
        for tree in self._trees():
            for form in forms:
                bare = not _folders_of(form)
                found = tree.find(
                    form,
                    within=self._folder if bare and self._bare_are_direct else None,
                    keep_folders=tree is not self._own and not _is_absolute(form),
                )
                if isinstance(found, Path):
                    return found
                reason = found if found == AMBIGUOUS else reason
        return reason

    def _trees(self) -> Iterator[_Tree]:
        yield self._own
        if not self._own.photos and self._outer is not None:
            self._outer_tree = self._outer_tree or _Tree(self._outer)
            yield self._outer_tree

    @property
    def _own(self) -> _Tree:
        if self._own_tree is None:
            self._own_tree = _Tree(self._folder)
        return self._own_tree


class _Tree:
    """The photos below a folder, by the ends of their paths."""

    def __init__(self, root: Path) -> None:
        self.photos = 0
        self._root = root
        #: By folder: its photos by their names, and by what they are called without suffix.
        self._names: dict[Path, dict[str, Path]] = {}
        self._stems: dict[Path, dict[str, list[Path]]] = {}
        #: Folders by each end of their paths.
        self._ends: dict[tuple[str, ...], list[Path]] = defaultdict(list)
        for path in walk_photos(root):
            self.photos += 1
            if path.parent not in self._names:
                self._add_folder(path.parent)
            key, stem = _key(path.name), _key(path.stem)
            self._names[path.parent].setdefault(key, path)
            self._stems[path.parent].setdefault(stem, []).append(path)

    def _add_folder(self, folder: Path) -> None:
        self._names[folder] = {}
        self._stems[folder] = {}
        parts = tuple(_key(part) for part in folder.relative_to(self._root).parts)
        for start in range(len(parts)):
            self._ends[parts[start:]].append(folder)

    def find(self, form: str, *, within: Path | None, keep_folders: bool) -> Path | str:
        """A photo, or why there is none.

        Args:
            within: look into this folder alone.
            keep_folders: a photo that is in none of the folders that the name says is none.
        """
        name = form.rsplit("/", 1)[-1]
        if within is not None:
            return self._one(name, [within, within / "images"])
        folders = tuple(_key(part) for part in _folders_of(form))
        if folders in self._ends:
            # The very folder that a relative path says is the one.
            there = [f for f in self._ends[folders] if _depth(f, self._root) == len(folders)]
            return self._one(name, there or self._ends[folders])
        for start in range(1, len(folders)):
            if folders[start:] in self._ends:
                return self._one(name, self._ends[folders[start:]])
        if folders and keep_folders:
            return NOT_THERE
        top = self._one(name, [self._root])
        return self._one(name, list(self._names)) if top == NOT_THERE else top

    def _one(self, name: str, folders: Sequence[Path]) -> Path | str:
        """The one photo of this name in any of the folders."""
        for found in (self._by_name(name, folders), self._by_stem(name, folders)):
            if len(found) > 1:
                return AMBIGUOUS
            if found:
                return found[0]
        return NOT_THERE

    def _by_name(self, name: str, folders: Sequence[Path]) -> list[Path]:
        key = _key(name)
        return [
            self._names[folder][key]
            for folder in folders
            if folder in self._names and key in self._names[folder]
        ]

    def _by_stem(self, name: str, folders: Sequence[Path]) -> list[Path]:
        """Photos that are named without their suffix; those that RAF-DB has aligned."""
        suffixed = has_picture_suffix(name)
        stem = _key(PurePosixPath(name).stem if suffixed else name)
        for wanted in ([] if suffixed else [stem]) + [stem + _ALIGNED]:
            found = [
                path for folder in folders for path in self._stems.get(folder, {}).get(wanted, ())
            ]
            if found:
                return found
        return []


def written_forms(name: str) -> list[str]:
    """What a name may stand for, with ``/`` between its parts, the likeliest first."""
    plain = name.replace("\\", "/")
    forms = [plain]
    if "://" in plain or "?" in plain:
        forms += _of_address(plain)
    forms += [unquote(form) for form in forms if "%" in form]
    for form in list(forms):
        folder, slash, base = form.rpartition("/")
        if _UPLOADED.match(base):
            forms.append(folder + slash + _UPLOADED.sub("", base, count=1))
    return list(dict.fromkeys(forms))


def _of_address(text: str) -> list[str]:
    """The paths that an address names: its own, and those it gives as parameters."""
    try:
        parts = urlsplit(text)
        values = [value for found in parse_qs(parts.query).values() for value in found]
    except ValueError:
        return []
    return [*(v for v in values if has_picture_suffix(v)), *([parts.path] if parts.path else [])]


def _folders_of(form: str) -> tuple[str, ...]:
    parts = form.replace("\\", "/").split("/")[:-1]
    return tuple(part for part in parts if part not in ("", ".", "..") and not part.endswith(":"))


def _is_absolute(form: str) -> bool:
    return form.startswith("/") or bool(_DRIVE.match(form)) or "://" in form


def _is_system(form: str) -> bool:
    *folders, base = [part for part in form.split("/") if part not in ("", ".", "..")] or [""]
    inner = () if _is_absolute(form) else folders
    return is_system_name(base) or any(map(is_system_name, inner))


def _key(name: str) -> str:
    """The same for every way a file system writes a name: é as one sign or two, A.JPG as a.jpg."""
    return unicodedata.normalize("NFC", name).casefold()


def _depth(folder: Path, root: Path) -> int:
    return len(folder.parts) - len(root.parts)


def _file_in(root: Path, form: str) -> Path | None:
    """The file of this name; None where there is none, or can be none of such a name.

    One photo has one path, whichever way round it is written.
    """
    # Text until it is known to be a file: a table has thousands of names.
    place = os.path.join(root, form)  # noqa: PTH118
    if not os.path.isfile(place):  # noqa: PTH113
        return None
    path = Path(place)
    return path.resolve() if ".." in path.parts else path
