import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from emotion_desktop.dataset.sources.files.fingerprint import digest, fingerprint, split_fingerprint
from emotion_desktop.domain.sample import Sample
from emotion_desktop.domain.split import Split

A = Sample(Path("/data/a_1.jpg"), "anger", "a")
B = Sample(Path("/data/b_1.jpg"), "fear", "b")
DIGESTS = {A.path: digest(b"a"), B.path: digest(b"b")}


def test_digest_is_eight_bytes_of_blake2b() -> None:
    assert digest(b"face") == hashlib.blake2b(b"face", digest_size=8).digest()
    assert digest(b"face") != digest(b"fact")


def test_order_and_folder_do_not_matter() -> None:
    moved = Sample(Path("/elsewhere/a_1.jpg"), "anger", "a")
    expected = fingerprint([A, B], DIGESTS)
    assert fingerprint([B, A], DIGESTS) == expected
    assert fingerprint([moved, B], {**DIGESTS, moved.path: digest(b"a")}) == expected
    assert len(bytes.fromhex(expected)) == 16


@pytest.mark.parametrize(
    ("sample", "content"),
    [
        (Sample(Path("/data/a_2.jpg"), "anger", "a"), b"a"),
        (Sample(Path("/data/a_1.jpg"), "neutral", "a"), b"a"),
        (Sample(Path("/data/a_1.jpg"), None, "a"), b"a"),
        (Sample(Path("/data/a_1.jpg"), "anger", "a"), b"edited"),
    ],
)
def test_name_label_and_content_matter(sample: Sample, content: bytes) -> None:
    changed = fingerprint([sample, B], {B.path: digest(b"b"), sample.path: digest(content)})
    assert changed != fingerprint([A, B], DIGESTS)
    assert fingerprint([B], DIGESTS) != fingerprint([A, B], DIGESTS)


def test_a_photo_without_digest_is_refused() -> None:
    with pytest.raises(KeyError):
        fingerprint([A, B], {A.path: digest(b"a")})


def split_of(*training: Sample, test: tuple[Sample, ...] = ()) -> Split:
    return Split(training, (), test, (0.7, 0.0, 0.3), 0)


def test_part_label_person_and_content_of_a_split_matter_and_nothing_else() -> None:
    a, b = replace(A, digest=digest(b"a")), replace(B, digest=digest(b"b"))
    known = split_fingerprint(split_of(a, b))
    assert split_fingerprint(split_of(replace(b, path=Path("/elsewhere/c.jpg")), a)) == known
    others = (
        split_of(a, test=(b,)),
        split_of(a, replace(b, emotion="anger")),
        split_of(a, replace(b, person="a")),
        split_of(a, replace(b, digest=digest(b"c"))),
        split_of(a),
    )
    assert len({known, *map(split_fingerprint, others)}) == 1 + len(others)
    with pytest.raises(ValueError, match="no digest"):
        split_fingerprint(split_of(A))
