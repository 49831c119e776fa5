"""Which photos are mistaken for what, and on which of them models disagree: every count opens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from emotion_desktop.domain.text import counted
from emotion_desktop.ui.compare.matrix import MatrixTable
from emotion_desktop.ui.compare.tables import label, make_table
from emotion_desktop.ui.widgets.basics import fit_height
from emotion_desktop.ui.widgets.choice_box import ChoiceBox

if TYPE_CHECKING:
    from emotion_desktop.evaluation.comparison import Comparison
    from emotion_desktop.ui.theme import Theme

_LABELS = -1


class Mistakes(QWidget):
    """A matrix of labels or answers against answers, and how far models agree."""

    #: A title, the numbers of photos, and the model whose bars are to be shown.
    photos_wanted = Signal(str, object, int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._comparison: Comparison | None = None
        self.rows, self.columns = ChoiceBox(), ChoiceBox()
        self.rows.setAccessibleName("Rows")
        self.columns.setAccessibleName("Columns")
        self.matrix = MatrixTable(theme)
        self.all_wrong = QPushButton()
        self.agreement_title = label("How often two models answer alike", "headline")
        self.agreement_hint = label(
            "Click a cell to see the photos they differ on. κ is 0 where they agree as often as by "
            "chance, 1 where they always do.",
            "muted",
        )
        self.agreement = make_table("Agreement of models")
        self.agreement.verticalHeader().show()
        choice = QHBoxLayout()
        choice.addWidget(QLabel("Rows"))
        choice.addWidget(self.rows)
        choice.addSpacing(12)
        choice.addWidget(QLabel("Columns"))
        choice.addWidget(self.columns)
        choice.addStretch(1)
        choice.addWidget(self.all_wrong)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 12, 16, 12)
        layout.setSpacing(8)
        layout.addLayout(choice)
        layout.addWidget(self.matrix)
        layout.addWidget(
            label(
                "Click a cell to see its photos. “none” is a photo that could not be read, shows "
                "no face, or got an answer that is none of the emotions; it counts as missed.",
                "muted",
            )
        )
        layout.addSpacing(8)
        for widget in (self.agreement_title, self.agreement_hint, self.agreement):
            layout.addWidget(widget)
        layout.addStretch(1)
        self.rows.currentIndexChanged.connect(self._fill)
        self.columns.currentIndexChanged.connect(self._fill)
        self.matrix.opened.connect(self._open_cell)
        self.all_wrong.clicked.connect(self._open_all_wrong)
        self.agreement.cellClicked.connect(self._open_differing)
        self.agreement.cellActivated.connect(self._open_differing)

    def set_theme(self, theme: Theme) -> None:
        """Paints in other colours."""
        self.matrix.set_theme(theme)

    def show_comparison(self, comparison: Comparison) -> None:
        """Shows the matrix of the first model, and how far models agree."""
        self._comparison = None
        scores = comparison.scores
        for box in (self.rows, self.columns):
            box.clear()
        self.rows.addItem("Labels", _LABELS)
        for place, model in enumerate(scores.models):
            self.rows.addItem(f"Answers of {model.name}", place)
            self.columns.addItem(f"Answers of {model.name}", place)
        several = len(scores.models) > 1
        self.all_wrong.setText(f"{counted(scores.all_wrong, 'photo')} that every model gets wrong")
        self.all_wrong.setVisible(several)
        self.all_wrong.setEnabled(scores.all_wrong > 0)
        for widget in (self.agreement_title, self.agreement_hint, self.agreement):
            widget.setVisible(several)
        self._comparison = comparison
        self._fill_agreement()
        self._fill()

    @Slot()
    def _fill(self) -> None:
        comparison = self._comparison
        if comparison is None:
            return
        rows, columns = self._chosen()
        model = comparison.scores.models[columns].name
        tip = (
            f"{{count}} photos labelled {{row}} that {model} calls {{column}}"
            if rows is None
            else f"{{count}} photos that {comparison.scores.models[rows].name} calls {{row}} and "
            f"{model} {{column}}"
        )
        counts = comparison.matrix(rows, columns).tolist()
        self.matrix.show_counts(comparison.scores.emotions, counts, tip)

    def _chosen(self) -> tuple[int | None, int]:
        rows = self.rows.currentData()
        return (None if rows == _LABELS else int(rows)), int(self.columns.currentData())

    def _fill_agreement(self) -> None:
        assert self._comparison is not None
        from PySide6.QtCore import Qt
        from PySide6.QtWidgets import QHeaderView, QTableWidgetItem

        scores = self._comparison.scores
        names = [model.name for model in scores.models]
        table = self.agreement
        table.setRowCount(len(names))
        table.setColumnCount(len(names))
        table.setHorizontalHeaderLabels(names)
        table.setVerticalHeaderLabels(names)
        table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        for row in range(len(names)):
            for column in range(len(names)):
                text, tip = "–", ""
                if row != column:
                    pair = scores.pair(row, column)
                    text = f"{pair.agreement * 100:.0f} %"
                    if pair.kappa is not None:
                        text += f"   κ {pair.kappa:.2f}"
                    tip = f"Show the photos on which {names[row]} and {names[column]} differ"
                item = QTableWidgetItem(text)
                item.setTextAlignment(Qt.AlignmentFlag.AlignCenter)
                item.setToolTip(tip)
                table.setItem(row, column, item)
        fit_height(table)

    @Slot(int, int)
    def _open_cell(self, row: int, column: int) -> None:
        assert self._comparison is not None
        rows, columns = self._chosen()
        photos = self._comparison.cell(rows, columns, row, column)
        item = self.matrix.table.item(row, column)
        title = "" if item is None else item.toolTip()
        self.photos_wanted.emit(title, photos.tolist(), columns)

    @Slot()
    def _open_all_wrong(self) -> None:
        assert self._comparison is not None
        photos = self._comparison.all_wrong.tolist()
        self.photos_wanted.emit(self.all_wrong.text(), photos, self._chosen()[1])

    @Slot(int, int)
    def _open_differing(self, row: int, column: int) -> None:
        assert self._comparison is not None
        if row == column:
            return
        photos = self._comparison.differing(row, column).tolist()
        names = [model.name for model in self._comparison.scores.models]
        title = f"{counted(len(photos), 'photo')} on which {names[row]} and {names[column]} differ"
        self.photos_wanted.emit(title, photos, column)
