"""The column of sections with their counts; a click leads to the section."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QPainter
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.ui.gallery.entries import SECTIONS, TITLES
from emotion_desktop.ui.icons import paint_emotion, paint_sign, pixmap
from emotion_desktop.ui.theme import Theme


class SectionList(QWidget):
    """All sections, always in sight."""

    chosen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._buttons: dict[str, QPushButton] = {}
        self._counts: dict[str, QLabel] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 4, 4, 8)
        layout.setSpacing(2)
        for section in SECTIONS:
            if section == "unsure":
                layout.addSpacing(12)
            layout.addWidget(self._row(section))
        layout.addStretch(1)
        self.setMinimumWidth(170)
        self.set_theme(theme)
        self.set_counts(dict.fromkeys(SECTIONS, 0))

    def _row(self, section: str) -> QPushButton:
        button = QPushButton(f" {TITLES[section]}")
        button.setProperty("role", "flat")
        button.setIconSize(QSize(20, 20))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda: self.chosen.emit(section))
        count = QLabel()
        count.setProperty("role", "muted")
        inside = QHBoxLayout(button)
        inside.setContentsMargins(0, 0, 8, 0)
        inside.addStretch(1)
        inside.addWidget(count)
        self._buttons[section], self._counts[section] = button, count
        return button

    def set_theme(self, theme: Theme) -> None:
        """Paints in other colours."""
        ratio = self.devicePixelRatioF()
        for section, button in self._buttons.items():

            def paint(painter: QPainter, rect: QRectF, name: str = section) -> None:
                if name in EMOTIONS:
                    paint_emotion(painter, rect, name, theme)
                else:
                    paint_sign(painter, rect, name, theme.muted)

            button.setIcon(QIcon(pixmap(20, ratio, paint)))

    def set_counts(self, counts: dict[str, int]) -> None:
        """Shows how many tiles each section has."""
        for section, count in counts.items():
            self._counts[section].setText(f"{count:,}" if count else "–")
            self._buttons[section].setEnabled(count > 0)
            self._buttons[section].setAccessibleName(f"{TITLES[section]}, {count}")
