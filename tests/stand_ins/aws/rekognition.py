"""Rekognition's DetectFaces: real faces, emotions of the program's own net under AWS's names, and
the real service's refusals."""

from __future__ import annotations

import base64
import threading
import time
from typing import Any, Final

import numpy as np

from emotion_desktop.assets import FAST_MODEL
from emotion_desktop.domain.errors import UnreadablePictureError
from emotion_desktop.engines.bundle import read_bundle
from emotion_desktop.engines.calibration import calibrate
from emotion_desktop.engines.litert import LiteRTClassifier
from emotion_desktop.imaging.crop import frame_face, prepare
from emotion_desktop.imaging.decode import decode
from emotion_desktop.imaging.faces import make_face_finder
from tests.stand_ins.aws.operations import Operations, RefusalError
from tests.stand_ins.aws.storage import Storage
from tests.stand_ins.aws.wire import Call

_NAMES: Final = {
    "anger": "ANGRY",
    "contempt": "CONFUSED",
    "disgust": "DISGUSTED",
    "fear": "FEAR",
    "happiness": "HAPPY",
    "neutral": "CALM",
    "sadness": "SAD",
    "surprise": "SURPRISED",
}
_LEAST_SIDE: Final = 80
_MOST_BYTES: Final = 5 << 20
_MOST_FACES: Final = 100


class Rekognition:
    """Faces in pictures.

    Attributes:
        per_second: calls that are answered in a second; more are throttled.
        asked: digests of nothing, but how many pictures were looked at: each of them is billed.
    """

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._lock = threading.Lock()
        self._finder = make_face_finder()
        self._classifier: LiteRTClassifier | None = None
        self.reset()

    def reset(self) -> None:
        self.per_second = 1000
        self.billed: list[bytes] = []
        self._times: list[float] = []

    def add_to(self, operations: Operations) -> None:
        operations.add("rekognition", "DetectFaces", self._detect)

    def _detect(self, request: dict[str, Any], call: Call) -> dict[str, Any]:
        self._check_rate()
        data = self._bytes(request["Image"])
        if data[:3] != b"\xff\xd8\xff" and data[:4] != b"\x89PNG":
            raise RefusalError("InvalidImageFormatException", "Request has invalid image format")
        try:
            picture = decode(data)
        except UnreadablePictureError as error:
            raise RefusalError("InvalidImageFormatException", str(error)) from None
        if min(picture.width, picture.height) < _LEAST_SIDE:
            raise RefusalError(
                "InvalidParameterException", "Request has invalid parameters: image too small"
            )
        with self._lock:
            self.billed.append(data)
        faces = self._finder.find(picture)[:_MOST_FACES]
        wanted = request.get("Attributes", ["DEFAULT"])
        return {
            "FaceDetails": [self._face(picture, face, "EMOTIONS" in wanted) for face in faces],
            "OrientationCorrection": "ROTATE_0",
        }

    def _check_rate(self) -> None:
        now = time.monotonic()
        with self._lock:
            self._times = [t for t in self._times if now - t < 1]
            if len(self._times) >= self.per_second:
                raise RefusalError("ThrottlingException", "Rate exceeded")
            self._times.append(now)

    def _bytes(self, image: dict[str, Any]) -> bytes:
        if "Bytes" in image:
            data = base64.b64decode(image["Bytes"])
            if len(data) > _MOST_BYTES:
                raise RefusalError("ImageTooLargeException", "Image size is too large")
            return data
        place = image["S3Object"]
        try:
            return self._storage.read(place["Bucket"], place["Name"])
        except Exception:  # noqa: BLE001 - whatever moto says, AWS says this
            raise RefusalError(
                "InvalidS3ObjectException", "Unable to get object metadata from S3."
            ) from None

    def _face(self, picture: Any, face: Any, emotions: bool) -> dict[str, Any]:
        box = face.box
        details: dict[str, Any] = {
            "BoundingBox": {
                "Left": box.x / picture.width,
                "Top": box.y / picture.height,
                "Width": box.width / picture.width,
                "Height": box.height / picture.height,
            },
            "Confidence": 99.5,
        }
        if emotions:
            with self._lock:
                if self._classifier is None:
                    self._classifier = LiteRTClassifier(read_bundle(FAST_MODEL))
            card = self._classifier.card
            need = card.preprocessing
            frame = frame_face(face, need.crop, need.extent)
            pixels = prepare(picture, frame, need)
            row = calibrate(self._classifier.logits(pixels[None]), card.calibration)[0]
            order = np.argsort(-row)
            details["Emotions"] = [
                {"Type": _NAMES[card.labels[n]], "Confidence": float(row[n] * 100)} for n in order
            ]
        return details
