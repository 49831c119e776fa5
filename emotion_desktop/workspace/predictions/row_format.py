"""A prediction as a few bytes, and back: 120 of them for a face and eight emotions."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from functools import cache
from typing import Final

from emotion_desktop.domain.geometry import Box, Frame
from emotion_desktop.domain.prediction import (
    FacePrediction,
    PhotoStatus,
    Prediction,
    PredictionSource,
)

#: Status, width and height of the upright picture.
_HEAD: Final = struct.Struct("<BII")
_STATUSES: Final = (PhotoStatus.OK, PhotoStatus.NO_FACE)


def to_bytes(prediction: Prediction, labels: Sequence[str]) -> bytes:
    """The prediction without its path, digest and model.

    Args:
        labels: the order of the probabilities.

    Raises:
        ValueError: the photo could not be read; such a prediction is not for keeping.
        KeyError: a face lacks one of the labels.
    """
    face = _face(len(labels))
    return b"".join(
        [
            _HEAD.pack(_STATUSES.index(prediction.status), *prediction.size),
            *(
                face.pack(
                    *(f.box.x, f.box.y, f.box.width, f.box.height),
                    *(f.frame.x, f.frame.y, f.frame.width, f.frame.height, f.frame.angle),
                    *(f.probabilities[label] for label in labels),
                )
                for f in prediction.faces
            ),
        ]
    )


def from_bytes(
    data: bytes, labels: Sequence[str], source: PredictionSource, path: str, digest: bytes
) -> Prediction:
    """Reads what to_bytes wrote.

    Args:
        labels: the order of the probabilities.
        source: what is kept says neither by whom it was said nor how sure that is.

    Raises:
        ValueError: it is not that.
    """
    try:
        status, width, height = _HEAD.unpack_from(data)
        faces = tuple(
            FacePrediction(
                Box(*row[:4]),
                Frame(*row[4:9]),
                dict(zip(labels, row[9:], strict=True)),
                source.calibrated,
            )
            for row in _face(len(labels)).iter_unpack(memoryview(data)[_HEAD.size :])
        )
        return Prediction(
            path,
            _STATUSES[status],
            faces,
            size=(width, height),
            digest=digest,
            model=source.model,
        )
    except (struct.error, IndexError) as error:
        raise ValueError(f"this is no prediction ({error})") from None


@cache
def _face(labels: int) -> struct.Struct:
    """Box, frame, and the probabilities of so many labels."""
    return struct.Struct(f"<4i5d{labels}d")
