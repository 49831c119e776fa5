"""What photos are filed under, in words."""

from __future__ import annotations

from typing import Final

from emotion_desktop.domain.emotions import EMOTIONS

TITLES: Final = {
    **{emotion: emotion.capitalize() for emotion in EMOTIONS},
    "unlabelled": "No label",
    "contradictory": "Contradicting",
    "unknown": "Unknown label",
    "excluded": "Left out",
}
