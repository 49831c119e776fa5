"""What models have said of photos, by the photos' content: nothing is classified twice.

All of it can be made again from the photos and the models, so it is a file of its own: whoever
deletes it loses time, nothing else.
"""

from __future__ import annotations

import json
import logging
import os
import sqlite3
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import wraps
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar, cast

from emotion_desktop.domain.errors import AppError
from emotion_desktop.domain.files.file_stamp import Stamp, stamp_of
from emotion_desktop.domain.prediction import Prediction, PredictionSource
from emotion_desktop.workspace.catalogue.placeholders import placeholders, statement_chunks
from emotion_desktop.workspace.files.database import Database, scripts_in
from emotion_desktop.workspace.predictions.row_format import from_bytes, to_bytes

_log = logging.getLogger(__name__)

_Method = TypeVar("_Method", bound=Callable[..., Any])


class _NothingKeptError(Exception):
    """There is no file."""


def _or(make: Callable[[], Any]) -> Callable[[_Method], _Method]:
    """Decorates methods: makes what they return where the file cannot be used."""

    def decorate(method: _Method) -> _Method:
        @wraps(method)
        def call(*args: Any, **kwargs: Any) -> Any:
            try:
                return method(*args, **kwargs)
            except _NothingKeptError:
                return make()
            except (sqlite3.Error, AppError, ValueError) as error:
                _log.warning("the cache of predictions could not be used: %s", error)
                return make()

        return cast(_Method, call)

    return decorate


def _nothing() -> None:
    return None


class PredictionCache:
    """Predictions by model and photo; besides, digests of files and features of photos.

    For any thread. A file that cannot be opened, read or written is done without: then nothing is
    known, and nothing kept.

    Args:
        path: the file, opened when it is first needed; None keeps nothing.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._opened: Database | None = None

    def __enter__(self) -> PredictionCache:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Closes the file; nothing is known or kept afterwards."""
        with self._lock:
            if self._opened is not None:
                self._opened.close()
            self._opened = self._path = None

    @property
    def _file(self) -> Database:
        with self._lock:
            if self._opened is None:
                if self._path is None:
                    raise _NothingKeptError
                path, self._path = self._path, None  # one that cannot be opened is not tried again
                self._opened = Database(path, scripts_in("readings"))
            return self._opened

    @_or(dict)
    def digests(self, paths: Iterable[Path]) -> dict[Path, bytes]:
        """The digests of those files that are as they were when they were last looked at."""
        stamps = {path: stamp for path in paths if (stamp := stamp_of(path)) is not None}
        by_name = {os.fsencode(path): path for path in stamps}
        found: dict[Path, bytes] = {}
        with self._file.reading() as connection:
            for names in statement_chunks(list(by_name)):
                rows = connection.execute(
                    f"SELECT * FROM files WHERE path IN ({placeholders(names)})", names
                )
                for row in rows:
                    path = by_name[row["path"]]
                    if (row["modified"], row["changed"], row["size"]) == _row(stamps[path]):
                        found[path] = row["digest"]
        return found

    @_or(dict)
    def known_files(self) -> dict[Path, bytes]:
        """Every file that was ever looked at, and what it held then."""
        with self._file.reading() as connection:
            rows = connection.execute("SELECT path, digest FROM files").fetchall()
        return {Path(os.fsdecode(row["path"])): row["digest"] for row in rows}

    @_or(_nothing)
    def save_digests(self, digests: Mapping[Path, tuple[Stamp, bytes]]) -> None:
        """Remembers what files hold.

        Args:
            digests: of what was read, each with the stamp of the file it was read from. Stamps
                that are not settled do not belong here.
        """
        rows = [
            (os.fsencode(path), *_row(stamp), digest) for path, (stamp, digest) in digests.items()
        ]
        with self._file.writing() as connection:
            connection.executemany("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?)", rows)

    @_or(dict)
    def get(self, source: PredictionSource, photos: Mapping[Path, bytes]) -> dict[Path, Prediction]:
        """What a model has said of photos; those it was never asked about are left out.

        Args:
            photos: the digest of each file.
        """
        with self._file.reading() as connection:
            known = connection.execute(
                "SELECT id, labels FROM readers WHERE key = ?", (source.key,)
            ).fetchone()
            if known is None:
                return {}
            kept: dict[bytes, bytes] = {}
            for digests in statement_chunks(list(set(photos.values()))):
                kept.update(
                    connection.execute(
                        "SELECT photo, reading FROM readings "
                        f"WHERE reader = ? AND photo IN ({placeholders(digests)})",
                        (known["id"], *digests),
                    ).fetchall()
                )
        labels = json.loads(known["labels"])
        return {
            path: from_bytes(kept[digest], labels, source, str(path), digest)
            for path, digest in photos.items()
            if digest in kept
        }

    @_or(_nothing)
    def save(
        self,
        source: PredictionSource,
        predictions: Sequence[Prediction],
        seconds: float | None = None,
    ) -> None:
        """Saves predictions; those of photos that could not be read are passed over.

        Args:
            seconds: how long these took; None does not count them for the speed.
        """
        rows = [
            (prediction.digest, to_bytes(prediction, source.labels))
            for prediction in predictions
            if prediction.digest is not None and prediction.error is None
        ]
        with self._file.writing() as connection:
            connection.execute(
                "INSERT OR IGNORE INTO readers (key, labels) VALUES (?, ?)",
                (source.key, json.dumps(list(source.labels))),
            )
            connection.executemany(
                "INSERT OR REPLACE INTO readings SELECT id, ?, ? FROM readers WHERE key = ?",
                [(*row, source.key) for row in rows],
            )
            if seconds is not None:
                connection.execute(
                    "UPDATE readers SET answered = answered + ?, seconds = seconds + ? "
                    "WHERE key = ?",
                    (len(predictions), seconds, source.key),
                )

    @_or(dict)
    def greys(self, photos: Iterable[bytes]) -> dict[bytes, bool]:
        """Whether photos are without colour, by digest; those not looked at are left out."""
        found: dict[bytes, bool] = {}
        with self._file.reading() as connection:
            for digests in statement_chunks(list(set(photos))):
                rows = connection.execute(
                    f"SELECT photo, grey FROM colours WHERE photo IN ({placeholders(digests)})",
                    digests,
                )
                found.update((photo, bool(grey)) for photo, grey in rows)
        return found

    @_or(_nothing)
    def save_greys(self, greys: Mapping[bytes, bool]) -> None:
        """Remembers whether photos are without colour."""
        with self._file.writing() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO colours VALUES (?, ?)",
                [(digest, int(grey)) for digest, grey in greys.items()],
            )

    @_or(dict)
    def features(self, extractor: str, photos: Iterable[bytes]) -> dict[bytes, bytes]:
        """What an extractor made of photos, by digest; empty for a photo without a face."""
        found: dict[bytes, bytes] = {}
        with self._file.reading() as connection:
            for digests in statement_chunks(list(set(photos))):
                rows = connection.execute(
                    "SELECT photo, vector FROM features "
                    f"WHERE extractor = ? AND photo IN ({placeholders(digests)})",
                    (extractor, *digests),
                )
                found.update((photo, vector) for photo, vector in rows)
        return found

    @_or(_nothing)
    def save_features(self, extractor: str, vectors: Mapping[bytes, bytes]) -> None:
        """Saves what an extractor made of photos."""
        with self._file.writing() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO features VALUES (?, ?, ?)",
                [(extractor, digest, vector) for digest, vector in vectors.items()],
            )

    @_or(_nothing)
    def speed(self, source: PredictionSource) -> float | None:
        """Photos per second, over all that a model was timed on here; None if it never was."""
        with self._file.reading() as connection:
            row = connection.execute(
                "SELECT answered, seconds FROM readers WHERE key = ?", (source.key,)
            ).fetchone()
        return row["answered"] / row["seconds"] if row and row["seconds"] > 0 else None


def _row(stamp: Stamp) -> tuple[int, int, int]:
    """A stamp as its columns stand."""
    return stamp.modified, stamp.changed, stamp.size
