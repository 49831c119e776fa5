"""One part of a split, as training sees it: faces and what they show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.training.data.expert_rows import ExpertRows
from emotion_desktop.training.data.prepared_faces import PreparedFaces


@dataclass(frozen=True)
class Part:
    """One part of a split, as far as training needs it.

    Attributes:
        faces: of the photos that have one.
        emotions: (photos,) numbers in EMOTIONS.
        people: (photos,) a number for everybody.
        missing: emotion and person of each photo without a face to learn from or answer for.
        copies: how many of the faces, at the end, are synthesised.
        expert_features: of the real photos, where the recipe uses them.
        votes: (photos, EMOTIONS) shares of the people asked that named each emotion, each row
            adding up to 1; None: only labels are known.
        draws: (photos,) how often each is drawn against the others, before balancing; None: all
            alike.
    """

    faces: PreparedFaces
    emotions: npt.NDArray[np.int8]
    people: npt.NDArray[np.int32]
    missing: tuple[tuple[str, int], ...] = ()
    copies: int = 0
    expert_features: ExpertRows | None = None
    votes: npt.NDArray[np.float32] | None = None
    draws: npt.NDArray[np.float64] | None = None

    def soft_targets(self, labels: Sequence[str]) -> npt.NDArray[np.float32]:
        """(photos, labels): what the net is to answer, the votes where they are known.

        A vote for an emotion that is none of the labels is left out, and the others' are scaled.
        """
        if self.votes is None:
            return np.eye(len(labels), dtype=np.float32)[self.targets(labels)]
        known = self.votes[:, [EMOTIONS.index(label) for label in labels]]
        return np.asarray(known / known.sum(axis=1, keepdims=True))

    def targets(self, labels: Sequence[str]) -> npt.NDArray[np.int32]:
        """The number of each photo's emotion among ``labels``; -1 where it is none of them."""
        numbers = [labels.index(e) if e in labels else -1 for e in EMOTIONS]
        return np.array(numbers, np.int32)[self.emotions]

    def truths(self) -> list[str]:
        """The emotion of each photo."""
        return [EMOTIONS[number] for number in self.emotions]

    def persons(self) -> list[str]:
        """Who is in each photo."""
        return [str(number) for number in self.people]

    def counts(self, *, real: bool = False) -> Counter[str]:
        """Photos with a face per emotion.

        Args:
            real: synthesised ones are not counted.
        """
        emotions = self.emotions[: len(self.emotions) - self.copies] if real else self.emotions
        found = np.bincount(emotions, minlength=len(EMOTIONS))
        return Counter({e: int(n) for e, n in zip(EMOTIONS, found, strict=True) if n})
