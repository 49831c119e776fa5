"""Several sources in one training: their parts put together, with a share of the draws for each."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile
from typing import Any

import numpy as np
import numpy.typing as npt

from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.training.data.expert_rows import ExpertRows
from emotion_desktop.training.data.part import Part
from emotion_desktop.training.data.prepared_faces import Pixels, PreparedFaces


class JoinedFaces:
    """Prepared faces of several sources, one source after another; see PreparedFaces."""

    def __init__(self, sources: Sequence[PreparedFaces]) -> None:
        self._sources = sources
        self._starts = np.cumsum([0, *map(len, sources)])

    def __len__(self) -> int:
        return int(self._starts[-1])

    def __getitem__(self, which: Any) -> Pixels:
        """Some faces: a slice, or an array of their numbers."""
        numbers = np.arange(len(self))[which]
        source_of = np.searchsorted(self._starts, numbers, side="right") - 1
        out = np.empty((len(numbers), *self._sources[0][:0].shape[1:]), np.uint8)
        for place in np.unique(source_of):
            of_source = source_of == place
            out[of_source] = self._sources[place][numbers[of_source] - self._starts[place]]
        return out


def join(parts: Sequence[Part], shares: Sequence[float]) -> Part:
    """One part of several; nobody is in two of them.

    Args:
        parts: of one kind (training, say) each, of different sources. Expert features are kept of
            those from the first on that have them: an ensemble can be fitted on part of the photos.
        shares: of each source in the draws of an epoch, before balancing.
    """
    offsets = np.cumsum([0, *map(_people, parts)])
    missing = [
        (emotion, int(person + offset))
        for part, offset in zip(parts, offsets, strict=False)
        for emotion, person in part.missing
    ]
    return Part(
        JoinedFaces([part.faces for part in parts]),
        np.concatenate([part.emotions for part in parts]),
        np.concatenate(
            [part.people + offset for part, offset in zip(parts, offsets, strict=False)]
        ).astype(np.int32),
        tuple(missing),
        expert_features=_expert_features(parts),
        votes=np.concatenate([_votes(part) for part in parts]),
        draws=np.concatenate(
            [
                np.full(len(part.emotions), share / len(part.emotions))
                for part, share in zip(parts, shares, strict=True)
            ]
        ),
    )


def _people(part: Part) -> int:
    """How many numbers a part has for its people."""
    return max([int(part.people.max(initial=-1)), *(person for _, person in part.missing)]) + 1


def _expert_features(parts: Sequence[Part]) -> ExpertRows | None:
    known = [
        part.expert_features[:]
        for part in takewhile(lambda part: part.expert_features is not None, parts)
        if part.expert_features is not None
    ]
    if not known:
        return None
    table = np.concatenate(known)
    return ExpertRows(table, np.arange(len(table)))


def _votes(part: Part) -> npt.NDArray[np.float32]:
    """The votes for a part's photos; a label alone is a unanimous vote."""
    return (
        np.eye(len(EMOTIONS), dtype=np.float32)[part.emotions] if part.votes is None else part.votes
    )
