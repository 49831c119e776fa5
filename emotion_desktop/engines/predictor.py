"""What classifies photos: files in, predictions out."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Final, Protocol

from emotion_desktop.dataset.sources.files.fingerprint import digest
from emotion_desktop.domain.errors import UnreadablePictureError
from emotion_desktop.domain.files.file_stamp import Stamp
from emotion_desktop.domain.prediction import Prediction, PredictionSource
from emotion_desktop.domain.text import chunks
from emotion_desktop.engines.bundle import Bundle
from emotion_desktop.engines.classifier import Classifier
from emotion_desktop.engines.experts import EXPERT_FEATURES_VERSION, ExpertExtractor
from emotion_desktop.engines.pipeline import predict
from emotion_desktop.imaging.faces import FaceFinder
from emotion_desktop.imaging.file_content import read_content
from emotion_desktop.imaging.prepare import PREPARE_VERSION, FaceMode
from emotion_desktop.workspace.predictions.cache import PredictionCache

#: Predictions per list: the first comes at once, later ones in fewer lists.
_BATCHES: Final = (1, 8, 32, 64)
#: Photos that are hashed and looked up together.
_BLOCK: Final = 64


class Predictor(PredictionSource, Protocol):
    """Whatever classifies photos, on this computer or elsewhere; it asks about none twice."""

    def predict(
        self,
        photos: Sequence[Path],
        stop: Callable[[], bool] = lambda: False,
        digests: dict[Path, bytes] | None = None,
    ) -> Iterator[list[Prediction]]:
        """Predictions, some at a time and in the order of the photos.

        A photo that cannot be read has a prediction that says so; every other one has the digest
        of the very bytes that were decoded.
        Nothing new is begun after ``stop`` returns True; what was yielded stands.

        Args:
            photos: each of them once.
            digests: of the photos, as far as they are known; those that are found out are added,
                for the next model that is asked about the same photos. None looks them up.
        """


@dataclass(frozen=True)
class BundlePredictor:
    """A model of this computer, with the face finder before it.

    Attributes:
        model: see Prediction.
        load: gives the classifier; called for the first photo that is not in the cache.
        cache: of its predictions. Photos are known by their content, wherever they lie.
        engine: what the classifier runs in, if it is not the bundle's first choice.
        experts: computes expert features, for a model that has an ensemble.
    """

    model: str
    bundle: Bundle
    load: Callable[[], Classifier]
    finder: Callable[[], FaceFinder]
    faces: FaceMode
    cache: PredictionCache
    engine: str = ""
    experts: ExpertExtractor | None = None

    @property
    def key(self) -> str:
        """The model, its engine, and how photos are prepared."""
        # “signals” is what earlier versions called expert features: what they kept still counts.
        experts = f"signals {EXPERT_FEATURES_VERSION}" if self.bundle.card.experts else ""
        parts = (self.bundle.digest, self.engine, self.faces.value, str(PREPARE_VERSION), experts)
        return "/".join(part for part in parts if part)

    @property
    def labels(self) -> tuple[str, ...]:
        """The emotions it can name."""
        return self.bundle.card.labels

    @property
    def calibrated(self) -> bool:
        """See FacePrediction."""
        return self.bundle.card.calibration.is_fitted

    def predict(
        self,
        photos: Sequence[Path],
        stop: Callable[[], bool] = lambda: False,
        digests: dict[Path, bytes] | None = None,
    ) -> Iterator[list[Prediction]]:
        """See Predictor; photos are decoded and classified on all cores."""
        if digests is None:
            digests = self.cache.digests(photos)
        predictions = self._in_order(photos, stop, digests)
        sizes = chain(_BATCHES, iter(lambda: _BATCHES[-1], None))
        while batch := list(islice(predictions, next(sizes))):
            yield batch

    def _in_order(
        self, photos: Sequence[Path], stop: Callable[[], bool], digests: dict[Path, bytes]
    ) -> Iterator[Prediction]:
        """Known and new predictions one by one; new ones are kept as they come."""
        known = self.cache.get(self, {path: digests[path] for path in photos if path in digests})
        order = iter(photos)
        unknown = self._unknown(photos, digests, known)
        began: float | None = None  # the first prediction waits for the model to be loaded
        for first in unknown:  # nothing is loaded where nothing is to be classified
            for some in predict(
                chain([first], unknown),
                self.load(),
                self.finder(),
                self.faces,
                stop=stop,
                experts=self.experts,
                model=self.model,
            ):
                self.cache.save(self, some, None if began is None else time.perf_counter() - began)
                for prediction in some:
                    # Whatever stands before it in the order was known.
                    while str(path := next(order)) != prediction.path:
                        yield known[path]
                    yield prediction
                began = time.perf_counter()
        if not stop():
            yield from (known[path] for path in order)

    def _unknown(
        self, photos: Sequence[Path], digests: dict[Path, bytes], known: dict[Path, Prediction]
    ) -> Iterator[Path]:
        """The photos that must be classified; those that turn out to be known join ``known``."""
        rest = [path for path in photos if path not in known]
        # One alone at first: its prediction is not to wait until the others are hashed.
        for block in ([rest[:1]] if rest else []) + list(chunks(rest[1:], _BLOCK)):
            new = hash_files((path for path in block if path not in digests), self.cache)
            digests |= new
            known |= self.cache.get(self, new)
            yield from (path for path in block if path not in known)


def hash_files(paths: Iterable[Path], cache: PredictionCache) -> dict[Path, bytes]:
    """Opens files, and has what is in them remembered; those that cannot be read are left out."""
    found: dict[Path, bytes] = {}
    settled: dict[Path, tuple[Stamp, bytes]] = {}
    for path in paths:
        try:
            content = read_content(path)
        except UnreadablePictureError:  # whoever decodes it says why
            continue
        found[path] = digest(content.data)
        if content.settled and content.stamp is not None:
            settled[path] = content.stamp, found[path]
    cache.save_digests(settled)
    return found
