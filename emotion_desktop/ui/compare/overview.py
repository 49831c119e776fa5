"""Who is ahead, by how much, and whether that is chance."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QVBoxLayout, QWidget

from emotion_desktop.evaluation.comparison_words import (
    EARLIER_HEAD,
    cost_words,
    earlier_rows,
    headline,
    scope,
    verdict,
)
from emotion_desktop.evaluation.describe import percent, range_of, reason_words, whole_percent
from emotion_desktop.ui.compare.interval_chart import Bar, IntervalChart
from emotion_desktop.ui.compare.tables import fill_table, label, make_table

if TYPE_CHECKING:
    from emotion_desktop.domain.comparison import ComparisonScores, ModelScores
    from emotion_desktop.domain.scores import Interval
    from emotion_desktop.evaluation.comparison import Comparison
    from emotion_desktop.ui.theme import Theme

#: Characters of a model's name above a column of figures.
_NARROW: Final = 12


class Overview(QWidget):
    """The balanced score first, with its interval; every emotion with its count."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.headline = label("", "headline")
        self.scope = label("", "muted")
        self.verdicts = label()
        self.balanced_title = label()
        self.balanced = IntervalChart(theme)
        self.accuracy_title = label("Accuracy, 95 % interval")
        self.accuracy = IntervalChart(theme)
        self.models = make_table("Models")
        self.emotions = make_table("Recall by emotion")
        self.earlier = make_table("Scored earlier on the same labelled set")
        self.left_out = label("", "muted")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 12, 16, 12)
        layout.setSpacing(8)
        layout.addWidget(self.headline)
        layout.addWidget(self.scope)
        layout.addWidget(self.left_out)
        layout.addSpacing(6)
        for title, chart in (
            (self.balanced_title, self.balanced),
            (self.accuracy_title, self.accuracy),
        ):
            layout.addWidget(title)
            layout.addWidget(chart)
        for part in (self.verdicts, self.models, self.emotions, self.earlier):
            layout.addWidget(part)
            layout.addSpacing(6)
        layout.addStretch(1)

    def set_theme(self, theme: Theme) -> None:
        """Paints in other colours."""
        for chart in (self.balanced, self.accuracy):
            chart.set_theme(theme)

    def show_comparison(self, comparison: Comparison) -> None:
        """Shows a comparison's figures."""
        scores = comparison.scores
        self.headline.setText(headline(scores))
        self.scope.setText(scope(scores))
        self.verdicts.setText("\n\n".join(verdict(pair, scores) for pair in scores.pairs))
        self.verdicts.setVisible(bool(scores.pairs))
        self._fill_charts(scores)
        self._fill_models(scores)
        self._fill_emotions(scores)
        rows, faint = earlier_rows(comparison.earlier, scores.version)
        fill_table(self.earlier, EARLIER_HEAD, rows, faint)
        self.earlier.setVisible(bool(rows))
        parts = [f"{count:,} {reason_words(reason)}" for reason, count in scores.left_out.items()]
        self.left_out.setText(f"Left out: {', '.join(parts)}." if parts else "")
        self.left_out.setVisible(bool(parts))

    def _fill_charts(self, scores: ComparisonScores) -> None:
        over = len(scores.models[0].scores.mean_recall_over)
        title = f"Balanced score: mean recall over {over} emotions, 95 % interval"
        self.balanced_title.setText(title)
        for widget in (self.balanced_title, self.balanced):
            widget.setVisible(over > 0)
        if over:
            bars = [
                _bar(model, model.scores.mean_recall, model.scores.mean_recall_interval)
                for model in scores.models
            ]
            line = f"guessing: {whole_percent(1 / over)}"
            self.balanced.show_bars(title, bars, 1 / over, line)
        bars = [
            _bar(model, model.scores.accuracy, model.scores.accuracy_interval)
            for model in scores.models
        ]
        baseline = scores.models[0].scores.baseline
        line = f"always the commonest emotion: {whole_percent(baseline)}"
        self.accuracy.show_bars("Accuracy, 95 % interval", bars, baseline, line)

    def _fill_models(self, scores: ComparisonScores) -> None:
        head = ("model", "macro F1", "calibration error", "answered", "photos/s here", "cost")
        rows = []
        for model in scores.models:
            f1, error = model.scores.macro_f1, model.scores.calibration_error
            rows.append(
                (
                    model.name,
                    "–" if f1 is None else percent(f1),
                    "–" if error is None else f"{error:.3f}{'' if model.calibrated else ' (own)'}",
                    percent(model.answered),
                    "–" if model.speed is None else f"{model.speed:,.0f}",
                    cost_words(model),
                )
            )
        fill_table(self.models, head, rows)

    def _fill_emotions(self, scores: ComparisonScores) -> None:
        head = ["emotion", "photos"]
        for model in scores.models:
            alone = len(scores.models) == 1
            above = [] if alone else wrap(model.name, _NARROW)
            head += ["\n".join([*above, "recall"]), "precision"]
        rows, faint = [], set()
        for place, emotion in enumerate(scores.emotions):
            first = scores.models[0].scores.per_emotion[place]
            cells = [emotion, f"{first.count:,}"]
            if first.too_few:
                faint.add(place)
                cells[0] = f"{emotion} (too few to judge)"
            for model in scores.models:
                row = model.scores.per_emotion[place]
                recall = "–" if row.recall is None else whole_percent(row.recall)
                if len(scores.models) == 1 and not row.too_few:
                    recall += range_of(row.recall_interval)
                cells.append(recall)
                cells.append("–" if row.precision is None else whole_percent(row.precision))
            rows.append(cells)
        fill_table(self.emotions, head, rows, faint)


def _bar(model: ModelScores, value: float | None, interval: Interval | None) -> Bar:
    words = "too few photos" if value is None else f"{percent(value)}{range_of(interval)}"
    return Bar(model.name, value, interval, words, hatched=not model.calibrated)
