"""Why a model predicts so: where it looked, and the training photos it finds most alike."""

from __future__ import annotations

from collections.abc import Hashable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QSize, Signal, Slot
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from emotion_desktop.ui.image_loader import ImageLoader
from emotion_desktop.ui.theme import GAP
from emotion_desktop.ui.widgets.basics import scaled_to_square, wrapping_label
from emotion_desktop.ui.widgets.flow_layout import FlowLayout

if TYPE_CHECKING:
    from emotion_desktop.jobs.gallery.explain import HeatPicture
    from emotion_desktop.jobs.gallery.neighbours import Neighbours

_SIDE: Final = 96
_NEIGHBOUR: Final = 68


def _load_neighbour(path: str, side: int) -> Any:
    from emotion_desktop.imaging.thumbnails import thumbnail

    return thumbnail(Path(path), side)


class ExplanationPanel(QWidget):
    """Two buttons until they are pressed; then the pictures they ask for."""

    heat_wanted = Signal()
    neighbours_wanted = Signal()
    #: What was asked for is there: the widget that should be in sight.
    shown = Signal(object)

    def __init__(self, loader: ImageLoader, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._loader = loader
        self._paths: list[str] = []
        self._heat: HeatPicture | None = None
        self.ask_heat = QPushButton("Where did it look?")
        self.ask_neighbours = QPushButton("Similar training photos")
        self.heat = QLabel()
        self.heat.setFixedSize(QSize(_SIDE, _SIDE))
        self.heat.setAccessibleName("Where the model looked")
        self.heat_text = wrapping_label(role="muted")
        self.neighbours_text = wrapping_label(role="muted")
        self.neighbours = [QLabel() for _ in range(4)]
        buttons = FlowLayout(spacing=8)
        buttons.addWidget(self.ask_heat)
        buttons.addWidget(self.ask_neighbours)
        seen = QHBoxLayout()
        seen.setSpacing(GAP)
        seen.addWidget(self.heat)
        seen.addWidget(self.heat_text, 1)
        row = QHBoxLayout()
        row.setSpacing(6)
        for label in self.neighbours:
            label.setFixedSize(QSize(_NEIGHBOUR, _NEIGHBOUR))
            row.addWidget(label)
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(buttons)
        layout.addLayout(seen)
        layout.addWidget(self.neighbours_text)
        layout.addLayout(row)
        self.ask_heat.clicked.connect(self._wait_for_heat)
        self.ask_neighbours.clicked.connect(self._wait_for_neighbours)
        loader.loaded.connect(self._on_image_loaded)
        self.clear()

    def clear(self) -> None:
        """Empties the panel for another face."""
        self._paths, self._heat = [], None
        for button in (self.ask_heat, self.ask_neighbours):
            button.setEnabled(True)
        for label in (self.heat, self.heat_text, self.neighbours_text, *self.neighbours):
            label.clear()
            label.hide()

    def show_heat(self, heat: HeatPicture) -> None:
        """Shows where the model looked."""
        from emotion_desktop.jobs.gallery.explain import heat_words
        from emotion_desktop.ui.image_loader import to_image

        self._heat = heat
        pixmap = QPixmap.fromImage(to_image(heat.picture))
        self.heat.setPixmap(scaled_to_square(pixmap, _SIDE, self.devicePixelRatioF(), smooth=True))
        self.heat_text.setText(heat_words(heat))
        self.heat.show()
        self.heat_text.show()
        self.shown.emit(self.heat)

    def show_neighbours(self, found: Neighbours) -> None:
        """Shows training photos, the most alike first."""
        from emotion_desktop.jobs.gallery.neighbours import neighbour_words

        self._paths = [photo.path for photo in found.photos]
        self.neighbours_text.setText(neighbour_words(found))
        self.neighbours_text.show()
        for label, photo in zip(self.neighbours, found.photos, strict=False):
            known = photo.emotion or "label not known here"
            tip = f"{Path(photo.path).name}: {known}, likeness {photo.likeness:.2f}"
            label.setToolTip(tip)
            label.setAccessibleName(tip)
            label.show()
        self._fill()
        self.shown.emit(self.neighbours[0])

    def _fill(self) -> None:
        side = round(_NEIGHBOUR * self.devicePixelRatioF())
        for label, path in zip(self.neighbours, self._paths, strict=False):
            key = ("neighbour", path, side)
            pixmap = self._loader.get(key, partial(_load_neighbour, path, side))
            if pixmap is not None:
                shown = QPixmap(pixmap)
                shown.setDevicePixelRatio(self.devicePixelRatioF())
                label.setPixmap(shown)

    @Slot(object)
    def _on_image_loaded(self, key: Hashable) -> None:
        if isinstance(key, tuple) and key[0] == "neighbour" and key[1] in self._paths:
            self._fill()

    @Slot()
    def _wait_for_heat(self) -> None:
        self.ask_heat.setEnabled(False)
        self.heat_text.setText("One moment: the net is asked where it looked.")
        self.heat_text.show()
        self.heat_wanted.emit()

    @Slot()
    def _wait_for_neighbours(self) -> None:
        self.ask_neighbours.setEnabled(False)
        self.neighbours_text.setText(
            "One moment: the first time, all training photos on this computer are looked at."
        )
        self.neighbours_text.show()
        self.neighbours_wanted.emit()
