"""Two runs beside each other: what was done otherwise, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.jobs.training.run_progress import RunProgress
from emotion_desktop.training.recipe.options import OPTIONS, differences, value_words
from emotion_desktop.training.recipe.recipe import Recipe
from emotion_desktop.ui.describe import duration, percent
from emotion_desktop.ui.theme import Theme
from emotion_desktop.ui.training.describe import STATES, recipe_of, when


class CompareView(QWidget):
    """A table of figures and differing settings, and the curves of both."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        from emotion_desktop.ui.training.curves import CurvesView

        super().__init__(parent)
        self._theme = theme
        self._runs: tuple[RunProgress, RunProgress] | None = None
        title = QLabel("Two runs compared")
        title.setProperty("role", "title")
        self._note = QLabel()
        self._note.setProperty("role", "muted")
        self._note.setWordWrap(True)
        self._curves = CurvesView(
            "Mean recall on people they do not learn from, %", theme, percent=True
        )
        self._curves.setMinimumHeight(180)
        self._table = QTableWidget(0, 3)
        self._table.setAccessibleName("Comparison of two runs")
        self._table.verticalHeader().hide()
        self._table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self._table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self._table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self._table.setShowGrid(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(title)
        layout.addWidget(self._note)
        layout.addWidget(self._curves, 2)
        layout.addWidget(self._table, 3)

    def set_theme(self, theme: Theme) -> None:
        """Paints in other colours."""
        self._theme = theme
        self._curves.set_theme(theme)
        if self._runs is not None:
            self.show_runs(*self._runs)

    def show_runs(self, first: RunProgress, second: RunProgress) -> None:
        """Compares two runs."""
        self._runs = (first, second)
        same = first.run.fingerprint and first.run.fingerprint == second.run.fingerprint
        self._note.setText(
            "Both learnt from the same photos and labels: their figures may be compared."
            if same
            else "They did not learn from the same photos and labels: a better figure may come "
            "from easier photos."
        )
        self._show_curves(first, second)
        rows = compared(first, second)
        names = [first.run.name, second.run.name]
        if names[0] == names[1]:
            names = [f"{live.run.name}, {when(live.run)}" for live in (first, second)]
        self._table.setHorizontalHeaderLabels(["", *names])
        self._table.setRowCount(len(rows))
        for number, row in enumerate(rows):
            for column, text in enumerate(row):
                cell = QTableWidgetItem(text)
                if column == 0:
                    cell.setForeground(self.palette().placeholderText())
                else:
                    cell.setTextAlignment(Qt.AlignmentFlag.AlignCenter)
                self._table.setItem(number, column, cell)

    def _show_curves(self, first: RunProgress, second: RunProgress) -> None:
        from emotion_desktop.ui.training.curves import Curve

        colours = (self._theme.accent, self._theme.second)
        self._curves.show_curves(
            [
                Curve(
                    live.run.name if first.run.name != second.run.name else when(live.run),
                    [(float(n), 100 * e["mean_recall"]) for n, e in enumerate(live.epochs, 1)],
                    colours[dash],
                    dash=dash,
                )
                for dash, live in enumerate((first, second))
            ]
        )


def compared(first: RunProgress, second: RunProgress) -> list[tuple[str, str, str]]:
    """The rows of the table: figures, recalls, then every setting in which the runs differ."""
    rows = [
        ("state", STATES[first.run.state], STATES[second.run.state]),
        *_pairs("mean recall", first, second, lambda s: _fraction(s, "mean_recall")),
        *_pairs("accuracy", first, second, lambda s: _fraction(s, "accuracy")),
        *_pairs("calibration error", first, second, _calibration),
    ]
    for emotion in EMOTIONS:
        rows += _pairs(f"recall, {emotion}", first, second, lambda s, e=emotion: _recall(s, e))
    rows += [
        ("epochs done", f"{len(first.epochs)}", f"{len(second.epochs)}"),
        ("time", duration(first.run.seconds), duration(second.run.seconds)),
        ("pictures to learn from", f"{first.run.photos:,}", f"{second.run.photos:,}"),
        ("seed", str(_seed(first)), str(_seed(second))),
    ]
    titles = [str(live.run.parameters["recipe"]["title"]) for live in (first, second)]
    rows.append(("preset", titles[0], titles[1]))
    return [*rows, *_settings(*(recipe_of(live.run) for live in (first, second)))]


def _settings(first: Recipe | None, second: Recipe | None) -> list[tuple[str, str, str]]:
    if first is None or second is None:
        words = ["known" if recipe else "of another version" for recipe in (first, second)]
        return [("settings", words[0], words[1])]
    return [
        (
            OPTIONS[key].title.lower(),
            value_words(OPTIONS[key], one),
            value_words(OPTIONS[key], other),
        )
        for key, (one, other) in differences(first, second).items()
    ]


def _pairs(
    name: str, first: RunProgress, second: RunProgress, figure: Any
) -> list[tuple[str, str, str]]:
    found = [figure(live.run.scores or {}) for live in (first, second)]
    return [(name, found[0], found[1])] if set(found) != {"–"} else []


def _fraction(scores: Mapping[str, Any], name: str) -> str:
    value, interval = scores.get(name), scores.get(f"{name}_interval")
    if value is None or interval is None:
        return "–"
    return f"{100 * value:.1f} % ({percent(interval[0])} – {percent(interval[1])})"


def _calibration(scores: Mapping[str, Any]) -> str:
    value = scores.get("calibration_error")
    return "–" if value is None else f"{value:.3f}"


def _recall(scores: Mapping[str, Any], emotion: str) -> str:
    row = scores.get("per_emotion", {}).get(emotion)
    if row is None or row["recall"] is None:
        return "–"
    few = ", too few to judge" if row["too_few"] else ""
    return f"{percent(row['recall'])} of {row['count']:,}{few}"


def _seed(live: RunProgress) -> int:
    return int(live.run.parameters.get("seed") or 0)
