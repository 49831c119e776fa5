"""What stands in the gallery and in which order; no Qt in it."""

from __future__ import annotations

import os
from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.domain.geometry import Box
from emotion_desktop.domain.prediction import FacePrediction, PhotoStatus, Prediction
from emotion_desktop.ui.widgets.sections import Sections

if TYPE_CHECKING:  # not before the window is shown
    import numpy as np
    import numpy.typing as npt

    from emotion_desktop.domain.model import ModelCard

UNSURE: Final = "unsure"
NO_FACE: Final = "no_face"
UNREADABLE: Final = "unreadable"
SECTIONS: Final = (*EMOTIONS, UNSURE, NO_FACE, UNREADABLE)
TITLES: Final = {
    **{emotion: emotion.capitalize() for emotion in EMOTIONS},
    UNSURE: "Not sure",
    NO_FACE: "No face",
    UNREADABLE: "Could not read",
}


class SortOrder(str, Enum):
    """How tiles are sorted inside a section."""

    MOST_SURE = "Most sure first"
    LEAST_SURE = "Least sure first"
    DISAGREE = "Models disagree first"
    NAME = "By name"


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One tile: a face of a photo, or a photo without one."""

    prediction: Prediction
    face: FacePrediction | None
    #: Which face of the photo, from 1; 0 for a photo without one.
    number: int
    #: The emotion that a person sees in it: it stands above what the model says.
    correction: str | None = None
    #: That of the model that made the prediction, as it was then.
    card: ModelCard | None = None

    @property
    def path(self) -> Path:
        """The photo."""
        return Path(self.prediction.path)

    @property
    def name(self) -> str:
        """The photo's name and, if it shows several, the face's number, for people to read."""
        # Sorting asks for thousands of names at once: no Path is made for them.
        name = os.path.basename(self.prediction.path) or self.prediction.path  # noqa: PTH119
        if not name.isprintable():
            name = "".join(c if c.isprintable() else "�" for c in name)
        count = len(self.prediction.faces)
        return f"{name} ({self.number} of {count})" if count > 1 else name

    @property
    def section(self) -> str:
        """The section it stands in."""
        if self.correction is not None:
            return self.correction
        if self.prediction.status is PhotoStatus.UNREADABLE:
            return UNREADABLE
        if self.face is None:
            return NO_FACE
        return self.face.emotion if self.face.sure else UNSURE


def entries_of(
    prediction: Prediction,
    corrections: Mapping[tuple[bytes, Box], str] = MappingProxyType({}),
    card: ModelCard | None = None,
) -> list[Entry]:
    """The tiles of a photo: one per face.

    Args:
        corrections: what people say of faces, by the photo's digest and the face's box.
        card: that of the model that made the prediction.
    """
    if not prediction.faces:
        return [Entry(prediction, None, 0, card=card)]
    digest = prediction.digest or b""
    return [
        Entry(prediction, face, number, corrections.get((digest, face.box)), card)
        for number, face in enumerate(prediction.faces, start=1)
    ]


#: How far models are apart on an entry's face; negative where only one was asked.
Disagreement = Callable[["Entry"], float]


def _nobody_else(_: Entry) -> float:
    return -1.0


def _key(order: SortOrder, disagreement: Disagreement) -> Callable[[Entry], tuple[Any, ...]]:
    def name(entry: Entry) -> tuple[Any, ...]:
        return entry.name.casefold(), entry.prediction.path, entry.number

    if order is SortOrder.NAME:
        return name
    if order is SortOrder.DISAGREE:
        return lambda entry: (-disagreement(entry), *name(entry))
    sign = -1 if order is SortOrder.MOST_SURE else 1

    def confidence(entry: Entry) -> tuple[Any, ...]:
        return (sign * entry.face.confidence if entry.face else 0.0, *name(entry))

    return confidence


@dataclass
class Arrangement:
    """Rows of the gallery's model, by section and in order."""

    order: SortOrder = SortOrder.MOST_SURE
    disagreement: Disagreement = _nobody_else
    sections: dict[str, list[tuple[Any, int]]] = field(
        default_factory=lambda: {section: [] for section in SECTIONS}
    )
    _arrays: dict[str, npt.NDArray[np.int32]] = field(default_factory=dict, repr=False)

    def add(self, entries: Iterable[Entry], first_row: int) -> None:
        """Files entries that begin at a row of the model."""
        key = _key(self.order, self.disagreement)
        for row, entry in enumerate(entries, start=first_row):
            insort(self.sections[entry.section], (key(entry), row))
            self._arrays.pop(entry.section, None)

    def move(self, row: int, old: Entry, new: Entry) -> None:
        """Files a row's new entry in place of its old one."""
        key = _key(self.order, self.disagreement)
        rows = self.sections[old.section]
        del rows[bisect_left(rows, (key(old), row))]
        for section in (old.section, new.section):
            self._arrays.pop(section, None)
        insort(self.sections[new.section], (key(new), row))

    def rows(self, section: str) -> list[int]:
        """The rows of a section, in order."""
        return [row for _, row in self.sections[section]]

    def in_order(self, shown: npt.NDArray[np.bool_] | None = None) -> Sections:
        """The rows as the grid shows them.

        Args:
            shown: whether a row is, by its number; None for all.
        """
        items = []
        for section in SECTIONS:
            rows = self._array(section)
            items.append((section, rows if shown is None else rows[shown[rows]]))
        return Sections(tuple(items))

    def counts(self) -> dict[str, int]:
        """Tiles per section."""
        return {section: len(rows) for section, rows in self.sections.items()}

    def _array(self, section: str) -> npt.NDArray[np.int32]:
        """The rows of a section, kept until they change: filters ask for them again and again."""
        import numpy as np

        if section not in self._arrays:
            rows = self.sections[section]
            self._arrays[section] = np.fromiter((row for _, row in rows), np.int32, len(rows))
        return self._arrays[section]

    @classmethod
    def sort(
        cls, entries: Iterable[Entry], order: SortOrder, disagreement: Disagreement = _nobody_else
    ) -> Arrangement:
        """Everything sorted anew."""
        key = _key(order, disagreement)
        arrangement = cls(order, disagreement)
        for row, entry in enumerate(entries):
            arrangement.sections[entry.section].append((key(entry), row))
        for rows in arrangement.sections.values():
            rows.sort()
        return arrangement
