"""Whatever is done to a file, it is a picture or a sentence."""

import io
import warnings
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from emotion_desktop.domain.errors import UnreadablePictureError
from emotion_desktop.imaging.decode import MAX_PIXELS, decode
from tests.unit.imaging.pictures import encoded, exif, quarters

FORMS = ("JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP")


@cache
def original(form):
    options = {"exif": exif(6)} if form in ("JPEG", "PNG", "WEBP") else {}
    return encoded(quarters(24, 16), form, **options)


@st.composite
def mutated(draw, form):
    """A file with bytes changed, put in, cut out, or its end cut off."""
    data = bytearray(original(form))
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, max(0, len(data) - 1)))
        match draw(st.sampled_from(("change", "put in", "cut out", "cut off"))):
            case "change":
                data[place : place + 1] = bytes([draw(st.integers(0, 255))])
            case "put in":
                data[place:place] = draw(st.binary(min_size=1, max_size=8))
            case "cut out":
                del data[place : place + draw(st.integers(1, 8))]
            case "cut off":
                del data[place:]
    return bytes(data)


@pytest.mark.parametrize("form", FORMS)
@given(data=st.data())
@settings(max_examples=120, deadline=None)
def test_mutated_files(form, data):
    spoilt = data.draw(mutated(form))
    with warnings.catch_warnings(record=True) as caught:
        # As decode() asks for when it is first imported; pytest has its own ideas about warnings.
        warnings.filterwarnings("ignore", module=r"PIL\.")
        try:
            picture = decode(spoilt, at_least=data.draw(st.sampled_from((0, 8))))
        except UnreadablePictureError as error:
            assert error.message.endswith(".")
        else:
            height, width, channels = picture.pixels.shape
            assert channels == 3
            assert picture.pixels.dtype == np.uint8
            assert 0 < height * width <= picture.width * picture.height <= MAX_PIXELS
    assert not caught


@given(data=st.binary(max_size=200))
@settings(max_examples=100, deadline=None)
def test_any_bytes(data):
    try:
        assert decode(data).pixels.ndim == 3
    except UnreadablePictureError as error:
        assert error.message.endswith(".")


def test_the_originals_are_pictures():
    for form in FORMS:
        with Image.open(io.BytesIO(original(form))) as image:
            assert image.format == form
        assert decode(original(form)).pixels.size == 24 * 16 * 3
