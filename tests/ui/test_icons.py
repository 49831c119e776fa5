"""Icons: every emotion and sign is drawn, sharp at every scale, in both schemes."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage

from emotion_desktop.assets import SIGN_ICONS
from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.ui.dataset.model import TITLES
from emotion_desktop.ui.gallery.entries import SECTIONS
from emotion_desktop.ui.icons import paint_emotion, paint_sign, pixmap
from emotion_desktop.ui.theme import DARK, LIGHT


def pixels(picture) -> np.ndarray:
    """(height, width, 4) of premultiplied RGBA."""
    image = picture.toImage().convertToFormat(QImage.Format.Format_RGBA8888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    return rows[:, : image.width() * 4].reshape(image.height(), image.width(), 4).copy()


def face(emotion, theme, size=24, ratio=1.0) -> np.ndarray:
    return pixels(pixmap(size, ratio, lambda p, r: paint_emotion(p, r, emotion, theme)))


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_every_emotion_is_a_face_of_its_own_in_its_colour(qapp, theme):
    drawn = {emotion: face(emotion, theme) for emotion in EMOTIONS}
    shapes = {}
    for emotion, seen in drawn.items():
        colour = theme.emotion(emotion)
        disc = np.abs(seen[..., :3].astype(int) - colour.getRgb()[:3]).max(axis=2) < 8
        assert 100 < disc.sum() < 420, emotion
        assert seen[12, 12, 3] == 255
        assert seen[0, 0, 3] == 0
        shapes[emotion] = (~disc).tobytes()
    assert len(set(shapes.values())) == len(EMOTIONS)


@pytest.mark.parametrize("ratio", [1.25, 1.5, 2.0, 3.0])
def test_icons_are_as_sharp_as_the_screen(qapp, ratio):
    """What is drawn for a fine screen is not the coarse picture enlarged."""
    fine = face("surprise", LIGHT, 24, ratio)
    assert fine.shape[:2] == (round(24 * ratio), round(24 * ratio))
    large = face("surprise", LIGHT, round(24 * ratio), 1.0)
    off = np.abs(fine.astype(int) - large.astype(int)).max(axis=2)
    assert (off > 60).mean() < 0.15  # but for the half pixel of margin around


def test_a_face_between_two_pixels_is_drawn_there(qapp):
    whole = pixmap(30, 1.0, lambda p, _: paint_emotion(p, QRectF(4, 4, 20, 20), "fear", LIGHT))
    half = pixmap(30, 1.0, lambda p, _: paint_emotion(p, QRectF(4, 4.5, 20, 20), "fear", LIGHT))
    first, second = pixels(whole)[..., 3], pixels(half)[..., 3]
    assert first[4:24].sum() == first.sum()
    assert abs(int(first.sum()) - int(second.sum())) < 0.01 * first.sum()
    assert second[24].any()


def test_every_sign_is_drawn_in_the_colour_asked_for(qapp):
    signs = {path.stem for path in SIGN_ICONS.glob("*.svg")}
    others = {"photo", "data", "example", "person", "fine", "notice"}
    named = {*SECTIONS, *TITLES, *others} - {*EMOTIONS}
    assert signs <= named | {"unsure"}
    for sign in named:
        seen = pixels(pixmap(24, 2.0, lambda p, r, name=sign: paint_sign(p, r, name, LIGHT.accent)))
        solid = seen[seen[..., 3] == 255][:, :3].astype(int)
        assert len(solid) > 40, sign
        assert np.abs(solid - LIGHT.accent.getRgb()[:3]).max() <= 3, sign
