"""The verb “dataset split”: freezes a split under a name."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from emotion_desktop.domain.job import JobContext, JobFunction, JobSpec, Lane, Progress

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emotion_desktop.domain.balance import Synthesis
    from emotion_desktop.domain.sample import Sample
    from emotion_desktop.domain.split import SplitRequest
    from emotion_desktop.workspace.catalogue.catalogue import Catalogue

#: So many emotions are shown before and after, with so many copies of a photo each.
_EXAMPLES: Final = 3
_COPIES: Final = 6


def split_job(workspace: Path, name: str, order: SplitRequest) -> tuple[JobSpec, JobFunction]:
    """The job that splits and freezes; its result is ``SplitSummary.to_dict()``."""

    def run(_: JobSpec, context: JobContext) -> dict[str, Any]:
        from emotion_desktop.dataset.splitting.freeze import freeze
        from emotion_desktop.workspace.catalogue.catalogue import Catalogue
        from emotion_desktop.workspace.catalogue.splits import Splits
        from emotion_desktop.workspace.paths import Workspace

        with Catalogue(Workspace(workspace).catalogue) as catalogue:
            know_copies(catalogue, context)
            context.emit(Progress(0, 0, "splitting"))
            context.check_cancelled()
            frozen = freeze(catalogue, name, order)
            summaries = {summary.name: summary for summary in Splits(catalogue).all()}
        return summaries[frozen.name].to_dict()

    spec = JobSpec(
        kind="split",
        title=f"Split “{name}”",
        lane=Lane.CATALOGUE,
        parameters={"workspace": str(workspace), "name": name, "seed": order.seed},
    )
    return spec, run


def split_again_job(workspace: Path, name: str) -> tuple[JobSpec, JobFunction]:
    """The job that freezes a split anew by person, with the same shares, seed and balance."""

    def run(_: JobSpec, context: JobContext) -> dict[str, Any]:
        from emotion_desktop.dataset.splitting.freeze import freeze
        from emotion_desktop.domain.split import SplitRequest
        from emotion_desktop.workspace.catalogue.catalogue import Catalogue
        from emotion_desktop.workspace.catalogue.splits import Splits
        from emotion_desktop.workspace.paths import Workspace

        with Catalogue(Workspace(workspace).catalogue) as catalogue:
            know_copies(catalogue, context)
            before = Splits(catalogue).load(name)
            split = before.split
            order = SplitRequest(split.fractions, split.seed, balance=before.balance)
            taken = {summary.name for summary in Splits(catalogue).all()}
            fresh, number = f"{name} by person", 2
            while fresh in taken:
                fresh, number = f"{name} by person {number}", number + 1
            freeze(catalogue, fresh, order)
        return {"name": fresh}

    return JobSpec("split", f"Split “{name}” again by person", Lane.CATALOGUE), run


def draft_job(workspace: Path, order: SplitRequest) -> tuple[JobSpec, JobFunction]:
    """The job that tries a split without keeping it; its result has ``parts`` and ``leaks``."""

    def run(_: JobSpec, context: JobContext) -> dict[str, Any]:
        from emotion_desktop.dataset.splitting.freeze import draft
        from emotion_desktop.workspace.catalogue.catalogue import Catalogue
        from emotion_desktop.workspace.paths import Workspace

        with Catalogue(Workspace(workspace).catalogue) as catalogue:
            know_copies(catalogue, context)
            drafted = draft(catalogue, order)
        synthesis = order.balance.synthesis
        return {
            "examples": _examples(drafted.split.training, synthesis) if synthesis else [],
            "parts": drafted.split.counts(),
            "leaks": {**drafted.leaks.to_dict(), "sentence": drafted.leaks.sentence},
            "left_out": dict(drafted.photos.left_out),
        }

    return JobSpec("draft", "Try the split", Lane.EDITS, quiet=True), run


def _examples(training: Sequence[Sample], synthesis: Synthesis) -> list[dict[str, Any]]:
    """A photo of each of the emotions with most copies, and a few of its copies' edits."""
    from emotion_desktop.dataset.synthesis import plan

    edits: dict[tuple[str, str], list[dict[str, Any]]] = {}
    copies: Counter[str] = Counter()
    for copy in plan(training, synthesis):
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


def remove_split(workspace: Path, name: str) -> None:
    """Forgets a frozen split; the photos stay. Quick, so it is no job.

    Raises:
        UsageError: there is none of that name.
    """
    from emotion_desktop.workspace.catalogue.catalogue import Catalogue
    from emotion_desktop.workspace.catalogue.splits import Splits
    from emotion_desktop.workspace.paths import Workspace

    with Catalogue(Workspace(workspace).catalogue) as catalogue:
        Splits(catalogue).remove(name)


def remove_split_job(workspace: Path, name: str) -> tuple[JobSpec, JobFunction]:
    """The same as a job, for the window's thread never waits for the catalogue."""

    def run(_: JobSpec, __: JobContext) -> None:
        remove_split(workspace, name)

    return JobSpec("split", f"Remove the split “{name}”", Lane.EDITS, quiet=True), run


def know_copies(catalogue: Catalogue, context: JobContext) -> None:
    """Looks for copies if the photos have changed since that was done last."""
    from emotion_desktop.dataset.audit.copies import find_near_copies
    from emotion_desktop.workspace.catalogue.audits import Audits, photos_basis

    audits = Audits(catalogue)
    with catalogue.reading() as connection:
        basis = photos_basis(connection)
    if (audits.get("copies") or ("", None))[0] != basis:
        find_near_copies(catalogue, context)
        audits.keep("copies", basis, None)
