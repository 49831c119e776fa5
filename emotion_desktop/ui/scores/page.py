"""How well a model does on a labelled data set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

if TYPE_CHECKING:  # not before the window is shown
    from emotion_desktop.domain.scores import Interval, Scores

_REASONS: Final = {
    "trained_on": "the model was trained on",
    "contradictory_labels": "with contradicting labels",
    "listed_twice": "listed twice",
    "unknown_label": "with an unknown label",
    "missing_file": "that are missing",
    "unlabelled": "without a label",
}


def _range(interval: Interval | None) -> str:
    return "" if interval is None else f"{interval[0]:.0%} – {interval[1]:.0%}"


class ScoresPage(QWidget):
    """The balanced score first, with its interval; every emotion with its count."""

    open_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = QLabel("No data set has been opened yet.")
        self._title.setProperty("role", "title")
        self._main = QLabel(
            "Open labelled photos, a folder per emotion or a label file beside its photos, and "
            "see how well the model does on them."
        )
        self._main.setProperty("role", "headline")
        self._more = QLabel()
        self._more.setProperty("role", "muted")
        for label in (self._title, self._main, self._more):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self._open = QPushButton("Open a data set…")
        self._open.clicked.connect(self.open_wanted)
        self._table = _table(["emotion", "photos", "recall", "95 % interval", "precision"])
        self._confusion = _table([])
        self._caption = QLabel(
            "Rows: what the photos show by their labels. Columns: the answers; “none” is a photo "
            "that could not be read or shows no face."
        )
        self._caption.setProperty("role", "muted")
        self._caption.setWordWrap(True)
        tables = QHBoxLayout()
        tables.setSpacing(16)
        tables.addWidget(self._table, 4, Qt.AlignmentFlag.AlignTop)
        right = QVBoxLayout()
        right.addWidget(self._confusion)
        right.addWidget(self._caption)
        right.addStretch(1)
        tables.addLayout(right, 6)
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(self._open, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 16)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addWidget(self._main)
        layout.addWidget(self._more)
        layout.addSpacing(8)
        layout.addLayout(tables, 1)
        self._stretch = layout
        for widget in (self._table, self._confusion, self._caption):
            widget.hide()
        layout.addStretch(0)

    def show_scores(self, title: str, model: str, scores: Scores) -> None:
        """Shows scores of a model on a data set."""
        self._title.setText(title)
        over = len(scores.mean_recall_over)
        self._main.setText(
            "Too few photos of each emotion to judge the model by."
            if scores.mean_recall is None
            else f"Mean recall {scores.mean_recall:.1%} over {over} emotions "
            f"(95 % interval {_range(scores.mean_recall_interval)})"
        )
        left_out = ", ".join(
            f"{count:,} {_REASONS.get(reason, reason)}"
            for reason, count in scores.left_out.items()
        )
        unanswered = (
            f" {scores.unanswered:,} photos without an answer count as missed."
            if scores.unanswered
            else ""
        )
        calibration = (
            ""
            if scores.calibration_error is None
            else f"Calibration error {scores.calibration_error:.3f}. "
        )
        self._more.setText(
            f"Model: {model}. Accuracy {scores.accuracy:.1%} ({_range(scores.accuracy_interval)}); "
            f"always saying the commonest emotion would reach {scores.baseline:.1%}. "
            f"{calibration}"
            f"{scores.photos:,} photos of {scores.persons:,} persons.{unanswered}"
            + (f" Left out: {left_out}." if left_out else "")
        )
        self._fill_emotions(scores)
        self._fill_confusion(scores)
        for widget in (self._table, self._confusion, self._caption):
            widget.show()

    def _fill_emotions(self, scores: Scores) -> None:
        self._table.setRowCount(len(scores.per_emotion))
        for row, item in enumerate(scores.per_emotion):
            judged = item.recall is not None and not item.too_few
            recall = "too few to judge" if not judged else f"{item.recall:.0%}"
            cells = [
                item.emotion,
                f"{item.count:,}",
                recall,
                _range(item.recall_interval) if judged else "",
                "–" if item.precision is None else f"{item.precision:.0%}",
            ]
            for column, text in enumerate(cells):
                cell = QTableWidgetItem(text)
                if column:
                    cell.setTextAlignment(
                        Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                    )
                if not judged:
                    cell.setForeground(self.palette().placeholderText())
                self._table.setItem(row, column, cell)
        _fit_height(self._table)

    def _fill_confusion(self, scores: Scores) -> None:
        columns = [*scores.labels, "none"]
        self._confusion.setColumnCount(len(columns))
        self._confusion.setHorizontalHeaderLabels(columns)
        self._confusion.setRowCount(len(scores.labels))
        self._confusion.setVerticalHeaderLabels(list(scores.labels))
        self._confusion.verticalHeader().show()
        for row, values in enumerate(scores.confusion):
            for column, count in enumerate(values):
                cell = QTableWidgetItem(f"{count:,}" if count else "·")
                cell.setTextAlignment(Qt.AlignmentFlag.AlignCenter)
                font = cell.font()
                font.setBold(row == column)
                cell.setFont(font)
                self._confusion.setItem(row, column, cell)
        _fit_height(self._confusion)


def _fit_height(table: QTableWidget) -> None:
    """As high as its rows: no empty space, no scroll bar of its own."""
    rows = sum(table.rowHeight(row) for row in range(table.rowCount()))
    table.setFixedHeight(table.horizontalHeader().sizeHint().height() + rows + 4)


def _table(headers: list[str]) -> QTableWidget:
    table = QTableWidget(0, len(headers))
    table.setHorizontalHeaderLabels(headers)
    table.verticalHeader().hide()
    table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
    table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    table.setShowGrid(False)
    return table
