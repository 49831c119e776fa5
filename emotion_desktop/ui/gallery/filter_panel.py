"""The panel that drops down from Filter, and the chips that say what is filtered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QIcon, QPainter
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QGridLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.ui.gallery.entries import SECTIONS, TITLES
from emotion_desktop.ui.gallery.filter import GalleryFilter
from emotion_desktop.ui.icons import paint_emotion, paint_sign, pixmap
from emotion_desktop.ui.widgets.choice_box import ChoiceBox
from emotion_desktop.ui.widgets.flow_layout import FlowLayout
from emotion_desktop.ui.widgets.range_slider import RangeSlider

if TYPE_CHECKING:
    from emotion_desktop.ui.theme import Theme

_ICON: Final = 18
_COLUMNS: Final = 2
_CORRECTED: Final = {"All": None, "Corrected": True, "Not corrected": False}


class FilterPanel(QFrame):
    """What may be filtered by, besides the name."""

    #: The GalleryFilter that the user chose.
    changed = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setProperty("role", "popup")
        self.setAccessibleName("Filter")
        self._filter = GalleryFilter()
        self.confidence = RangeSlider(theme, "Confidence")
        self.sections = {section: QCheckBox(TITLES[section]) for section in SECTIONS}
        self.model = ChoiceBox()
        self.corrected = ChoiceBox()
        for words in _CORRECTED:
            self.corrected.addItem(words)
        self.differs = QCheckBox("Models disagree")
        self.several = QCheckBox("Photos of several faces")
        self.reset = QPushButton("Show all")
        self._lay_out()
        self.set_theme(theme)
        self.confidence.changed.connect(
            lambda low, high: self._choose(replace(self._filter, confidence=(low, high)))
        )
        for box in self.sections.values():
            box.toggled.connect(self._sections_chosen)
        self.model.currentIndexChanged.connect(self._model_chosen)
        self.corrected.currentTextChanged.connect(
            lambda words: self._choose(replace(self._filter, corrected=_CORRECTED[words]))
        )
        self.differs.toggled.connect(lambda on: self._choose(replace(self._filter, differs=on)))
        self.several.toggled.connect(lambda on: self._choose(replace(self._filter, several=on)))
        self.reset.clicked.connect(lambda: self._choose(GalleryFilter()))

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 16, 14)
        layout.setSpacing(8)
        layout.addWidget(_title("Confidence", self.confidence.track))
        layout.addWidget(self.confidence)
        layout.addWidget(_title("Shown as"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(20)
        for number, box in enumerate(self.sections.values()):
            grid.addWidget(box, number // _COLUMNS, number % _COLUMNS)
        layout.addLayout(grid)
        rows = QGridLayout()
        for number, (name, field) in enumerate(
            (("Read by", self.model), ("By hand", self.corrected))
        ):
            rows.addWidget(_title(name, field), number, 0)
            rows.addWidget(field, number, 1)
            field.setAccessibleName(name)
        rows.setColumnStretch(1, 1)
        layout.addLayout(rows)
        layout.addWidget(self.differs)
        layout.addWidget(self.several)
        layout.addWidget(self.reset, 0, Qt.AlignmentFlag.AlignRight)

    def set_theme(self, theme: Theme) -> None:
        """Paints in other colours."""
        self.confidence.set_theme(theme)
        for section, box in self.sections.items():

            def paint(painter: QPainter, rect: QRectF, name: str = section) -> None:
                if name in EMOTIONS:
                    paint_emotion(painter, rect, name, theme)
                else:
                    paint_sign(painter, rect, name, theme.muted)

            box.setIconSize(QSize(_ICON, _ICON))
            box.setIcon(QIcon(pixmap(_ICON, self.devicePixelRatioF(), paint)))

    def open_below(self, button: QWidget, models: Mapping[str, int], *, asked: bool) -> None:
        """Drops down from a button.

        Args:
            models: how many tiles each model has read.
            asked: whether another model was asked, which may disagree.
        """
        self.differs.setEnabled(asked)
        self.differs.setToolTip("" if asked else "Ask for a second opinion first.")
        self.model.blockSignals(True)
        self.model.clear()
        self.model.addItem("All models", "")
        for model, count in models.items():
            self.model.addItem(f"{model} ({count:,})", model)
        self.model.blockSignals(False)
        self.show_filter(self._filter)
        self.adjustSize()
        place = button.mapToGlobal(QPoint(button.width() - self.width(), button.height() + 4))
        self.move(max(0, place.x()), place.y())
        self.show()
        self.confidence.track.setFocus()

    def show_filter(self, chosen: GalleryFilter) -> None:
        """Shows what is chosen; nothing is emitted."""
        self._filter = chosen
        fields = (*self.sections.values(), self.model, self.corrected, self.differs, self.several)
        for field in fields:
            field.blockSignals(True)
        self.confidence.set_values(*chosen.confidence)
        for section, box in self.sections.items():
            box.setChecked(section in chosen.sections)
        first = min(chosen.models, default="")
        self.model.setCurrentIndex(max(0, self.model.findData(first)))
        words = [words for words, value in _CORRECTED.items() if value is chosen.corrected]
        self.corrected.setCurrentText(words[0])
        self.differs.setChecked(chosen.differs)
        self.several.setChecked(chosen.several)
        for field in fields:
            field.blockSignals(False)
        self.reset.setEnabled(bool(chosen))

    @Slot()
    def _sections_chosen(self) -> None:
        chosen = frozenset(name for name, box in self.sections.items() if box.isChecked())
        self._choose(replace(self._filter, sections=chosen))

    @Slot()
    def _model_chosen(self) -> None:
        model = self.model.currentData()
        self._choose(replace(self._filter, models=frozenset({model} - {""})))

    def _choose(self, chosen: GalleryFilter) -> None:
        self.show_filter(chosen)
        self.changed.emit(chosen)


def _title(text: str, field: QWidget | None = None) -> QLabel:
    label = QLabel(text)
    label.setProperty("role", "muted")
    if field is not None:
        label.setBuddy(field)
    return label


class FilterChips(QWidget):
    """One button for each part of the filter; a click takes that part away."""

    #: The GalleryFilter that is left.
    changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        outside = QVBoxLayout(self)
        outside.setContentsMargins(16, 0, 16, 6)
        self._layout = FlowLayout(6)
        outside.addLayout(self._layout)
        self.buttons: list[QPushButton] = []
        self.hide()

    def show_filter(self, chosen: GalleryFilter) -> None:
        """Shows what is filtered; hidden where that is nothing."""
        for button in self.buttons:
            self._layout.removeWidget(button)
            button.hide()
            button.deleteLater()
        chips = list(chosen.chips())
        if len(chips) > 1:
            chips.append(("Show all", GalleryFilter()))
        self.buttons = [self._button(words, rest) for words, rest in chips]
        self.setVisible(bool(chips))

    def _button(self, words: str, rest: GalleryFilter) -> QPushButton:
        everything = not rest and words == "Show all"
        metrics = self.fontMetrics()
        short = metrics.elidedText(words, Qt.TextElideMode.ElideMiddle, 260)
        button = QPushButton(short if everything else f"{short}  ×")
        button.setProperty("role", "flat" if everything else "chip")
        button.setAccessibleName(words if everything else f"{words}: take this filter away")
        button.clicked.connect(lambda: self.changed.emit(rest))
        self._layout.addWidget(button)
        return button
