"""Copies of photos: the one place that says which photos are copies of those a model was trained
on, and the codes by which it says so."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from emotion_desktop.dataset.sources.files.fingerprint import read_unchanged
from emotion_desktop.domain.copy_code import COPY_CODE_KEY, QUICK_COPY_CODE_KEY
from emotion_desktop.domain.errors import UnreadablePictureError
from emotion_desktop.domain.text import chunks

if TYPE_CHECKING:
    from emotion_desktop.imaging.faces import FaceFinder
    from emotion_desktop.workspace.predictions.cache import PredictionCache

_AT_ONCE: Final = 64


@dataclass(frozen=True, slots=True)
class TrainingPhotos:
    """What is known of the photos that models were trained on.

    Attributes:
        digests: of their files.
        codes: of their pictures (see imaging.copy_code); fewer, where a model's bundle was made
            before there were any: then only the very same files are known.
    """

    digests: frozenset[bytes] = frozenset()
    codes: frozenset[bytes] = field(default_factory=frozenset)

    def __or__(self, other: TrainingPhotos) -> TrainingPhotos:
        return TrainingPhotos(self.digests | other.digests, self.codes | other.codes)

    def among(self, digests: Sequence[bytes | None], codes: Mapping[bytes, bytes]) -> list[bool]:
        """Whether each photo is one of these, or a copy of one.

        Args:
            digests: of the photos; None for one that cannot be read, which is none of these.
            codes: by digest, of those that are known.
        """
        # Only now: models are read where no picture is, as in a container at SageMaker.
        from emotion_desktop.imaging.copy_match import as_rows, similar_to_any

        found = [digest in self.digests for digest in digests]
        asked = [
            (number, codes[digest])
            for number, digest in enumerate(digests)
            if digest is not None and not found[number] and digest in codes
        ]
        if asked and self.codes:
            alike = similar_to_any(as_rows(c for _, c in asked), as_rows(sorted(self.codes)))
            for (number, _), copy in zip(asked, alike.tolist(), strict=True):
                found[number] = copy
        return found


def join_codes(codes: Iterable[bytes]) -> bytes:
    """Codes one after another, each once and sorted; split_codes reads them back."""
    return b"".join(sorted(set(codes)))


def split_codes(joined: bytes) -> frozenset[bytes]:
    """Reads what join_codes wrote."""
    from emotion_desktop.imaging.copy_code import CODE_BYTES

    whole = len(joined) // CODE_BYTES * CODE_BYTES
    return frozenset(joined[i : i + CODE_BYTES] for i in range(0, whole, CODE_BYTES))


def copy_codes(
    photos: Mapping[Path, bytes],
    finder: FaceFinder,
    cache: PredictionCache,
    *,
    stop: Callable[[], bool] = lambda: False,
    tell: Callable[[int, int], None] | None = None,
    quick: bool = False,
) -> dict[bytes, bytes]:
    """The codes of photos by digest, made once and remembered; photos that cannot be read have
    none.

    Cut short, and so incomplete, once ``stop`` returns True.

    Args:
        photos: the digest of each.
        tell: hears how many photos are done, and of how many.
        quick: of faces that are found quickly, see QUICK_COPY_CODE_KEY.
    """
    from emotion_desktop.imaging.copy_code import copy_code
    from emotion_desktop.imaging.decode import decode
    from emotion_desktop.imaging.faces import NEEDED_SIDE

    key = QUICK_COPY_CODE_KEY if quick else COPY_CODE_KEY
    find = finder.find_quickly if quick else finder.find
    kept = cache.features(key, list(photos.values()))
    missing = {digest: path for path, digest in photos.items() if digest not in kept}

    def look(item: tuple[bytes, Path]) -> tuple[bytes, bytes | None]:
        digest, path = item
        try:
            picture = decode(read_unchanged(path, digest), at_least=NEEDED_SIDE)
        except UnreadablePictureError:
            return digest, None  # it went away, is no picture, or is another photo since
        faces = find(picture)
        return digest, copy_code(picture, faces[0] if faces else None)

    done = 0
    with ThreadPoolExecutor(thread_name_prefix="copies") as pool:
        for block in chunks(list(missing.items()), _AT_ONCE):
            if stop():
                break
            made = {digest: code for digest, code in pool.map(look, block) if code is not None}
            cache.save_features(key, made)
            kept |= made
            done += len(block)
            if tell is not None:
                tell(done, len(missing))
    return kept
