"""Before and after: photos of rare emotions, and the copies that would be made of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QRect, QSize, Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from emotion_desktop.ui.image_loader import ImageLoader
from emotion_desktop.ui.theme import Theme

_SIDE: Final = 84
_GAP: Final = 8
_LINE: Final = 20
_PICTURE: Final = 160


class CopiesStrip(QWidget):
    """A row per photo: the original, then its copies.

    Args:
        loader: makes the pictures; it is the page's.
    """

    def __init__(self, loader: ImageLoader, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._loader = loader
        self._theme = theme
        self._examples: Sequence[dict[str, Any]] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Photos and their synthesised copies")
        loader.loaded.connect(self._on_image_loaded)

    def set_theme(self, theme: Theme) -> None:
        """Paints in other colours."""
        self._theme = theme
        self.update()

    def show_examples(self, examples: Sequence[dict[str, Any]]) -> None:
        """Shows examples: ``emotion``, ``path`` and ``edits``, Edits as dicts."""
        self._examples = examples
        parts = (f"{e['emotion']}: {len(e['edits'])} copies" for e in examples)
        self.setAccessibleDescription(", ".join(parts))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """A row per photo."""
        return QSize(5 * (_SIDE + _GAP), len(self._examples) * (_SIDE + _LINE + _GAP))

    def minimumSizeHint(self) -> QSize:
        """As high as its rows."""
        return QSize(3 * (_SIDE + _GAP), self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints the rows."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        for number, example in enumerate(self._examples):
            top = number * (_SIDE + _LINE + _GAP)
            painter.setPen(self._theme.muted)
            name = f"{example['emotion'].capitalize()}: the photo, and copies of it"
            painter.drawText(QRect(0, top, self.width(), _LINE), Qt.AlignmentFlag.AlignLeft, name)
            for column, edit in enumerate([{}, *example["edits"]]):
                left = column * (_SIDE + _GAP) + (_GAP if column else 0)
                place = QRect(left, top + _LINE, _SIDE, _SIDE)
                if place.right() > self.width():
                    break
                picture = self._picture(example["path"], edit)
                if picture is None:
                    painter.fillRect(place, self._theme.track)
                else:
                    painter.drawPixmap(place, picture)
        painter.end()

    def _picture(self, path: str, edit: dict[str, Any]) -> Any:
        key = ("copy", path, tuple(sorted(edit.items())))
        return self._loader.get(key, lambda: _load(Path(path), edit))

    @Slot(object)
    def _on_image_loaded(self, key: object) -> None:
        if isinstance(key, tuple) and key[0] == "copy":
            self.update()


def _load(path: Path, edit: dict[str, Any]) -> Any:
    from emotion_desktop.dataset.synthesis import Edit, apply_edit
    from emotion_desktop.imaging.thumbnails import thumbnail

    return apply_edit(thumbnail(path, _PICTURE), Edit(**edit))
