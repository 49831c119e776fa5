"""Models loaded, and what they predicted, kept between jobs: only the first photo waits."""

from __future__ import annotations

import threading
from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING, Final

from emotion_desktop.domain.errors import AppError, UsageError
from emotion_desktop.domain.rekognition import REFERENCE

if TYPE_CHECKING:
    from emotion_desktop.dataset.copies import TrainingPhotos
    from emotion_desktop.domain.model import ModelCard
    from emotion_desktop.engines.bundle import Bundle
    from emotion_desktop.engines.classifier import Classifier
    from emotion_desktop.engines.experts import ExpertExtractor
    from emotion_desktop.engines.predictor import Predictor
    from emotion_desktop.imaging.faces import FaceFinder
    from emotion_desktop.workspace.predictions.cache import PredictionCache

#: Models kept loaded: as many as are compared at once, more or less. Each takes some 100 MB.
_LOADED: Final = 4
_Key = tuple[Path, int, int]


class LoadedModels:
    """The face finder, the classifiers used last, and their predictions. For any thread.

    A model is called by its bundle's path, or ``rekognition``.

    Args:
        predictions: the file of the cache; None keeps none.
    """

    def __init__(self, predictions: Path | None = None) -> None:
        self._lock = threading.Lock()
        self._finder: FaceFinder | None = None
        self._classifiers: OrderedDict[tuple[_Key, str], Classifier] = OrderedDict()
        self._bundles: dict[_Key, Bundle] = {}
        self._cards: dict[str, ModelCard] = {}
        self._experts: ExpertExtractor | None = None
        self._predictions = predictions
        self._cache: PredictionCache | None = None

    @property
    def cache(self) -> PredictionCache:
        """What the models predicted, here and in earlier runs of the program."""
        from emotion_desktop.workspace.predictions.cache import PredictionCache

        with self._lock:
            if self._cache is None:
                self._cache = PredictionCache(self._predictions)
            return self._cache

    def finder(self) -> FaceFinder:
        """The face finder."""
        from emotion_desktop.imaging.faces import make_face_finder

        with self._lock:
            if self._finder is None:
                self._finder = make_face_finder()
            return self._finder

    def experts(self) -> ExpertExtractor:
        """Computes expert features; loaded once."""
        from emotion_desktop.engines.experts import ExpertExtractor

        with self._lock:
            if self._experts is None:
                self._experts = ExpertExtractor()
            return self._experts

    def bundle(self, path: Path) -> Bundle:
        """The bundle at a path; read again if the file has changed.

        Raises:
            BundleError: it cannot be used.
        """
        from emotion_desktop.engines.bundle import read_bundle

        key = _file_key(path)
        with self._lock:
            if key not in self._bundles:
                self._bundles = {k: b for k, b in self._bundles.items() if k[0] != path}
                self._bundles[key] = bundle = read_bundle(path)
                self._cards[str(path)] = bundle.card
            return self._bundles[key]

    def known_card(self, model: str) -> ModelCard | None:
        """The card of a model that was read before; nothing is opened or waited for."""
        return self._cards.get(model)

    def classifier(self, path: Path, engine: str = "") -> Classifier:
        """The model in a bundle; loaded again if the file has changed.

        Args:
            engine: one of engines.table.ENGINES; empty for the bundle's own choice.

        Raises:
            BundleError: the bundle cannot be used.
            UsageError: it has nothing for that engine.
        """
        bundle = self.bundle(path)
        chosen = bundle.engine(engine)
        key = (_file_key(path), chosen)
        with self._lock:
            if key not in self._classifiers:
                self._classifiers[key] = _load(bundle, chosen)
                while len(self._classifiers) > _LOADED:
                    _close(self._classifiers.popitem(last=False)[1])
            self._classifiers.move_to_end(key)
            return self._classifiers[key]

    def predictor(self, model: str, faces: str, engine: str = "") -> Predictor:
        """Classifies photos by a model; nothing is loaded before its first photo.

        Args:
            faces: a value of imaging.prepare.FaceMode.
            engine: see classifier.

        Raises:
            BundleError: the bundle cannot be used.
            UsageError: it has nothing for that engine.
        """
        from emotion_desktop.engines.predictor import BundlePredictor
        from emotion_desktop.imaging.prepare import FaceMode

        if model == REFERENCE:
            return self._rekognition()
        path = Path(model)
        bundle = self.bundle(path)
        chosen = bundle.engine(engine)
        return BundlePredictor(
            model,
            bundle,
            lambda: self.classifier(path, chosen),
            self.finder,
            FaceMode(faces),
            self.cache,
            engine="" if chosen == bundle.engine() else chosen,
            experts=self.experts() if bundle.card.experts else None,
        )

    def _rekognition(self) -> Predictor:
        from emotion_desktop.jobs.predicting.rekognition import make_predictor

        if self._predictions is None:
            raise UsageError(
                "What Rekognition answers is paid for, and there is no workspace to keep it in.",
                "Choose a workspace folder that can be written.",
            )
        return make_predictor(self._predictions.parent)

    def training_photos(self, model: str) -> TrainingPhotos:
        """What is known of the photos a model was trained on.

        Raises:
            BundleError: the bundle cannot be used.
        """
        from emotion_desktop.dataset.copies import TrainingPhotos

        if model == REFERENCE:
            return TrainingPhotos()
        return self.bundle(Path(model)).training_photos

    def close(self) -> None:
        """Closes the cache, and ends the processes that classify."""
        with self._lock:
            for classifier in self._classifiers.values():
                _close(classifier)
            self._classifiers.clear()
        self.cache.close()

    def warm_up(self, path: Path) -> None:
        """Loads what the first photo needs. Nothing is raised: the job that needs it will tell."""
        try:
            classifier = self.classifier(path)
            self.finder().warm_up()
            need = classifier.card.preprocessing
            import numpy as np

            classifier.logits(np.zeros((1, need.size, need.size, need.channels), np.uint8))
            ensemble = classifier.card.experts
            if ensemble is not None:
                from emotion_desktop.engines.experts import EXPERT_PREPROCESSING

                need = EXPERT_PREPROCESSING
                shape = (1, need.size, need.size, need.channels)
                self.experts().extract(np.zeros(shape, np.uint8), ensemble.parts)
        except AppError:
            return


def _load(bundle: Bundle, engine: str) -> Classifier:
    from emotion_desktop.engines.table import ENGINES

    if ENGINES[engine].own_process:
        from emotion_desktop.jobs.predicting.remote_classifier import RemoteClassifier

        return RemoteClassifier(bundle.path, bundle.card, engine)
    from emotion_desktop.engines.loading import load_classifier

    return load_classifier(bundle, engine)


def _close(classifier: Classifier) -> None:
    from emotion_desktop.jobs.predicting.remote_classifier import RemoteClassifier

    if isinstance(classifier, RemoteClassifier):
        classifier.close()


def _file_key(path: Path) -> _Key:
    try:
        status = path.stat()
    except OSError:  # read_bundle says what is wrong
        return path, 0, 0
    return path, status.st_mtime_ns, status.st_size
