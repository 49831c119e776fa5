"""What is in many photos: the digest of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from emotion_desktop.domain.text import chunks

if TYPE_CHECKING:
    from emotion_desktop.workspace.predictions.cache import PredictionCache

#: Photos that are hashed before it is asked again whether to stop.
_BLOCK: Final = 64


def known_digests(
    photos: Sequence[Path], cache: PredictionCache, stop: Callable[[], bool] = lambda: False
) -> dict[Path, bytes]:
    """The digest of every photo that can be read; only new or changed files are opened.

    Cut short, and so incomplete, once ``stop`` returns True.
    """
    from emotion_desktop.engines.predictor import hash_files

    found = cache.digests(photos)
    for block in chunks([path for path in photos if path not in found], _BLOCK):
        if stop():
            break
        found |= hash_files(block, cache)
    return found
