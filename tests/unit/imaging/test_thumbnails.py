"""Small pictures for the screen."""

import numpy as np
import pytest
from PIL import Image

from emotion_desktop.domain.errors import UnreadablePictureError
from emotion_desktop.domain.geometry import Box
from emotion_desktop.imaging.thumbnails import fit, thumbnail
from tests.unit.imaging.pictures import encoded, exif


def save(path, pixels, form="PNG", **options):
    path.write_bytes(encoded(pixels, form, **options))
    return path


@pytest.fixture
def wide(tmp_path):
    """600 x 200: red, then a green middle, then blue."""
    pixels = np.zeros((200, 600, 3), np.uint8)
    for third in range(3):
        pixels[:, third * 200 : (third + 1) * 200, third] = 255
    return save(tmp_path / "wide.png", pixels)


def test_of_a_photo_the_middle_is_shown(wide):
    out = thumbnail(wide, 100)
    assert out.shape == (100, 100, 3)
    assert (out == (0, 255, 0)).all()


def test_a_face_is_shown_with_its_surroundings(wide):
    out = thumbnail(wide, 60, Box(360, 80, 80, 80))
    assert (out[:, :30] == (0, 255, 0)).all()
    assert (out[:, 30:] == (0, 0, 255)).all()


@pytest.mark.parametrize("box", [Box(0, 0, 100, 100), Box(590, 190, 10, 10), Box(0, 0, 600, 200)])
def test_at_the_edge_the_square_moves_inside(wide, box):
    out = thumbnail(wide, 60, box)
    assert out.shape == (60, 60, 3)
    assert (out.max(axis=2) == 255).all()


def test_a_small_photo_is_enlarged(tmp_path):
    path = save(tmp_path / "small.png", np.full((3, 5, 3), 9, np.uint8))
    assert (thumbnail(path, 160) == 9).all()
    assert thumbnail(path, 160, Box(1, 1, 1, 1)).shape == (160, 160, 3)


@pytest.mark.parametrize("form", ["PNG", "JPEG"])
def test_a_fine_checkerboard_becomes_flat_grey(tmp_path, form):
    board = (np.indices((512, 512)).sum(axis=0) % 2 * 255).astype(np.uint8)
    path = save(tmp_path / "board", Image.fromarray(board), form)
    for out in (thumbnail(path, 120), thumbnail(path, 50, Box(100, 100, 200, 200))):
        assert out.astype(float).std() < 6
        assert abs(out.mean() - 127.5) < 6


@pytest.mark.parametrize(
    ("longest", "shape"), [(300, (100, 300, 3)), (600, (200, 600, 3)), (5000, (200, 600, 3))]
)
def test_a_photo_fits_and_is_never_enlarged(wide, longest, shape):
    pixels, size = fit(wide, longest)
    assert pixels.shape == shape
    assert size == (600, 200)


def test_sizes_are_those_of_the_upright_photo(tmp_path):
    pixels = np.full((40, 80, 3), 200, np.uint8)
    path = save(tmp_path / "turned.jpg", pixels, "JPEG", exif=exif(6))
    assert fit(path, 1000)[1] == (40, 80)


def test_what_cannot_be_read_is_said(tmp_path):
    with pytest.raises(UnreadablePictureError):
        thumbnail(tmp_path / "missing.jpg", 100)
