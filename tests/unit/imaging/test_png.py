"""PNGs hold the very pixels, in colour and in grey."""

import numpy as np
import pytest

from emotion_desktop.imaging.decode import decode
from emotion_desktop.imaging.png import encode_png


@pytest.mark.parametrize("shape", [(5, 7, 3), (5, 7, 1), (5, 7)])
def test_what_is_written_is_read(shape):
    pixels = np.random.default_rng(1).integers(0, 256, shape, np.uint8)
    read = decode(encode_png(pixels)).pixels
    expected = pixels if shape[-1] == 3 else np.repeat(pixels.reshape(5, 7, 1), 3, axis=2)
    assert np.array_equal(read, expected)
