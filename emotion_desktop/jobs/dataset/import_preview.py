"""What a source shows before it is imported: for the user's eyes. Nothing is kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from emotion_desktop.dataset.known_photos import known_photos
from emotion_desktop.dataset.sources.labels import photo_places
from emotion_desktop.dataset.sources.other_workspace import is_workspace
from emotion_desktop.dataset.sources.person_proposal import propose
from emotion_desktop.dataset.sources.person_rule import PersonRule, survey
from emotion_desktop.dataset.sources.pixels import is_pixel_table
from emotion_desktop.dataset.sources.read_listing import says_labels
from emotion_desktop.dataset.sources.table_listing import is_table_name
from emotion_desktop.dataset.sources.tables.label_spellings import likely_numbering, meanings
from emotion_desktop.dataset.sources.tables.table import preview_table
from emotion_desktop.dataset.sources.votes import counts_by_rule
from emotion_desktop.domain.errors import AppError, DataError
from emotion_desktop.domain.job import Progress
from emotion_desktop.jobs.dataset.importing import open_request
from emotion_desktop.jobs.dataset.specs import ImportRequest
from emotion_desktop.workspace.catalogue.sources import Sources

if TYPE_CHECKING:
    from emotion_desktop.dataset.sources.import_plan import ImportPlan
    from emotion_desktop.dataset.sources.tables.table import TablePreview
    from emotion_desktop.jobs.running.context import Context
    from emotion_desktop.workspace.paths import Workspace

#: So many bad rows are shown; all are counted.
_BAD_SHOWN: Final = 200


@dataclass(frozen=True, slots=True)
class ImportPreview:
    """What a source shows.

    Attributes:
        problem: why it cannot be imported as it is; empty if it can.
        preview: the beginning of a table, as ``names``, ``rows`` and ``guess`` (columns by name).
        photos: how many it is about; ``unlabelled`` of them without a label.
        spellings: ``written``, ``count``, ``emotion`` it means (None: aside), ``sure``.
        numbering: whose numbers the labels are guessed to be; empty where they are none.
        persons: ``rule``, ``persons``, ``alone`` and ``examples`` of the rule that is in use, and
            ``proposed``: the ``rule`` that explains the names best, and why (``reason``).
        notes: sentences on how the source was read.
        other_labels: where labels could be taken from as well, see ReadingOptions.labels_from.
        votes: what each rule for votes gives, as RuleCounts.to_dict; empty where nobody voted.
        rule: the rule in use; empty where nobody voted.
        bad: ``number``, ``reason`` and ``text`` of rows that cannot be used; ``bad_count`` in all.
        known: it was imported before, and is brought up to date.
        already: photos whose content is in the workspace already, from another source.
        always_copied: its photos come into the workspace in any case.
    """

    title: str
    problem: str = ""
    preview: dict[str, Any] | None = None
    photos: int = 0
    unlabelled: int = 0
    spellings: Sequence[dict[str, Any]] = ()
    numbering: str = ""
    votes: Sequence[dict[str, Any]] = ()
    rule: str = ""
    persons: dict[str, Any] = field(default_factory=dict)
    bad: Sequence[dict[str, Any]] = ()
    bad_count: int = 0
    notes: Sequence[str] = ()
    other_labels: str = ""
    known: bool = False
    already: int = 0
    always_copied: bool = False


def preview_import(context: Context, *, request: Mapping[str, Any]) -> ImportPreview:
    """Looks at a source before it is imported: photos, spellings, persons, rows of no use.

    Raises:
        AppError: there is no such thing, or nothing in it can be imported.
    """
    wanted = ImportRequest(**request)
    context.emit(Progress(0, 0, "reading the labels"))
    preview = _table_preview(wanted)
    try:
        plan = open_request(wanted, context.workspace)
    except DataError as error:
        if preview is None:
            raise
        return ImportPreview(wanted.name, str(error), _preview_dict(preview))
    return _preview_plan(context.workspace, wanted, plan, preview)


def find_labelled(_: Context, *, paths: Sequence[str]) -> list[str]:
    """Finds the labelled folders among what was dropped; returns their paths."""
    return [path for path in paths if Path(path).is_dir() and is_labelled(Path(path))]


def is_labelled(folder: Path) -> bool:
    """Whether a folder says what its photos show, as far as a glance tells."""
    try:
        return is_workspace(folder) or says_labels(folder)
    except OSError:
        return False


def _preview_plan(
    workspace: Workspace, wanted: ImportRequest, plan: ImportPlan, preview: TablePreview | None
) -> ImportPreview:
    listed = plan.listed
    written = Counter(item.written for item in listed.listings)
    labelled = {item.photo for item in listed.listings if item.written}
    photos = photo_places(listed)
    proposal = propose(photos.values())
    rule = PersonRule.parse(wanted.persons) if wanted.persons else proposal.rule
    surveyed = survey(rule, photos.values())
    kept = _kept_spellings(workspace, plan.location)
    spellings: list[dict[str, Any]] = [
        {
            "written": label,
            "count": written[label],
            "emotion": kept.get(label, meaning.emotion),
            "sure": meaning.sure or label in kept,
        }
        for label, meaning in sorted(
            meanings(written, listed.known).items(),
            key=lambda item: (-written[item[0]], item[0]),
        )
    ]
    meant: dict[str, str | None] = {s["written"]: s["emotion"] for s in spellings}
    return ImportPreview(
        title=plan.title,
        preview=_preview_dict(preview) if preview is not None else None,
        photos=len(photos),
        unlabelled=len(photos.keys() - labelled),
        spellings=spellings,
        votes=[counts.to_dict() for counts in counts_by_rule(listed, {**meant, **wanted.decided})],
        rule=plan.rule.value if plan.rule is not None else "",
        numbering="" if written.keys() & kept.keys() else likely_numbering(filter(None, written)),
        persons={
            "rule": rule.text,
            "way": rule.way.value,
            **asdict(surveyed),
            "proposed": {"rule": proposal.rule.text, "reason": proposal.reason},
        },
        bad=[asdict(row) for row in listed.bad[:_BAD_SHOWN]],
        bad_count=len(listed.bad),
        notes=listed.notes,
        other_labels=listed.other_labels,
        known=_is_known(workspace, plan.location),
        already=_already_there(workspace, plan),
        always_copied=plan.put_photo is not None and not wanted.copy,
    )


def _table_preview(wanted: ImportRequest) -> TablePreview | None:
    """The beginning of a table of labels; None for anything else."""
    path = Path(wanted.source)
    if not is_table_name(path.name) or not path.is_file() or is_pixel_table(path):
        return None
    try:
        with path.open("rb") as file:
            return preview_table(file.read(1 << 20))
    except (OSError, AppError):
        return None


def _preview_dict(preview: TablePreview) -> dict[str, Any]:
    guess = asdict(preview.guess) if preview.guess is not None else None
    if guess is not None and preview.guess is not None:
        del guess["votes"]
        if preview.guess.labels_are_votes:
            del guess["label"]  # it follows from all of these columns
    return {"names": list(preview.names), "rows": [list(r) for r in preview.rows], "guess": guess}


def _is_known(workspace: Workspace, location: str) -> bool:
    if not workspace.catalogue.is_file():
        return False
    with workspace.open_catalogue() as catalogue:
        source = Sources(catalogue).at(location)
    return source is not None and source.complete


def _already_there(workspace: Workspace, plan: ImportPlan) -> int:
    if not workspace.catalogue.is_file():
        return 0
    with workspace.open_catalogue() as catalogue:
        return len(known_photos(catalogue, plan))


def _kept_spellings(workspace: Workspace, location: str) -> dict[str, str | None]:
    """What labels of a source that was imported before were decided to mean."""
    if not workspace.catalogue.is_file():
        return {}
    with workspace.open_catalogue() as catalogue:
        source = Sources(catalogue).at(location)
        if source is None:
            return {}
        with catalogue.reading() as connection:
            rows = connection.execute(
                "SELECT written, emotion FROM spellings WHERE source = ?", (source.number,)
            )
            return dict(rows.fetchall())
