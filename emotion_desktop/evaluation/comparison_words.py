"""A comparison in plain words: the same sentences on screen, in the terminal and in the report."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Final

from emotion_desktop.domain.comparison import (
    ComparisonScores,
    ModelScores,
    PairedDifference,
    PastEvaluation,
)
from emotion_desktop.domain.scores import Interval
from emotion_desktop.domain.text import counted
from emotion_desktop.evaluation.describe import describe_left_out, percent, range_of

#: Below this a difference is not put down to chance (the usual 5 %).
BEYOND_CHANCE: Final = 0.05


def chance(probability: float) -> str:
    """A p-value as a share of cases: “1 of 200”."""
    if probability >= 0.95:
        return "nearly all cases"
    if probability >= 0.1:
        return f"{round(probability * 10)} of 10 cases"
    if probability < 1e-6:
        return "fewer than 1 of 1,000,000 cases"
    cases = 1 / probability
    digits = max(0, len(str(int(cases))) - 2)
    return f"1 of {round(cases, -digits):,.0f} cases"


def verdict(pair: PairedDifference, scores: ComparisonScores) -> str:
    """What may be said of two models: on these photos, and on other people."""
    first, second = scores.models[pair.first].name, scores.models[pair.second].name
    hits, others = pair.only_first, pair.only_second
    if hits < others:
        first, second, hits, others = second, first, others, hits
    if hits == others == 0:
        return f"{first} and {second} are right on exactly the same photos."
    alone = f"{first} alone is right on {counted(hits, 'photo')}, {second} alone on {others:,}"
    if pair.chance < BEYOND_CHANCE:
        here = f"{first} is better on these photos: {alone}; by chance in {chance(pair.chance)}."
    else:
        here = (
            f"No clear difference on these photos: {alone}, and that much comes by chance in "
            f"{chance(pair.chance)}."
        )
    return f"{here} {elsewhere(pair, scores)}".strip()


def elsewhere(pair: PairedDifference, scores: ComparisonScores) -> str:
    """What the interval of the balanced scores' difference says; empty where there is none."""
    if pair.mean_recall_interval is None:
        return ""
    first, second = scores.models[pair.first].name, scores.models[pair.second].name
    low, high = pair.mean_recall_interval
    if high < -low:  # told from the side of the better one
        first, second, low, high = second, first, -high, -low
    if low > 0:
        gap = f"{_points(low)} to {_points(high)} points higher than that of {second}"
        return f"On other people the balanced score of {first} would be {gap}."
    return (
        f"On other people the balanced score of {first} might be anything from "
        f"{_points(-low)} points lower to {_points(high)} points higher than that of {second}."
    )


def scope(scores: ComparisonScores) -> str:
    """What was scored, in a sentence or two."""
    photos, persons = counted(scores.photos, "photo"), counted(scores.persons, "person")
    text = f"{photos} of {persons}."
    if scores.unshared:
        text += (
            f" Scored on the {len(scores.emotions)} emotions that all models know; "
            f"not on {' and '.join(scores.unshared)}."
        )
    return " ".join([text, *seal(scores)])


def seal(scores: ComparisonScores) -> list[str]:
    """What is to be known of the set's history, in sentences."""
    told = []
    if scores.openings:
        times = "once" if scores.openings == 1 else f"{scores.openings} times"
        told.append(
            f"This sealed test was opened {times}"
            + (
                "."
                if scores.openings == 1
                else ": the more often it decides, the less its scores say about new people."
            )
        )
    if scores.version > 1:
        told.append(
            f"Version {scores.version} of its labels ({counted(scores.corrected, 'photo')} "
            "corrected or left out): older scores belong to an earlier version."
            if scores.corrected
            else f"Version {scores.version} of its labels: older scores belong to another one."
        )
    return told


#: Of what was scored earlier, so many rows are shown.
_EARLIER: Final = 12
EARLIER_HEAD: Final = ("scored earlier", "labels", "photos", "balanced score", "accuracy")


def earlier_rows(
    earlier: Sequence[PastEvaluation], version: int
) -> tuple[list[tuple[str, ...]], frozenset[int]]:
    """What was scored on the same set before, the newest first; the numbers of the rows whose
    labels were others are given as well."""
    rows: list[tuple[str, ...]] = []
    faint = set()
    for past in earlier:
        made = time.strftime("%Y-%m-%d %H:%M", time.localtime(past.made))
        if past.version == version:
            labels = "these"
        else:
            labels = f"{'older' if past.version < version else 'other'}, version {past.version}"
        for name, scores in past.models:
            if past.version != version:
                faint.add(len(rows))
            recall = scores.mean_recall
            balanced = (
                "–"
                if recall is None
                else f"{percent(recall)}{range_of(scores.mean_recall_interval)}"
            )
            accuracy = f"{percent(scores.accuracy)}{range_of(scores.accuracy_interval)}"
            rows.append((f"{made}  {name}", labels, f"{scores.photos:,}", balanced, accuracy))
    return rows[:_EARLIER], frozenset(row for row in faint if row < _EARLIER)


def headline(scores: ComparisonScores) -> str:
    """Who is ahead by the balanced score, and whether that means anything."""
    judged = [m for m in scores.models if m.scores.mean_recall is not None]
    if not judged:
        return "Too few photos of each emotion to judge the models by."
    ranked = sorted(judged, key=lambda model: -(model.scores.mean_recall or 0.0))
    best = ranked[0]
    balanced = f"{percent(best.scores.mean_recall or 0.0)}{_interval(best)}"
    if len(ranked) == 1:
        return f"{best.name}: balanced score {balanced}"
    pair = scores.pair(scores.models.index(best), scores.models.index(ranked[1]))
    if best.scores.mean_recall == ranked[1].scores.mean_recall:
        return f"{best.name} and {ranked[1].name} are level: balanced score {balanced}"
    interval = pair.mean_recall_interval
    clear = interval is not None and (interval[0] > 0 or interval[1] < 0)
    ahead = "is ahead" if clear else "is ahead, but not clearly"
    return f"{best.name} {ahead}: balanced score {balanced}"


def describe_comparison(scores: ComparisonScores) -> str:
    """The comparison for the terminal; no line break at the end."""
    lines = [headline(scores), scope(scores), ""]
    width = max(len(model.name) for model in scores.models)
    lines.append(f"  {'':<{width}}  balanced score          accuracy                macro F1")
    lines += [_model(model, width) for model in scores.models]
    baseline = scores.models[0].scores.baseline
    lines.append(f"  {'always the commonest':<{width + 26}}{percent(baseline):>7}")
    for model in scores.models:
        lines += _remarks(model)
    lines += ["", "Recall by emotion", _recall_head(scores)]
    lines += [_recalls(scores, row) for row in range(len(scores.emotions))]
    if scores.pairs:
        lines += ["", *(verdict(pair, scores) for pair in scores.pairs)]
        all_wrong = counted(scores.all_wrong, "photo")
        lines.append(f"{all_wrong} that every model gets wrong.")
    lines += describe_left_out(scores.left_out)
    return "\n".join(lines)


def cost_words(model: ModelScores) -> str:
    """What these photos cost, in US dollars."""
    return f"about ${model.cost:.2f}" if model.cost else "nothing"


def _model(model: ModelScores, width: int) -> str:
    scores = model.scores
    balanced = "too few photos"
    if scores.mean_recall is not None:
        balanced = f"{percent(scores.mean_recall):>7}{_interval(model)}"
    accuracy = f"{percent(scores.accuracy):>7}{range_of(scores.accuracy_interval)}"
    f1 = "–" if scores.macro_f1 is None else percent(scores.macro_f1)
    return f"  {model.name:<{width}}  {balanced:<24}{accuracy:<24}{f1:>7}"


def _remarks(model: ModelScores) -> list[str]:
    remarks = []
    if model.answered < 1 and model.right_of_answered is not None:
        remarks.append(
            f"answers {percent(model.answered)} of the photos, of these "
            f"{percent(model.right_of_answered)} rightly; the others count as missed"
        )
    if model.scores.calibration_error is not None:
        off = model.scores.calibration_error * 100
        whose = "" if model.calibrated else ", by its own confidence"
        remarks.append(f"confidence is off by {off:.1f} points on average{whose}")
    if model.speed is not None:
        remarks.append(f"{model.speed:,.0f} photos/s here")
    if model.cost:
        remarks.append(f"cost {cost_words(model)}")
    return [f"{model.name}: {'; '.join(remarks)}"] if remarks else []


def _recall_head(scores: ComparisonScores) -> str:
    names = "".join(f"{model.name[:14]:>16}" for model in scores.models)
    return f"  {'':<10} {'':>13}{names}"


def _recalls(scores: ComparisonScores, row: int) -> str:
    first = scores.models[0].scores.per_emotion[row]
    cells = []
    for model in scores.models:
        recall = model.scores.per_emotion[row].recall
        cells.append(f"{'–' if recall is None else percent(recall):>16}")
    remark = "  too few to judge" if first.too_few and first.count else ""
    return f"  {first.emotion:<10} {counted(first.count, 'photo'):>13}{''.join(cells)}{remark}"


def _interval(model: ModelScores) -> str:
    return range_of(model.scores.mean_recall_interval)


def _points(fraction: float) -> str:
    return f"{abs(fraction) * 100:.1f}"


def difference(fraction: float, interval: Interval | None) -> str:
    """A difference in points with its sign, and its interval."""
    if interval is None:
        return f"{fraction * 100:+.1f}"
    return f"{fraction * 100:+.1f} [{interval[0] * 100:+.1f} – {interval[1] * 100:+.1f}]"
