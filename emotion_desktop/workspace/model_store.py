"""The model store: a folder of bundles, and the models that come with the program."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from emotion_desktop.assets import BUILTIN_MODEL, FAST_MODEL
from emotion_desktop.domain.errors import UsageError
from emotion_desktop.domain.files.model_files import MODEL_SUFFIX
from emotion_desktop.domain.rekognition import REFERENCE as REKOGNITION
from emotion_desktop.workspace.files.atomic import cannot_write, write_atomically

BUILTIN: Final = "builtin"
FAST: Final = "builtin-fast"
#: The program's own models; they stay.
PROGRAMS: Final = MappingProxyType({BUILTIN: BUILTIN_MODEL, FAST: FAST_MODEL})
#: What people read for their names.
TITLES: Final = MappingProxyType({BUILTIN: "Built-in", FAST: "Built-in, fast"})
_NAME = re.compile(r"[^\W_](?:[\w .-]{0,62}\w)?")


@dataclass(frozen=True, slots=True)
class ModelStore:
    """Bundles by name in a folder, and those of PROGRAMS beside them."""

    folder: Path

    def names(self) -> list[str]:
        """All names, the program's own first."""
        own = (path.stem for path in self.folder.glob(f"*{MODEL_SUFFIX}") if path.is_file())
        return [*PROGRAMS, *sorted(n for n in own if n not in PROGRAMS and _NAME.fullmatch(n))]

    def resolve(self, reference: str) -> Path:
        """The file a name means; a path to a bundle is taken as it is.

        Raises:
            UsageError: no such model.
        """
        if reference in PROGRAMS:
            return PROGRAMS[reference]
        stored = self.folder / f"{reference}{MODEL_SUFFIX}"
        if _NAME.fullmatch(reference) and _is_file(stored):
            return stored
        if _is_file(Path(reference)):
            return Path(reference)
        raise UsageError(
            f"There is no model “{reference}”.", f"There are: {', '.join(self.names())}."
        )

    def free_name(self, wanted: str) -> str:
        """A valid name that is not taken: the one wanted, or it with a number."""
        base = re.sub(r"[^\w .-]+", "-", wanted).lstrip(" .-_")[:60].rstrip(" .-_") or "model"
        name, number = base, 2
        while name in (*PROGRAMS, REKOGNITION) or (self.folder / f"{name}{MODEL_SUFFIX}").exists():
            name, number = f"{base}-{number}", number + 1
        return name

    def path_for(self, name: str) -> Path:
        """Where a model of this name is to be put.

        Raises:
            UsageError: the name is taken or not allowed.
        """
        if name in (*PROGRAMS, REKOGNITION) or not _NAME.fullmatch(name):
            raise UsageError(
                f"“{name}” cannot be a model's name.",
                "Use up to 64 letters, digits, spaces, dots and dashes.",
            )
        path = self.folder / f"{name}{MODEL_SUFFIX}"
        if path.exists():
            raise UsageError(
                f"There is already a model “{name}”.", "Choose another name or remove that one."
            )
        return path

    def rename(self, name: str, new: str) -> Path:
        """Gives a model of the user's another name; returns where it lies then.

        Raises:
            UsageError: it does not exist, is the program's, or the new name is taken or not
                allowed.
            AppError: it cannot be renamed.
        """
        path = self._own(name)
        target = self.path_for(new)
        try:
            path.rename(target)
            if self._notes(name).exists():
                self._notes(name).replace(self._notes(new))
        except OSError as error:
            raise cannot_write(target, error) from None
        return target

    def notes(self, name: str) -> str:
        """What the user has noted of a model; empty for nothing."""
        try:
            return self._notes(name).read_text("utf-8", errors="replace")
        except OSError:
            return ""

    def write_notes(self, name: str, text: str) -> None:
        """Keeps what the user notes of a model.

        Raises:
            AppError: it cannot be written.
        """
        path = self._notes(name)
        try:
            if text.strip():
                write_atomically(path, text.encode("utf-8"))
            else:
                path.unlink(missing_ok=True)
        except OSError as error:
            raise cannot_write(path, error) from None

    def _notes(self, name: str) -> Path:
        return self.folder / f"{name}.notes.txt"

    def remove(self, name: str) -> None:
        """Deletes a model of the user's.

        Raises:
            UsageError: it does not exist, or is the built-in one.
            AppError: it cannot be deleted.
        """
        path = self._own(name)
        try:
            path.unlink()
            self._notes(name).unlink(missing_ok=True)
        except OSError as error:
            raise cannot_write(path, error) from None

    def _own(self, name: str) -> Path:
        """The file of a model that may be changed.

        Raises:
            UsageError: it does not exist, or is the program's.
        """
        if name in PROGRAMS:
            raise UsageError(
                "This model belongs to the program and stays.",
                "Only models can be renamed or removed that were trained or imported here.",
            )
        path = self.folder / f"{name}{MODEL_SUFFIX}"
        if not _NAME.fullmatch(name) or not _is_file(path):
            own = [n for n in self.names() if n not in PROGRAMS]
            raise UsageError(
                f"There is no model “{name}” in the store.",
                f"There are: {', '.join(own)}." if own else "The store is empty.",
            )
        return path


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # too long, or with a NUL: no file has such a name
        return False
