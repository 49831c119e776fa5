"""The page: what is compared at the left, what came of it at the right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from emotion_desktop.ui.compare.label_issues import LabelIssuesView
from emotion_desktop.ui.compare.mistakes import Mistakes
from emotion_desktop.ui.compare.overview import Overview
from emotion_desktop.ui.compare.parts import Parts
from emotion_desktop.ui.compare.photos import PhotosDialog
from emotion_desktop.ui.compare.reliability import ReliabilityPlots
from emotion_desktop.ui.compare.setup import Setup
from emotion_desktop.ui.compare.tables import label

if TYPE_CHECKING:
    from emotion_desktop.domain.labels import LabelIssues
    from emotion_desktop.evaluation.comparison import Comparison
    from emotion_desktop.ui.theme import Theme


class ComparePage(QWidget):
    """Models on the same labelled photos."""

    #: A photo's path, and the emotion that the user gives it.
    label_wanted = Signal(object, str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.comparison: Comparison | None = None
        self._editable = False
        self.setup = Setup()
        self.title = label("", "title")
        self.overview = Overview(theme)
        self.mistakes = Mistakes(theme)
        self.reliability = ReliabilityPlots(theme)
        self.parts = Parts()
        self.label_issues = LabelIssuesView(theme)
        self.results = QTabWidget()
        self.results.setDocumentMode(True)
        for widget, title in (
            (self.overview, "Overview"),
            (self.mistakes, "Mistakes"),
            (self._confidence(), "Confidence"),
            (self.parts, "Parts"),
        ):
            self.results.addTab(_scrolling(widget), title)
        self.results.addTab(self.label_issues, "Doubtful labels")
        self._stack = QStackedWidget()
        self._stack.addWidget(_empty())
        self._stack.addWidget(self.results)
        right = QVBoxLayout()
        right.setContentsMargins(20, 14, 4, 8)
        right.setSpacing(8)
        right.addWidget(self.title)
        right.addWidget(self._stack, 1)
        line = QFrame()
        line.setProperty("role", "line")
        line.setFixedWidth(1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.setup)
        layout.addWidget(line)
        layout.addLayout(right, 1)
        self.title.hide()
        self.mistakes.photos_wanted.connect(self._show_photos)

    def set_theme(self, theme: Theme) -> None:
        """Paints in other colours."""
        self._theme = theme
        for part in (self.overview, self.mistakes, self.reliability, self.label_issues):
            part.set_theme(theme)
        for dialog in self.findChildren(PhotosDialog):
            dialog.set_theme(theme)

    def show_comparison(self, comparison: Comparison, *, editable: bool = False) -> None:
        """Shows what came of a comparison.

        Args:
            editable: the photos are in the workspace, so that labels can be corrected.
        """
        self.comparison, self._editable = comparison, editable
        self._show_results(comparison.scores.data)
        self.overview.show_comparison(comparison)
        self.mistakes.show_comparison(comparison)
        self.reliability.show_models(comparison.scores.models)
        self.parts.show_scores(comparison.scores)
        self.setup.export.setEnabled(True)
        for tab in range(4):
            self.results.setTabVisible(tab, True)
        self.results.setCurrentIndex(0)

    def show_label_issues(self, title: str, label_issues: LabelIssues, editable: bool) -> None:
        """Shows the labels that are doubted."""
        self._show_results(title)
        self.label_issues.show_label_issues(label_issues, editable)
        for tab in range(4):
            self.results.setTabVisible(tab, self.comparison is not None)
        self.results.setCurrentWidget(self.label_issues)

    def stop(self) -> None:
        """Ends what runs in the background."""
        self.label_issues.stop()
        for dialog in self.findChildren(PhotosDialog):
            dialog.stop()

    def _show_results(self, title: str) -> None:
        self.title.setText(title)
        self.title.show()
        self._stack.setCurrentWidget(self.results)

    def _confidence(self) -> QWidget:
        inside = QWidget()
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(4, 12, 16, 12)
        layout.setSpacing(10)
        layout.addWidget(
            label(
                "On the dashed line, of 100 answers that claim 80 % exactly 80 are right. Below it "
                "the model is too sure, above it too modest. Larger points stand for more answers.",
                "muted",
            )
        )
        layout.addWidget(self.reliability)
        layout.addStretch(1)
        return inside

    @Slot(str, object, int)
    def _show_photos(self, title: str, numbers: Sequence[int], model: int) -> None:
        if self.comparison is None or not numbers:
            return
        dialog = PhotosDialog(self._theme, self, editable=self._editable)
        dialog.label_wanted.connect(self.label_wanted)
        dialog.show_photos(title, self.comparison, numbers, model)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()


def _scrolling(widget: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setWidget(widget)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    return area


def _empty() -> QWidget:
    inside = QWidget()
    layout = QVBoxLayout(inside)
    title = QLabel("How good are your models on people they have never seen?")
    title.setProperty("role", "title")
    title.setWordWrap(True)
    layout.addWidget(title)
    layout.addWidget(
        label(
            "Choose labelled photos and one model or several at the left. All of them answer the "
            "same photos; what any of them was trained on is left out."
        )
    )
    layout.addStretch(1)
    return inside
