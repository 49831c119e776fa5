"""A close look at faces: how they move, and what other nets say of them.

The nets are MediaPipe's, face-api's and py-feat's (see resources/experts/README.md).
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from emotion_desktop.assets import EXPERT_FILES
from emotion_desktop.domain.experts import (
    BLENDSHAPES,
    FEATURES,
    FEATURES_AT,
    LEARNT,
    LEAST_LIKELY,
    OPINIONS_AT,
    SIGNALS,
    ExpertEnsemble,
)
from emotion_desktop.domain.model import Preprocessing
from emotion_desktop.engines.quiet_litert import without_greeting

Floats = npt.NDArray[np.float32]

#: How a face is shown to them: larger and with more around it than a classifier needs.
CLOSE_UP: Final = Preprocessing(256, 3, "eyes", 3.7)
#: Goes up with every change of what is measured.
VERSION: Final = 4

_FOLDER: Final = EXPERT_FILES
_POINTS: Final = 478
#: Side of face-api's picture, and the widths of the two looks it takes at the close-up: 2.4 and 3.1
#: face sizes. (On the shared data their mean has a mean recall over seven emotions of 53 %; of
#: single looks from 2.4 to 3.1 sizes none has more than 51. A third look adds nothing.)
_FACE_API: Final = (112, (166, 214))
#: The same of py-feat's: 2.2 and 3.1 face sizes (49 %; single looks 46 and 47).
_PY_FEAT: Final = (48, (152, 214))
#: No opinion is taken for more certain than this (log-probability).
_LEAST: Final = -8.0
#: The points that the second net takes, in its order (MediaPipe's face_blendshapes_graph.cc).
_TAKEN: Final = (
    0, 1, 4, 5, 6, 7, 8, 10, 13, 14, 17, 21, 33, 37, 39, 40, 46, 52, 53, 54, 55, 58, 61, 63, 65, 66,
    67, 70, 78, 80, 81, 82, 84, 87, 88, 91, 93, 95, 103, 105, 107, 109, 127, 132, 133, 136, 144,
    145, 146, 148, 149, 150, 152, 153, 154, 155, 157, 158, 159, 160, 161, 162, 163, 168, 172, 173,
    176, 178, 181, 185, 191, 195, 197, 234, 246, 249, 251, 263, 267, 269, 270, 276, 282, 283, 284,
    285, 288, 291, 293, 295, 296, 297, 300, 308, 310, 311, 312, 314, 317, 318, 321, 323, 324, 332,
    334, 336, 338, 356, 361, 362, 365, 373, 374, 375, 377, 378, 379, 380, 381, 382, 384, 385, 386,
    387, 388, 389, 390, 397, 398, 400, 402, 405, 409, 415, 454, 466, 468, 469, 470, 471, 472, 473,
    474, 475, 476, 477,
)  # fmt: skip


class ExpertReader:
    """Looks closely at faces. Calls may come from several threads at once.

    Interpreters serve one thread at a time: there are as many as threads ever asked at once.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: list[_Nets] = []

    def read(self, faces: npt.NDArray[np.uint8]) -> Floats:
        """The signals of faces.

        Args:
            faces: (n, 256, 256, 3), prepared as CLOSE_UP says.

        Returns:
            (n, SIGNALS): the roots of the movements (a little of one says nearly as much as all of
            it), 0-1, the judges' features, and the log-probabilities of their opinions: means over
            two looks each.
        """
        with self._lock:
            nets = self._idle.pop() if self._idle else None
        nets = nets or _Nets()
        try:
            found = np.empty((len(faces), SIGNALS), np.float32)
            for row, face in zip(found, faces, strict=True):
                row[: len(BLENDSHAPES)] = np.sqrt(nets.movements(face))
                for judge, said in (("face_api", nets.face_api), ("py_feat", nets.py_feat)):
                    row[FEATURES_AT[judge]], row[OPINIONS_AT[judge]] = said(face)
            return found
        finally:
            with self._lock:
                self._idle.append(nets)


def spoken(voice: ExpertEnsemble, signals: Floats) -> npt.NDArray[np.float64]:
    """What signals add to the logits.

    Args:
        signals: (n, SIGNALS).

    Returns:
        (n, labels).
    """
    weights, shifted = np.array(voice.weights), signals - np.array(voice.means)
    judged = shifted[:, LEARNT:] @ weights[LEARNT:]
    if not voice.share:
        return np.asarray(judged)
    logits = shifted[:, :LEARNT] @ weights[:LEARNT] + voice.bias
    return np.asarray(voice.share * _log_probabilities(logits, LEAST_LIKELY) + judged)


class _Nets:
    """All nets, for one thread."""

    def __init__(self) -> None:
        self._points = _Net("face_landmarks_detector.tflite", _POINTS * 3)
        self._moves = _Net("face_blendshapes.tflite")
        self._face_api = _Net("face_api_expressions.tflite")
        self._py_feat = _Net("py_feat_emotions.tflite")

    def movements(self, face: npt.NDArray[np.uint8]) -> Floats:
        """(52,), 0-1."""
        points = self._points.run(face[None] / np.float32(255)).reshape(_POINTS, 3)
        return np.clip(self._moves.run(points[None, _TAKEN, :2]), 0, 1)

    def face_api(self, face: npt.NDArray[np.uint8]) -> tuple[Floats, Floats]:
        """(256,) features, (7,) log-probabilities."""
        looks = (shown[None].astype(np.float32) for shown in _looks(face, *_FACE_API))
        return _mean(map(self._face_api.run, looks), FEATURES["face_api"])

    def py_feat(self, face: npt.NDArray[np.uint8]) -> tuple[Floats, Floats]:
        """(128,) features, (7,) log-probabilities."""
        grey = np.asarray(cv2.cvtColor(face, cv2.COLOR_RGB2GRAY), np.uint8)
        looks = (shown[None, ..., None] / np.float32(255) for shown in _looks(grey, *_PY_FEAT))
        return _mean(map(self._py_feat.run, looks), FEATURES["py_feat"])


def _looks(
    face: npt.NDArray[np.uint8], side: int, widths: tuple[int, ...]
) -> Iterator[npt.NDArray[np.uint8]]:
    """The middle of a close-up, more and less of it, as ``side`` pixels."""
    for width in widths:
        edge = (CLOSE_UP.size - width) // 2
        middle = face[edge : edge + width, edge : edge + width]
        shrunk = cv2.resize(middle, (side, side), interpolation=cv2.INTER_AREA)
        yield np.asarray(shrunk, np.uint8)


def _mean(looks: Iterable[Floats], features: int) -> tuple[Floats, Floats]:
    """Mean features and mean log-probabilities: one look's mistake the other makes good.

    Args:
        looks: what the net said of each, features and after them logits.
    """
    said = [(one[:features], _log_probabilities(one[features:], _LEAST)) for one in looks]
    seen, opinions = (np.mean(part, axis=0) for part in zip(*said, strict=True))
    return seen, _log_probabilities(opinions, _LEAST)


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
        with without_greeting():
            self._net.allocate_tensors()
        self._given: int = self._net.get_input_details()[0]["index"]
        outputs = self._net.get_output_details()
        wanted = [o for o in outputs if not values or int(np.prod(o["shape"])) == values]
        self._said: int = wanted[0]["index"]

    def run(self, given: npt.NDArray[np.float32]) -> Floats:
        """The output, flat."""
        self._net.set_tensor(self._given, given)
        self._net.invoke()
        return np.array(self._net.get_tensor(self._said), np.float32).ravel()
