"""Expert features of faces, and the logits that an ensemble makes of them.

The nets are MediaPipe's, face-api's and py-feat's (see resources/experts/README.md).
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from emotion_desktop.assets import EXPERT_FILES
from emotion_desktop.domain.experts import (
    BLENDSHAPE_PART,
    BLENDSHAPES,
    EMBEDDING_SIZES,
    EMBEDDING_SLICES,
    EXPERT_FEATURES,
    EXPERT_PARTS,
    LOG_PROBABILITY_SLICES,
    MIN_LOG_PROBABILITY,
    REGRESSION_FEATURES,
    ExpertEnsemble,
)
from emotion_desktop.domain.model import Preprocessing
from emotion_desktop.engines.quiet_litert import without_notice

Floats = npt.NDArray[np.float32]

#: How faces are prepared for them: larger and with more around them than a classifier needs.
EXPERT_PREPROCESSING: Final = Preprocessing(256, 3, "eyes", 3.7)
#: Goes up with every change of the features: kept ones are for their version alone.
EXPERT_FEATURES_VERSION: Final = 4

_FOLDER: Final = EXPERT_FILES
_LANDMARKS: Final = 478
#: Side of face-api's input, and the widths of the two crops that it is given, 2.4 and 3.1 face
#: sizes. (On the shared data their mean has a mean recall over seven emotions of 53 %; of single
#: crops from 2.4 to 3.1 sizes none has more than 51. A third crop adds nothing.)
_FACE_API: Final = (112, (166, 214))
#: The same of py-feat's: 2.2 and 3.1 face sizes (49 %; single crops 46 and 47).
_PY_FEAT: Final = (48, (152, 214))
#: An expert's log-probabilities are cut off here, so that its logarithms stay finite and small.
_MIN_LOG_PROBABILITY: Final = -8.0
#: The landmarks that the blendshape net takes, in its order (MediaPipe's
#: face_blendshapes_graph.cc).
_BLENDSHAPE_LANDMARKS: Final = (
    0, 1, 4, 5, 6, 7, 8, 10, 13, 14, 17, 21, 33, 37, 39, 40, 46, 52, 53, 54, 55, 58, 61, 63, 65, 66,
    67, 70, 78, 80, 81, 82, 84, 87, 88, 91, 93, 95, 103, 105, 107, 109, 127, 132, 133, 136, 144,
    145, 146, 148, 149, 150, 152, 153, 154, 155, 157, 158, 159, 160, 161, 162, 163, 168, 172, 173,
    176, 178, 181, 185, 191, 195, 197, 234, 246, 249, 251, 263, 267, 269, 270, 276, 282, 283, 284,
    285, 288, 291, 293, 295, 296, 297, 300, 308, 310, 311, 312, 314, 317, 318, 321, 323, 324, 332,
    334, 336, 338, 356, 361, 362, 365, 373, 374, 375, 377, 378, 379, 380, 381, 382, 384, 385, 386,
    387, 388, 389, 390, 397, 398, 400, 402, 405, 409, 415, 454, 466, 468, 469, 470, 471, 472, 473,
    474, 475, 476, 477,
)  # fmt: skip


class ExpertExtractor:
    """Computes expert features of faces. Calls may come from several threads at once.

    Interpreters serve one thread at a time: there are as many as threads ever asked at once.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: list[_Nets] = []

    def extract(self, faces: npt.NDArray[np.uint8], parts: frozenset[str] = EXPERT_PARTS) -> Floats:
        """The expert features of faces.

        Args:
            faces: (n, 256, 256, 3), prepared as EXPERT_PREPROCESSING says.
            parts: which of them are wanted; the others are 0, and cost nothing.

        Returns:
            (n, EXPERT_FEATURES): the square roots of the blendshapes (a slight movement says nearly
            as much as a full one), 0-1; each expert's embedding and its log-probabilities, means
            over two crops each.
        """
        with self._lock:
            nets = self._idle.pop() if self._idle else None
        nets = nets or _Nets()
        try:
            found = np.zeros((len(faces), EXPERT_FEATURES), np.float32)
            for row, face in zip(found, faces, strict=True):
                if BLENDSHAPE_PART in parts:
                    row[: len(BLENDSHAPES)] = np.sqrt(nets.blendshapes(face))
                for name, run in (("face_api", nets.face_api), ("py_feat", nets.py_feat)):
                    if name in parts:
                        row[EMBEDDING_SLICES[name]], row[LOG_PROBABILITY_SLICES[name]] = run(face)
            return found
        finally:
            with self._lock:
                self._idle.append(nets)


def ensemble_logits(ensemble: ExpertEnsemble, features: Floats) -> npt.NDArray[np.float64]:
    """What expert features add to a net's logits.

    Args:
        features: (n, EXPERT_FEATURES).

    Returns:
        (n, labels).
    """
    weights, shifted = np.array(ensemble.weights), features - np.array(ensemble.means)
    of_experts = shifted[:, REGRESSION_FEATURES:] @ weights[REGRESSION_FEATURES:]
    if not ensemble.regression_weight:
        return np.asarray(of_experts)
    logits = shifted[:, :REGRESSION_FEATURES] @ weights[:REGRESSION_FEATURES] + ensemble.bias
    of_regression = _log_probabilities(logits, MIN_LOG_PROBABILITY)
    return np.asarray(ensemble.regression_weight * of_regression + of_experts)


class _Nets:
    """All nets, for one thread; each is loaded when it is first asked."""

    @cached_property
    def _landmarks(self) -> _Net:
        return _Net("face_landmarks_detector.tflite", _LANDMARKS * 3)

    @cached_property
    def _blendshapes(self) -> _Net:
        return _Net("face_blendshapes.tflite")

    @cached_property
    def _face_api(self) -> _Net:
        return _Net("face_api_expressions.tflite")

    @cached_property
    def _py_feat(self) -> _Net:
        return _Net("py_feat_emotions.tflite")

    def blendshapes(self, face: npt.NDArray[np.uint8]) -> Floats:
        """(52,), 0-1."""
        points = self._landmarks.run(_unit(face[None])).reshape(_LANDMARKS, 3)
        return np.clip(self._blendshapes.run(points[None, _BLENDSHAPE_LANDMARKS, :2]), 0, 1)

    def face_api(self, face: npt.NDArray[np.uint8]) -> tuple[Floats, Floats]:
        """(256,) embedding, (7,) log-probabilities."""
        crops = (crop[None].astype(np.float32) for crop in _crops(face, *_FACE_API))
        return _mean(map(self._face_api.run, crops), EMBEDDING_SIZES["face_api"])

    def py_feat(self, face: npt.NDArray[np.uint8]) -> tuple[Floats, Floats]:
        """(128,) embedding, (7,) log-probabilities."""
        grey = np.asarray(cv2.cvtColor(face, cv2.COLOR_RGB2GRAY), np.uint8)
        crops = (_unit(crop[None, ..., None]) for crop in _crops(grey, *_PY_FEAT))
        return _mean(map(self._py_feat.run, crops), EMBEDDING_SIZES["py_feat"])


def _unit(pixels: npt.NDArray[np.uint8]) -> Floats:
    return np.asarray(pixels / np.float32(255), np.float32)


def _crops(
    face: npt.NDArray[np.uint8], side: int, widths: tuple[int, ...]
) -> Iterator[npt.NDArray[np.uint8]]:
    """The middle of a prepared face, cut to each of the widths and scaled to ``side`` pixels."""
    for width in widths:
        edge = (EXPERT_PREPROCESSING.size - width) // 2
        middle = face[edge : edge + width, edge : edge + width]
        shrunk = cv2.resize(middle, (side, side), interpolation=cv2.INTER_AREA)
        yield np.asarray(shrunk, np.uint8)


def _mean(outputs: Iterable[Floats], size: int) -> tuple[Floats, Floats]:
    """Mean embedding and mean log-probabilities: one crop's mistake the other makes good.

    Args:
        outputs: the net's for each crop, ``size`` numbers of the embedding and then the logits.
    """
    floor = _MIN_LOG_PROBABILITY
    parts = [(one[:size], _log_probabilities(one[size:], floor)) for one in outputs]
    embedding, log_probabilities = (
        np.asarray(np.mean(part, axis=0), np.float32) for part in zip(*parts, strict=True)
    )
    return embedding, _log_probabilities(log_probabilities, floor)


def _log_probabilities(logits: npt.NDArray[Any], least: float) -> npt.NDArray[Any]:
    """Of the softmax along the last axis; none is taken for less likely than the least."""
    shifted = logits - logits.max(axis=-1, keepdims=True)
    certain = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return np.asarray(np.maximum(certain, logits.dtype.type(least)))


class _Net:
    """One net for one face at a time.

    Args:
        values: how many the wanted output has; 0 for the first one.
    """

    def __init__(self, name: str, values: int = 0) -> None:
        from ai_edge_litert.interpreter import Interpreter

        self._net: Any = Interpreter(model_content=(_FOLDER / name).read_bytes(), num_threads=1)
        with without_notice():
            self._net.allocate_tensors()
        self._input: int = self._net.get_input_details()[0]["index"]
        outputs = self._net.get_output_details()
        wanted = [o for o in outputs if not values or int(np.prod(o["shape"])) == values]
        self._output: int = wanted[0]["index"]

    def run(self, values: npt.NDArray[np.float32]) -> Floats:
        """The output, flat."""
        self._net.set_tensor(self._input, values)
        self._net.invoke()
        return np.array(self._net.get_tensor(self._output), np.float32).ravel()
