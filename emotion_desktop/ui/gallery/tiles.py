"""What stands in the gallery, in which order, and what of it is shown; no widgets in it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from emotion_desktop.domain.geometry import Box
from emotion_desktop.domain.prediction import Prediction
from emotion_desktop.ui.describe import model_title
from emotion_desktop.ui.gallery.entries import Arrangement, Entry, SortOrder, entries_of
from emotion_desktop.ui.gallery.filter import GalleryFilter
from emotion_desktop.ui.gallery.model import GalleryModel
from emotion_desktop.ui.gallery.opinions import Opinions
from emotion_desktop.ui.widgets.sections import Sections

if TYPE_CHECKING:  # not before the window is shown
    from emotion_desktop.domain.model import ModelCard

#: Corrections of faces: the emotion, by the photo's digest and the face's box.
Corrections = Mapping[tuple[bytes, Box], str]


@dataclass(frozen=True, slots=True)
class GalleryContent:
    """What stood in the gallery."""

    entries: list[Entry]
    opinions: Opinions


class GalleryTiles(QObject):
    """The tiles' model, their arrangement, the filter, corrections and second opinions.

    Attributes:
        model: the tiles, for Qt.
        arrangement: all of them by section, in order.
        wanted: the filter; what it does not let through is in the model still.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.model = GalleryModel(self)
        self.opinions = Opinions()
        self.arrangement = Arrangement(disagreement=self.opinions.disagreement)
        self.wanted = GalleryFilter()
        self.corrections: Corrections = {}

    def in_order(self) -> Sections:
        """The rows that are shown, as the grid shows them."""
        shown = self.model.columns.mask(self.wanted) if self.wanted else None
        return self.arrangement.in_order(shown)

    def predictions(self) -> list[Prediction]:
        """Those of the photos that are here, each once, in the order they came."""
        return list({e.prediction.path: e.prediction for e in self.model.entries}.values())

    def read_by_others(self, model: str) -> list[str]:
        """The paths of photos that another model has read than this one, named for people."""
        others = {
            entry.prediction.path: None
            for entry in self.model.entries
            if entry.prediction.model and model_title(entry.prediction.model_name) != model
        }
        return list(others)

    # -- coming and going ----------------------------------------------------------------------

    def add(self, predictions: Sequence[Prediction], card: ModelCard | None = None) -> int:
        """Adds photos; one that is here already has a new prediction from now on.

        Args:
            card: that of the model that made the predictions.

        Returns:
            how many photos are new, or have another prediction now.
        """
        news = 0
        fresh: list[Entry] = []
        changed: dict[int, Entry] = {}
        resized: set[str] = set()
        for prediction in predictions:
            there = self.model.prediction_of(prediction.path)
            if there == prediction:
                continue
            news += 1
            entries = entries_of(prediction, self.corrections, card)
            rows = self.model.rows_of(prediction.path)
            if len(rows) == len(entries):
                changed.update(zip(rows, entries, strict=True))
                continue
            if rows:
                resized.add(prediction.path)
            fresh += entries
        self.remove(resized)
        if not resized:
            self._change(changed)
            self.arrangement.add(fresh, self.model.append(fresh))
        else:  # rows have other numbers by now
            self.model.append(fresh)
            self._change(
                {
                    row: entry
                    for entry in changed.values()
                    for row in self.model.rows_of(entry.prediction.path)
                    if self.model.entries[row].number == entry.number
                },
                arranged=False,
            )
            self.sort(self.arrangement.order)
        return news

    def remove(self, paths: Collection[str]) -> None:
        """Takes photos out."""
        if not paths:
            return
        kept = [entry for entry in self.model.entries if entry.prediction.path not in paths]
        self.model.replace(kept)
        self._mark_all()
        self.sort(self.arrangement.order)

    def clear(self) -> None:
        """Takes everything out."""
        self.model.replace([])
        self.opinions.clear()
        self.sort(self.arrangement.order)

    def content(self) -> GalleryContent:
        """All that stands here, to be put back later."""
        return GalleryContent(self.model.entries.copy(), self.opinions.copy())

    def put_back(self, content: GalleryContent) -> None:
        """Shows what stood here; photos that came since stay behind it."""
        there = {entry.prediction.path for entry in content.entries}
        since = [e for e in self.model.entries if e.prediction.path not in there]
        self.model.replace([*content.entries, *since])
        self.opinions.update(content.opinions)
        self._mark_all()
        self.sort(self.arrangement.order)

    # -- order, opinions, corrections ----------------------------------------------------------

    def sort(self, order: SortOrder) -> None:
        """Arranges everything anew."""
        self.arrangement = Arrangement.sort(self.model.entries, order, self.opinions.disagreement)

    def add_opinions(self, model: str, predictions: Sequence[Prediction]) -> bool:
        """Adds what another model says of photos that are here; returns whether the order of the
        tiles follows from it."""
        self.opinions.add(model, predictions)
        for prediction in predictions:
            self._mark(self.model.rows_of(prediction.path))
        if self.arrangement.order is SortOrder.DISAGREE:
            self.sort(SortOrder.DISAGREE)
            return True
        return self.wanted.differs

    def correct(self, corrections: Mapping[tuple[bytes, Box], str | None]) -> dict[int, Entry]:
        """Shows corrections of faces; None where one was taken back.

        Returns:
            the entries before, by the rows whose correction is another one now.
        """
        before = self.corrections
        self.corrections = {face: named for face, named in corrections.items() if named}
        faces = {
            face
            for face in before.keys() | self.corrections.keys()
            if before.get(face) != self.corrections.get(face)
        }
        old = {
            row: entry
            for digest in {digest for digest, _ in faces}
            for row in self.model.rows_with(digest)
            if (entry := self.model.entries[row]).face is not None
            and (digest, entry.face.box) in faces
        }
        changed = {}
        for row, entry in old.items():
            assert entry.face is not None
            face = (entry.prediction.digest or b"", entry.face.box)
            changed[row] = replace(entry, correction=self.corrections.get(face))
        self._change(changed)
        return old

    def _change(self, changed: Mapping[int, Entry], *, arranged: bool = True) -> None:
        """Puts other entries into rows.

        Args:
            arranged: they have a place in the arrangement that they may have to leave.
        """
        if arranged:
            for row, new in changed.items():
                self.arrangement.move(row, self.model.entries[row], new)
        self.model.change(changed)
        self._mark(changed)

    def _mark_all(self) -> None:
        if self.opinions:
            self._mark(range(len(self.model.entries)))

    def _mark(self, rows: Collection[int]) -> None:
        """Notes for the filter where another model names another emotion."""
        if self.opinions:
            for row in rows:
                differs = self.opinions.differs(self.model.entries[row])
                self.model.columns.mark_differing(row, differs)
