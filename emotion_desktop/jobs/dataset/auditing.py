"""The verb “dataset audit”: looks at every photo and says what is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from emotion_desktop.domain.job import JobContext, JobFunction, JobSpec, Lane


def audit_job(workspace: Path) -> tuple[JobSpec, JobFunction]:
    """The job that audits; its result is ``{"cards": [Card.to_dict()]}``.

    Args:
        workspace: its folder.
    """
    spec = JobSpec(
        kind="audit",
        title="Check the data set",
        lane=Lane.CATALOGUE,
        parameters={"workspace": str(workspace)},
    )
    return spec, _audit


def _audit(spec: JobSpec, context: JobContext) -> dict[str, Any]:
    from emotion_desktop.dataset.audit.audit import audit
    from emotion_desktop.workspace.catalogue import Catalogue
    from emotion_desktop.workspace.paths import Workspace

    with Catalogue(Workspace(Path(spec.parameters["workspace"])).catalogue) as catalogue:
        return {"cards": [card.to_dict() for card in audit(catalogue, context)]}
