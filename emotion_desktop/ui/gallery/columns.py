"""The gallery's tiles as columns, so that a filter looks at all of them at once; no Qt in it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from emotion_desktop.ui.describe import model_title
from emotion_desktop.ui.gallery.entries import SECTIONS, Entry
from emotion_desktop.ui.gallery.filter import WHOLE, GalleryFilter

if TYPE_CHECKING:
    import numpy.typing as npt

_SECTION: Final = {section: number for number, section in enumerate(SECTIONS)}
_FIRST_ROOM: Final = 1024
_KINDS: Final = np.dtype(
    [
        ("section", np.uint8),
        ("confidence", np.float32),  # not a number where there is no face
        ("model", np.int16),
        ("corrected", np.bool_),
        ("differs", np.bool_),
        ("faces", np.uint16),
    ]
)


class Columns:
    """One row per tile, in the order of the gallery's model."""

    def __init__(self) -> None:
        self._names: list[str] = []
        self._models: list[str] = []
        self._table: npt.NDArray[Any] = np.zeros(_FIRST_ROOM, _KINDS)

    def __len__(self) -> int:
        return len(self._names)

    def append(self, entries: Iterable[Entry]) -> None:
        """Adds rows."""
        for entry in entries:
            row = len(self._names)
            self._names.append(entry.name.casefold())
            if row == len(self._table):
                self._table = np.concatenate([self._table, np.zeros(row, _KINDS)])
            self._write(row, entry)

    def change(self, row: int, entry: Entry) -> None:
        """Puts another tile into a row."""
        differs = self._table["differs"][row]
        self._names[row] = entry.name.casefold()
        self._write(row, entry)
        self._table["differs"][row] = differs

    def mark_differing(self, row: int, differs: bool) -> None:
        """Whether another model names another emotion than the one that the row shows."""
        self._table["differs"][row] = differs

    def clear(self) -> None:
        """Starts over without rows."""
        self._names.clear()

    def models(self) -> dict[str, int]:
        """How many tiles each model has read, by its title for people."""
        counts = np.bincount(self._table["model"][: len(self)], minlength=len(self._models))
        return {model: int(n) for model, n in zip(self._models, counts, strict=True) if n}

    def faces(self) -> int:
        """How many of the rows are faces."""
        return int(np.count_nonzero(~np.isnan(self._table["confidence"][: len(self)])))

    def mask(self, wanted: GalleryFilter) -> npt.NDArray[np.bool_]:
        """Which rows a filter lets through."""
        count = len(self)
        table = self._table[:count]
        shown = np.ones(count, np.bool_)
        if wanted.text:
            text = wanted.text.casefold()
            shown &= np.fromiter((text in name for name in self._names), np.bool_, count)
        if wanted.confidence != WHOLE:
            # What is shown as a whole per cent is compared as such.
            percent = np.rint(table["confidence"] * 100)
            low, high = wanted.confidence
            shown &= (percent >= low) & (percent <= high)
        if wanted.sections:
            shown &= _among(table["section"], [_SECTION[name] for name in wanted.sections])
        if wanted.models:
            known = [number for number, name in enumerate(self._models) if name in wanted.models]
            shown &= _among(table["model"], known)
        if wanted.corrected is not None:
            shown &= table["corrected"] == wanted.corrected
        if wanted.differs:
            shown &= table["differs"]
        if wanted.several:
            shown &= table["faces"] > 1
        return shown

    def _write(self, row: int, entry: Entry) -> None:
        model = model_title(entry.prediction.model_name)
        if model not in self._models:
            self._models.append(model)
        self._table[row] = (
            _SECTION[entry.section],
            np.nan if entry.face is None else entry.face.confidence,
            self._models.index(model),
            entry.correction is not None,
            False,
            len(entry.prediction.faces),
        )


def _among(column: npt.NDArray[Any], values: list[int]) -> npt.NDArray[np.bool_]:
    return np.isin(column, np.array(values, column.dtype))
