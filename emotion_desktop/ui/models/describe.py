"""A model in words: what it tells apart, how good it is, where it comes from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from emotion_desktop.domain.external_model import SCALINGS
from emotion_desktop.ui.compare.interval_chart import Bar
from emotion_desktop.ui.describe import percent

if TYPE_CHECKING:  # not before the window is shown
    from emotion_desktop.domain.model import Provenance
    from emotion_desktop.domain.scores import Scores
    from emotion_desktop.jobs.models.store import StoredModel


def about(model: StoredModel) -> str:
    """What a model says of itself, in sentences."""
    card = model.card
    if card is None:
        return f"This model cannot be used. {model.problem}"
    origin = card.provenance
    lines = []
    if card.scores is not None:
        lines.append(_scores(card.scores))
    else:
        lines.append("It brings no scores: evaluate it on photos of your own before you trust it.")
    need = card.preprocessing
    colour = "grey" if need.channels == 1 else "colour"
    lines.append(f"It tells apart {', '.join(card.labels[:-1])} and {card.labels[-1]}.")
    scaling = SCALINGS.get(str(origin.recipe.get("scaling")))
    scaled = f", with pixels scaled to {scaling}" if scaling else ""
    lines.append(f"It looks at faces of {need.size} × {need.size} pixels in {colour}{scaled}.")
    lines.append(_origin(origin))
    parity = origin.recipe.get("parity")
    if isinstance(parity, dict) and parity.get("photos"):
        gap = float(parity.get("gap", 0.0))
        words = f"at most {gap:.4f}" if gap >= 0.0001 else "less than 0.0001"
        lines.append(
            f"Two engines run it, MXNet and ONNX Runtime. On {parity['photos']} of your photos "
            f"their probabilities differed by {words}."
        )
    if origin.notes:
        lines.append(origin.notes)
    if not card.calibration.is_fitted:
        lines.append("Its confidence was never fitted on labelled photos: its bars are hatched.")
    return "\n\n".join(lines)


def _origin(origin: Provenance) -> str:
    recipe = str(origin.recipe.get("name", "unknown"))
    day = origin.created[:10]
    if recipe.endswith("elsewhere"):
        return f"It was trained elsewhere, on photos that are not known here, and came in on {day}."
    source = origin.data.get("source", "unknown")
    photos = origin.data.get("photos")
    total = sum(photos.values()) if isinstance(photos, dict) else 0
    count = f" ({total:,} labelled photos)" if total else ""
    return f"Trained with the recipe “{recipe}” on {source}{count}, {day}."


def _scores(scores: Scores) -> str:
    where = f"On {scores.photos:,} photos of {scores.persons:,} people it had never seen:\n"
    common = f"always saying the commonest emotion: {percent(scores.baseline)}"
    accuracy = f"accuracy {percent(scores.accuracy)} ({common})"
    few = [item.emotion for item in scores.per_emotion if item.too_few]
    caveat = f"\nToo few photos to judge: {', '.join(few)}." if few else ""
    if scores.mean_recall is None or scores.mean_recall_interval is None:
        return f"{where}{accuracy}.{caveat}"
    low, high = scores.mean_recall_interval
    return (
        f"{where}mean recall {percent(scores.mean_recall)} (95 % interval {percent(low)} – "
        f"{percent(high)}) over {', '.join(scores.mean_recall_over)}; {accuracy}.{caveat}"
    )


def in_brief(model: StoredModel) -> str:
    """Its score in a line, for a list."""
    card = model.card
    if card is None:
        return "cannot be used"
    scores = card.scores
    if scores is None:
        return "no scores"
    if scores.mean_recall is None or scores.mean_recall_interval is None:
        return f"accuracy {percent(scores.accuracy)}"
    low, high = scores.mean_recall_interval
    return f"mean recall {percent(scores.mean_recall)} ({percent(low)} – {percent(high)})"


def recall_bars(scores: Scores) -> Sequence[Bar]:
    """The recall of every emotion, with its interval and how many photos stand behind it."""
    return [
        Bar(
            item.emotion,
            item.recall,
            item.recall_interval,
            _recall_words(item.recall, item.count, too_few=item.too_few),
            emotion=item.emotion,
        )
        for item in scores.per_emotion
    ]


def _recall_words(recall: float | None, count: int, *, too_few: bool) -> str:
    if recall is None:
        return "no photo"
    few = ", too few" if too_few else ""
    return f"{percent(recall)} of {count:,}{few}"
