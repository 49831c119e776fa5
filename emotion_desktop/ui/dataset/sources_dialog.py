"""The sources of the data set: what each brought, and Remove."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from emotion_desktop.domain.text import counted
from emotion_desktop.ui.widgets.basics import fill_scroll_area, wrapping_label

if TYPE_CHECKING:  # not before the window is shown
    from emotion_desktop.workspace.catalogue.sources import Source

_SIZE: Final = (640, 420)


class SourcesDialog(QDialog):
    """A card per source."""

    #: Location and title of a source.
    remove_wanted = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Sources of the data set")
        self.setModal(True)
        self.resize(*_SIZE)
        self._cards: list[QFrame] = []
        inside = QWidget()
        self._list = QVBoxLayout(inside)
        self._list.setContentsMargins(0, 0, 8, 0)
        self._list.setSpacing(8)
        self._list.addStretch(1)
        scroll = QScrollArea()
        scroll.setAccessibleName("Sources")
        fill_scroll_area(scroll, inside)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 14)
        layout.setSpacing(12)
        layout.addWidget(scroll, 1)
        layout.addWidget(buttons)

    def show_sources(self, sources: Sequence[Source]) -> None:
        """Shows other sources."""
        for card in self._cards:
            self._list.removeWidget(card)
            card.hide()
            card.deleteLater()
        self._cards = [self._card(source) for source in sources]
        for place, card in enumerate(self._cards):
            self._list.insertWidget(place, card)

    def _card(self, source: Source) -> QFrame:
        card = QFrame()
        card.setProperty("role", "card")
        words = QVBoxLayout()
        words.setSpacing(3)
        words.addWidget(wrapping_label(source.title, "headline"))
        words.addWidget(wrapping_label(_facts(source), "muted"))
        # A path has no spaces to wrap at: it may be broken behind each of its folders.
        place = wrapping_label(source.location.replace("/", "/\u200b"), "muted", selectable=True)
        place.setToolTip(source.location)
        words.addWidget(place)
        remove = QPushButton("Remove…")
        remove.setAccessibleName(f"Remove {source.title}")
        remove.clicked.connect(lambda: self.remove_wanted.emit(source.location, source.title))
        layout = QHBoxLayout(card)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.setSpacing(14)
        layout.addLayout(words, 1)
        layout.addWidget(remove, 0, Qt.AlignmentFlag.AlignTop)
        return card


def _facts(source: Source) -> str:
    lie = "copied into the workspace" if source.copied else "where they were"
    parts = [counted(source.photos, "photo"), lie]
    if source.imported is not None:
        parts.append(time.strftime("imported %d %b %Y, %H:%M", time.localtime(source.imported)))
    return " · ".join(parts)
