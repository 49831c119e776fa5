"""The verb “dataset audit”: looks at every photo and says what is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from emotion_desktop.domain.job import JobContext, JobFunction, JobSpec, Lane
from emotion_desktop.jobs.running.worker_process import run_in_worker

KIND = "audit"


def audit_job(workspace: Path) -> tuple[JobSpec, JobFunction]:
    """The job that audits, in a process of its own; its result is ``{"cards": [Card.to_dict()]}``.

    Args:
        workspace: its folder.
    """
    spec = JobSpec(
        kind=KIND,
        title="Check the data set",
        lane=Lane.CATALOGUE,
        parameters={"workspace": str(workspace)},
    )
    return spec, run_in_worker


def run_audit(spec: JobSpec, context: JobContext) -> dict[str, Any]:
    """What the worker does of it."""
    from emotion_desktop.dataset.audit.audit import audit
    from emotion_desktop.workspace.catalogue.catalogue import Catalogue
    from emotion_desktop.workspace.paths import Workspace

    with Catalogue(Workspace(Path(spec.parameters["workspace"])).catalogue) as catalogue:
        return {"cards": [card.to_dict() for card in audit(catalogue, context)]}
