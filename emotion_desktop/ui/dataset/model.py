"""The photos that match a filter, for Qt: numbers of all, rows of those that are looked at."""

from __future__ import annotations

from array import array
from collections import OrderedDict
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Slot

from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.ui.catalogue_reader import CatalogueReader
from emotion_desktop.ui.widgets.sections import Sections

if TYPE_CHECKING:  # not before the window is shown
    from emotion_desktop.workspace.catalogue.browse import FilteredPhotos, PhotoRow
    from emotion_desktop.workspace.catalogue.catalogue import Catalogue

PHOTO_ROLE: Final = Qt.ItemDataRole.UserRole
_Index = QModelIndex | QPersistentModelIndex
_PAGE: Final = 96
_KEPT_PAGES: Final = 64
_TOPIC: Final = "rows"
#: What photos are filed under, in words.
TITLES: Final = {
    **{emotion: emotion.capitalize() for emotion in EMOTIONS},
    "unlabelled": "No label",
    "contradictory": "Contradicting",
    "unknown": "Unknown label",
    "excluded": "Left out",
}


class PhotoModel(QAbstractListModel):
    """Photos by row; a row that was not read yet is None, and is asked for."""

    def __init__(self, reader: CatalogueReader, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._reader = reader
        self._numbers: array[int] = array("q")
        self._pages: OrderedDict[int, Mapping[int, PhotoRow]] = OrderedDict()
        self._asked: set[int] = set()
        self._generation = 0
        self.sections = Sections()
        reader.answered.connect(self._answered)

    def show_found(self, found: FilteredPhotos) -> None:
        """Shows other photos; the model holds on to their numbers alone."""
        self.beginResetModel()
        self._numbers = found.numbers
        self._forget()
        start, items = 0, []
        for section, count in found.sections.items():
            items.append((section, range(start, start + count)))
            start += count
        self.sections = Sections(tuple(items))
        self.endResetModel()

    def numbers(self, rows: list[int]) -> list[int]:
        """The catalogue's numbers of rows."""
        return [self._numbers[row] for row in rows]

    def row_of(self, number: int) -> int | None:
        """The row of a photo."""
        try:
            return self._numbers.index(number)
        except ValueError:
            return None

    def next_to_decide(self, rows: list[int]) -> int | None:
        """The row to go on with once some are decided: the next of its section, or else the one
        before them there, or else the nearest. None if there is no other.

        Args:
            rows: in ascending order.
        """
        decided, last = set(rows), rows[-1]
        number, place = self.sections.section_of(last)
        section = self.sections.items[number][1]
        first = last - place
        before = (row for row in range(last, first - 1, -1) if row not in decided)
        others = (last + 1, rows[0] - 1)
        if place + 1 < len(section):
            return last + 1
        return next(before, next((row for row in others if 0 <= row < len(self.sections)), None))

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """How many photos match."""
        return 0 if parent.isValid() else len(self._numbers)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The photo itself, its name, or the sentence that describes it."""
        if not index.isValid() or not 0 <= index.row() < len(self._numbers):
            return None
        if role not in _ROLES:
            return None
        photo = self._photo(index.row())
        if role == PHOTO_ROLE or photo is None:
            return photo
        if role == Qt.ItemDataRole.DisplayRole:
            return photo.name
        if role == Qt.ItemDataRole.ToolTipRole:
            return photo.problem or str(photo.path)
        return describe(photo)

    def _photo(self, row: int) -> PhotoRow | None:
        page = row // _PAGE
        if page in self._pages:
            self._pages.move_to_end(page)
            return self._pages[page].get(self._numbers[row])
        if page not in self._asked:
            self._asked.add(page)
            numbers = self._numbers[page * _PAGE : (page + 1) * _PAGE]

            def question(catalogue: Catalogue) -> tuple[int, Mapping[int, PhotoRow]]:
                from emotion_desktop.workspace.catalogue.browse import photo_rows

                return page, photo_rows(catalogue, numbers)

            self._reader.request(f"{_TOPIC} {self._generation} {page}", question)
        return None

    def _forget(self) -> None:
        self._pages.clear()
        self._asked.clear()
        self._generation += 1

    @Slot(str, object)
    def _answered(self, topic: str, answer: Any) -> None:
        if not topic.startswith(f"{_TOPIC} {self._generation} ") or answer is None:
            return
        page, found = answer
        self._asked.discard(page)
        self._pages[page] = found
        while len(self._pages) > _KEPT_PAGES:
            self._pages.popitem(last=False)
        last = min((page + 1) * _PAGE, len(self._numbers)) - 1
        self.dataChanged.emit(self.index(page * _PAGE, 0), self.index(last, 0))


_ROLES: Final = (
    PHOTO_ROLE,
    Qt.ItemDataRole.DisplayRole,
    Qt.ItemDataRole.ToolTipRole,
    Qt.ItemDataRole.AccessibleTextRole,
    Qt.ItemDataRole.AccessibleDescriptionRole,
)


def describe(photo: PhotoRow) -> str:
    """A tile in one sentence, for screen readers."""
    label = photo.emotion or "no label"
    by_hand = ", labelled by hand" if photo.by_hand else ""
    out = f", left out: {photo.excluded}" if photo.excluded else ""
    return f"{photo.name}: {label}{by_hand}{out}"
