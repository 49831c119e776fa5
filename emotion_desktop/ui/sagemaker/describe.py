"""Runs at SageMaker in words: what they are called, how they are doing, what they cost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from emotion_desktop.domain.sagemaker import CloudRun, Machines, Stage
from emotion_desktop.ui.describe import duration, percent

#: What happens in each stage.
STAGES: Final[Mapping[Stage, str]] = {
    Stage.PREPARING: "Preparing the faces",
    Stage.UPLOADING: "Uploading",
    Stage.LAUNCHING: "Starting the job",
    Stage.RUNNING: "At SageMaker",
    Stage.FETCHING: "Bringing the model back",
    Stage.DONE: "Done",
    Stage.FAILED: "Failed",
    Stage.STOPPED: "Stopped",
}


def title_of(run: CloudRun) -> str:
    """What a run is called: its model, and what is done with it if it is not trained."""
    model = str(run.request.get("model", run.name))
    return f"Classify with {model}" if run.kind == "transform" else model


def headline(run: CloudRun, *, active: bool) -> str:
    """How a run is doing, in words."""
    words = STAGES[run.stage]
    if run.stage is Stage.RUNNING and run.job is not None:
        words = f"{words}: {run.job.detail.lower() or run.job.status.lower()}"
    if run.stage is Stage.DONE:
        words = f"Done: the model is in the store as “{run.result}”"
        if run.kind == "transform":
            words = f"Done: the answers are in {run.result}"
    if not active and not run.stage.is_over:
        words = f"{words}. Left off; nothing is lost" if not run.stage.paid else words
    return words


def figures(run: CloudRun, own: Mapping[str, float], now: float) -> str:
    """Time and cost so far, and the limit.

    Args:
        own: the user's prices by kind of machine.
    """
    from emotion_desktop.aws.sagemaker.prices import Prices, cost, dollars

    machines = Machines(**run.request["machines"])
    parts = [f"{machines.count} × {machines.kind}{', spot' if machines.spot else ''}"]
    job = run.job
    prices = Prices(run.choice.region, own)
    limit = cost(machines, machines.max_hours * 3600, prices)
    if job is not None and job.transitions:
        running = job.running
        if running is None:
            begun = [t.started for t in job.transitions if t.status != "Starting"]
            running = round(now - begun[0]) if begun else 0
        parts.append(
            f"ran {duration(running)}" if job.is_over else f"running for {duration(running)}"
        )
        paid = job.billable if job.billable is not None else running
        so_far = cost(machines, paid, prices)
        if job.billable is not None:
            parts.append(f"{duration(job.billable)} to be paid for")
            if job.running and job.billable < job.running:
                parts.append(f"spot saved {percent(1 - job.billable / job.running)}")
        if so_far is not None:
            parts.append(f"about {dollars(so_far)}{'' if job.is_over else ' so far'}")
    if limit is not None and not run.stage.is_over:
        parts.append(f"at most {dollars(limit)}")
    return " · ".join(parts)
