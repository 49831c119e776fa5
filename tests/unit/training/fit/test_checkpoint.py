"""The state of a training, read back whole or refused in words."""

import random
import zipfile

import numpy as np
import pytest

from emotion_desktop.domain.errors import DataError
from emotion_desktop.training.fit.checkpoint import Checkpoint, read_checkpoint, write_checkpoint

STATE = Checkpoint({"epoch": 3}, {"w": np.arange(24.0).reshape(2, 3, 4), "n": np.array(7)})


def test_it_comes_back_as_it_was(tmp_path):
    assert read_checkpoint(tmp_path / "none") is None
    write_checkpoint(tmp_path / "state", STATE)
    found = read_checkpoint(tmp_path / "state")
    assert found.about["epoch"] == 3
    assert np.array_equal(found.arrays["w"], STATE.arrays["w"])


def with_header(path, header):
    """A state of which one array begins with a header that somebody wrote; its CRC is right."""
    write_checkpoint(path, STATE)
    with zipfile.ZipFile(path, "a") as archive:
        body = header.encode("latin1") + b"\n"
        archive.writestr("odd.npy", b"\x93NUMPY\x01\x00" + len(body).to_bytes(2, "little") + body)
    return path


@pytest.mark.parametrize(
    "header",
    [
        "{'descr': '<f8', 'fortran_order': False, 'shape': (1" + "0" * 30 + ",)}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (",  # TokenError
        "{'descr': '|O', 'fortran_order': False, 'shape': (3,)}",
        "(" * 3000,
        "'" * 3,
        "{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000,)}",
    ],
    ids=lambda header: header[:60],
)
def test_whatever_an_array_begins_with(tmp_path, header):
    with pytest.raises(DataError, match="cannot be read") as caught:
        read_checkpoint(with_header(tmp_path / "state", header))
    assert caught.value.hint


def test_what_is_compressed_was_not_written_here(tmp_path):
    """Zeros without end fit into a small file."""
    with zipfile.ZipFile(tmp_path / "bomb", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("about.npy", bytes(50_000_000))
    with pytest.raises(DataError, match="cannot be read"):
        read_checkpoint(tmp_path / "bomb")


def test_damaged_bytes(tmp_path):
    write_checkpoint(tmp_path / "state", STATE)
    whole = (tmp_path / "state").read_bytes()
    chance = random.Random(4)
    for _ in range(400):
        broken = bytearray(whole)
        for _ in range(chance.randint(1, 4)):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        (tmp_path / "state").write_bytes(bytes(broken[: chance.choice((len(whole), 500))]))
        try:
            found = read_checkpoint(tmp_path / "state")
        except DataError as error:
            assert error.hint
        else:
            assert np.array_equal(found.arrays["w"], STATE.arrays["w"])
