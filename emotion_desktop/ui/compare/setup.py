"""What is to be compared: the photos and the models."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from emotion_desktop.domain.rekognition import REFERENCE
from emotion_desktop.ui.compare.tables import label
from emotion_desktop.ui.widgets.check_list import CheckList
from emotion_desktop.ui.widgets.choice_box import ChoiceBox

if TYPE_CHECKING:
    from emotion_desktop.jobs.predicting.labelled_set import LabelledSource
    from emotion_desktop.jobs.predicting.model_choice import ModelChoice

_ROLE = Qt.ItemDataRole.UserRole


class Setup(QWidget):
    """A column with one choice for the photos and one for the models."""

    #: Another labelled folder or file.
    open_wanted = Signal()
    #: A LabelledSource and the ModelChoices.
    compare_wanted = Signal(object, object)
    #: The same, to look for doubtful labels.
    label_issues_wanted = Signal(object, object)
    export_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sources = ChoiceBox()
        self.sources.setAccessibleName("Labelled photos")
        self.sources.setPlaceholderText("None are here yet")
        self.models = CheckList()
        self.models.setAccessibleName("Models to compare")
        self._hint = label("", "muted")
        another = QPushButton("Open a data set…")
        self.compare = QPushButton("Compare")
        self.compare.setProperty("role", "primary")
        self.label_issues = QPushButton("Find doubtful labels")
        self.label_issues.setToolTip(
            "Labels that models disbelieve who never saw the person. Takes a minute or two."
        )
        self.export = QPushButton("Export a report…")
        self.export.setEnabled(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 12, 14)
        layout.setSpacing(8)
        layout.addWidget(label("Labelled photos", "headline"))
        layout.addWidget(self.sources)
        layout.addWidget(another)
        layout.addSpacing(10)
        layout.addWidget(label("Models", "headline"))
        layout.addWidget(self.models, 1)
        layout.addWidget(self._hint)
        layout.addWidget(self.compare)
        layout.addWidget(self.label_issues)
        layout.addWidget(self.export)
        self.setFixedWidth(270)
        another.clicked.connect(self.open_wanted)
        self.compare.clicked.connect(self._request_comparison)
        self.label_issues.clicked.connect(self._request_label_issues)
        self.export.clicked.connect(self.export_wanted)
        self.models.itemChanged.connect(self._show_hint)
        self.sources.currentIndexChanged.connect(self._show_hint)

    def show_sources(self, sources: Sequence[LabelledSource]) -> None:
        """Offers labelled sets; the one chosen stays chosen if it is still there."""
        chosen = self.source
        self.sources.blockSignals(True)
        self.sources.clear()
        for source in sources:
            self.sources.addItem(source.title, source)
        # A box with words for an empty one chooses none by itself.
        self.sources.setCurrentIndex(0 if sources else -1)
        self.sources.blockSignals(False)
        if chosen is not None:
            self.choose_source(chosen)
        self._show_hint()

    def choose_source(self, source: LabelledSource) -> None:
        """Chooses a labelled set; one that is not offered yet is added."""
        known = [self.sources.itemData(row) for row in range(self.sources.count())]
        if source not in known:
            self.sources.insertItem(0, source.title, source)
            known.insert(0, source)
        self.sources.setCurrentIndex(known.index(source))

    def show_models(self, models: Sequence[ModelChoice], chosen: Sequence[str]) -> None:
        """Offers models; ticked are those that were, at first those of ``chosen``."""
        ticked = {model.name for model in self.chosen_models} or set(chosen)
        self.models.blockSignals(True)
        self.models.clear()
        for model in models:
            item = QListWidgetItem(model.name)
            item.setToolTip(model.name)
            item.setData(_ROLE, model)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            on = model.name in ticked
            item.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)
            self.models.addItem(item)
        self.models.blockSignals(False)
        self._show_hint()

    def tick(self, name: str) -> None:
        """Ticks a model besides those that are."""
        for item in self.models.findItems(name, Qt.MatchFlag.MatchExactly):
            item.setCheckState(Qt.CheckState.Checked)

    @property
    def source(self) -> LabelledSource | None:
        """The labelled set that is chosen."""
        source: LabelledSource | None = self.sources.currentData()
        return source

    @property
    def chosen_models(self) -> list[ModelChoice]:
        """The models that are ticked, in order."""
        items = (self.models.item(row) for row in range(self.models.count()))
        return [item.data(_ROLE) for item in items if item.checkState() is Qt.CheckState.Checked]

    @Slot()
    def _show_hint(self) -> None:
        """What is missing, or what will happen."""
        self.sources.setEnabled(self.sources.count() > 0)
        count = len(self.chosen_models)
        if self.source is None:
            self._hint.setText("Open labelled photos first.")
        elif count == 0:
            self._hint.setText("Tick at least one model.")
        elif any(model.reference == REFERENCE for model in self.chosen_models):
            self._hint.setText("Rekognition: you are asked before a photo leaves this computer.")
        elif self.source.sealed:
            self._hint.setText("Every look into a sealed test is counted.")
        else:
            self._hint.setText("Photos that a model was trained on are left out.")
        self.compare.setText("Compare" if count != 1 else "Score the model")
        self.compare.setEnabled(self.source is not None and count > 0)
        self.label_issues.setEnabled(self.source is not None)

    @Slot()
    def _request_comparison(self) -> None:
        self.compare_wanted.emit(self.source, self.chosen_models)

    @Slot()
    def _request_label_issues(self) -> None:
        self.label_issues_wanted.emit(self.source, self.chosen_models)
