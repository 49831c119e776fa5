"""What this program left in the bucket: to be seen with its cost, and deleted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLabel,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

_KINDS: Final[Mapping[str, str]] = {
    "run": "a job's model and record",
    "photos": "faces that were uploaded",
    "unfinished": "an upload that was never ended",
    "model": "a model's entry at SageMaker",
}


class CleanDialog(QDialog):
    """A list with a tick each; nothing is ticked but what the user ticks."""

    #: Titles.
    delete_wanted = Signal(list)

    def __init__(self, bucket: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Clean up")
        self._total = QLabel(f"Looking into {bucket}…")
        self._total.setWordWrap(True)
        self.tree = QTreeWidget()
        self.tree.setAccessibleName("What lies in the bucket")
        self.tree.setHeaderLabels(["What", "", "Size", "A month"])
        self.tree.setRootIsDecorated(False)
        header = self.tree.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        # The longest gives way; its end, which tells jobs apart, is in sight.
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.tree.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.tree.itemChanged.connect(self._ticked)
        note = QLabel(
            "Models that were brought back stay on this computer. Nothing but what this program "
            "put there can be deleted here; what jobs under way need is left."
        )
        note.setProperty("role", "muted")
        note.setWordWrap(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.delete = buttons.addButton("Delete", QDialogButtonBox.ButtonRole.DestructiveRole)
        self.delete.setEnabled(False)
        self.delete.clicked.connect(lambda: self.delete_wanted.emit(self.titles))
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 20, 20, 16)
        layout.setSpacing(12)
        layout.addWidget(self._total)
        layout.addWidget(self.tree, 1)
        layout.addWidget(note)
        layout.addWidget(buttons)
        self.resize(640, 420)

    @property
    def titles(self) -> list[str]:
        """What is ticked."""
        items = (self.tree.topLevelItem(i) for i in range(self.tree.topLevelItemCount()))
        return [
            str(item.data(0, Qt.ItemDataRole.UserRole))
            for item in items
            if item is not None and item.checkState(0) is Qt.CheckState.Checked
        ]

    def show_items(self, bucket: str, items: Sequence[Mapping[str, Any]]) -> None:
        """Shows what there is."""
        size = sum(item["bytes"] for item in items)
        month = sum(item["month"] for item in items)
        self._total.setText(
            f"In {bucket} lie {size / 1e6:,.1f} MB of this program, {_month(month)} a month."
            if items
            else f"There is nothing of this program in {bucket}."
        )
        self.tree.blockSignals(True)
        self.tree.clear()
        for item in items:
            row = QTreeWidgetItem(
                [
                    item["title"],
                    _KINDS.get(item["kind"], item["kind"]),
                    f"{item['bytes'] / 1e6:,.1f} MB",
                    _month(item["month"]),
                ]
            )
            row.setData(0, Qt.ItemDataRole.UserRole, item["title"])
            row.setCheckState(0, Qt.CheckState.Unchecked)
            self.tree.addTopLevelItem(row)
        self.tree.blockSignals(False)
        self._ticked()

    @Slot()
    def _ticked(self) -> None:
        count = len(self.titles)
        self.delete.setEnabled(count > 0)
        self.delete.setText(f"Delete {count}" if count else "Delete")


def _month(dollars: float) -> str:
    return f"about ${dollars:,.2f}" if dollars >= 0.01 else "under $0.01"
