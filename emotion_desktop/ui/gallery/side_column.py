"""The gallery's left column: search, counts, sections, the tiles' size, Save, Clear."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QScrollArea,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from emotion_desktop.domain.text import counted
from emotion_desktop.jobs.gallery.specs import PredictionFormat
from emotion_desktop.ui.gallery.section_list import SectionList
from emotion_desktop.ui.theme import Theme
from emotion_desktop.ui.widgets.basics import fill_scroll_area, wrapping_label
from emotion_desktop.ui.widgets.picture_tile import LARGEST, SMALLEST

#: A search begins so long after the last key, milliseconds: nobody waits, nothing flickers.
_TYPING_MS: Final = 60
WIDTH: Final = 206
FORMATS: Final = {
    "A table (CSV)…": PredictionFormat.TABLE,
    "All details (JSON)…": PredictionFormat.DETAILS,
    "Copies of the photos, a folder per emotion…": PredictionFormat.COPIES,
}


class SideColumn(QWidget):
    """Signals say what the user wants."""

    #: The words in the search field, shortly after they were typed.
    searched = Signal(str)
    #: The search is over: the tiles want the keys again.
    search_left = Signal()
    #: How wide the tiles' pictures are to be at least, pixels.
    size_wanted = Signal(int)
    #: A PredictionFormat: what the predictions are to be saved as.
    save_wanted = Signal(object)
    clear_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Find by name (Ctrl+F)")
        self.search.setAccessibleName("Find photos by name")
        self.search.setClearButtonEnabled(True)
        self.search.installEventFilter(self)
        self.summary = wrapping_label(role="muted")
        self.summary.setContentsMargins(16, 0, 8, 0)
        self.sections = SectionList(theme)
        self.tile_size = QSlider(Qt.Orientation.Horizontal)
        self.tile_size.setRange(SMALLEST, LARGEST)
        self.tile_size.setPageStep(40)
        self.tile_size.setAccessibleName("Size of the tiles")
        self.tile_size.setToolTip("Size of the tiles (Ctrl and the wheel, Ctrl++ and Ctrl+−)")
        self.save = QPushButton("Save")
        self.save.setToolTip("Saves the predictions of all photos here, and your corrections.")
        self.save.setProperty("role", "menu")
        self.save.setMenu(QMenu(self.save))
        for text, form in FORMATS.items():
            action = self.save.menu().addAction(text)
            action.triggered.connect(lambda _=False, form=form: self.save_wanted.emit(form))
        self.clear = QPushButton("Clear")
        self.clear.setToolTip("Empties the gallery. No photo is deleted; Ctrl+Z brings them back.")
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_TYPING_MS)
        self._lay_out()
        self._later.timeout.connect(lambda: self.searched.emit(self.search.text().strip()))
        self.search.textChanged.connect(lambda _: self._later.start())
        self.tile_size.valueChanged.connect(self.size_wanted)
        self.clear.clicked.connect(self.clear_wanted)

    def _lay_out(self) -> None:
        scroll = QScrollArea()
        fill_scroll_area(scroll, self.sections)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        size_label = QLabel("Size")
        size_label.setProperty("role", "muted")
        size_label.setBuddy(self.tile_size)
        size = QHBoxLayout()
        size.setContentsMargins(16, 0, 8, 0)
        size.setSpacing(8)
        size.addWidget(size_label)
        size.addWidget(self.tile_size, 1)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(16, 0, 8, 14)
        buttons.setSpacing(8)
        buttons.addWidget(self.save)
        buttons.addWidget(self.clear)
        search = QHBoxLayout()
        search.setContentsMargins(12, 10, 8, 0)
        search.addWidget(self.search)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(8)
        rows.addLayout(search)
        rows.addWidget(self.summary)
        rows.addWidget(scroll, 1)
        rows.addLayout(size)
        rows.addLayout(buttons)
        self.setFixedWidth(WIDTH)

    def set_theme(self, theme: Theme) -> None:
        """Paints in other colours."""
        self.sections.set_theme(theme)

    def show_size(self, side: int) -> None:
        """Shows the tiles' size; nothing is emitted."""
        self.tile_size.blockSignals(True)
        self.tile_size.setValue(side)
        self.tile_size.blockSignals(False)

    def show_search(self, text: str) -> None:
        """Shows other words; nothing is searched for."""
        if text != self.search.text().strip():
            self.search.blockSignals(True)
            self.search.setText(text)
            self.search.blockSignals(False)

    def show_counts(self, photos: int, faces: int, unread: int, shown: int | None) -> None:
        """Says how much is here.

        Args:
            photos: with those that could not be read, or are none.
            unread: how many these are.
            shown: the tiles that the filter lets through; None where there is no filter.
        """
        everything = f"{counted(photos - unread, 'photo')} · {counted(faces, 'face')}"
        if unread:
            everything += f" · {unread:,} not read"
        self.summary.setText(everything if shown is None else f"{shown:,} shown of {everything}")

    @Slot()
    def start_search(self) -> None:
        """Takes the keys, with the words of before selected."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter and the arrow down lead to what was found; Esc takes the search back."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            key = Qt.Key(event.key())
            if key == Qt.Key.Key_Escape:
                self.search.clear()
            if key in (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down):
                self._later.stop()
                self.searched.emit(self.search.text().strip())
                self.search_left.emit()
                return True
        return super().eventFilter(watched, event)
