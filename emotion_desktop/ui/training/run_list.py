"""The list of runs, the newest on top; two chosen ones are compared."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from emotion_desktop.jobs.training.run_progress import RunProgress
from emotion_desktop.ui.training.describe import line, when

_ID = Qt.ItemDataRole.UserRole


class RunList(QWidget):
    """Selects what is shown: a new training, one run, or two."""

    new_wanted = Signal()
    #: Ids of one run, or of two.
    chosen = Signal(list)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.new = QPushButton("New training")
        self.new.setProperty("role", "primary")
        self.new.clicked.connect(self._start_new)
        title = QLabel("Runs")
        font = title.font()
        font.setBold(True)
        title.setFont(font)
        self.list = QListWidget()
        self.list.setAccessibleName("Runs")
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.list.setWordWrap(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.list.itemSelectionChanged.connect(self._selected)
        self._empty = QLabel("No training was started on this computer yet.")
        self._empty.setProperty("role", "muted")
        self._empty.setWordWrap(True)
        self._hint = QLabel("Choose two (Ctrl-click) to compare them.")
        self._hint.setProperty("role", "muted")
        self._hint.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.new)
        layout.addSpacing(6)
        layout.addWidget(title)
        layout.addWidget(self._empty)
        layout.addWidget(self.list, 1)
        layout.addWidget(self._hint)
        layout.addStretch(0)
        self.show_runs([])

    def show_runs(self, runs: Sequence[RunProgress]) -> None:
        """Shows all runs; what was chosen stays chosen."""
        before = set(self._ids())
        self.list.blockSignals(True)
        self.list.clear()
        for live in runs:
            item = QListWidgetItem(_text(live))
            item.setData(_ID, live.run.id)
            item.setToolTip(f"{live.run.name}, {when(live.run)}")
            self.list.addItem(item)
            item.setSelected(live.run.id in before)
        self.list.blockSignals(False)
        self._empty.setVisible(not runs)
        self.list.setVisible(bool(runs))
        self._hint.setVisible(len(runs) > 1)

    def update_run(self, live: RunProgress) -> None:
        """A run has changed."""
        for row in range(self.list.count()):
            item = self.list.item(row)
            if item.data(_ID) == live.run.id and item.text() != _text(live):
                item.setText(_text(live))

    def choose(self, run: str) -> None:
        """Chooses a run, and no other."""
        self.list.blockSignals(True)
        self.list.clearSelection()
        self.list.blockSignals(False)
        for row in range(self.list.count()):
            item = self.list.item(row)
            if item.data(_ID) == run:
                self.list.setCurrentItem(item)
                item.setSelected(True)

    def _ids(self) -> list[str]:
        return [str(item.data(_ID)) for item in self.list.selectedItems()]

    @Slot()
    def _start_new(self) -> None:
        self.list.blockSignals(True)
        self.list.clearSelection()
        self.list.blockSignals(False)
        self.new_wanted.emit()

    @Slot()
    def _selected(self) -> None:
        ids = self._ids()
        if ids:
            # With more than two the first and the last are meant: where a range began and ended.
            self.chosen.emit(ids if len(ids) < 3 else [ids[0], ids[-1]])


def _text(live: RunProgress) -> str:
    return f"{live.run.name}\n{line(live)}"
