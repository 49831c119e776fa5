"""Where the square around a face is laid, and what is in it."""

import cv2
import numpy as np
import pytest

from emotion_desktop.domain.geometry import Box, Face, Frame
from emotion_desktop.domain.model import Preprocessing
from emotion_desktop.imaging.crop import cut, frame_face, frame_whole, prepare
from emotion_desktop.imaging.decode import Picture

#: A face as it would be painted upright: eyes, nose, mouth corners about the point between all.
UPRIGHT = np.array([(-40.0, -30.0), (40.0, -30.0), (0.0, 0.0), (-25.0, 45.0), (25.0, 45.0)])


def painted(angle: float, centre=(300.0, 220.0), size=(600, 480)) -> tuple[Picture, Face]:
    """A picture with a disc at each eye and at the mouth, turned clockwise by some degrees."""
    turn = np.radians(angle)
    rotation = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    points = UPRIGHT @ rotation + centre
    pixels = np.zeros((size[1], size[0], 3), np.uint8)
    colours = [(255, 0, 0), (0, 255, 0), (0, 0, 0), (0, 0, 255), (0, 0, 255)]
    for (x, y), colour in zip(points, colours, strict=True):
        # Eight bits of fraction: the discs lie where the points are, not at the next pixel.
        where = (round((x - 0.5) * 256), round((y - 0.5) * 256))
        cv2.circle(pixels, where, 8 * 256, colour, -1, cv2.LINE_AA, 8)
    face = Face(Box(250, 150, 100, 140), tuple(map(tuple, points)), 0.9)
    return Picture(pixels, *size), face


def middle(pixels: np.ndarray, channel: int) -> np.ndarray:
    """The centre of mass (x, y) of a colour, in pixels from the upper left corner."""
    weights = pixels[:, :, channel].astype(float)
    y, x = np.indices(weights.shape) + 0.5
    return np.array([(x * weights).sum(), (y * weights).sum()]) / weights.sum()


@pytest.mark.parametrize("angle", [0, 25, -40, 90, 179])
@pytest.mark.parametrize("size", [64, 200, 400])
def test_eyes_are_level_and_the_face_lies_in_the_middle(angle, size):
    picture, face = painted(angle)
    extent = 2.0
    frame = frame_face(face, "eyes", extent)
    # The eyes are 80 apart; from them it is 75 to the mouth, of which 0.95 is less.
    assert frame.width == frame.height == pytest.approx(80 * extent)
    assert frame.angle == pytest.approx(angle)

    out = cut(picture, frame, size)
    left, right, mouth = (middle(out, channel) for channel in range(3))
    pixel = size / frame.width
    assert right[1] == pytest.approx(left[1], abs=0.35)
    assert right[0] - left[0] == pytest.approx(80 * pixel, abs=0.7)
    expected = 0.55 * (left + right) / 2 + 0.45 * mouth
    assert expected == pytest.approx((size / 2, size / 2), abs=0.5)


def test_a_head_turned_aside_keeps_its_scale():
    _, face = painted(0)
    narrow = np.array(face.landmarks)
    narrow[:2, 0] = (280, 310)
    frame = frame_face(Face(face.box, tuple(map(tuple, narrow)), 0.9), "eyes", 2.0)
    assert frame.width == pytest.approx(0.95 * 75 * 2, rel=0.01)


def test_landmarks_on_one_spot_give_a_frame_all_the_same():
    face = Face(Box(5, 5, 10, 10), ((7.0, 7.0),) * 5, 0.9)
    frame = frame_face(face, "eyes", 2.0)
    assert frame.width == 2.0
    assert cut(painted(0)[0], frame, 64).shape == (64, 64, 3)


def test_the_box_stays_upright():
    _, face = painted(30)
    assert frame_face(face, "box", 1.5) == Frame(300, 220, 210, 210, 0)


def test_a_cut_at_native_size_moves_nothing():
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (50, 60, 3), dtype=np.uint8)
    picture = Picture(pixels, 60, 50)
    assert (cut(picture, Frame(30, 25, 20, 20), 20) == pixels[15:35, 20:40]).all()


def test_beyond_the_edge_the_edge_goes_on():
    pixels = np.zeros((40, 40, 3), np.uint8)
    pixels[:, :20] = (200, 10, 10)
    pixels[:, 20:] = (10, 10, 200)
    out = cut(Picture(pixels, 40, 40), Frame(20, 20, 120, 120), 120)
    assert (out[:, :55] == (200, 10, 10)).all()
    assert (out[:, 65:] == (10, 10, 200)).all()


@pytest.mark.parametrize("place", [(-500.0, 20.0), (20.0, 9000.0)])
def test_a_frame_outside_the_picture_shows_its_edge(place):
    pixels = np.full((40, 40, 3), 77, np.uint8)
    out = cut(Picture(pixels, 40, 40), Frame(*place, 30, 30, 12), 32)
    assert (out == 77).all()


def test_the_whole_picture_fills_the_square():
    pixels = np.zeros((30, 90, 3), np.uint8)
    pixels[:, 45:] = 255
    picture = Picture(pixels, 90, 30)
    assert frame_whole(picture) == Frame(45, 15, 90, 30)
    out = cut(picture, frame_whole(picture), 10)
    assert (out[:, :5] == 0).all()
    assert (out[:, 5:] == 255).all()


@pytest.mark.parametrize("frame", [None, Frame(256, 256, 480, 480), Frame(256, 256, 400, 400, 20)])
def test_a_fine_checkerboard_becomes_flat_grey(frame):
    board = (np.indices((512, 512)).sum(axis=0) % 2 * 255).astype(np.uint8)
    picture = Picture(np.repeat(board[:, :, None], 3, axis=2), 512, 512)
    out = cut(picture, frame or frame_whole(picture), 50)
    assert out.astype(float).std() < 4
    assert abs(out.mean() - 127.5) < 4


def test_a_frame_means_the_same_in_a_picture_decoded_smaller():
    picture, face = painted(15)
    half = cv2.resize(picture.pixels, (300, 240), interpolation=cv2.INTER_AREA)
    smaller = Picture(half, picture.width, picture.height)
    frame = frame_face(face, "eyes", 2.2)
    difference = cut(picture, frame, 64).astype(int) - cut(smaller, frame, 64)
    assert np.abs(difference).mean() < 1.5


@pytest.mark.parametrize(("channels", "size"), [(1, 64), (3, 50), (3, 8)])
def test_what_the_net_sees_has_the_form_it_wants(channels, size):
    picture, face = painted(10)
    preprocessing = Preprocessing(size, channels, "eyes", 2.2)
    for frame in (frame_face(face, "eyes", 2.2), frame_whole(picture)):
        out = prepare(picture, frame, preprocessing)
        assert out.shape == (size, size, channels)
        assert out.dtype == np.uint8
        assert out.flags.c_contiguous


def test_grey_is_luma():
    pixels = np.full((64, 64, 3), (200, 100, 50), np.uint8)
    out = cut(Picture(pixels, 64, 64), Frame(32, 32, 40, 40), 16, 1)
    assert (out == round(0.299 * 200 + 0.587 * 100 + 0.114 * 50)).all()
