"""The verb “dataset import”: labelled photos into the workspace."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from emotion_desktop.dataset.importing import import_source
from emotion_desktop.dataset.known_photos import known_photos, without_photos
from emotion_desktop.dataset.sources.files.fingerprint import digest
from emotion_desktop.dataset.sources.open_source import open_source
from emotion_desktop.dataset.sources.person_rule import PersonRule
from emotion_desktop.dataset.sources.reading_options import ReadingOptions
from emotion_desktop.domain.job import Progress
from emotion_desktop.jobs.dataset.overview import remove_source
from emotion_desktop.jobs.dataset.specs import ImportRequest
from emotion_desktop.workspace.catalogue.edits import Edits
from emotion_desktop.workspace.catalogue.sources import Sources
from emotion_desktop.workspace.files.locks import locked

if TYPE_CHECKING:
    from emotion_desktop.dataset.sources.import_plan import ImportPlan
    from emotion_desktop.jobs.running.context import Context
    from emotion_desktop.workspace.paths import Workspace

#: How often somebody who waits looks whether he may begin, seconds.
_POLL_S: Final = 0.5


def import_photos(context: Context, *, request: Mapping[str, Any]) -> dict[str, Any]:
    """Brings labelled photos into the workspace, or up to date."""
    wanted = ImportRequest(**request)
    context.emit(Progress(0, 0, "reading the labels"))
    plan = open_request(wanted, context.workspace)
    rule = PersonRule.parse(wanted.persons) if wanted.persons else None
    decided = options_of(wanted).decisions
    with _alone(context, plan.location), context.workspace.open_catalogue() as catalogue:
        before = Sources(catalogue).at(plan.location)
        known: set[Path] = set()
        if wanted.skip_known:
            context.emit(Progress(0, 0, "looking for photos that are here already"))
            known = known_photos(catalogue, plan)
            plan = without_photos(plan, known)
        result = import_source(catalogue, plan, context, rule=rule, decided=decided)
        edit = None
        if before is None or not before.complete:
            edit = Edits(catalogue).record_import(context.title, result.number)
    return {**result.to_dict(), "known": len(known), "edit": edit and asdict(edit)}


def remove(context: Context, *, location: str) -> None:
    """Takes a source out of the workspace for good, with the copies held of its photos."""
    remove_source(context.workspace, location)


@contextmanager
def _alone(context: Context, location: str) -> Iterator[None]:
    """Waits until nobody else imports this source: one that is cancelled forgets what it began, and
    with it what another one is about to finish.

    Raises:
        CancelledError: the user cancelled meanwhile.
    """
    name = digest(os.fsencode(location)).hex()
    while True:
        with locked(context.workspace.root / "locks" / f"import-{name}", _POLL_S) as mine:
            if mine:
                yield
                return
        context.emit(Progress(0, 0, "waiting for another import of the same photos"))
        context.check_cancelled()


def open_request(wanted: ImportRequest, workspace: Workspace) -> ImportPlan:
    """Reads what the source says of its photos.

    Raises:
        AppError: there is no such thing, or there are no photos in it.
    """
    if wanted.is_s3:
        from emotion_desktop.aws.s3.photo_import import open_bucket

        return open_bucket(wanted.source, workspace.root, wanted.profile)
    plan = open_source(Path(wanted.source), workspace.root, options_of(wanted), copy=wanted.copy)
    if plan.rule is None or wanted.votes or not workspace.catalogue.is_file():
        return plan
    with workspace.open_catalogue() as catalogue:
        before = Sources(catalogue).at(plan.location)
    return plan.by_rule("", before.settings.get("votes", "") if before else "")


def options_of(wanted: ImportRequest) -> ReadingOptions:
    """What the user says of the source."""
    return ReadingOptions.from_dict(asdict(wanted))
