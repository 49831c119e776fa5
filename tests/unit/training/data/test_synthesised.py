"""Copies of faces made while training: the faces come first, and the copies are the plan's."""

import numpy as np
import pytest

from emotion_desktop.dataset.synthesis import Edit, apply_edit
from emotion_desktop.training.data.synthesised import SynthesisedFaces


@pytest.mark.parametrize("channels", [1, 3])
def test_faces_then_copies_in_any_order(channels):
    faces = np.random.default_rng(0).integers(0, 256, (5, 16, 16, channels), np.uint8)
    edits = [Edit(flip=True), Edit(contrast=1.5), Edit(turn=8.0)]
    made = SynthesisedFaces(faces, np.array([4, 0, 4]), edits)
    assert len(made) == 8
    assert np.array_equal(made[:5], faces)
    assert np.array_equal(made[5:6][0], faces[4][:, ::-1])
    wide = np.repeat(faces[0], 3 // channels, axis=2)
    assert np.array_equal(made[np.array([6])][0], apply_edit(wide, edits[1])[:, :, :channels])
    some = made[np.array([7, 2, 5, 2])]
    assert some.shape == (4, 16, 16, channels)
    assert np.array_equal(some[1], faces[2])
    assert np.array_equal(some[0], made[7:8][0])
    # The faces themselves are left as they are.
    assert np.array_equal(made[:5], faces)
