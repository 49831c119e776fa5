"""The menu that corrects faces with the mouse, and tells the keys that do the same."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QIcon, QPainter
from PySide6.QtWidgets import QMenu, QWidget

from emotion_desktop.domain.emotions import EMOTIONS, KEYS
from emotion_desktop.ui.icons import paint_emotion, pixmap
from emotion_desktop.ui.theme import Theme

_ICON = 18


class CorrectMenu(QMenu):
    """All emotions, each with its key; below them the way back."""

    #: An emotion; empty for what the model says.
    chosen = Signal(str)

    def __init__(
        self, theme: Theme, parent: QWidget | None = None, *, back: str = "What the model says"
    ) -> None:
        super().__init__(parent)
        self._emotions = {
            emotion: self.addAction(f"{emotion.capitalize()}\t{KEYS.get(emotion, '')}")
            for emotion in EMOTIONS
        }
        for emotion, action in self._emotions.items():
            action.triggered.connect(lambda _=False, e=emotion: self.chosen.emit(e))
        self.addSeparator()
        self._back = self.addAction(f"{back}\t0")
        self._back.triggered.connect(lambda: self.chosen.emit(""))
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Paints in other colours."""
        for emotion, action in self._emotions.items():

            def paint(painter: QPainter, rect: QRectF, name: str = emotion) -> None:
                paint_emotion(painter, rect, name, theme)

            action.setIcon(QIcon(pixmap(_ICON, self.devicePixelRatioF(), paint)))

    def offer_way_back(self, corrected: bool) -> None:
        """Whether there is a correction to take back."""
        self._back.setEnabled(corrected)
