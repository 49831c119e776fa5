"""Scores as a few lines of plain text."""

from __future__ import annotations

from collections.abc import Mapping

from emotion_desktop.domain.scores import EmotionScore, Interval, Scores
from emotion_desktop.domain.text import counted

_REASONS = {
    "contradictory_labels": "listed with different labels",
    "listed_twice": "listed again with the same label",
    "unknown_label": "with a label that is none of the emotions",
    "missing_file": "not found",
    "trained_on": "a model was trained on, or copies of such",
    "unshared_emotion": "with an emotion that not all models know",
    "unlabelled": "without a label",
    "unreadable_row": "rows that name no photo",
}


def describe(scores: Scores) -> str:
    """Returns the scores for the terminal, the balanced one first; no line break at the end."""
    lines = [
        _balanced(scores),
        f"Accuracy {percent(scores.accuracy)}{range_of(scores.accuracy_interval)}; "
        f"always naming the commonest emotion gives {percent(scores.baseline)}",
        f"{counted(scores.photos, 'photo')} of {counted(scores.persons, 'person')}; "
        f"ranges are 95 % intervals, drawn by {scores.interval_by}",
    ]
    if scores.unanswered:
        lines.append(
            f"{counted(scores.unanswered, 'photo')} without an answer "
            "(no face found, or not readable), counted as missed"
        )
    if scores.calibration_error is not None:
        lines.append(f"Confidence is off by {scores.calibration_error * 100:.1f} points on average")
    lines += ["", "Recall by emotion"]
    lines += [_emotion(row) for row in scores.per_emotion]
    return "\n".join(lines + describe_left_out(scores.left_out))


def describe_by_source(scores: Mapping[str, Scores], protocol: str) -> str:
    """Lines on each source, and how labels were made of votes, to follow describe's; empty where
    there is nothing of either."""
    lines = ["", "By source"] if scores else []
    for name, some in scores.items():
        balanced = "too few photos" if some.mean_recall is None else percent(some.mean_recall)
        over = len(some.mean_recall_over)
        lines.append(
            f"  {name}: {counted(some.photos, 'photo')}, balanced score {balanced} (over "
            f"{counted(over, 'emotion')}), accuracy {percent(some.accuracy)}"
        )
    lines += ["", f"Labels of votes: {protocol}"] if protocol else []
    return "".join(f"\n{line}" for line in lines)


def reason_words(reason: str) -> str:
    """Why photos were left out, after their count: “3 not found”."""
    return _REASONS.get(reason, reason.replace("_", " "))


def describe_left_out(left_out: Mapping[str, int]) -> list[str]:
    """Lines that say what was left out; none where nothing was."""
    rows = [f"  {count:,} {reason_words(reason)}" for reason, count in left_out.items() if count]
    return ["", "Left out", *rows] if rows else []


def _balanced(scores: Scores) -> str:
    if scores.mean_recall is None:
        return "Balanced score: too few photos of each emotion to judge"
    over = counted(len(scores.mean_recall_over), "emotion")
    return (
        f"Balanced score {percent(scores.mean_recall)}{range_of(scores.mean_recall_interval)} "
        f"(mean recall over {over})"
    )


def _emotion(row: EmotionScore) -> str:
    count = f"{row.emotion:<10} {counted(row.count, 'photo'):>13}"
    if row.recall is None:
        return f"  {count}"
    recall = f"  {count} {percent(row.recall):>8}"
    return f"{recall}  too few to judge" if row.too_few else recall + range_of(row.recall_interval)


def percent(fraction: float) -> str:
    """With a decimal: scores are compared."""
    return f"{fraction * 100:.1f} %"


def whole_percent(fraction: float) -> str:
    """Without decimals: where photos are few they would promise too much."""
    return f"{fraction * 100:.0f} %"


def range_of(interval: Interval | None) -> str:
    """An interval behind its figure; nothing where there is none."""
    return "" if interval is None else f" [{interval[0] * 100:.1f} – {interval[1] * 100:.1f}]"


def with_interval(value: float | None, interval: Interval | None) -> str:
    """A share and its interval behind it."""
    return "too few photos" if value is None else f"{percent(value)}{range_of(interval)}"


def interval_ends(interval: Interval | None) -> str:
    """The ends of an interval, for a column of their own."""
    return "" if interval is None else f"{interval[0] * 100:.1f} – {interval[1] * 100:.1f}"
