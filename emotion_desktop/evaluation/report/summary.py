"""The first sections of a report: who is ahead, by how much, and whether that is chance."""

from __future__ import annotations

from emotion_desktop.domain.comparison import ComparisonScores, ModelScores
from emotion_desktop.domain.scores import Interval
from emotion_desktop.domain.text import counted
from emotion_desktop.evaluation.comparison_words import (
    cost_words,
    difference,
    headline,
    scope,
    verdict,
)
from emotion_desktop.evaluation.describe import percent, whole_percent, with_interval
from emotion_desktop.evaluation.report.document import Block, Plot, Section, Table, Text
from emotion_desktop.evaluation.report.svg import Row, interval_chart


def result_section(scores: ComparisonScores) -> Section:
    """The headline, what may be said of each pair, and both scores drawn."""
    balanced = [
        _row(model, model.scores.mean_recall, model.scores.mean_recall_interval)
        for model in scores.models
    ]
    accuracy = [
        _row(model, model.scores.accuracy, model.scores.accuracy_interval)
        for model in scores.models
    ]
    over = len(scores.models[0].scores.mean_recall_over)
    blocks: list[Block] = [
        Text(headline(scores), "lead"),
        Text(scope(scores)),
        *(Text(verdict(pair, scores)) for pair in scores.pairs),
    ]
    if over:
        title = f"Balanced score: mean recall over {counted(over, 'emotion')}, 95 % interval"
        line = f"guessing: {whole_percent(1 / over)}"
        blocks.append(Plot(title, interval_chart(title, balanced, 1 / over, line)))
    title = "Accuracy, 95 % interval"
    baseline = scores.models[0].scores.baseline
    line = f"always the commonest emotion: {whole_percent(baseline)}"
    blocks.append(Plot(title, interval_chart(title, accuracy, baseline, line)))
    return Section("Result", blocks)


def models_section(scores: ComparisonScores) -> Section:
    """All models and all pairs as tables."""
    head = (
        *("model", "balanced score", "accuracy", "macro F1", "calibration error", "answered"),
        *("photos/s", "cost"),
    )
    blocks: list[Block] = [Table("", head, tuple(map(_model_row, scores.models)))]
    if scores.pairs:
        rows = tuple(
            (
                f"{scores.models[pair.first].name} – {scores.models[pair.second].name}",
                "–"
                if pair.mean_recall is None
                else difference(pair.mean_recall, pair.mean_recall_interval),
                difference(pair.accuracy, pair.accuracy_interval),
                f"{pair.only_first:,} / {pair.only_second:,}",
                f"{pair.chance:.2g}",
                percent(pair.agreement),
                "–" if pair.kappa is None else f"{pair.kappa:.2f}",
            )
            for pair in scores.pairs
        )
        columns = (
            *("first – second", "balanced score, points", "accuracy, points"),
            *("only first / only second right", "McNemar's p", "agree", "kappa"),
        )
        blocks.append(Table("Pairs", columns, rows))
        blocks.append(
            Text(f"{counted(scores.all_wrong, 'photo')} that every model gets wrong.", "muted")
        )
    return Section("Models side by side", blocks)


def _row(model: ModelScores, value: float | None, interval: Interval | None) -> Row:
    words = with_interval(value, interval)
    return Row(model.name, value, interval, words, hatched=not model.calibrated)


def _model_row(model: ModelScores) -> tuple[str, ...]:
    scores = model.scores
    error = scores.calibration_error
    return (
        model.name,
        with_interval(scores.mean_recall, scores.mean_recall_interval),
        with_interval(scores.accuracy, scores.accuracy_interval),
        "–" if scores.macro_f1 is None else percent(scores.macro_f1),
        "–" if error is None else f"{error:.3f}{'' if model.calibrated else ' (its own)'}",
        percent(model.answered),
        "–" if model.speed is None else f"{model.speed:,.0f}",
        cost_words(model),
    )
