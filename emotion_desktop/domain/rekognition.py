"""Amazon Rekognition's emotions, and what they are to us: a table that anybody can look at."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from emotion_desktop.domain.emotions import EMOTIONS, TABLE

#: What a job's parameters call it, in place of a bundle's path.
REFERENCE: Final = "rekognition"
TITLE: Final = "Amazon Rekognition"
#: It takes no smaller picture, pixels.
LEAST_SIDE: Final = 80
#: US dollars for a photo, of the first million of a month: an estimate, and dated.
PRICE: Final = 0.001
PRICE_DATE: Final = "2026-11"

_SURE: Final[dict[str, str | None]] = {
    **{row.rekognition: row.name for row in TABLE if row.rekognition},
    "CONFUSED": None,
    "UNKNOWN": None,
}
#: By name. CONFUSED is puzzlement, not contempt: the notebooks took it for that.
MAPPINGS: Final[Mapping[str, Mapping[str, str | None]]] = MappingProxyType(
    {
        "plain": MappingProxyType(_SURE),
        "notebooks": MappingProxyType({**_SURE, "CONFUSED": "contempt"}),
    }
)


def map_emotions(
    confidences: Mapping[str, float], mapping: Mapping[str, str | None]
) -> tuple[dict[str, float], dict[str, float]]:
    """Its confidences as probabilities of our emotions, and what is left over.

    Args:
        confidences: by its names, 0 to 100, as it gives them.

    Returns:
        Shares from 0 to 1 by our emotions, in the order of EMOTIONS, 0 for those it does not
        mention; and by its own names for what is mapped to none of ours.
    """
    ours = dict.fromkeys(labels(mapping), 0.0)
    other: dict[str, float] = {}
    for name, confidence in confidences.items():
        share = min(1.0, max(0.0, confidence / 100))
        emotion = mapping.get(name)
        if emotion is None:
            other[name] = share
        else:
            ours[emotion] = max(ours[emotion], share)
    return ours, other


def labels(mapping: Mapping[str, str | None]) -> tuple[str, ...]:
    """The emotions that a mapping can name, in the order of EMOTIONS."""
    return tuple(emotion for emotion in EMOTIONS if emotion in mapping.values())


def cost(photos: int) -> float:
    """US dollars for so many photos, an estimate."""
    return photos * PRICE
