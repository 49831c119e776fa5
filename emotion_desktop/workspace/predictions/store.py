"""What models have said of photos, by the photos' content: nothing is classified twice.

All of it can be made again from the photos and the models, so it is a file of its own: whoever
deletes it loses time, nothing else.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from emotion_desktop.domain.prediction import Prediction
from emotion_desktop.workspace.catalogue.catalogue import Catalogue
from emotion_desktop.workspace.catalogue.placeholders import by_statement, marks
from emotion_desktop.workspace.files.database import Database, scripts_in
from emotion_desktop.workspace.predictions.row_format import from_bytes, to_bytes

#: A file that was written less than this before it was looked at may be written again without
#: its times telling so (the clocks of file systems tick coarsely): nanoseconds.
_TOO_FRESH: Final = 2_000_000_000


class PredictionStore(Database):
    """Answers by reader and photo, and the digests of files.

    A reader is named by a key that changes with anything its answers depend on.

    Raises:
        AppError: the file cannot be opened, is none of ours, or is from a newer program.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path, scripts_in("readings"))

    def digests(self, paths: Iterable[Path]) -> dict[Path, bytes]:
        """The digests of those files that are as they were when they were last looked at."""
        stamps = {path: stamp for path in paths if (stamp := _stamp(path)) is not None}
        by_name = {os.fsencode(path): path for path in stamps}
        found: dict[Path, bytes] = {}
        with self.reading() as connection:
            for names in by_statement(list(by_name)):
                rows = connection.execute(
                    f"SELECT * FROM files WHERE path IN ({marks(names)})", names
                )
                for row in rows:
                    path = by_name[row["path"]]
                    if (row["modified"], row["changed"], row["size"]) == stamps[path]:
                        found[path] = row["digest"]
        return found

    def known_files(self) -> dict[Path, bytes]:
        """Every file that was ever looked at, and what it held then."""
        with self.reading() as connection:
            rows = connection.execute("SELECT path, digest FROM files").fetchall()
        return {Path(os.fsdecode(row["path"])): row["digest"] for row in rows}

    def keep_digests(self, digests: Mapping[Path, bytes]) -> None:
        """Remembers what files hold; those written just now are not vouched for."""
        oldest_fresh = time.time_ns() - _TOO_FRESH
        rows = [
            (os.fsencode(path), *stamp, digest)
            for path, digest in digests.items()
            if (stamp := _stamp(path)) is not None and max(stamp[:2]) < oldest_fresh
        ]
        with self.writing() as connection:
            connection.executemany("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?)", rows)

    def get(self, reader: str, photos: Mapping[Path, bytes]) -> dict[Path, Prediction]:
        """What a reader has said of photos; those it was never asked about are left out.

        Args:
            photos: the digest of each file.
        """
        with self.reading() as connection:
            known = connection.execute(
                "SELECT id, labels FROM readers WHERE key = ?", (reader,)
            ).fetchone()
            if known is None:
                return {}
            kept: dict[bytes, bytes] = {}
            for digests in by_statement(list(set(photos.values()))):
                kept.update(
                    connection.execute(
                        "SELECT photo, reading FROM readings "
                        f"WHERE reader = ? AND photo IN ({marks(digests)})",
                        (known["id"], *digests),
                    ).fetchall()
                )
        labels = json.loads(known["labels"])
        return {
            path: from_bytes(kept[digest], str(path), labels, digest)
            for path, digest in photos.items()
            if digest in kept
        }

    def keep(
        self,
        reader: str,
        labels: Sequence[str],
        results: Sequence[Prediction],
        seconds: float | None = None,
    ) -> None:
        """Keeps answers; those of photos that could not be read are passed over.

        Args:
            seconds: how long these answers took; None does not count them for the speed.
        """
        rows = [
            (result.digest, to_bytes(result, labels))
            for result in results
            if result.digest is not None and result.error is None
        ]
        with self.writing() as connection:
            connection.execute(
                "INSERT OR IGNORE INTO readers (key, labels) VALUES (?, ?)",
                (reader, json.dumps(list(labels))),
            )
            connection.executemany(
                "INSERT OR REPLACE INTO readings SELECT id, ?, ? FROM readers WHERE key = ?",
                [(*row, reader) for row in rows],
            )
            if seconds is not None:
                connection.execute(
                    "UPDATE readers SET answered = answered + ?, seconds = seconds + ? "
                    "WHERE key = ?",
                    (len(results), seconds, reader),
                )

    def greys(self, photos: Iterable[bytes]) -> dict[bytes, bool]:
        """Whether photos are without colour, by digest; those not looked at are left out."""
        found: dict[bytes, bool] = {}
        with self.reading() as connection:
            for digests in by_statement(list(set(photos))):
                rows = connection.execute(
                    f"SELECT photo, grey FROM colours WHERE photo IN ({marks(digests)})", digests
                )
                found.update((photo, bool(grey)) for photo, grey in rows)
        return found

    def keep_greys(self, greys: Mapping[bytes, bool]) -> None:
        """Remembers whether photos are without colour."""
        with self.writing() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO colours VALUES (?, ?)",
                [(digest, int(grey)) for digest, grey in greys.items()],
            )

    def features(self, extractor: str, photos: Iterable[bytes]) -> dict[bytes, bytes]:
        """What an extractor made of photos, by digest; empty for a photo without a face."""
        found: dict[bytes, bytes] = {}
        with self.reading() as connection:
            for digests in by_statement(list(set(photos))):
                rows = connection.execute(
                    "SELECT photo, vector FROM features "
                    f"WHERE extractor = ? AND photo IN ({marks(digests)})",
                    (extractor, *digests),
                )
                found.update((photo, vector) for photo, vector in rows)
        return found

    def keep_features(self, extractor: str, vectors: Mapping[bytes, bytes]) -> None:
        """Keeps what an extractor made of photos."""
        with self.writing() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO features VALUES (?, ?, ?)",
                [(extractor, digest, vector) for digest, vector in vectors.items()],
            )

    def speed(self, reader: str) -> float | None:
        """Photos per second, over all that a reader answered here; None if none was timed."""
        with self.reading() as connection:
            row = connection.execute(
                "SELECT answered, seconds FROM readers WHERE key = ?", (reader,)
            ).fetchone()
        return row["answered"] / row["seconds"] if row and row["seconds"] > 0 else None


def _stamp(path: Path) -> tuple[int, int, int] | None:
    """Times and size of a file; None where there is none."""
    try:
        status = os.stat(path)  # noqa: PTH116 - thousands at once: twice as fast
    except (OSError, ValueError):
        return None
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size


class PaidAnswers:
    """What a service said in this workspace."""

    def __init__(self, catalogue: Catalogue, service: str) -> None:
        self._catalogue = catalogue
        self._service = service

    def get(self, photos: Iterable[bytes]) -> dict[bytes, Any]:
        """The answers there are, by digest; JSON values."""
        found: dict[bytes, Any] = {}
        with self._catalogue.reading() as connection:
            for digests in by_statement(list(set(photos))):
                rows = connection.execute(
                    "SELECT photo, answer FROM paid_answers "
                    f"WHERE service = ? AND photo IN ({marks(digests)})",
                    (self._service, *digests),
                )
                found.update((photo, json.loads(answer)) for photo, answer in rows)
        return found

    def keep(self, photo: bytes, answer: Any) -> None:
        """Keeps an answer at once: it is on disk when this returns."""
        with self._catalogue.writing() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO paid_answers VALUES (?, ?, ?, ?)",
                (self._service, photo, json.dumps(answer), time.time()),
            )
