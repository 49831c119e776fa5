"""Features of faces: what nets see in them before they name an emotion."""

from __future__ import annotations

import threading
from typing import Final, Protocol

import cv2
import numpy as np
import numpy.typing as npt

from emotion_desktop.assets import FER2013_EXPERT
from emotion_desktop.domain.model import Preprocessing
from emotion_desktop.engines.bundle import Bundle
from emotion_desktop.engines.penultimate import LiteRTFeatures, PenultimateNet, open_penultimate
from emotion_desktop.imaging.prepare import PREPARE_VERSION

Floats = npt.NDArray[np.float32]

_NET: Final = FER2013_EXPERT / "fer2013_features.tflite"
_SIDE: Final = 64


class Extractor(Protocol):
    """Makes vectors of prepared faces. Calls may come from several threads at once."""

    @property
    def key(self) -> str:
        """Changes with anything the vectors depend on, but for the photos."""

    @property
    def preprocessing(self) -> Preprocessing:
        """What a picture must go through first."""

    def extract(self, faces: npt.NDArray[np.uint8]) -> Floats:
        """(n, size, size, channels) uint8 in, (n, features) out."""


class GeneralFeatures:
    """Features that know nothing of the user's labels: gradients, and a net trained elsewhere.

    Histograms of oriented gradients (Dalal and Triggs 2005), and what a mini-Xception trained on
    FER2013 sees (see resources/fer2013_expert/README.md): its last block averaged over quarters of
    the face, and its logits.
    """

    def __init__(self) -> None:
        self._local = threading.local()

    @property
    def key(self) -> str:
        """Of this way to make them."""
        return f"general/1/{PREPARE_VERSION}"

    @property
    def preprocessing(self) -> Preprocessing:
        """Grey faces with level eyes."""
        return Preprocessing(_SIDE, 1, "eyes", 2.2)

    def extract(self, faces: npt.NDArray[np.uint8]) -> Floats:
        """(n, 64, 64, 1) uint8 in, (n, 843) out."""
        # Windows of 32 pixels, as coarse as an expression is: 324 figures.
        shape = cv2.HOGDescriptor((32, 32), (16, 16), (8, 8), (8, 8), 9)
        gradients = [
            np.ravel(shape.compute(cv2.resize(f[..., 0], (32, 32), interpolation=cv2.INTER_AREA)))
            for f in faces
        ]
        seen = [self._net().run(face[None])[0] for face in faces]
        return np.hstack([np.stack(gradients), np.stack(seen)]).astype(np.float32)

    def _net(self) -> LiteRTFeatures:
        if not hasattr(self._local, "net"):
            self._local.net = LiteRTFeatures(_NET.read_bytes(), whole=True)
        net: LiteRTFeatures = self._local.net
        return net


class NetFeatures:
    """What goes into the last layer of a bundle's net: its own view of a face.

    Raises:
        BundleError: the net cannot be looked into.
    """

    def __init__(self, bundle: Bundle) -> None:
        self._bundle = bundle
        self._local = threading.local()

    @property
    def key(self) -> str:
        """The model, and the way photos are looked at."""
        return f"{self._bundle.digest}/features/{PREPARE_VERSION}"

    @property
    def preprocessing(self) -> Preprocessing:
        """The model's own."""
        return self._bundle.card.preprocessing

    def extract(self, faces: npt.NDArray[np.uint8]) -> Floats:
        """(n, size, size, channels) uint8 in, (n, features) out."""
        return np.concatenate([self._net().run(face[None]) for face in faces])

    def _net(self) -> PenultimateNet:
        if not hasattr(self._local, "net"):
            self._local.net = open_penultimate(self._bundle)
        net: PenultimateNet = self._local.net
        return net
