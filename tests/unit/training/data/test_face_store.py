"""The picture cache: what is once decoded stays, whoever dies in between."""

import os
import sqlite3
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from emotion_desktop.domain.errors import AppError
from emotion_desktop.domain.files.file_stamp import stamp_of
from emotion_desktop.domain.model import Preprocessing
from emotion_desktop.domain.prediction import PhotoStatus
from emotion_desktop.imaging.prepare import PREPARE_VERSION
from emotion_desktop.training.data.face_store import DIGESTS, FaceStore, Known
from emotion_desktop.training.data.prepared_faces import MappedFaces

LOOK = Preprocessing(8, 1, "eyes", 2.2)
OTHER = replace(LOOK, channels=3)


def face(number, channels=1):
    return np.full((8, 8, channels), number, np.uint8)


def digests(*numbers):
    return np.frombuffer(b"".join(hashed(number) for number in numbers), DIGESTS)


def hashed(number):
    return number.to_bytes(8, "big")


@pytest.fixture
def photos(tmp_path):
    paths = [tmp_path / f"{number}.jpg" for number in range(4)]
    for path in paths:
        path.write_bytes(b"photo")
    return paths


def fill(cache, photos, numbers, look=LOOK):
    with cache.open(look) as opened:
        for number in numbers:
            known = Known(hashed(number), PhotoStatus.OK)
            path = photos[number % len(photos)]
            opened.add(path, stamp_of(path), known, face(number, look.channels))


def test_what_was_added_is_there_in_any_order(tmp_path, photos):
    cache = FaceStore(tmp_path / "cache")
    fill(cache, photos, [1, 2])
    fill(cache, photos, [3])  # a file of its own
    with cache.open(LOOK) as look:
        assert look.known(hashed(2)) == Known(hashed(2), PhotoStatus.OK)
        assert look.known(hashed(4)) is None
        faces = look.faces(digests(3, 1, 2, 1))
    assert [int(pixels[0, 0, 0]) for pixels in faces[:]] == [3, 1, 2, 1]
    assert faces[np.array([2, 0])][:, 0, 0, 0].tolist() == [2, 3]
    assert faces.part(np.array([1, 2]))[:][:, 0, 0, 0].tolist() == [1, 2]
    assert faces[1:2].shape == (1, 8, 8, 1)
    assert len(faces) == 4


def test_files_are_known_until_they_change(tmp_path, photos):
    cache = FaceStore(tmp_path / "cache")
    fill(cache, photos, [0])
    with cache.open(LOOK) as look:
        assert look.find(photos[0], stamp_of(photos[0])) == Known(hashed(0), PhotoStatus.OK)
        assert look.find(photos[1], stamp_of(photos[1])) is None
        photos[0].write_bytes(b"another photo")
        assert look.find(photos[0], stamp_of(photos[0])) is None
        assert look.find(tmp_path / "gone.jpg", stamp_of(tmp_path / "gone.jpg")) is None


def test_each_preprocessing_has_faces_of_its_own(tmp_path, photos):
    cache = FaceStore(tmp_path / "cache")
    fill(cache, photos, [1])
    with cache.open(OTHER) as look:
        assert look.known(hashed(1)) is None
        assert look.find(photos[1], stamp_of(photos[1])) is None
    fill(cache, photos, [1], OTHER)
    with cache.open(OTHER) as look:
        assert look.faces(digests(1))[:].shape == (1, 8, 8, 3)


def test_faces_that_would_be_cut_otherwise_now_are_cut_again(tmp_path, photos, monkeypatch):
    fill(FaceStore(tmp_path / "cache"), photos, [1])
    monkeypatch.setattr(
        "emotion_desktop.training.data.face_store.PREPARE_VERSION", PREPARE_VERSION + 1
    )
    with FaceStore(tmp_path / "cache").open(LOOK) as look:
        assert look.known(hashed(1)) is None
        assert look.find(photos[1], stamp_of(photos[1])) is None


def test_photos_without_a_face_are_remembered_too(tmp_path, photos):
    cache = FaceStore(tmp_path / "cache")
    with cache.open(LOOK) as look:
        look.add(photos[0], stamp_of(photos[0]), Known(hashed(0), PhotoStatus.NO_FACE), None)
    with cache.open(LOOK) as look:
        found = look.find(photos[0], stamp_of(photos[0]))
    assert found == Known(hashed(0), PhotoStatus.NO_FACE)


_DYING = """
import os, sys
from pathlib import Path
from tests.unit.training.data.test_face_store import (
    LOOK, Known, PhotoStatus, FaceStore, face, hashed,
)
cache = FaceStore(Path(sys.argv[1]))
with cache.open(LOOK) as look:
    for number in range(int(sys.argv[2])):
        known = Known(hashed(number), PhotoStatus.OK)
        look.add(Path(f"/{number}"), None, known, face(number % 256))
    os._exit(9)
"""


@pytest.mark.parametrize(("added", "kept"), [(100, 0), (700, 512), (1024, 1024)])
def test_a_writer_that_dies_leaves_what_was_whole(tmp_path, added, kept):
    done = subprocess.run([sys.executable, "-c", _DYING, tmp_path, str(added)], check=False)
    assert done.returncode == 9
    cache = FaceStore(tmp_path)
    with cache.open(LOOK) as look:
        known = [n for n in range(added) if look.known(hashed(n))]
        assert known == list(range(kept))
        if known:
            found = look.faces(digests(*known))[:][:, 0, 0, 0]
            assert found.tolist() == [n % 256 for n in known]
    # Without a row nobody would ever use the file.
    assert len(list(tmp_path.glob("*.faces"))) == bool(kept)


def test_files_that_are_gone_or_cut_short_are_made_again(tmp_path, photos):
    cache = FaceStore(tmp_path / "cache")
    fill(cache, photos, [1, 2, 3])
    (store,) = (tmp_path / "cache").glob("*.faces")
    os.truncate(store, 100)
    with cache.open(LOOK) as look:
        assert look.known(hashed(1)) is None
    fill(cache, photos, [1, 2, 3])
    for store in (tmp_path / "cache").glob("*.faces"):
        store.unlink()
    with cache.open(LOOK) as look:
        assert look.known(hashed(1)) is None


def test_a_damaged_catalogue_is_made_anew(tmp_path, photos):
    cache = FaceStore(tmp_path / "cache")
    fill(cache, photos, [1])
    (tmp_path / "cache" / "pictures.sqlite").write_bytes(b"no database" * 1000)
    fill(cache, photos, [2])
    with cache.open(LOOK) as look:
        assert look.known(hashed(2))


def test_the_oldest_go_when_it_is_much(tmp_path, photos):
    folder = tmp_path / "cache"
    fill(FaceStore(folder), photos, [1, 2, 3])
    with FaceStore(folder, most_bytes=100).open(OTHER):
        pass
    assert not list(folder.glob("*.faces"))
    # What is in use now is not thrown away, however much it is.
    fill(FaceStore(folder), photos, [1, 2, 3])
    with FaceStore(folder, most_bytes=100).open(LOOK) as look:
        assert look.known(hashed(1))


def test_a_full_disk_is_said_in_words(tmp_path, photos, monkeypatch):
    cache = FaceStore(tmp_path / "cache")

    class Full:
        def write(self, _=None):
            raise OSError(28, "No space left on device")

        def close(self):
            pass

        flush = write

    with cache.open(LOOK) as look:
        monkeypatch.setattr(look, "_open_store", lambda: setattr(look, "_store", Full()))
        with pytest.raises(AppError, match="disk is full"):
            look.add(photos[0], None, Known(hashed(0), PhotoStatus.OK), face(0))


def test_sqlite_errors_are_said_in_words(tmp_path):
    with (
        pytest.raises(AppError, match="disk is full"),
        FaceStore(tmp_path).open(LOOK),
    ):
        raise sqlite3.OperationalError("database or disk is full")
    (tmp_path / "file").touch()
    with pytest.raises(AppError), FaceStore(tmp_path / "file" / "x").open(LOOK):
        pass


def test_memory_is_let_go_of(tmp_path):
    store = tmp_path / "many.faces"
    side, count = 512, 128
    with store.open("wb") as file:
        for number in range(count):
            file.write(np.full((side, side), number, np.uint8).tobytes())
    zeros = np.zeros(count, np.int32)
    faces = MappedFaces([store], (side, side, 1), zeros, np.arange(count, dtype=np.int32))

    def resident():
        with open("/proc/self/statm") as file:  # noqa: PTH123 - no file of the disk
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    if not os.path.exists("/proc/self/statm"):  # noqa: PTH110
        pytest.skip("there is no such file here")
    before = resident()
    for start in range(0, count, 4):
        assert faces[start : start + 4][:, 0, 0, 0].tolist() == list(range(start, start + 4))
    assert resident() - before < 24 << 20  # of 32 MB read
