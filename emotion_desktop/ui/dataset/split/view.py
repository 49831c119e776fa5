"""Splitting and balancing: what is chosen at the left, what comes of it at the right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.domain.split import PARTS
from emotion_desktop.domain.text import counted
from emotion_desktop.ui.dataset.split.copies_strip import CopiesStrip
from emotion_desktop.ui.dataset.split.figures_table import FiguresTable
from emotion_desktop.ui.dataset.split.form import SplitForm
from emotion_desktop.ui.dataset.split.leak_chart import LeakChart
from emotion_desktop.ui.dataset.split.ways_table import WaysTable
from emotion_desktop.ui.describe import percent
from emotion_desktop.ui.image_loader import ImageLoader
from emotion_desktop.ui.theme import Theme
from emotion_desktop.ui.widgets.basics import fill_scroll_area, wrapping_label

if TYPE_CHECKING:  # not before the window is shown
    from emotion_desktop.domain.split import SplitSummary

_COLUMNS: Final = ("emotion", *PARTS)
_WAYS: Final = (
    "Pictures of each emotion in an epoch of training; × says what a mistake on one costs, (+) how "
    "many are copies. A click on a header chooses the way."
)
_WHY: Final = (
    "The notebooks synthesised first and split afterwards: copies of a photo, and photos of a "
    "person, came to lie on both sides. See on your own photos what such a report is worth."
)


class SplitView(QWidget):
    """Shows a draft as it is chosen; the frozen ones stand below."""

    draft_wanted = Signal()
    freeze_wanted = Signal(str)
    remove_wanted = Signal(str)
    leak_demo_wanted = Signal()

    def __init__(self, loader: ImageLoader, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.form = SplitForm()
        self.leaks = wrapping_label(role="headline")
        self.impossible = wrapping_label(role="muted")
        self.table = FiguresTable(_COLUMNS, "Photos of each emotion by part")
        self.ways_title = wrapping_label("Rare emotions: the ways compared", "headline")
        self.ways_text = wrapping_label(_WAYS, "muted")
        self.ways = WaysTable()
        self.copies_title = wrapping_label("Copies, before and after", "headline")
        self.copies = CopiesStrip(loader, theme)
        self.frozen_title = wrapping_label("Frozen splits", "headline")
        self._frozen = QVBoxLayout()
        self.rows: dict[str, QFrame] = {}
        self.why_text = wrapping_label(_WHY, "muted")
        self.leak_demo = QPushButton("Show me why")
        self.chart = LeakChart(theme)
        self._lay_out()
        self.form.changed.connect(self.draft_wanted)
        self.form.freeze_wanted.connect(self.freeze_wanted)
        self.ways.chosen.connect(self.form.choose_method)
        self.leak_demo.clicked.connect(self.leak_demo_wanted)
        self._show_result(False)
        self.show_splits([])

    def _lay_out(self) -> None:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(14, 14, 20, 16)
        column.setSpacing(8)
        for widget in (self.leaks, self.impossible, self.table):
            column.addWidget(widget)
        # In sight of the strength that is chosen.
        column.addSpacing(8)
        column.addWidget(self.copies_title)
        column.addWidget(self.copies)
        column.addSpacing(8)
        for widget in (self.ways_title, self.ways_text, self.ways):
            column.addWidget(widget)
        column.addSpacing(8)
        column.addWidget(self.frozen_title)
        column.addLayout(self._frozen)
        column.addSpacing(8)
        column.addWidget(wrapping_label("Why by person, and why before synthesising?", "headline"))
        column.addWidget(self.why_text)
        column.addWidget(self.leak_demo, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.chart)
        column.addStretch(1)
        results, choices = QScrollArea(), QScrollArea()
        for scroll, content in ((choices, self.form), (results, inside)):
            fill_scroll_area(scroll, content)
        choices.setFixedWidth(self.form.width() + 16)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(choices)
        layout.addWidget(results, 1)

    def set_theme(self, theme: Theme) -> None:
        """Paints in other colours."""
        self.copies.set_theme(theme)
        self.chart.set_theme(theme)

    def showEvent(self, event: QShowEvent) -> None:
        """Asks for a draft of what is chosen."""
        super().showEvent(event)
        self.draft_wanted.emit()

    def show_draft(self, draft: Mapping[str, Any]) -> None:
        """Shows what jobs.dataset.splitting.draft_split found."""
        leaks = draft["leaks"]
        self._show_result(True)
        self.leaks.setText(leaks["sentence"])
        self.impossible.setText("\n".join(leaks["impossible"]))
        self.impossible.setVisible(bool(leaks["impossible"]))
        self._fill(draft["parts"])
        examples = draft.get("examples", [])
        self.copies.show_examples(examples)
        for widget in (self.copies_title, self.copies):
            widget.setVisible(bool(examples))

    def show_problem(self, text: str) -> None:
        """Shows why there is no draft."""
        self.leaks.setText(text)
        self.impossible.hide()
        self.table.setRowCount(0)
        self._show_result(False)

    def _show_result(self, there: bool) -> None:
        """Shows the tables and what belongs to them, or none of it."""
        for widget in (self.table, self.ways_title, self.ways_text, self.ways):
            widget.setVisible(there)
        if not there:
            self.copies_title.hide()
            self.copies.hide()

    def _fill(self, parts: Mapping[str, Any]) -> None:
        emotions = [e for e in EMOTIONS if any(parts[p]["emotions"][e] for p in PARTS)]
        rows = [[e, *(f"{parts[p]['emotions'][e]:,}" for p in PARTS)] for e in emotions]
        sums = [[what, *(f"{parts[p][what]:,}" for p in PARTS)] for what in ("photos", "persons")]
        self.table.show_rows([*rows, *sums], muted=len(sums))
        self.ways.show_ways(parts["training"]["emotions"], self.form.ways, self.form.now)

    def show_splits(self, splits: Sequence[SplitSummary]) -> None:
        """Shows the frozen splits."""
        self.form.show_taken(split.name for split in splits)
        for row in self.rows.values():
            self._frozen.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.rows = {split.name: self._row(split) for split in splits}
        for row in self.rows.values():
            self._frozen.addWidget(row)
        self.frozen_title.setVisible(bool(splits))

    def _row(self, split: SplitSummary) -> QFrame:
        row = QFrame()
        row.setProperty("role", "card")
        parts = split.report["parts"]
        shares = " / ".join(f"{parts[part]['photos']:,}" for part in PARTS)
        looks = f", test opened {counted(split.openings, 'time')}" if split.openings else ""
        text = wrapping_label(
            f"{split.name}: {shares} photos, by {split.unit}, seed {split.seed}{looks}\n"
            f"fingerprint {split.fingerprint}",
            selectable=True,
        )
        remove = QPushButton("Remove…")
        remove.setAccessibleName(f"Remove the split {split.name}")
        remove.clicked.connect(lambda: self.remove_wanted.emit(split.name))
        layout = QHBoxLayout(row)
        layout.setContentsMargins(14, 8, 10, 8)
        layout.addWidget(text, 1)
        layout.addWidget(remove)
        return row

    @Slot(bool)
    def show_running(self, running: bool) -> None:
        """Shows that both ways are being trained."""
        self.leak_demo.setEnabled(not running)
        self.leak_demo.setText("Training both ways" if running else "Show me why")

    def show_why(self, result: Mapping[str, Any]) -> None:
        """Shows what both ways report, and what that is worth."""
        known = result["notebook"]["known"]
        self.why_text.setText(
            f"{_WHY}\n\nTrained both ways on {result['photos']:,} of your photos; "
            f"{counted(result['unseen'], 'photo')} of people that neither way saw judge them. "
            f"{percent(known)} of the notebooks' test pictures are copies of a training photo, or "
            "show somebody who was trained on. The bars are mean recall over the emotions."
        )
        self.chart.show_result(result)
