"""Features of the largest face of many photos, made once and remembered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from emotion_desktop.dataset.sources.files.fingerprint import read_unchanged
from emotion_desktop.domain.errors import UnreadablePictureError
from emotion_desktop.imaging.prepare import FaceMode, prepare_faces

if TYPE_CHECKING:
    from emotion_desktop.engines.extractors import Extractor
    from emotion_desktop.imaging.faces import FaceFinder
    from emotion_desktop.workspace.predictions.cache import PredictionCache

_AT_ONCE: Final = 64


def features_of(
    photos: Mapping[Path, bytes],
    extractor: Extractor,
    finder: FaceFinder,
    cache: PredictionCache,
    *,
    stop: Callable[[], bool] = lambda: False,
    tell: Callable[[int], None] = lambda _: None,
) -> dict[Path, npt.NDArray[np.float32]]:
    """The features of photos; those without a face are left out.

    Args:
        photos: the digest of each.
        tell: hears how many photos are done.
    """
    kept = cache.features(extractor.key, list(photos.values()))
    missing = [path for path, digest in photos.items() if digest not in kept]

    def look(path: Path) -> bytes | None:
        try:
            data = read_unchanged(path, photos[path])
            _, faces = prepare_faces(data, finder, extractor.preprocessing, FaceMode.FIND)
        except UnreadablePictureError:
            return None  # it went away, or is another photo since
        if not faces:
            return b""
        vector = extractor.extract(faces[0].pixels[None])[0]
        return bytes(vector.astype("<f2").tobytes())  # half the precision is more than they have

    with ThreadPoolExecutor() as pool:
        for start in range(0, len(missing), _AT_ONCE):
            if stop():
                break
            block = missing[start : start + _AT_ONCE]
            seen = zip((photos[p] for p in block), pool.map(look, block), strict=True)
            made = {digest: vector for digest, vector in seen if vector is not None}
            cache.save_features(extractor.key, made)
            kept |= made
            tell(len(photos) - len(missing) + start + len(block))
    return {
        path: np.frombuffer(kept[digest], "<f2").astype(np.float32)
        for path, digest in photos.items()
        if kept.get(digest)
    }
