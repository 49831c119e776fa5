"""The verb “dataset import”: labelled photos into the workspace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emotion_desktop.domain.job import JobContext, JobFunction, JobSpec, Lane, Progress
from emotion_desktop.jobs.running.worker_process import run_in_worker

if TYPE_CHECKING:
    from emotion_desktop.dataset.sources.import_plan import ImportPlan
    from emotion_desktop.dataset.sources.table import Columns

KIND = "import"
_S3 = "s3://"


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """What to import, and how.

    Attributes:
        source: a path, or an address such as ``s3://bucket/prefix``.
        copy: copy the photos into the workspace; those of S3 always are.
        columns: numbers of a table's columns, by dataset.table.Columns' names; None to find out.
        persons: see dataset.person_rule.PersonRule.parse; None for what suits the source.
        decided: what labels mean by the user's decision; None keeps a label aside.
        numbered: labels that are numbers are FER2013's.
        profile: of AWS, for S3.
    """

    source: str
    copy: bool = False
    columns: Mapping[str, int | None] | None = None
    persons: str | None = None
    decided: Mapping[str, str | None] = field(default_factory=dict)
    numbered: bool = False
    profile: str = ""

    @property
    def name(self) -> str:
        """What people call the source."""
        return self.source.rstrip("/").rpartition("/")[2] or self.source


def import_job(workspace: Path, order: ImportRequest) -> tuple[JobSpec, JobFunction]:
    """The job that imports, in a process of its own; its result is ``Imported.to_dict()``.

    Args:
        workspace: its folder.
    """
    spec = JobSpec(
        kind=KIND,
        title=f"Import {order.name}",
        lane=Lane.CATALOGUE,
        parameters={"workspace": str(workspace), **asdict(order)},
    )
    return spec, run_in_worker


def run_import(spec: JobSpec, context: JobContext) -> dict[str, Any]:
    """What the worker does of it."""
    from emotion_desktop.dataset.importing import import_source
    from emotion_desktop.dataset.sources.person_rule import PersonRule
    from emotion_desktop.workspace.catalogue.catalogue import Catalogue
    from emotion_desktop.workspace.paths import Workspace

    parameters = dict(spec.parameters)
    workspace = Path(parameters.pop("workspace"))
    order = ImportRequest(**parameters)
    context.emit(Progress(0, 0, "reading the labels"))
    incoming = open_order(order, workspace)
    rule = None if order.persons is None else PersonRule.parse(order.persons)
    with Catalogue(Workspace(workspace).catalogue) as catalogue:
        told = import_source(
            catalogue,
            incoming,
            context,
            rule=rule,
            decided=decisions(order, incoming),
        )
    return told.to_dict()


def open_order(order: ImportRequest, workspace: Path) -> ImportPlan:
    """Reads what the source says of its photos.

    Raises:
        AppError: there is no such thing, or there are no photos in it.
    """
    if order.source.startswith(_S3):
        from emotion_desktop.aws.s3.photo_import import open_bucket

        return open_bucket(order.source, workspace, order.profile)
    from emotion_desktop.dataset.sources.open_source import open_source

    return open_source(Path(order.source), workspace, copy=order.copy, columns=_columns(order))


def decisions(order: ImportRequest, incoming: ImportPlan) -> dict[str, str | None]:
    """What labels mean by the user's decision: numbers all at once, others one by one."""
    from emotion_desktop.dataset.sources.label_spellings import meanings

    written = {item.written for item in incoming.listed.listings}
    numbers = meanings([w for w in written if w.isdigit()], numbered=True) if order.numbered else {}
    return {**{k: meaning.emotion for k, meaning in numbers.items()}, **order.decided}


def _columns(order: ImportRequest) -> Columns | None:
    from emotion_desktop.dataset.sources.table import Columns

    if order.columns is None:
        return None
    columns = dict(order.columns)
    return Columns(
        photo=columns["photo"] or 0,
        label=columns["label"] or 0,
        person=columns.get("person"),
        annotator=columns.get("annotator"),
        usage=columns.get("usage"),
    )
