"""Sections that look closer: emotions, mistakes, confidence, parts of the photos."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from emotion_desktop.domain.comparison import ComparisonScores, Group
from emotion_desktop.evaluation.comparison import Comparison
from emotion_desktop.evaluation.describe import (
    interval_ends,
    range_of,
    whole_percent,
    with_interval,
)
from emotion_desktop.evaluation.report.document import (
    Block,
    Matrix,
    Panels,
    Plot,
    Section,
    Table,
    Text,
)
from emotion_desktop.evaluation.report.svg import Row, interval_chart, reliability_panel

_KINDS: Final = {
    "origin": "By origin",
    "size": "By size of the photo (shorter side)",
    "colour": "By colour",
    "person": "By person",
}
#: Persons in a report; the largest groups come first.
_MOST_PERSONS: Final = 20


def emotions_section(scores: ComparisonScores) -> Section:
    """Recall and precision of every emotion."""
    rows: list[Row] = []
    table: list[tuple[str, ...]] = []
    faint = set()
    for place, emotion in enumerate(scores.emotions):
        first = scores.models[0].scores.per_emotion[place]
        if first.too_few:
            faint.add(len(table))
        cells = [emotion, f"{first.count:,}"]
        for model in scores.models:
            row = model.scores.per_emotion[place]
            cells.append("–" if row.recall is None else whole_percent(row.recall))
            cells.append("–" if row.precision is None else whole_percent(row.precision))
            rows.append(
                Row(
                    f"{emotion} · {model.name}" if len(scores.models) > 1 else emotion,
                    row.recall,
                    row.recall_interval,
                    "too few to judge" if row.too_few else with_interval(row.recall, None),
                    faint=row.too_few,
                    hatched=not model.calibrated,
                )
            )
        table.append((*cells, "too few to judge" if first.too_few else ""))
    head = ["emotion", "photos"]
    for model in scores.models:
        head += [f"{model.name}: recall", "precision"]
    title = "Recall by emotion, 95 % interval"
    return Section(
        "Emotion by emotion",
        (
            Plot(title, interval_chart(title, [row for row in rows if row.value is not None])),
            Table("", (*head, ""), tuple(table), frozenset(faint)),
        ),
    )


def mistakes_section(comparison: Comparison) -> Section:
    """Confusion matrices, and of two models how their answers fall together."""
    scores = comparison.scores
    blocks: list[Block] = [
        Text(
            "Rows: what the photos show by their labels. Columns: the answers; “none” is a photo "
            "without an answer, which counts as missed.",
            "note",
        )
    ]
    for place, model in enumerate(scores.models):
        counts = comparison.matrix(None, place)
        blocks.append(Matrix(model.name, scores.emotions, _whole(counts.tolist())))
    if len(scores.models) == 2:
        first, second = (model.name for model in scores.models)
        counts = comparison.matrix(0, 1)
        blocks.append(
            Matrix(
                f"Answers of {first} (rows) and {second} (columns)",
                scores.emotions,
                _whole(counts.tolist()),
            )
        )
    return Section("Mistakes", blocks)


def calibration_section(scores: ComparisonScores) -> Section:
    """The reliability of every model, drawn and as a table."""
    plots = tuple(
        Plot(
            model.name + ("" if model.calibrated else " (its own confidence)"),
            reliability_panel(f"Reliability of {model.name}", model.curve, not model.calibrated),
        )
        for model in scores.models
    )
    rows = tuple(
        (
            model.name,
            whole_percent(b.confidence),
            whole_percent(b.right),
            interval_ends(b.right_interval),
            f"{b.count:,}",
        )
        for model in scores.models
        for b in model.curve
    )
    return Section(
        "Can its confidence be believed?",
        (
            Text(
                "On the dashed line, of 100 answers that claim 80 % exactly 80 are right. Below "
                "it the model is too sure, above it too modest. Larger points stand for more "
                "answers.",
                "note",
            ),
            Panels("Share right over confidence", plots),
            Table(
                "The same in figures",
                ("model", "confidence", "right", "95 % interval", "answers"),
                rows,
                folded=True,
            ),
        ),
    )


def groups_sections(scores: ComparisonScores) -> list[Section]:
    """Scores by origin, size, colour and person; none where nothing tells photos apart."""
    head = ("", "photos", "persons", *(f"{model.name}: accuracy" for model in scores.models))
    blocks: list[Block] = []
    for kind, title in _KINDS.items():
        groups = [group for group in scores.groups if group.kind == kind]
        shown = groups[:_MOST_PERSONS] if kind == "person" else groups
        if shown:
            faint = frozenset(n for n, group in enumerate(shown) if group.too_few)
            several = kind == "person" and len(shown) > 1
            most = f" (the {len(shown)} with the most photos)" if several else ""
            blocks.append(Table(title + most, head, tuple(map(_group_row, shown)), faint))
    return [Section("Parts of the photos", blocks)] if blocks else []


def _group_row(group: Group) -> tuple[str, ...]:
    cells = [
        f"{whole_percent(accuracy)}{range_of(interval)}"
        for accuracy, interval in zip(group.accuracy, group.accuracy_interval, strict=True)
    ]
    return group.value, f"{group.photos:,}", f"{group.persons:,}", *cells


def _whole(rows: Sequence[Sequence[int]]) -> tuple[tuple[int, ...], ...]:
    return tuple(tuple(row) for row in rows)
