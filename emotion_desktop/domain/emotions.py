"""The eight emotions, their one order, and the spellings that mean them."""

from __future__ import annotations

from typing import Final

#: The one order used by the program: alphabetical, also on screen.
EMOTIONS: Final[tuple[str, ...]] = (
    "anger",
    "contempt",
    "disgust",
    "fear",
    "happiness",
    "neutral",
    "sadness",
    "surprise",
)

_SPELLINGS: Final[dict[str, str]] = {
    "angry": "anger",
    "contemptuous": "contempt",
    "disgusted": "disgust",
    "afraid": "fear",
    "fearful": "fear",
    "scared": "fear",
    "happy": "happiness",
    "joy": "happiness",
    "calm": "neutral",
    "neutrality": "neutral",
    "sad": "sadness",
    "surprised": "surprise",
}


def parse_emotion(text: str) -> str | None:
    """Returns the emotion a label means (``" DISGUST"``, ``happy``), or None if it means none."""
    word = text.strip().casefold()
    return word if word in EMOTIONS else _SPELLINGS.get(word)
