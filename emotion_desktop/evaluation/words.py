"""Scores as a few lines of plain text."""

from __future__ import annotations

from emotion_desktop.domain.scores import EmotionScore, Interval, Scores

_REASONS = {
    "contradictory_labels": "listed with different labels",
    "listed_twice": "listed again with the same label",
    "unknown_label": "with a label that is none of the emotions",
    "missing_file": "not found",
    "trained_on": "the model was trained on",
    "unlabelled": "without a label",
    "unreadable_row": "rows that name no photo",
}


def describe(scores: Scores) -> str:
    """Returns the scores for the terminal, the balanced one first; no line break at the end."""
    lines = [
        _balanced(scores),
        f"Accuracy {_percent(scores.accuracy)}{_range(scores.accuracy_interval)}; "
        f"always naming the commonest emotion gives {_percent(scores.baseline)}",
        f"{_number(scores.photos, 'photo')} of {_number(scores.persons, 'person')}; "
        f"ranges are 95 % intervals, drawn by {scores.interval_by}",
    ]
    if scores.unanswered:
        lines.append(
            f"{_number(scores.unanswered, 'photo')} without an answer "
            "(no face found, or not readable), counted as missed"
        )
    if scores.calibration_error is not None:
        lines.append(f"Confidence is off by {scores.calibration_error * 100:.1f} points on average")
    lines += ["", "Recall by emotion"]
    lines += [_emotion(row) for row in scores.per_emotion]
    left_out = [
        f"  {count:,} {_REASONS.get(reason, reason.replace('_', ' '))}"
        for reason, count in scores.left_out.items()
        if count
    ]
    if left_out:
        lines += ["", "Left out", *left_out]
    return "\n".join(lines)


def _balanced(scores: Scores) -> str:
    if scores.mean_recall is None:
        return "Balanced score: too few photos of each emotion to judge"
    number = len(scores.mean_recall_over)
    return (
        f"Balanced score {_percent(scores.mean_recall)}{_range(scores.mean_recall_interval)} "
        f"(mean recall over {_number(number, 'emotion')})"
    )


def _emotion(row: EmotionScore) -> str:
    count = f"{row.emotion:<10} {_number(row.count, 'photo'):>13}"
    if row.recall is None:
        return f"  {count}"
    recall = f"  {count} {_percent(row.recall):>8}"
    return f"{recall}  too few to judge" if row.too_few else recall + _range(row.recall_interval)


def _percent(fraction: float) -> str:
    return f"{fraction * 100:.1f} %"


def _range(interval: Interval | None) -> str:
    return "" if interval is None else f" [{interval[0] * 100:.1f} – {interval[1] * 100:.1f}]"


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
