"""Scores on parts of the photos: by origin, size, colour and person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QHeaderView, QVBoxLayout, QWidget

from emotion_desktop.evaluation.describe import range_of, whole_percent
from emotion_desktop.ui.compare.tables import fill_table, label, make_table

if TYPE_CHECKING:
    from emotion_desktop.domain.comparison import ComparisonScores, Group

_TITLES: Final = {
    "origin": "By origin",
    "size": "By size of the photo (its shorter side)",
    "colour": "By colour",
    "person": "By person",
}
_MOST: Final = 40
#: Longer names of persons or sources are cut, pixels.
_WIDEST_NAME: Final = 320


class Parts(QWidget):
    """A table per kind of part; a kind that tells no photos apart is left out."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.nothing = label("Nothing is known that would tell these photos apart.", "muted")
        self.titles = {kind: label(title, "headline") for kind, title in _TITLES.items()}
        self.tables = {kind: make_table(title) for kind, title in _TITLES.items()}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 12, 16, 12)
        layout.setSpacing(6)
        layout.addWidget(self.nothing)
        for kind in _TITLES:
            layout.addWidget(self.titles[kind])
            layout.addWidget(self.tables[kind])
            layout.addSpacing(6)
        layout.addStretch(1)

    def show_scores(self, scores: ComparisonScores) -> None:
        """Shows a comparison's groups: accuracy with its interval."""
        self.nothing.setVisible(not scores.groups)
        models = [model.name for model in scores.models]
        for kind, title in _TITLES.items():
            groups = [group for group in scores.groups if group.kind == kind][:_MOST]
            for widget in (self.titles[kind], self.tables[kind]):
                widget.setVisible(bool(groups))
            several = kind == "person" and len(groups) > 1
            more = f", the {len(groups)} with the most photos" if several else ""
            self.titles[kind].setText(f"{title}{more}: accuracy")
            faint = [row for row, group in enumerate(groups) if group.too_few]
            # Of one person there is one: that column is left out there.
            counts = ["photos"] if kind == "person" else ["photos", "persons"]
            rows = [_row(group, len(counts) > 1) for group in groups]
            fill_table(self.tables[kind], ("", *counts, *models), rows, faint, 1 + len(counts))
        self._align()

    def _align(self) -> None:
        """Names are as wide in all tables: their columns stand below each other."""
        shown = [table for table in self.tables.values() if table.rowCount()]
        widest = max((table.sizeHintForColumn(0) for table in shown), default=0)
        for table in shown:
            header = table.horizontalHeader()
            header.setSectionResizeMode(0, QHeaderView.ResizeMode.Fixed)
            header.resizeSection(0, min(widest, _WIDEST_NAME) + 16)


def _row(group: Group, persons: bool) -> list[str]:
    cells = [
        f"{whole_percent(accuracy)}{range_of(interval)}"
        for accuracy, interval in zip(group.accuracy, group.accuracy_interval, strict=True)
    ]
    counts = [f"{group.photos:,}", f"{group.persons:,}"] if persons else [f"{group.photos:,}"]
    return [group.value, *counts, *cells]
