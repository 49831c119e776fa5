"""RecordIO files, checked against MXNet's own writer and readers."""

from __future__ import annotations

import io
import struct

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emotion_desktop.dataset.recordio import Record, write_record, write_records
from emotion_desktop.domain.errors import AppError, DataError
from emotion_desktop.engines.mxnet.module import load_mxnet
from tests.record_files import read_records

MAGIC = struct.pack("<I", 0xCED7230A)

payloads = st.lists(
    st.sampled_from([MAGIC, MAGIC[:2], b"", b"a", b"four"]) | st.binary(max_size=9), max_size=8
).map(b"".join)
records = st.builds(Record, st.integers(0, (1 << 24) - 1), st.integers(0, (1 << 64) - 1), payloads)


def picture(seed: int, side: int = 24, channels: int = 3) -> tuple[np.ndarray, bytes]:
    pixels = np.random.default_rng(seed).integers(0, 256, (side, side, channels), np.uint8)
    return pixels, cv2.imencode(".png", pixels)[1].tobytes()


@pytest.fixture(scope="module")
def mx():
    return load_mxnet()


@given(st.lists(records, max_size=5))
def test_what_is_written_is_read(tmp_path_factory, made):
    path = tmp_path_factory.mktemp("rec") / "some.rec"
    assert write_records(path, made) == len(made)
    assert list(read_records(path)) == made


def test_it_writes_what_mxnet_writes_byte_for_byte(tmp_path, mx):
    made = [Record(n, n * 7, b"x" * n + MAGIC * (n % 3) + b"\xca") for n in range(12)]
    made.append(Record(3, 9, MAGIC + b"ab" + MAGIC + b"cdef" + MAGIC))
    theirs = mx.recordio.MXRecordIO(str(tmp_path / "theirs.rec"), "w")
    for record in made:
        header = mx.recordio.IRHeader(0, float(record.label), record.id, 0)
        theirs.write(mx.recordio.pack(header, record.picture))
    theirs.close()
    write_records(tmp_path / "ours.rec", made)
    assert (tmp_path / "ours.rec").read_bytes() == (tmp_path / "theirs.rec").read_bytes()
    reader = mx.recordio.MXRecordIO(str(tmp_path / "ours.rec"), "r")
    for record in made:
        header, data = mx.recordio.unpack(reader.read())
        assert (header.label, header.id, data) == (record.label, record.id, record.picture)


@pytest.mark.parametrize("channels", [1, 3])
def test_mxnets_image_iterator_gives_the_same_pixels_and_labels(tmp_path, mx, channels):
    pictures = [picture(seed, channels=channels) for seed in range(7)]
    write_records(
        tmp_path / "train.rec",
        (Record(n % 3, n, data) for n, (_, data) in enumerate(pictures)),
    )
    iterator = mx.io.ImageRecordIter(
        path_imgrec=str(tmp_path / "train.rec"),
        data_shape=(channels, 24, 24),
        batch_size=7,
        preprocess_threads=1,
    )
    batch = next(iterator)
    assert batch.label[0].asnumpy().tolist() == [0, 1, 2, 0, 1, 2, 0]
    # MXNet turns OpenCV's BGR into RGB.
    expected = np.stack([pixels[:, :, ::-1].transpose(2, 0, 1) for pixels, _ in pictures])
    assert np.array_equal(batch.data[0].asnumpy(), expected.astype(np.float32))


@given(st.binary(max_size=64), st.integers(0, 200), st.integers(0, 255))
def test_damaged_files_are_refused_in_words(tmp_path_factory, tail, place, value):
    path = tmp_path_factory.mktemp("rec") / "damaged.rec"
    buffer = io.BytesIO()
    for number in range(3):
        write_record(buffer, Record(number, number, b"picture" * number + MAGIC))
    data = bytearray(buffer.getvalue())
    data[place % len(data)] = value
    path.write_bytes(bytes(data[: len(data) - place % 5]) + tail)
    try:
        for record in read_records(path):
            assert 0 <= record.label < 1 << 24
    except DataError as error:
        assert error.hint


def test_several_labels_per_picture_are_refused(tmp_path):
    payload = struct.pack("<IfQQ", 2, 0.0, 1, 0) + struct.pack("<ff", 1, 2)
    path = tmp_path / "multi.rec"
    path.write_bytes(MAGIC + struct.pack("<I", len(payload)) + payload)
    with pytest.raises(DataError, match="several labels"):
        list(read_records(path))


def test_a_missing_file_and_a_full_disk_are_said_in_words(tmp_path, monkeypatch):
    with pytest.raises(DataError, match="cannot be read"):
        list(read_records(tmp_path / "none.rec"))

    def some():
        yield Record(0, 0, b"one")
        raise OSError(28, "No space left on device")

    with pytest.raises(AppError, match="disk is full"):
        write_records(tmp_path / "new.rec", some())
    assert list(tmp_path.iterdir()) == []
