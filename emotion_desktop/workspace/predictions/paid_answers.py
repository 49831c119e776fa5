"""Answers of a service that is paid by the photo: kept for good, and never paid for twice.

Before a photo is sent, that is written down; its answer takes the note's place at once, and then
goes into the catalogue. So an answer outlives a catalogue that another program holds, and a photo
that was sent when the program died is known: nobody can tell whether it was charged, so that it is
not sent again before the user says so. One thread of one program asks about a content at a time.
"""

from __future__ import annotations

import json
import logging
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from emotion_desktop.domain.errors import AppError
from emotion_desktop.workspace.catalogue.catalogue import Catalogue
from emotion_desktop.workspace.catalogue.placeholders import placeholders, statement_chunks
from emotion_desktop.workspace.files.atomic import write_atomically
from emotion_desktop.workspace.files.locks import locked

_log = logging.getLogger(__name__)

_NOTE: Final = ".json"
_LOCK: Final = ".lock"
#: How long to wait for another one who asks about the same content before looking at Cancel.
_WAIT_S: Final = 0.2
#: For more photos than this the folder is listed; for fewer each is looked for.
_FEW: Final = 16


class PaidAnswers:
    """What a service said in this workspace. For any thread.

    Args:
        folder: for notes of what was sent, and answers that are not in the catalogue yet.
    """

    def __init__(self, catalogue: Catalogue, service: str, folder: Path) -> None:
        self._catalogue = catalogue
        self._service = service
        self._folder = folder / service

    def get(self, photos: Iterable[bytes]) -> dict[bytes, Any]:
        """The answers there are, by digest; JSON values."""
        wanted = set(photos)
        found: dict[bytes, Any] = {}
        with self._catalogue.reading() as connection:
            for digests in statement_chunks(list(wanted)):
                rows = connection.execute(
                    "SELECT photo, answer FROM paid_answers "
                    f"WHERE service = ? AND photo IN ({placeholders(digests)})",
                    (self._service, *digests),
                )
                found.update((photo, json.loads(answer)) for photo, answer in rows)
        for photo, note in self._notes(wanted - found.keys()):
            if "answer" in note:
                found[photo] = note["answer"]
                self._move_into_catalogue(photo, note["answer"])
        return found

    def unanswered(self, photos: Iterable[bytes]) -> set[bytes]:
        """The photos that were sent without an answer coming; they may have been charged."""
        return {photo for photo, note in self._notes(set(photos)) if "answer" not in note}

    @contextmanager
    def asking(self, photo: bytes, stop: Callable[[], bool] = lambda: False) -> Iterator[bool]:
        """Waits until nobody else, in any program, asks about a photo's content.

        Yields whether it may be asked about now; False once that is not wanted any more.

        Raises:
            AppError: the workspace may not be written.
        """
        while not stop():
            with locked(self._lock_of(photo), _WAIT_S) as mine:
                if mine:
                    yield True
                    return
        yield False

    def note_request(self, photo: bytes) -> None:
        """Writes down that a photo is sent now: it is on disk when this returns.

        Raises:
            AppError: it cannot be written; then nothing may be sent.
        """
        self._write(photo, {"sent": time.time()})

    def drop_request(self, photo: bytes) -> None:
        """Forgets that a photo was sent: the service refused it, or was never reached."""
        self._path(photo).unlink(missing_ok=True)

    def drop_requests(self) -> None:
        """Forgets what was sent without an answer: the user wants it asked about once more.

        What is being asked about just now is left.
        """
        for path in self._folder.glob(f"*{_NOTE}"):
            photo = bytes.fromhex(path.stem)
            with locked(self._lock_of(photo)) as mine:
                if mine and "answer" not in (self._read(photo) or {"answer": None}):
                    self.drop_request(photo)

    def save(self, photo: bytes, answer: Any) -> None:
        """Saves an answer at once: it is on disk when this returns.

        Raises:
            AppError: the disk is full.
        """
        self._write(photo, {"answer": answer})
        self._move_into_catalogue(photo, answer)

    def _move_into_catalogue(self, photo: bytes, answer: Any) -> None:
        try:
            with self._catalogue.writing() as connection:
                connection.execute(
                    "INSERT OR REPLACE INTO paid_answers VALUES (?, ?, ?, ?)",
                    (self._service, photo, json.dumps(answer), time.time()),
                )
        except (AppError, sqlite3.Error) as error:
            _log.warning("an answer that was paid for waits beside the catalogue: %s", error)
            return
        with suppress(OSError):
            self._path(photo).unlink(missing_ok=True)

    def _notes(self, photos: set[bytes]) -> Iterator[tuple[bytes, dict[str, Any]]]:
        """What is written down beside the catalogue of some photos."""
        if len(photos) > _FEW:
            photos &= {bytes.fromhex(path.stem) for path in self._folder.glob(f"*{_NOTE}")}
        for photo in photos:
            note = self._read(photo)
            if note is not None:
                yield photo, note

    def _read(self, photo: bytes) -> dict[str, Any] | None:
        """What is written down of a photo; one that cannot be read says that it was sent."""
        try:
            note = json.loads(self._path(photo).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, RecursionError):
            return {}
        return note if isinstance(note, dict) else {}

    def _write(self, photo: bytes, note: dict[str, Any]) -> None:
        write_atomically(self._path(photo), json.dumps(note).encode())

    def _lock_of(self, photo: bytes) -> Path:
        """One for some contents at once: there need not be a file for each."""
        return self._folder / f"{photo[:1].hex()}{_LOCK}"

    def _path(self, photo: bytes) -> Path:
        return self._folder / f"{photo.hex()}{_NOTE}"
