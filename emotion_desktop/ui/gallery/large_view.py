"""One photo over the place of the tiles; keys go on to the next, correct it, and lead back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSlider, QVBoxLayout, QWidget

from emotion_desktop.domain.emotions import emotion_of_key
from emotion_desktop.domain.prediction import PhotoStatus
from emotion_desktop.ui.gallery.entries import Entry
from emotion_desktop.ui.gallery.photo_view import MOST_ZOOM, PhotoView
from emotion_desktop.ui.image_loader import ImageLoader
from emotion_desktop.ui.theme import Theme
from emotion_desktop.ui.widgets.basics import ElidedLabel

_SIDE: Final = 2048
#: The slider's steps between all of the photo and its largest.
_STEPS: Final = 100


def _load(entry: Entry) -> Any:
    from emotion_desktop.imaging.thumbnails import fit

    return fit(entry.path, _SIDE)[0]


class LargeView(QWidget):
    """Shows the photo of the current tile; which that is, the grid decides."""

    #: By how many tiles to go on; see ``ENDS`` for the first and the last.
    step_wanted = Signal(int)
    closed = Signal()
    #: The key of an emotion was pressed; empty for 0.
    label_wanted = Signal(str)
    remove_wanted = Signal()
    #: Another face of the photo was clicked: its Box.
    face_clicked = Signal(object)

    #: A step that is farther than any gallery is long.
    ENDS: Final = 1 << 30

    def __init__(self, loader: ImageLoader, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._loader = loader
        self._entry: Entry | None = None
        self._next: Entry | None = None
        self.photo = PhotoView(theme)
        self.back = QPushButton("Back")
        self.back.setToolTip("Back to all photos (Esc)")
        self.earlier, self.later = QPushButton("‹"), QPushButton("›")
        self.zoom = QSlider(Qt.Orientation.Horizontal)
        self._name = ElidedLabel()
        self._place = QLabel()
        self._place.setProperty("role", "muted")
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        for button, name in ((self.earlier, "Previous photo"), (self.later, "Next photo")):
            button.setAccessibleName(name)
            button.setToolTip(f"{name} ({'Left' if button is self.earlier else 'Right'})")
        for button in (self.back, self.earlier, self.later):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.zoom.setRange(0, _STEPS)
        self.zoom.setFixedWidth(110)
        self.zoom.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.zoom.setAccessibleName("Size of the photo")
        self.zoom.setToolTip("Size of the photo (Ctrl and the wheel, + and −)")
        top = QHBoxLayout()
        top.setContentsMargins(16, 10, 16, 6)
        top.setSpacing(8)
        top.addWidget(self.back)
        top.addWidget(self._name, 1)
        top.addWidget(self._place)
        top.addWidget(self.zoom)
        top.addWidget(self.earlier)
        top.addWidget(self.later)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(top)
        inside = QVBoxLayout()
        inside.setContentsMargins(16, 0, 16, 12)
        inside.addWidget(self.photo)
        layout.addLayout(inside, 1)

    def _connect(self) -> None:
        self.back.clicked.connect(self.closed)
        self.earlier.clicked.connect(lambda: self.step_wanted.emit(-1))
        self.later.clicked.connect(lambda: self.step_wanted.emit(1))
        self.zoom.valueChanged.connect(
            lambda value: self.photo.set_zoom(MOST_ZOOM ** (value / _STEPS))
        )
        self.photo.zoomed.connect(self._show_zoom)
        self.photo.face_clicked.connect(self.face_clicked)
        self._loader.loaded.connect(self._on_image_loaded)

    def set_theme(self, theme: Theme) -> None:
        """Paints in other colours."""
        self.photo.theme = theme
        self.photo.update()

    def show_entry(self, entry: Entry | None, place: str, following: Entry | None) -> None:
        """Shows a tile's photo.

        Args:
            place: which of how many, in words.
            following: the one that is probably wanted next: it is loaded already.
        """
        same_photo = (
            entry is not None
            and self._entry is not None
            and entry.prediction.path == self._entry.prediction.path
        )
        self._entry, self._next = entry, following
        self._place.setText(place)
        self._name.setText(entry.name if entry else "")
        if not same_photo:
            self.photo.set_zoom(1.0)
        self._fill()

    def _fill(self) -> None:
        entry = self._entry
        if entry is None or not self.isVisible():
            return
        if entry.prediction.status is PhotoStatus.UNREADABLE:
            self.photo.show_message(entry.prediction.error or "")
            return
        pixmap = self._picture(entry)
        if pixmap is None:
            key = ("large", entry.prediction.path)
            self.photo.show_message(self._loader.problem(key) or "One moment …")
            return
        marked = entry.face.box if entry.face else None
        others = [face.box for face in entry.prediction.faces if face is not entry.face]
        self.photo.show_picture(pixmap, entry.prediction.size, marked, others)
        if self._next is not None and self._next.prediction.status is not PhotoStatus.UNREADABLE:
            self._picture(self._next)

    def _picture(self, entry: Entry) -> QPixmap | None:
        work: Callable[[], Any] = lambda: _load(entry)  # noqa: E731 - passed on as it is
        return self._loader.get(("large", entry.prediction.path), work)

    @Slot(object)
    def _on_image_loaded(self, key: object) -> None:
        if self._entry is not None and key == ("large", self._entry.prediction.path):
            self._fill()

    @Slot(float)
    def _show_zoom(self, zoom: float) -> None:
        from math import log

        self.zoom.blockSignals(True)
        self.zoom.setValue(round(_STEPS * log(zoom) / log(MOST_ZOOM)))
        self.zoom.blockSignals(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go on, an emotion's key corrects, Esc, Enter and Space lead back."""
        key = Qt.Key
        pressed = Qt.Key(event.key())
        steps = {
            key.Key_Left: -1,
            key.Key_Up: -1,
            key.Key_Right: 1,
            key.Key_Down: 1,
            key.Key_Home: -self.ENDS,
            key.Key_End: self.ENDS,
        }
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        emotion = "" if event.text() == "0" else emotion_of_key(event.text())
        if pressed in steps:
            self.step_wanted.emit(steps[pressed])
        elif pressed in (key.Key_Escape, key.Key_Return, key.Key_Enter, key.Key_Space):
            self.closed.emit()
        elif plain and emotion is not None:
            self.label_wanted.emit(emotion)
        elif pressed in (key.Key_Plus, key.Key_Equal, key.Key_Minus):
            self.photo.zoom_by(-1 if pressed == key.Key_Minus else 1)
        elif pressed == key.Key_Delete:
            self.remove_wanted.emit()
        else:
            super().keyPressEvent(event)
