"""The verb “dataset split”: freezes a split under a name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from emotion_desktop.dataset.audit.copies import find_near_copies
from emotion_desktop.dataset.splitting.freeze import freeze, plan_split
from emotion_desktop.dataset.synthesis import plan_copies
from emotion_desktop.domain.job import Progress
from emotion_desktop.domain.split import SplitRequest
from emotion_desktop.workspace.catalogue.splits import Splits

if TYPE_CHECKING:
    from emotion_desktop.domain.balance import Synthesis
    from emotion_desktop.domain.sample import Sample
    from emotion_desktop.jobs.running.context import Context

#: So many emotions are shown before and after, with so many copies of a photo each.
_EXAMPLES: Final = 3
_COPIES: Final = 6


def split(context: Context, *, name: str, request: Mapping[str, Any]) -> dict[str, Any]:
    """Splits the labelled photos and freezes the split; returns ``SplitSummary.to_dict()``."""
    with context.workspace.open_catalogue() as catalogue:
        find_near_copies(catalogue, context)
        context.emit(Progress(0, 0, "splitting"))
        context.check_cancelled()
        frozen = freeze(catalogue, name, SplitRequest.from_dict(request))
        summaries = {summary.name: summary for summary in Splits(catalogue).all()}
    return summaries[frozen.name].to_dict()


def split_again(context: Context, *, name: str) -> dict[str, Any]:
    """Freezes a split anew by person, with the same shares, seed and balance; returns its name."""
    with context.workspace.open_catalogue() as catalogue:
        find_near_copies(catalogue, context)
        before = Splits(catalogue).load(name)
        request = SplitRequest(before.split.fractions, before.split.seed, balance=before.balance)
        taken = {summary.name for summary in Splits(catalogue).all()}
        fresh, number = f"{name} by person", 2
        while fresh in taken:
            fresh, number = f"{name} by person {number}", number + 1
        freeze(catalogue, fresh, request)
    return {"name": fresh}


def draft_split(context: Context, *, request: Mapping[str, Any]) -> dict[str, Any]:
    """Tries a split without keeping it: its parts, leaks, and examples of synthesised copies."""
    wanted = SplitRequest.from_dict(request)
    with context.workspace.open_catalogue() as catalogue:
        find_near_copies(catalogue, context)
        drafted = plan_split(catalogue, wanted)
    synthesis = wanted.balance.synthesis
    return {
        "examples": _examples(drafted.split.training, synthesis) if synthesis else [],
        "parts": drafted.split.counts(),
        "leaks": {**drafted.leaks.to_dict(), "sentence": drafted.leaks.sentence},
        "left_out": dict(drafted.photos.left_out),
    }


def remove(context: Context, *, name: str) -> None:
    """Forgets a frozen split; the photos stay.

    Raises:
        UsageError: there is none of that name.
    """
    with context.workspace.open_catalogue() as catalogue:
        Splits(catalogue).remove(name)


def _examples(training: Sequence[Sample], synthesis: Synthesis) -> list[dict[str, Any]]:
    """A photo of each of the emotions with most copies, and a few of its copies' edits."""
    edits: dict[tuple[str, str], list[dict[str, Any]]] = {}
    copies: Counter[str] = Counter()
    for copy in plan_copies(training, synthesis):
        emotion = copy.sample.emotion or ""
        copies[emotion] += 1
        edits.setdefault((emotion, str(copy.sample.path)), []).append(copy.edit.to_dict())
    shown = []
    for emotion, _ in copies.most_common(_EXAMPLES):
        path, most = max(
            ((path, made) for (e, path), made in edits.items() if e == emotion),
            key=lambda item: len(item[1]),
        )
        shown.append({"emotion": emotion, "path": path, "edits": most[:_COPIES]})
    return shown
