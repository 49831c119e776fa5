"""Short values that tell photos, and whole data sets, apart."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from emotion_desktop.domain.errors import UnreadablePictureError
from emotion_desktop.domain.sample import Sample
from emotion_desktop.domain.split import PARTS, Split
from emotion_desktop.imaging.file_content import read_bytes

#: Of a photo's digest.
DIGEST_BYTES: Final = 8


def digest(data: bytes) -> bytes:
    """Returns the BLAKE2b digest of a file's content, DIGEST_BYTES long."""
    return hashlib.blake2b(data, digest_size=DIGEST_BYTES).digest()


def read_unchanged(path: Path, expected: bytes) -> bytes:
    """The bytes of a file that is still the one with this digest: what is found in them is kept
    under it.

    Raises:
        UnreadablePictureError: it cannot be read, or holds something else by now.
    """
    data = read_bytes(path)
    if digest(data) != expected:
        raise UnreadablePictureError("The file was changed meanwhile.", "Start it again.")
    return data


def join_digests(digests: Iterable[bytes]) -> bytes:
    """Digests one after another, each once and sorted; split_digests reads them back."""
    return b"".join(sorted(set(digests)))


def split_digests(joined: bytes) -> list[bytes]:
    """Reads what join_digests wrote."""
    return [joined[i : i + DIGEST_BYTES] for i in range(0, len(joined), DIGEST_BYTES)]


def fingerprint(samples: Iterable[Sample], digests: Mapping[Path, bytes]) -> str:
    """Returns 32 hexadecimal digits that change with any photo's name, label or content.

    Neither the order of the photos nor the folder they lie in matters.

    Args:
        digests: for each sample's path, what ``digest`` says of the file.

    Raises:
        KeyError: a sample has no digest.
    """
    rows = sorted((s.path.name, s.emotion or "", digests[s.path].hex()) for s in samples)
    text = json.dumps(rows, ensure_ascii=True, separators=(",", ":"))
    return hashlib.blake2b(text.encode("ascii"), digest_size=16).hexdigest()


def split_fingerprint(split: Split) -> str:
    """Returns 32 hexadecimal digits that change with what a split says of any photo.

    That is its part, label, person and content; neither the photos' order nor their names matter.

    Raises:
        ValueError: a sample's digest is not known.
    """
    rows = []
    for part in PARTS:
        for sample in split.part(part):
            if sample.digest is None:
                raise ValueError(f"{sample.path} has no digest")
            rows.append((part, sample.emotion or "", sample.person, sample.digest.hex()))
    text = json.dumps(sorted(rows), ensure_ascii=True, separators=(",", ":"))
    return hashlib.blake2b(text.encode("ascii"), digest_size=16).hexdigest()
