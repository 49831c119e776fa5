"""The face finder, on real faces."""

import random
import re
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest

import emotion_desktop
from emotion_desktop.dataset.sources.labels import read_labelled
from emotion_desktop.domain.geometry import FACE_FINDER
from emotion_desktop.imaging import yunet
from emotion_desktop.imaging.crop import cut, frame_face
from emotion_desktop.imaging.decode import Picture, decode
from emotion_desktop.imaging.faces import NEEDED_SIDE, make_face_finder
from emotion_desktop.imaging.prepare import PREPARE_VERSION, _prepare_version
from tests.faces import FACELESS, PORTRAITS, SAMPLES


@cache
def portrait(name):
    return decode(SAMPLES / name)


def around(box):
    """(x, y) of the middle, and the longer side."""
    return box.x + box.width / 2, box.y + box.height / 2, max(box.width, box.height)


@pytest.mark.parametrize("name", PORTRAITS)
def test_a_portrait_has_one_face(finder, name):
    picture = portrait(name)
    (face,) = finder.find(picture)
    box = face.box
    assert 0 <= box.x < box.x + box.width <= picture.width
    assert 0 <= box.y < box.y + box.height <= picture.height
    left, right, nose, mouth_left, mouth_right = face.landmarks
    assert left[0] < nose[0] < right[0]
    assert max(left[1], right[1]) < nose[1] < min(mouth_left[1], mouth_right[1])
    assert all(
        box.x <= x <= box.x + box.width and box.y <= y <= box.y + box.height
        for x, y in face.landmarks
    )


def test_a_cat_has_none(finder):
    assert finder.find(portrait(FACELESS)) == ()


def test_faces_are_found_in_a_picture_decoded_smaller(finder):
    for name in PORTRAITS:
        full = portrait(name)
        small = cv2.resize(full.pixels, None, fx=0.6, fy=0.6, interpolation=cv2.INTER_AREA)
        (expected,) = finder.find(full)
        (face,) = finder.find(Picture(small, full.width, full.height))
        x, y, side = around(expected.box)
        assert around(face.box) == pytest.approx((x, y, side), abs=0.1 * side)


#: Middle of the face (x, y) and its height, in a picture of 1920 x 1080.
GROUP = [(300, 300, 280), (900, 400, 180), (1400, 300, 120), (1750, 700, 76), (700, 860, 64)]


def group() -> Picture:
    canvas = np.full((1080, 1920, 3), (96, 110, 120), np.uint8)
    finder = make_face_finder()
    for number, (x, y, height) in enumerate(GROUP):
        picture = portrait(PORTRAITS[number % len(PORTRAITS)])
        box = finder.find(picture)[0].box
        scale = height / box.height
        face = cv2.resize(picture.pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        # Head and shoulders: half as much again around the face on every side.
        cx, cy = (box.x + box.width / 2) * scale, (box.y + box.height / 2) * scale
        reach = int(height * 0.95)
        x0, y0 = max(0, round(cx) - reach), max(0, round(cy) - reach)
        part = face[y0 : round(cy) + reach, x0 : round(cx) + reach]
        left, top = x - (round(cx) - x0), y - (round(cy) - y0)
        canvas[top : top + part.shape[0], left : left + part.shape[1]] = part
    return Picture(canvas, 1920, 1080)


def test_all_of_a_group_are_found_large_and_small(finder):
    faces = finder.find(group())
    assert len(faces) == len(GROUP)
    areas = [face.box.width * face.box.height for face in faces]
    assert areas == sorted(areas, reverse=True)
    for face, (x, y, height) in zip(faces, GROUP, strict=True):
        assert around(face.box) == pytest.approx((x, y, height), abs=0.15 * height)


def test_a_tiny_picture_gives_the_same_answer_every_time():
    whole = portrait("eileen_collins.jpg")
    box = make_face_finder().find(whole)[0].box
    x, y, side = around(box)
    half = round(side * 0.75)
    top, left = max(0, round(y) - half), max(0, round(x) - half)
    part = whole.pixels[top : round(y) + half, left : round(x) + half]
    tiny = cv2.resize(part, (32, 32), interpolation=cv2.INTER_AREA)
    answers = {make_face_finder().find(Picture(tiny, 32, 32)) for _ in range(5)}
    assert len(answers) == 1
    (face,) = answers.pop()
    assert around(face.box) == pytest.approx((16, 16, 20), abs=5)


@pytest.mark.parametrize(
    ("width", "height"), [(1, 1), (2, 700), (700, 2), (1, 5000), (5000, 1), (5000, 12), (481, 31)]
)
@pytest.mark.parametrize("shade", [0, 90, 255])
def test_nothing_is_found_in_a_plain_picture_of_any_shape(finder, width, height, shade):
    picture = Picture(np.full((height, width, 3), shade, np.uint8), width, height)
    assert all(finder.find(picture) == () for _ in range(3))


@pytest.mark.parametrize("name", [*PORTRAITS, FACELESS, "group"])
def test_looking_quickly_sees_what_finding_sees(finder, name):
    picture = group() if name == "group" else portrait(name)
    found, quick = finder.find(picture), finder.find_quickly(picture)
    assert len(quick) == len(found)
    for one, other in zip(quick, found, strict=True):
        for a, b in zip(one.box.to_list(), other.box.to_list(), strict=True):
            assert a == pytest.approx(b, abs=0.15 * other.box.width)


def test_threads_share_a_finder(finder):
    expected = [finder.find(portrait(name)) for name in PORTRAITS]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda name: finder.find(portrait(name)), PORTRAITS * 4))
    assert answers == expected * 4


def test_nearly_all_photos_of_the_data_set_have_a_face(finder, shared_photos):
    chosen = random.Random(0).sample(shared_photos, 200)

    def look(path):
        return bool(finder.find(decode(path, at_least=NEEDED_SIDE)))

    with ThreadPoolExecutor(2) as pool:
        found = sum(pool.map(look, chosen))
    assert found >= 196


def test_small_tight_crops_have_a_face_too(finder, shared_photos):
    """As other data sets keep them: 48 pixels, grey, chin and forehead at the edge."""
    data = read_labelled(shared_photos[0].parent.parent)
    lively = [s.path for s in data.samples if s.emotion not in ("neutral", "happiness")]
    missed = looked = 0
    for path in random.Random(1).sample(lively, 150):
        picture = decode(path, at_least=NEEDED_SIDE)
        for face in finder.find(picture)[:1]:
            crop = cut(picture, frame_face(face, "box", 0.95), 48, 1)
            looked += 1
            missed += not finder.find(Picture(np.repeat(crop, 3, axis=2), 48, 48))
    assert missed <= looked * 0.02


def test_soft_noise_hardly_ever_has_a_face(finder):
    rng = np.random.default_rng(0)
    seen = 0
    for _ in range(64):
        rough = rng.uniform(0, 255, (8, 8, 1)).astype(np.float32)
        smooth = cv2.resize(rough, (96, 96), interpolation=cv2.INTER_CUBIC).clip(0, 255)
        pixels = np.repeat(smooth.astype(np.uint8)[..., None], 3, axis=2)
        seen += bool(finder.find(Picture(pixels, 96, 96)))
    assert seen <= 3


def test_small_pieces_without_a_face_have_none(finder, shared_photos):
    seen = 0
    for path in shared_photos[:60]:
        picture = decode(path)
        side = min(picture.pixels.shape[:2]) // 5
        for y, x in ((slice(side), slice(side)), (slice(-side, None), slice(-side, None))):
            piece = cv2.resize(picture.pixels[y, x], (48, 48), interpolation=cv2.INTER_AREA)
            seen += bool(finder.find(Picture(piece, 48, 48)))
    assert seen == 0


def test_other_settings_have_another_number():
    """Counts and boxes are kept under FACE_FINDER. Where this fails, the finder finds other faces
    than before: raise the number of FACE_FINDER and of YuNet.version, then write both down
    here."""
    settings = (
        *(yunet._WEIGHTS, yunet._SCORE, yunet._OVERLAP, yunet._MOST, yunet._CANVAS, yunet._SMALL),
        *(yunet._INSIDE, yunet._NARROWEST, yunet._LONG_SIDES, yunet._LARGE_FACE),
        *(yunet._GLANCE, yunet._GLANCE_CANVAS, yunet._FILLING, NEEDED_SIDE),
    )
    assert (FACE_FINDER, settings) == (
        "yunet-2023mar/1",
        (
            *("face_detection_yunet_2023mar.onnx", 0.7, 0.3, 200, 320, 480),
            *(((240, 0.7), (160, 0.6), (120, 0.6)), 64, ((640, 0.7), (1280, 0.7)), 0.2),
            *(160, 192, 0.45, 960),
        ),
    )


def test_what_is_kept_is_kept_under_the_version_of_the_finder_that_is_made():
    assert make_face_finder().version == FACE_FINDER


def test_predictions_of_another_finder_are_others():
    """Those that were kept before the finder was part of the version are still good."""
    assert PREPARE_VERSION == _prepare_version(3, "yunet-2023mar/1") == 3
    assert _prepare_version(3, "yunet-2023mar/2") == "3/yunet-2023mar/2"


def test_the_finder_is_made_in_one_place():
    package = Path(emotion_desktop.__file__).parent
    makers = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        if re.search(r"\bYuNet\b", path.read_text(encoding="utf-8"))
    }
    assert makers == {"imaging/faces.py", "imaging/yunet.py"}
