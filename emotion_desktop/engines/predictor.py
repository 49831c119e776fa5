"""What predicts expressions: photos' files in, predictions out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Protocol

from emotion_desktop.domain.prediction import Prediction
from emotion_desktop.engines.bundle import Bundle
from emotion_desktop.engines.classifier import Classifier
from emotion_desktop.engines.experts import EXPERT_FEATURES_VERSION, ExpertExtractor
from emotion_desktop.engines.pipeline import predict
from emotion_desktop.imaging.faces import FaceFinder
from emotion_desktop.imaging.prepare import PREPARE_VERSION, FaceMode


class Predictor(Protocol):
    """Predicts for photos, on this computer or elsewhere."""

    @property
    def key(self) -> str:
        """Changes with anything its predictions depend on, but for the photos."""

    @property
    def labels(self) -> tuple[str, ...]:
        """The emotions it can name."""

    @property
    def calibrated(self) -> bool:
        """See FacePrediction."""

    @property
    def keeps_predictions(self) -> bool:
        """Whether it keeps its predictions itself (those that were paid for, say)."""

    def predict(
        self, photos: Iterable[Path], stop: Callable[[], bool] = lambda: False
    ) -> Iterator[list[Prediction]]:
        """Predictions, as they become ready, in the order of the photos.

        A photo that cannot be read has a prediction that says so. Nothing new is begun after
        ``stop`` returns True; what was yielded stands.
        """


class BundlePredictor:
    """A model of this computer, with the face finder before it.

    Args:
        load: gives the classifier; called when the first photo is read.
        engine: what the classifier runs in, if it is not the bundle's first choice.
        experts: computes expert features, for a model that has an ensemble.
    """

    def __init__(
        self,
        bundle: Bundle,
        load: Callable[[], Classifier],
        finder: Callable[[], FaceFinder],
        faces: FaceMode,
        *,
        engine: str = "",
        experts: ExpertExtractor | None = None,
    ) -> None:
        self.bundle = bundle
        self._load = load
        self._finder = finder
        self._faces = faces
        self._engine = engine
        self._experts = experts

    @property
    def key(self) -> str:
        """The model, its engine, and how photos are prepared."""
        # “signals” is what earlier versions called expert features: what they kept still counts.
        experts = f"signals {EXPERT_FEATURES_VERSION}" if self.bundle.card.experts else ""
        parts = (self.bundle.digest, self._engine, self._faces.value, str(PREPARE_VERSION), experts)
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
    def keeps_predictions(self) -> bool:
        """Its predictions can be made again: who asks for them may keep them."""
        return False

    def predict(
        self, photos: Iterable[Path], stop: Callable[[], bool] = lambda: False
    ) -> Iterator[list[Prediction]]:
        """See Predictor; photos are decoded and classified on all cores."""
        waiting = iter(photos)
        for first in waiting:  # nothing is loaded where nothing is to be read
            everything = chain([first], waiting)
            yield from predict(
                everything,
                self._load(),
                self._finder(),
                self._faces,
                stop=stop,
                experts=self._experts,
            )
