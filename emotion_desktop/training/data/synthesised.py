"""Faces and edited copies of them, made when they are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from emotion_desktop.dataset.synthesis import Edit, apply_edit
from emotion_desktop.training.data.prepared_faces import Pixels, PreparedFaces


class SynthesisedFaces:
    """Faces, and after them copies of some of them; see PreparedFaces.

    A copy is an edit of the face as it was cut out, not of the whole photo: the net sees no more
    of it. It is made anew each time, so that copies take no room.

    Args:
        originals: (copies,) the number of each copy's face.
        edits: what is done to it.
    """

    def __init__(
        self, faces: PreparedFaces, originals: npt.NDArray[np.intp], edits: Sequence[Edit]
    ) -> None:
        self._faces = faces
        self._originals = originals
        self._edits = edits

    def __len__(self) -> int:
        return len(self._faces) + len(self._edits)

    def __getitem__(self, which: Any) -> Pixels:
        """Some faces and copies: a slice, or an array of their numbers."""
        numbers = np.arange(len(self))[which]
        real = len(self._faces)
        copies = np.flatnonzero(numbers >= real)
        sources = numbers.copy()
        sources[copies] = self._originals[numbers[copies] - real]
        out = self._faces[sources]
        for place in copies:
            out[place] = _edited(out[place], self._edits[numbers[place] - real])
        return out


def _edited(face: Pixels, edit: Edit) -> Pixels:
    """(size, size, channels): a grey face is edited as the grey picture it is."""
    channels = face.shape[2]
    edited = apply_edit(np.repeat(face, 3 // channels, axis=2), edit)
    return edited[:, :, :channels]
