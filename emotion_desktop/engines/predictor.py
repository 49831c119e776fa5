"""What reads expressions off photos: files in, answers out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Protocol

from emotion_desktop.domain.prediction import Prediction
from emotion_desktop.engines.bundle import Bundle
from emotion_desktop.engines.classifier import Classifier
from emotion_desktop.engines.experts import VERSION, ExpertReader
from emotion_desktop.engines.pipeline import answer
from emotion_desktop.imaging.faces import FaceFinder
from emotion_desktop.imaging.prepare import LOOKS_VERSION, FaceMode


class Predictor(Protocol):
    """Whatever answers for photos, on this computer or elsewhere."""

    @property
    def key(self) -> str:
        """Changes with anything its answers depend on, but for the photos."""

    @property
    def labels(self) -> tuple[str, ...]:
        """The emotions it can name."""

    @property
    def calibrated(self) -> bool:
        """See FacePrediction."""

    @property
    def keeps_answers(self) -> bool:
        """Whether it remembers by itself what it said (answers that were paid for, say)."""

    def read(
        self, photos: Iterable[Path], stop: Callable[[], bool] = lambda: False
    ) -> Iterator[list[Prediction]]:
        """Answers, as they become ready, in the order of the photos.

        A photo that cannot be read is a result like any other. Nothing new is begun after
        ``stop`` returns True; what was yielded stands.
        """


class BundlePredictor:
    """A model of this computer, with the face finder before it.

    Args:
        load: gives the classifier; called when the first photo is read.
        engine: what the classifier runs in, if it is not the bundle's first choice.
        signals: who looks closely at faces.
    """

    def __init__(
        self,
        bundle: Bundle,
        load: Callable[[], Classifier],
        finder: Callable[[], FaceFinder],
        faces: FaceMode,
        *,
        engine: str = "",
        signals: ExpertReader | None = None,
    ) -> None:
        self.bundle = bundle
        self._load = load
        self._finder = finder
        self._faces = faces
        self._engine = engine
        self._signals = signals

    @property
    def key(self) -> str:
        """The model, its engine, and how photos are looked at."""
        close = f"signals {VERSION}" if self.bundle.card.signals else ""
        parts = (self.bundle.digest, self._engine, self._faces.value, str(LOOKS_VERSION), close)
        return "/".join(part for part in parts if part)

    @property
    def labels(self) -> tuple[str, ...]:
        """The emotions it can name."""
        return self.bundle.card.labels

    @property
    def calibrated(self) -> bool:
        """See FacePrediction."""
        return self.bundle.card.calibration.is_fitted

    @property
    def keeps_answers(self) -> bool:
        """Its answers can be made again: whoever asks may keep them."""
        return False

    def read(
        self, photos: Iterable[Path], stop: Callable[[], bool] = lambda: False
    ) -> Iterator[list[Prediction]]:
        """See Predictor; photos are decoded and classified on all cores."""
        waiting = iter(photos)
        for first in waiting:  # nothing is loaded where nothing is to be read
            everything = chain([first], waiting)
            yield from answer(
                everything,
                self._load(),
                self._finder(),
                self._faces,
                stop=stop,
                signals=self._signals,
            )
