"""Runs in the cloud on disk: a folder each, with the record, the files to send, and the log."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from emotion_desktop.domain.errors import UsageError
from emotion_desktop.domain.sagemaker import JOB_NAME, CloudRun
from emotion_desktop.workspace.files.atomic import cannot_write, write_atomically
from emotion_desktop.workspace.files.locks import locked

_log = logging.getLogger(__name__)

RECORD: Final = "run.json"
_LOG: Final = "log.txt"
_LOCK: Final = "lock"
#: Where earlier versions named the process that works on a run: it means nothing any more.
_FORMER_OWNER: Final = "owner"


class CloudRuns:
    """The runs of a workspace.

    Args:
        root: made when the first run is saved.
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    def folder(self, name: str) -> Path:
        """The folder of a run.

        Raises:
            UsageError: no run can have such a name.
        """
        if not JOB_NAME.fullmatch(name):
            raise UsageError(f"“{name}” is no name of a job.", "Copy it from the list of jobs.")
        return self._root / name

    def save(self, run: CloudRun) -> None:
        """Writes a run's record in one step.

        Raises:
            AppError: the disk is full, or the folder may not be written.
        """
        data = json.dumps(run.to_dict(), indent=1) + "\n"
        write_atomically(self.folder(run.name) / RECORD, data.encode())

    def load(self, name: str) -> CloudRun:
        """A run as it was last saved.

        Raises:
            UsageError: there is none of that name, or its record cannot be read.
        """
        try:
            data = json.loads((self.folder(name) / RECORD).read_text(encoding="utf-8"))
            return CloudRun.from_dict(data)
        except FileNotFoundError:
            names = [run.name for run in self.all()]
            raise UsageError(
                f"This workspace knows no job “{name}”.",
                f"It knows: {', '.join(names)}."
                if names
                else "Take it up with “sagemaker attach NAME”.",
            ) from None
        except (OSError, ValueError, RecursionError) as error:
            raise UsageError(
                f"The record of “{name}” cannot be read ({error}).",
                f"Take the job up anew: “sagemaker attach {name}”.",
            ) from None

    def all(self) -> list[CloudRun]:
        """All runs that can be read, the newest first."""
        found = (_read(path) for path in self._root.glob(f"*/{RECORD}"))
        return sorted((run for run in found if run is not None), key=lambda run: -run.created)

    def forget(self, name: str) -> None:
        """Removes a run's folder; what is in the cloud stays.

        Raises:
            AppError: it cannot be removed.
        """
        folder = self.folder(name)
        try:
            for path in sorted(folder.rglob("*"), reverse=True):
                path.rmdir() if path.is_dir() else path.unlink()
            folder.rmdir()
        except FileNotFoundError:
            return
        except OSError as error:
            raise cannot_write(folder, error) from None

    def add_log(self, name: str, lines: list[str], size: int | None = None) -> int | None:
        """Adds lines to a run's log; one that cannot be written is done without.

        Args:
            name: the run.
            lines: what came.
            size: what the log held, in bytes, when its reader's place was last kept. What is
                beyond was written by a program that died before it kept its place; it comes
                once more with ``lines``.

        Returns:
            What the log holds now, in bytes; None where it could not be written.
        """
        try:
            with (self.folder(name) / _LOG).open("ab") as file:
                if size is not None and size < file.tell():
                    file.truncate(size)
                file.write("".join(line.rstrip("\n") + "\n" for line in lines).encode())
                return file.seek(0, os.SEEK_END)
        except OSError:
            return None

    def log(self, name: str) -> list[str]:
        """The lines of a run's log so far."""
        try:
            text = (self.folder(name) / _LOG).read_text(encoding="utf-8", errors="replace")
        except OSError:
            return []
        return text.splitlines()

    @contextmanager
    def owned(self, name: str) -> Iterator[bool]:
        """Whether this program may work on a run: one program at a time does, others watch.

        A program that died owns nothing.

        Raises:
            AppError: the folder may not be written.
        """
        folder = self.folder(name)
        with locked(folder / _LOCK) as mine:
            if mine:
                with suppress(OSError):
                    (folder / _FORMER_OWNER).unlink(missing_ok=True)
            yield mine


def _read(path: Path) -> CloudRun | None:
    try:
        return CloudRun.from_dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, RecursionError) as error:
        _log.warning("a record was passed over: %s: %s", path, error)
        return None
