"""The verb “dataset import”."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from emotion_desktop.cli.options import JsonOption, WorkspaceOption, open_workspace, write_answer
from emotion_desktop.cli.reading import (
    ColumnsOption,
    Fer2013Option,
    LabelOption,
    LabelsFromOption,
    NumbersOption,
    PersonsOption,
    VotesOption,
    reading_options,
)
from emotion_desktop.cli.terminal import run_job
from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.domain.text import counted
from emotion_desktop.jobs.dataset.specs import ImportRequest, import_job


def import_data(
    *,
    source: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE",
            help="A label file by its photos, a folder per emotion, a FER2013-style table of "
            "pixels, another workspace, an exported set, a ZIP archive of these, or "
            "s3://bucket/prefix.",
        ),
    ],
    copy: Annotated[
        bool, typer.Option("--copy", help="Copy the photos into the workspace.")
    ] = False,
    columns: ColumnsOption = None,
    labels: LabelOption = None,
    numbers: NumbersOption = "",
    numbered: Fer2013Option = False,
    persons: PersonsOption = None,
    labels_from: LabelsFromOption = "",
    votes: VotesOption = "",
    profile: Annotated[str, typer.Option("--profile", help="The AWS profile, for S3.")] = "",
    json_to: JsonOption = None,
    workspace_folder: WorkspaceOption = None,
) -> None:
    """Bring labelled photos into the workspace. Importing again brings it up to date."""
    options = reading_options(
        columns,
        labels,
        numbers="fer2013" if numbered else numbers,
        persons=persons,
        labels_from=labels_from,
        votes=votes,
    ).to_dict()
    order = ImportRequest(source=source, copy=copy, profile=profile, **options)
    workspace = open_workspace(workspace_folder)
    outcome = run_job(workspace, import_job(order))
    if json_to is not None:
        write_answer(json_to, json.dumps(outcome.result, indent=1) + "\n")
    if json_to != "-":
        typer.echo(_words(outcome.result))


def _words(result: dict[str, Any]) -> str:
    from emotion_desktop.dataset.sources.tables.label_spellings import likely_numbering

    tally = result["tally"]
    sections = tally["sections"]
    photos, persons = counted(tally["photos"], "photo"), counted(tally["persons"], "person")
    lines = [f"{photos} of {persons} from {result['title']}, {result['new']:,} of them new."]
    lines += [f"  {note}" for note in result["notes"]]
    lines += [
        f"  {emotion:<10} {sections[emotion]:>7,}" for emotion in EMOTIONS if sections.get(emotion)
    ]
    meant = {spelling["emotion"] for spelling in tally["spellings"]} - {None}
    spellings, emotions = len(tally["spellings"]), counted(len(meant), "emotion")
    if spellings:
        lines.append(f"{counted(spellings, 'spelling')} of labels for {emotions}.")
    aside = [s["written"] for s in tally["spellings"] if s["emotion"] is None]
    notes = (
        (sections.get("unlabelled", 0), "photo", "without a label"),
        (
            sections.get("unknown", 0),
            "photo",
            f"kept aside, with labels that are none of the emotions: {', '.join(aside[:8])}",
        ),
        (sections.get("contradictory", 0), "photo", "with contradicting labels"),
        (tally["listed_twice"], "row", "too many, of photos that have the same label already"),
        (tally["unreadable"], "file", "that could not be read"),
        (result["gone"], "photo", "that the source does not name any more"),
        (len(tally["rejects"]), "row", "that could not be used"),
    )
    lines += [f"  {counted(count, noun)} {what}" for count, noun, what in notes if count]
    if numbering := likely_numbering(aside):
        lines.append(f"  Labels are numbers, perhaps those of {numbering}: --numbers says whose.")
    rejects = tally["rejects"]
    lines += [f"    line {bad['row']}: {bad['reason']} ({bad['text']})" for bad in rejects[:20]]
    if len(rejects) > 20:
        lines.append("    … (all of them with --json)")
    return "\n".join(lines)
