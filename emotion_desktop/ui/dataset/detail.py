"""The panel beside the photos: one of them, what its sources say, and what can be done."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSize, Signal, Slot
from PySide6.QtGui import QIcon, QPainter
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from emotion_desktop.domain.emotions import EMOTIONS, KEY_RANGE
from emotion_desktop.ui.dataset.model import TITLES
from emotion_desktop.ui.gallery.photo_view import PhotoView
from emotion_desktop.ui.icons import paint_emotion, pixmap
from emotion_desktop.ui.image_loader import ImageLoader
from emotion_desktop.ui.open_outside import open_outside
from emotion_desktop.ui.theme import Theme
from emotion_desktop.ui.widgets.basics import fill_scroll_area, wrapping_label

if TYPE_CHECKING:  # not before the window is shown
    from PySide6.QtCore import QRectF

    from emotion_desktop.workspace.catalogue.browse import PhotoDetail, SourceLabel

_PHOTO_SIDE = 1024


class PhotoPanel(QScrollArea):
    """Shows a photo; what is done to it is done to all that are selected."""

    #: An emotion; empty to take the user's label back.
    label_wanted = Signal(str)
    exclude_wanted = Signal()

    def __init__(self, loader: ImageLoader, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._loader = loader
        self._detail: PhotoDetail | None = None
        self.setAccessibleName("The photo selected")
        self.photo = PhotoView(theme)
        self.headline = wrapping_label(role="headline", selectable=True)
        self.facts = wrapping_label(role="muted", selectable=True)
        self.origin = wrapping_label(role="muted", selectable=True)
        self._buttons = {emotion: QPushButton(emotion) for emotion in EMOTIONS}
        self.back = QPushButton("Back to the source's label")
        self.exclude = QPushButton("Leave out")
        self._open = QPushButton("Open the photo")
        self._hint = wrapping_label(role="muted", selectable=True)
        self._lay_out()
        for emotion, button in self._buttons.items():
            button.clicked.connect(lambda _=False, e=emotion: self.label_wanted.emit(e))
        self.back.clicked.connect(lambda: self.label_wanted.emit(""))
        self.exclude.clicked.connect(self.exclude_wanted)
        self._open.clicked.connect(self.open_photo)
        loader.loaded.connect(self._on_image_loaded)
        self.set_theme(theme)
        self.show_photo(None, 0)

    def _lay_out(self) -> None:
        labels = QGridLayout()
        labels.setSpacing(6)
        for number, (emotion, button) in enumerate(self._buttons.items()):
            button.setText(f"{number + 1}  {emotion}")
            button.setAccessibleName(f"Label as {emotion}")
            labels.addWidget(button, number // 2, number % 2)
        actions = QHBoxLayout()
        actions.addWidget(self.exclude)
        actions.addWidget(self._open)
        actions.addStretch(1)
        content = QWidget()
        layout = QVBoxLayout(content)
        layout.setContentsMargins(14, 14, 14, 14)
        layout.setSpacing(8)
        layout.addWidget(self.photo, 1)
        for widget in (self.headline, self.facts, self.origin):
            layout.addWidget(widget)
        layout.addSpacing(4)
        layout.addWidget(self._hint)
        layout.addLayout(labels)
        layout.addWidget(self.back)
        layout.addLayout(actions)
        fill_scroll_area(self, content)
        self.setMinimumWidth(290)

    def set_theme(self, theme: Theme) -> None:
        """Paints in other colours."""
        self.photo.theme = theme
        self.photo.update()
        ratio = self.devicePixelRatioF()
        for emotion, button in self._buttons.items():

            def paint(painter: QPainter, rect: QRectF, name: str = emotion) -> None:
                paint_emotion(painter, rect, name, theme)

            button.setIcon(QIcon(pixmap(18, ratio, paint)))
            button.setIconSize(QSize(18, 18))

    def show_photo(self, detail: PhotoDetail | None, selected: int) -> None:
        """Shows a photo; None shows that nothing is selected.

        Args:
            selected: how many photos a label would be for.
        """
        self._detail = detail
        for button in (*self._buttons.values(), self.exclude, self._open):
            button.setEnabled(detail is not None)
        self.back.setVisible(detail is not None and detail.row.by_hand)
        many = f"the {selected:,} selected photos" if selected > 1 else "it"
        hint = f"Label {many}: press a key from {KEY_RANGE}, or click."
        self._hint.setText(hint if detail else "")
        if detail is None:
            for label in (self.headline, self.facts, self.origin):
                label.setText("")
            self.photo.show_message("Select a photo to see what is known of it.")
            return
        row = detail.row
        by_hand = " (by hand)" if row.by_hand else ""
        self.headline.setText(f"{TITLES[row.section]}{by_hand}")
        size = f"{detail.width} × {detail.height} pixels" if detail.width else row.problem or ""
        parts = [f"{part} in “{name}”" for name, part in detail.parts.items()]
        lines = [row.name, f"Person: {row.person}" if row.person else "", size, *parts]
        if row.excluded:
            lines.append(f"Left out: {row.excluded}")
        self.facts.setText("\n".join(line for line in lines if line))
        self.facts.setToolTip(str(row.path))
        source_lines = [_source_label_text(item) for item in detail.source_labels]
        if detail.votes:
            source_lines.append(votes_text(detail.votes, detail.agreement))
        self.origin.setText("\n".join(source_lines or [f"{row.source}: no label"]))
        self.exclude.setText("Take in again" if row.excluded else "Leave out")
        self._fill()

    def _fill(self) -> None:
        detail = self._detail
        if detail is None:
            return
        if detail.row.problem:
            self.photo.show_message(detail.row.problem)
            return
        path, size = detail.row.path, (detail.width or 1, detail.height or 1)
        key = ("data photo", str(path))
        picture = self._loader.get(key, lambda: _load(path))
        if picture is not None:
            self.photo.show_picture(picture, size, None, [])
        else:
            self.photo.show_message(self._loader.problem(key) or "")

    @Slot(object)
    def _on_image_loaded(self, key: Hashable) -> None:
        if self._detail is not None and key == ("data photo", str(self._detail.row.path)):
            self._fill()

    @Slot()
    def open_photo(self) -> None:
        """Opens the photo in the program that the desktop opens photos with."""
        if self._detail is not None:
            open_outside(self._detail.row.path, self)


def _load(path: Path) -> Any:
    from emotion_desktop.imaging.thumbnails import fit

    return fit(path, _PHOTO_SIDE)[0]


def votes_text(votes: Mapping[str, float], agreement: float | None) -> str:
    """How many people gave which answer, in a line, the most frequent first."""
    ordered = sorted(votes, key=lambda answer: -votes[answer])
    given = ", ".join(f"{answer} {votes[answer]:g}" for answer in ordered)
    agreed = "" if agreement is None else f"; {agreement * 100:.0f} % of pairs agree"
    return f"Votes: {given}{agreed}"


def _source_label_text(item: SourceLabel) -> str:
    """What a source says, in a line."""
    where = f"{item.source}, line {item.row}" if item.row else item.source
    label = f"“{item.written}”" if item.written else "no label"
    who = f" by {item.annotator}" if item.annotator else ""
    return f"{where}: {label}{who}"
