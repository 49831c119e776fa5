"""Any number of faces, for engines that take some at a time."""

import numpy as np
import pytest

from emotion_desktop.engines.classifier import in_batches


@pytest.mark.parametrize("count", [0, 1, 4, 5, 8, 9])
def test_every_face_is_answered_once_in_its_place(count):
    asked = []

    def answer(faces):
        asked.append(len(faces))
        return faces.reshape(len(faces), -1)[:, :2].astype(np.float32)

    faces = np.arange(count * 4, dtype=np.uint8).reshape(count, 2, 2, 1)
    logits = in_batches(answer, faces, 4, 2)
    assert logits.dtype == np.float32
    assert logits.shape == (count, 2)
    assert logits.tolist() == faces.reshape(count, 4)[:, :2].tolist()
    assert sum(asked) == count
    assert all(1 <= number <= 4 for number in asked)
