"""Loaded models, kept between jobs: the first photo pays for loading, the next ones do not."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from emotion_desktop.engines.litert import LiteRTClassifier
    from emotion_desktop.imaging.faces import FaceFinder


class EngineRoom:
    """The face finder and the classifier used last. May be used from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._finder: FaceFinder | None = None
        self._key: tuple[Path, int, int] | None = None
        self._classifier: LiteRTClassifier | None = None

    def finder(self) -> FaceFinder:
        """The face finder."""
        from emotion_desktop.imaging.faces import FaceFinder

        with self._lock:
            if self._finder is None:
                self._finder = FaceFinder()
            return self._finder

    def classifier(self, path: Path) -> LiteRTClassifier:
        """The model in a bundle; loaded again if the file has changed.

        Raises:
            BundleError: the bundle cannot be used.
        """
        from emotion_desktop.engines.bundle import read_bundle
        from emotion_desktop.engines.litert import LiteRTClassifier

        with self._lock:
            key = _file_key(path)
            if self._classifier is None or key != self._key:
                self._classifier = LiteRTClassifier(read_bundle(path))
                self._key = key
            return self._classifier

    def warm_up(self, path: Path) -> None:
        """Loads what the first photo needs. Nothing is raised: the job that needs it will tell."""
        from emotion_desktop.domain.errors import AppError

        try:
            classifier = self.classifier(path)
            self.finder().warm_up()
            need = classifier.card.preprocessing
            import numpy as np

            classifier.logits(np.zeros((1, need.size, need.size, need.channels), np.uint8))
        except AppError:
            return


def _file_key(path: Path) -> tuple[Path, int, int]:
    try:
        status = path.stat()
    except OSError:  # read_bundle says what is wrong
        return path, 0, 0
    return path, status.st_mtime_ns, status.st_size
