"""The movements of faces, seen by MediaPipe's nets (see resources/movements/README.md)."""

from __future__ import annotations

import threading
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from emotion_desktop.domain.model import Preprocessing
from emotion_desktop.domain.movements import MOVEMENTS, MovementVoice
from emotion_desktop.workspace.paths import RESOURCES

Floats = npt.NDArray[np.float32]

#: How a face is shown to the nets: larger and with more around it than a classifier needs.
CLOSE_UP: Final = Preprocessing(256, 3, "eyes", 3.7)
#: Goes up with every change of what is measured.
VERSION: Final = 1

_FOLDER: Final = RESOURCES / "movements"
_POINTS: Final = 478
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


class MovementReader:
    """Measures the movements of faces. Calls may come from several threads at once.

    A pair of interpreters serves one thread at a time: there are as many as threads ever asked
    at once.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: list[_Pair] = []

    def read(self, faces: npt.NDArray[np.uint8]) -> Floats:
        """The movements of faces.

        Args:
            faces: (n, 256, 256, 3), prepared as CLOSE_UP says.

        Returns:
            (n, 52) 0-1, in the order of MOVEMENTS.
        """
        with self._lock:
            pair = self._idle.pop() if self._idle else None
        pair = pair or _Pair()
        try:
            return np.array([pair.run(face) for face in faces], np.float32).reshape(
                len(faces), len(MOVEMENTS)
            )
        finally:
            with self._lock:
                self._idle.append(pair)


def spoken(voice: MovementVoice, movements: Floats) -> npt.NDArray[np.float64]:
    """What movements add to the logits.

    Args:
        movements: (n, 52).

    Returns:
        (n, labels).
    """
    roots = np.sqrt(movements) - np.array(voice.means)
    return np.asarray(roots @ np.array(voice.weights) + voice.bias)


class _Pair:
    """Both nets, for one thread."""

    def __init__(self) -> None:
        self._points = _interpreter("face_landmarks_detector.tflite")
        self._movements = _interpreter("face_blendshapes.tflite")
        sizes = {int(np.prod(d["shape"])): d["index"] for d in self._points.get_output_details()}
        self._found = sizes[_POINTS * 3]
        self._shown = self._points.get_input_details()[0]["index"]
        self._given = self._movements.get_input_details()[0]["index"]
        self._said = self._movements.get_output_details()[0]["index"]

    def run(self, face: npt.NDArray[np.uint8]) -> Floats:
        self._points.set_tensor(self._shown, face[None] / np.float32(255))
        self._points.invoke()
        points = self._points.get_tensor(self._found).reshape(_POINTS, 3)
        self._movements.set_tensor(self._given, points[None, _TAKEN, :2])
        self._movements.invoke()
        said: Floats = np.clip(self._movements.get_tensor(self._said).ravel(), 0, 1)
        return said


def _interpreter(name: str) -> Any:
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(model_content=(_FOLDER / name).read_bytes(), num_threads=1)
    interpreter.allocate_tensors()
    return interpreter
