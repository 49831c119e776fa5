"""The panel beside the grid: one face in full."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSize, QTimer, Signal, Slot
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from emotion_desktop.domain.emotions import KEY_RANGE
from emotion_desktop.domain.experts import BLENDSHAPE_PART
from emotion_desktop.domain.geometry import Frame
from emotion_desktop.domain.prediction import FacePrediction, PhotoStatus
from emotion_desktop.ui.describe import headline, how_sure, model_title, percent
from emotion_desktop.ui.gallery.correct_menu import CorrectMenu
from emotion_desktop.ui.gallery.entries import Entry
from emotion_desktop.ui.gallery.explanation import ExplanationPanel
from emotion_desktop.ui.gallery.photo_view import PhotoView
from emotion_desktop.ui.image_loader import ImageLoader
from emotion_desktop.ui.theme import GAP, Theme
from emotion_desktop.ui.widgets.bars import EmotionBars
from emotion_desktop.ui.widgets.basics import fill_scroll_area, scaled_to_square, wrapping_label
from emotion_desktop.ui.widgets.flow_layout import FlowLayout

if TYPE_CHECKING:  # not before the window is shown
    from emotion_desktop.domain.model import ModelCard, Preprocessing

_PHOTO_SIDE = 1024
_SEEN_SIDE = 96
#: A name is cut in its middle beyond so many letters.
_LONGEST_NAME = 120


def _load_photo(entry: Entry) -> Any:
    from emotion_desktop.imaging.thumbnails import fit

    return fit(entry.path, _PHOTO_SIDE)[0]


def _load_seen(entry: Entry, frame: Frame, preprocessing: Preprocessing) -> Any:
    from emotion_desktop.imaging.crop import prepare
    from emotion_desktop.imaging.decode import decode
    from emotion_desktop.imaging.faces import NEEDED_SIDE

    return prepare(decode(entry.path, at_least=NEEDED_SIDE), frame, preprocessing)


class DetailPanel(QScrollArea):
    """Shows an entry: the photo, the prediction, all bars, and what the model saw."""

    #: The path of the one photo that the user wants classified as a whole.
    whole_wanted = Signal(list)
    #: Another face of the photo was clicked: its Box.
    face_clicked = Signal(object)
    large_wanted = Signal()
    open_wanted = Signal()

    def __init__(self, loader: ImageLoader, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._loader = loader
        self._entry: Entry | None = None
        self.setAccessibleName("The face selected")
        self.photo = PhotoView(theme)
        self._name = wrapping_label(role="muted", selectable=True)
        self._headline = wrapping_label(role="headline", selectable=True)
        self._sure = wrapping_label(role="muted", selectable=True)
        self.bars = EmotionBars(theme)
        self._others = wrapping_label(role="muted", selectable=True)
        self._seen = QLabel()
        self._seen.setFixedSize(QSize(_SEEN_SIDE, _SEEN_SIDE))
        self._seen.setAccessibleName("What the model saw")
        self._seen_text = wrapping_label(role="muted", selectable=True)
        self.explanation = ExplanationPanel(loader)
        self._whole = QPushButton("Classify the whole photo")
        self.correct_menu = CorrectMenu(theme, self)
        self.correct = QPushButton("Correct")
        self.correct.setProperty("role", "menu")
        self.correct.setMenu(self.correct_menu)
        self.correct.setToolTip(
            f"Says what you see in the faces selected; the keys {KEY_RANGE} do the same."
        )
        self._open = QPushButton("Open")
        self._open.setToolTip("Opens the photo with another program.")
        self._large = QPushButton("Look closely")
        self._large.setToolTip("Shows the photo large (Enter, Space, or a double click).")
        self._selected = wrapping_label(role="headline")
        self._lay_out()
        self._whole.clicked.connect(self._ask_for_whole)
        self._open.clicked.connect(self.open_wanted)
        self._large.clicked.connect(self.large_wanted)
        self.photo.face_clicked.connect(self.face_clicked)
        self.explanation.shown.connect(self._bring_into_sight)
        loader.loaded.connect(self._on_image_loaded)
        self.show_entry(None)

    def _lay_out(self) -> None:
        seen = QHBoxLayout()
        seen.setSpacing(GAP)
        seen.addWidget(self._seen)
        seen.addWidget(self._seen_text, 1)
        buttons = FlowLayout(spacing=8)
        for button in (self._whole, self.correct, self._large, self._open):
            buttons.addWidget(button)
        content = QWidget()
        layout = QVBoxLayout(content)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(8)
        layout.addWidget(self._selected)
        layout.addWidget(self.photo, 1)
        layout.addWidget(self._name)
        layout.addWidget(self._headline)
        layout.addWidget(self._sure)
        layout.addSpacing(4)
        layout.addWidget(self.bars)
        layout.addLayout(buttons)
        layout.addWidget(self._others)
        layout.addSpacing(4)
        layout.addLayout(seen)
        layout.addWidget(self.explanation)
        layout.addStretch(0)
        fill_scroll_area(self, content)
        self.setMinimumWidth(340)  # four similar photos in a row, beside a scroll bar

    def set_theme(self, theme: Theme) -> None:
        """Paints in other colours."""
        self.photo.theme = theme
        self.photo.update()
        self.bars.set_theme(theme)
        self.correct_menu.set_theme(theme)

    def show_selected(self, count: int) -> None:
        """Says how many tiles are selected, if these are several: keys are for all of them."""
        self._selected.setText(f"{count:,} selected; this one:" if count > 1 else "")
        self._selected.setVisible(count > 1)

    def show_photo(self, shown: bool) -> None:
        """Whether the photo has its place here; it has not while it is shown large."""
        self.photo.setVisible(shown)
        self._large.setVisible(shown and self._entry is not None)

    @property
    def entry(self) -> Entry | None:
        """What is shown."""
        return self._entry

    def show_entry(
        self,
        entry: Entry | None,
        others: Mapping[str, FacePrediction | None] = MappingProxyType({}),
    ) -> None:
        """Shows a tile's content; None shows that nothing is selected."""
        if entry is not self._entry:
            self.explanation.clear()
        self._entry = entry
        face = entry.face if entry else None
        self._others.setText("\n".join(_opinion(*item) for item in others.items()))
        self._others.setVisible(bool(others))
        for widget in (
            self._sure,
            self.bars,
            self._seen,
            self._seen_text,
            self.explanation,
            self.correct,
        ):
            widget.setVisible(face is not None)
        self.correct_menu.offer_way_back(entry is not None and entry.correction is not None)
        for button in (self._open, self._large):
            button.setVisible(entry is not None)
        self._whole.setVisible(entry is not None and entry.prediction.status is PhotoStatus.NO_FACE)
        self._name.setText(_short(entry.name) if entry else "")
        self._name.setToolTip(str(entry.path) if entry else "")
        if entry is None:
            self._headline.setText("")
            self.photo.show_message("Select a photo to see all of its bars.")
            return
        if face is not None:
            corrected = entry.correction
            self._headline.setText(
                f"{corrected.capitalize()} (corrected by hand)" if corrected else headline(face)
            )
            model = f"The model says: {headline(face).lower()}. " if corrected else ""
            self._sure.setText(f"{model}{how_sure(face)}")
            self.bars.set_values(face.probabilities, hatched=not face.calibrated)
        elif entry.prediction.status is PhotoStatus.NO_FACE:
            self._headline.setText("No face found")
        else:
            self._headline.setText("Could not read")
        self._fill()

    def _photo_key(self, entry: Entry) -> Hashable:
        return ("photo", entry.prediction.path)

    def _seen_key(self, entry: Entry) -> Hashable:
        assert entry.face is not None
        need = entry.card.preprocessing if entry.card else None
        return ("seen", entry.prediction.path, entry.face.frame, need)

    def _fill(self) -> None:
        """Shows the pictures that are there, and asks for those that are not."""
        entry = self._entry
        if entry is None:
            return
        if entry.prediction.status is PhotoStatus.UNREADABLE:
            self.photo.show_message(entry.prediction.error or "")
            return
        key = self._photo_key(entry)
        pixmap = self._loader.get(key, lambda: _load_photo(entry))
        if pixmap is not None:
            others = [f.box for f in entry.prediction.faces if f is not entry.face]
            box = entry.face.box if entry.face else None
            self.photo.show_picture(pixmap, entry.prediction.size, box, others)
        else:
            self.photo.show_message(self._loader.problem(key) or "")
        if entry.face is not None and entry.card is not None:
            self._fill_seen(entry, entry.face.frame, entry.card)

    def _fill_seen(self, entry: Entry, frame: Frame, card: ModelCard) -> None:
        need = card.preprocessing
        seen = self._loader.get(self._seen_key(entry), lambda: _load_seen(entry, frame, need))
        colour = "grey" if need.channels == 1 else "colour"
        moves = card.experts is not None and BLENDSHAPE_PART in card.experts.parts
        close = "; and, close up, how the face moves" if moves else ""
        self._seen_text.setText(
            f"What the model {model_title(entry.prediction.model_name)} saw: {need.size} × "
            f"{need.size} pixels, {colour}{close}."
        )
        # Every pixel is visible: this is what there was to go by.
        ratio = self.devicePixelRatioF()
        self._seen.setPixmap(
            QPixmap() if seen is None else scaled_to_square(seen, _SEEN_SIDE, ratio, smooth=False)
        )

    @Slot(object)
    def _on_image_loaded(self, key: Hashable) -> None:
        if (
            self._entry is not None
            and isinstance(key, tuple)
            and key[1] == self._entry.prediction.path
        ):
            self._fill()

    @Slot(object)
    def _bring_into_sight(self, widget: QWidget) -> None:
        # Once it is laid out: until then it has no place.
        QTimer.singleShot(0, self, lambda: self.ensureWidgetVisible(widget, 0, GAP))

    @Slot()
    def _ask_for_whole(self) -> None:
        if self._entry is not None:
            self.whole_wanted.emit([self._entry.path])


def _short(name: str) -> str:
    """A name that takes a few lines at most; the tooltip has all of it."""
    half = _LONGEST_NAME // 2
    return name if len(name) <= _LONGEST_NAME else f"{name[:half]} … {name[-half:]}"


def _opinion(model: str, face: FacePrediction | None) -> str:
    """What another model says of the face."""
    if face is None:
        return f"{model} finds no face here."
    own = "" if face.calibrated else ", its own confidence"
    return f"{model}: {headline(face).lower()} ({percent(face.confidence)}{own})"
