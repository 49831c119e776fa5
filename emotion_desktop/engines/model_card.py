"""A model's description as Markdown, for people: written into every bundle.

The sections are those of Mitchell et al. 2019, "Model cards for model reporting".
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

from emotion_desktop.domain.experts import BLENDSHAPE_PART, EXPERT_TITLES, ExpertEnsemble
from emotion_desktop.domain.model import ModelCard
from emotion_desktop.domain.scores import Interval, Scores
from emotion_desktop.domain.text import escape_markdown

_LIMITS: Final = (
    "It reads facial expressions, not feelings: people smile out of politeness and frown at the "
    "sun.",
    "Its scores hold for photos like those it was scored on. On others confidence is too high.",
    "In the European Union, Article 5(1)(f) of the AI Act bars inferring people's emotions at "
    "work and in education, with exceptions for medical and safety reasons.",
)
#: More photos or persons than this are a mistake.
_MOST: Final = 10**12


def card_facts(card: ModelCard) -> list[tuple[str, str]]:
    """What there is to know of a model beside its scores, as names and texts."""
    origin, need = card.provenance, card.preprocessing
    colour = "grey" if need.channels == 1 else "colour"
    facts = [
        ("Emotions", ", ".join(card.labels)),
        ("Input", f"faces of {need.size} × {need.size} pixels in {colour}, cut by {need.crop}"),
        ("Experts", _experts(card.experts)),
        ("Recipe", str(origin.recipe.get("title") or origin.recipe.get("name") or "unknown")),
        ("Trained on", _data(origin.data)),
        ("Labels of votes", str(origin.data.get("protocol") or "")),
        ("Split", _split(origin.split)),
        ("Calibration", f"temperature {card.calibration.temperature:.3g}, chosen on validation"),
        ("Made", f"{origin.created}, {origin.program}"),
        ("Versions", ", ".join(f"{name} {number}" for name, number in origin.versions.items())),
        ("Notes", origin.notes),
    ]
    return [(name, text) for name, text in facts if text]


def card_markdown(card: ModelCard) -> str:
    """The whole card; ends with a line break."""
    lines = [f"# {escape_markdown(card.name)}", "", "A classifier of facial expressions.", ""]
    lines += ["## Model", ""]
    lines += [f"- **{name}**: {escape_markdown(text)}" for name, text in card_facts(card)]
    lines += ["", "## Scores", ""]
    lines += _scores(card.scores) if card.scores else ["It was not scored by this program."]
    lines += _by_source(scores_by_source(card))
    lines += ["", "## Limits", "", *(f"- {limit}" for limit in _LIMITS)]
    return "\n".join(lines) + "\n"


def scores_by_source(card: ModelCard) -> dict[str, Scores]:
    """The scores on each source that a model was scored on; none where it was but one."""
    kept = card.provenance.split.get("scores_by_source")
    found = {}
    for name, scores in kept.items() if isinstance(kept, Mapping) else ():
        with suppress(ValueError, KeyError, TypeError, AttributeError):  # a bundle from elsewhere
            found[str(name)] = Scores.from_dict(scores)
    return found


def limits() -> tuple[str, ...]:
    """What every model of this program is limited by."""
    return _LIMITS


def _experts(ensemble: ExpertEnsemble | None) -> str:
    parts = ensemble.parts if ensemble is not None else frozenset()
    moves = ["the face's movements"] if BLENDSHAPE_PART in parts else []
    nets = sorted(EXPERT_TITLES[name] for name in parts - {BLENDSHAPE_PART})
    return ", ".join([*moves, *(f"{title}'s net" for title in nets)])


def _scores(scores: Scores) -> list[str]:
    persons = f"{scores.photos:,} photos of {scores.persons:,} people it had never seen"
    lines = [f"On {persons}; 95 % intervals are drawn by {scores.interval_by}.", ""]
    if scores.mean_recall is not None:
        over = len(scores.mean_recall_over)
        recall = f"{scores.mean_recall:.1%}{_range(scores.mean_recall_interval)}"
        lines.append(f"- balanced score (mean recall over {over} emotions): {recall}")
    lines.append(
        f"- accuracy: {scores.accuracy:.1%}{_range(scores.accuracy_interval)}; always naming the "
        f"commonest emotion gives {scores.baseline:.1%}"
    )
    if scores.macro_f1 is not None:
        lines.append(f"- macro F1: {scores.macro_f1:.1%}")
    if scores.calibration_error is not None:
        lines.append(f"- calibration error: {scores.calibration_error:.3f}")
    lines += ["", "| emotion | photos | recall | 95 % interval | precision |"]
    lines.append("|---|---:|---:|---:|---:|")
    for row in scores.per_emotion:
        recall = "–" if row.recall is None else f"{row.recall:.0%}"
        if row.too_few:
            recall += " (too few to judge)"
        precision = "–" if row.precision is None else f"{row.precision:.0%}"
        interval = "" if row.too_few else _range(row.recall_interval).strip(" []")
        lines.append(f"| {row.emotion} | {row.count:,} | {recall} | {interval} | {precision} |")
    return lines


def _by_source(scores: Mapping[str, Scores]) -> list[str]:
    if not scores:
        return []
    lines = ["", "| source | photos | balanced score | accuracy |", "|---|---:|---:|---:|"]
    for name, of_source in scores.items():
        recall = of_source.mean_recall
        balanced = "–" if recall is None else f"{recall:.1%} of {len(of_source.mean_recall_over)}"
        lines.append(
            f"| {escape_markdown(name)} | {of_source.photos:,} | {balanced} | "
            f"{of_source.accuracy:.1%} |"
        )
    return lines


def _data(data: Mapping[str, Any]) -> str:
    photos = data.get("photos")
    total = sum(map(_count, photos.values())) if isinstance(photos, Mapping) else 0
    parts = [str(data.get("source", ""))]
    if total:
        parts.append(f"{total:,} labelled photos")
    if persons := _count(data.get("persons")):
        parts.append(f"{persons:,} persons")
    if data.get("fingerprint"):
        parts.append(f"fingerprint {data['fingerprint']}")
    return ", ".join(part for part in parts if part)


def _split(split: Mapping[str, Any]) -> str:
    if not split:
        return ""
    parts = split.get("parts")
    counts = (
        [
            f"{name} {_count(part.get('photos')):,}"
            for name, part in parts.items()
            if isinstance(part, Mapping)
        ]
        if isinstance(parts, Mapping)
        else []
    )
    text = f"by {split.get('by', 'person')}, seed {split.get('seed', 0)}"
    return f"{text} ({', '.join(counts)} photos)" if counts else text


def _count(value: Any) -> int:
    """A number of photos or persons; a bundle from elsewhere may say anything in its place."""
    return value if type(value) is int and 0 <= value < _MOST else 0


def _range(interval: Interval | None) -> str:
    return "" if interval is None else f" [{interval[0]:.1%} – {interval[1]:.1%}]"
