"""Synthesised copies: from training photos alone, as many as wanted, the same ones every time."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageEnhance

from emotion_desktop.dataset.synthesis import Edit, apply_edit, copy_name, plan_copies
from emotion_desktop.domain.balance import EDITS, Balance, Method, Synthesis, shown_counts
from emotion_desktop.domain.sample import Sample
from tests.unit.dataset.pictures import put_pictures

SAMPLES = [
    Sample(Path(f"/p/{emotion}_{n}.jpg"), emotion, f"{emotion}{n}", f"{emotion[0]}{n:07}".encode())
    for emotion, count in (("fear", 3), ("anger", 10), ("neutral", 40))
    for n in range(count)
]
PICTURE = np.random.default_rng(0).integers(0, 256, (40, 30, 3), np.uint8)


def test_emotions_are_brought_to_their_target_evenly():
    copies = plan_copies(
        SAMPLES, Synthesis({"fear": 20, "anger": 12, "neutral": 10, "surprise": 9})
    )
    assert Counter(c.sample.emotion for c in copies) == {"fear": 17, "anger": 2}
    used = Counter(c.sample.path for c in copies if c.sample.emotion == "fear")
    assert max(used.values()) - min(used.values()) <= 1
    assert [c.number for c in copies if c.sample.emotion == "fear"] == list(range(1, 18))
    assert len({copy_name(c, c.sample.path) for c in copies}) == 19


def test_order_and_place_do_not_matter_and_the_seed_does():
    synthesis = Synthesis({"fear": 30, "anger": 30}, EDITS, 0.8, seed=4)
    first = plan_copies(SAMPLES, synthesis)
    moved = [replace(s, path=Path("/q") / s.path.name) for s in reversed(SAMPLES)]
    again = plan_copies(moved, synthesis)
    assert [c.edit for c in first] == [c.edit for c in again]
    assert [c.sample.digest for c in first] == [c.sample.digest for c in again]
    # Nor do names: the photos are known by their content.
    renamed = [replace(s, path=Path(f"/q/{len(SAMPLES) - n}.jpg")) for n, s in enumerate(SAMPLES)]
    assert [c.sample.digest for c in plan_copies(renamed, synthesis)] == [
        c.sample.digest for c in first
    ]
    other = plan_copies(SAMPLES, replace(synthesis, seed=5))
    assert [c.edit for c in first] != [c.edit for c in other]
    # More of one emotion leaves the copies of another as they are.
    more = plan_copies(SAMPLES, Synthesis({"fear": 30, "anger": 50}, EDITS, 0.8, seed=4))
    assert [c for c in more if c.sample.emotion == "fear"] == [
        c for c in first if c.sample.emotion == "fear"
    ]


@pytest.mark.parametrize("edit", EDITS)
def test_each_edit_changes_its_own_thing_alone(edit):
    copies = plan_copies(SAMPLES, Synthesis({"anger": 40}, (edit,), 1.0))
    touched = {name for c in copies for name in c.edit.to_dict()}
    assert touched == {"shift": {"right", "down"}}.get(edit, {edit})
    for copy in copies:
        assert 0.5 <= copy.edit.contrast <= 2
        assert abs(copy.edit.turn) <= 15
        assert max(abs(copy.edit.right), abs(copy.edit.down)) <= 0.1
        assert 0 <= copy.edit.blur <= 0.02


def test_no_strength_is_no_change():
    for copy in plan_copies(SAMPLES, Synthesis({"anger": 30}, ("contrast", "turn", "blur"), 0.0)):
        assert np.array_equal(apply_edit(PICTURE, copy.edit), PICTURE)


def test_contrast_colour_and_sharpness_are_pillows():
    edit = Edit(contrast=1.4, colour=0.7, sharpness=1.8)
    image = ImageEnhance.Contrast(Image.fromarray(PICTURE)).enhance(1.4)
    image = ImageEnhance.Color(image).enhance(0.7)
    image = ImageEnhance.Sharpness(image).enhance(1.8)
    assert np.array_equal(apply_edit(PICTURE, edit), np.asarray(image))


def test_geometry():
    assert np.array_equal(apply_edit(PICTURE, Edit(flip=True)), PICTURE[:, ::-1])
    shifted = apply_edit(PICTURE, Edit(right=0.1, down=-0.1))
    assert np.array_equal(shifted[:-4, 3:], PICTURE[4:, :-3])
    assert np.array_equal(shifted[0, :3], PICTURE[4, [0, 0, 0]])  # the edge goes on
    flat = np.full((20, 20, 3), 99, np.uint8)
    assert np.array_equal(apply_edit(flat, Edit(turn=12, right=0.1)), flat)


@given(
    st.builds(
        Edit,
        contrast=st.floats(0.5, 2),
        colour=st.floats(0.5, 2),
        sharpness=st.floats(0.5, 2),
        flip=st.booleans(),
        turn=st.floats(-15, 15),
        right=st.floats(-0.1, 0.1),
        down=st.floats(-0.1, 0.1),
        blur=st.floats(0, 0.02),
    )
)
def test_any_edit_keeps_the_shape_and_grey_stays_grey(edit):
    grey = np.repeat(PICTURE[:, :, :1], 3, axis=2)
    out = apply_edit(grey, edit)
    assert (out.shape, out.dtype) == (grey.shape, np.uint8)
    assert np.array_equal(out[:, :, 0], out[:, :, 2])
    assert np.array_equal(out, apply_edit(grey, edit))


def test_a_copy_is_made_of_its_photo(tmp_path):
    put_pictures(tmp_path / "a.png")
    sample = Sample(tmp_path / "a.png", "fear", "a", b"12345678")
    (copy,) = plan_copies([sample], Synthesis({"fear": 2}, ("flip", "contrast"), 1.0))
    assert copy.picture().shape == (96, 96, 3)


def test_the_ways_to_balance_are_compared_in_the_same_figures():
    counts = {"fear": 10, "anger": 90, "surprise": 0}
    none = shown_counts(counts, Balance())
    assert set(none) == {"fear", "anger"}
    assert (none["fear"].shown, none["fear"].weight) == (10, 1)
    weights = shown_counts(counts, Balance(Method.WEIGHTS))
    assert weights["fear"].weight == pytest.approx(5)
    assert sum(e.shown * e.weight for e in weights.values()) == pytest.approx(100)
    alike = shown_counts(counts, Balance(Method.SAMPLING, 0.0))
    assert alike["fear"].shown == alike["anger"].shown == 50
    assert shown_counts(counts, Balance(Method.SAMPLING, 1.0))["fear"].shown == pytest.approx(10)
    made = shown_counts(counts, Balance(Method.SYNTHESIS, synthesis=Synthesis({"fear": 60})))
    assert (made["fear"].shown, made["fear"].copies, made["anger"].copies) == (60, 50, 0)
