"""Both engines of a model that SageMaker trained: ONNX Runtime here, MXNet in its process.

    python -m tests.benchmarks.engines [--photos 512] [--rounds 3] [--layers 18] [--side 50]

The net has random weights: how long it takes does not depend on them.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.domain.model import Calibration, ModelCard, Provenance
from emotion_desktop.engines.bundle import Bundle, write_bundle
from emotion_desktop.engines.classifier import Classifier
from emotion_desktop.engines.mxnet.files import read_mxnet_files
from emotion_desktop.engines.mxnet.model_files import model_files, preprocessing_for
from emotion_desktop.engines.onnx_runtime import OnnxClassifier
from emotion_desktop.imaging.crop import frame_whole, prepare
from emotion_desktop.imaging.decode import decode
from emotion_desktop.jobs.predicting.remote_classifier import RemoteClassifier
from tests.benchmarks.measure import Figure, in_turn, parser, photos_in, report, timed
from tests.unit.engines.mxnet_models import make_archive

#: Faces a thread hands to the net at once, as in classification.
_CHUNK = 16


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures and reports; returns the exit status."""
    options = parser(str(__doc__), photos=512, rounds=3)
    options.add_argument("--layers", type=int, default=18)
    options.add_argument("--side", type=int, default=50)
    chosen = options.parse_args(arguments)
    photos = photos_in(chosen.data, chosen.photos)
    if photos:
        with tempfile.TemporaryDirectory() as folder:
            bundle = make_bundle(Path(folder), chosen.layers, chosen.side)
            figures = measure(bundle, photos, chosen.rounds)
        title = f"{len(photos):,} faces of {chosen.side} pixels, {chosen.layers} layers"
        report(title, figures, chosen.json)
    return 0


def make_bundle(folder: Path, layers: int, side: int) -> Bundle:
    """A bundle with both engines."""
    archive = make_archive(folder / "model.tar.gz", (3, side, side), layers=layers)
    files = read_mxnet_files(archive)
    need = preprocessing_for(files)
    origin = Provenance("", "", {}, {}, {}, {})
    calibration = Calibration(1.0, (0.0,) * len(EMOTIONS))
    card = ModelCard("benchmark", EMOTIONS, need, calibration, origin)
    return write_bundle(folder / "model.emodel", card, model_files(files, len(EMOTIONS), need))


def measure(bundle: Bundle, photos: list[Path], rounds: int) -> list[Figure]:
    """The figures: the ratio first, faces per second after it, then how far the two differ."""
    need = bundle.card.preprocessing
    pictures = (decode(path) for path in photos)
    faces = np.stack([prepare(picture, frame_whole(picture), need) for picture in pictures])
    onnx = OnnxClassifier(bundle)
    mxnet = RemoteClassifier(bundle.path, bundle.card, "mxnet")
    try:
        gap = float(np.abs(_softmax(onnx.logits(faces)) - _softmax(mxnet.logits(faces))).max())
        ways = {"onnx": timed(_answer(onnx, faces)), "mxnet": timed(_answer(mxnet, faces))}
        result = in_turn(ways, rounds)
    finally:
        mxnet.close()
    return [
        Figure("ONNX Runtime against MXNet", result.ratio("mxnet", "onnx"), at_least=1.0),
        Figure("ONNX Runtime", len(faces) / result.median("onnx"), "faces/s"),
        Figure("MXNet, in its process", len(faces) / result.median("mxnet"), "faces/s"),
        # In millionths: the table has two digits.
        Figure("largest difference of a probability", gap * 1e6 + 1e-3, "millionths", at_most=100),
    ]


def _answer(classifier: Classifier, faces: np.ndarray) -> Callable[[], object]:
    """All faces, in chunks spread over the cores, as classification asks for them."""
    chunks = [faces[i : i + _CHUNK] for i in range(0, len(faces), _CHUNK)]

    def run() -> None:
        with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
            for _ in pool.map(classifier.logits, chunks):
                pass

    return run


def _softmax(logits: np.ndarray) -> np.ndarray:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


if __name__ == "__main__":
    sys.exit(main())
