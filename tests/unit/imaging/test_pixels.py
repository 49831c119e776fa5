"""Pixels as PNG hold what was written; and whether a picture has colour at all."""

import cv2
import numpy as np
import pytest

from emotion_desktop.domain.errors import UnreadablePictureError
from emotion_desktop.imaging.decode import decode
from emotion_desktop.imaging.pixels import encode_png, is_grey
from tests.faces import PORTRAITS, SAMPLES


@pytest.mark.parametrize("shape", [(5, 7, 3), (5, 7, 1), (5, 7)])
def test_what_is_written_is_read(shape):
    pixels = np.random.default_rng(1).integers(0, 256, shape, np.uint8)
    read = decode(encode_png(pixels)).pixels
    expected = pixels if shape[-1] == 3 else np.repeat(pixels.reshape(5, 7, 1), 3, axis=2)
    assert np.array_equal(read, expected)


def test_portraits_have_colour_unless_it_is_taken_away(tmp_path):
    for name in PORTRAITS:
        picture = cv2.imread(str(SAMPLES / name))
        grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
        for number, pixels in enumerate((grey, cv2.merge([grey] * 3))):
            for suffix in ("jpg", "png"):
                path = tmp_path / f"{number}.{suffix}"
                cv2.imwrite(str(path), pixels)
                assert is_grey(path)
        # A grey photo whose colours an old camera shifted a little is grey to the eye.
        warm = np.clip(cv2.merge([grey] * 3).astype(int) + np.arange(3), 0, 255).astype(np.uint8)
        cv2.imwrite(str(tmp_path / "warm.png"), warm)
        assert is_grey(tmp_path / "warm.png")
    assert [is_grey(SAMPLES / name) for name in PORTRAITS] == [False] * 3


def test_pale_colours_are_colours():
    pale = np.full((64, 64, 3), (140, 150, 160), np.uint8)
    assert not is_grey(cv2.imencode(".png", pale)[1].tobytes())


def test_what_is_no_picture_has_no_answer():
    with pytest.raises(UnreadablePictureError):
        is_grey(b"no picture")
