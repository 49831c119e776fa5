"""The verb “dataset import”."""

from __future__ import annotations

import json
from typing import Annotated, Any, Final

import typer

from emotion_desktop.cli.options import JsonOption, WorkspaceOption, open_workspace, write_answer
from emotion_desktop.cli.terminal import run_job
from emotion_desktop.domain.emotions import EMOTIONS, parse_emotion
from emotion_desktop.domain.errors import UsageError
from emotion_desktop.domain.text import counted
from emotion_desktop.jobs.dataset.specs import ImportRequest, import_job

_COLUMNS: Final = ("photo", "label", "person", "annotator", "usage")
_ASIDE: Final = "aside"


def import_data(
    *,
    source: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE",
            help="A label file by its photos, a folder per emotion, a FER2013-style table of "
            "pixels, another workspace, an exported set, or s3://bucket/prefix.",
        ),
    ],
    copy: Annotated[
        bool, typer.Option("--copy", help="Copy the photos into the workspace.")
    ] = False,
    columns: Annotated[
        str | None,
        typer.Option(
            "--columns",
            metavar="NAME=N,…",
            help="Which columns of a table are meant, counted from 1: photo=2,label=3 (also "
            "person, annotator, usage).",
        ),
    ] = None,
    labels: Annotated[
        list[str] | None,
        typer.Option(
            "--label",
            metavar="WRITTEN=EMOTION",
            help="What a label means, like 3=happiness; =aside keeps it aside.",
        ),
    ] = None,
    numbered: Annotated[
        bool, typer.Option("--fer2013-numbers", help="Labels 0 to 6 are those of FER2013.")
    ] = False,
    persons: Annotated[
        str | None,
        typer.Option(
            "--persons",
            metavar="RULE",
            help="Who is in a photo: names (the name before the number), column, each (nobody "
            "twice), or a pattern such as {person}_{number} or {person}/*.",
        ),
    ] = None,
    profile: Annotated[str, typer.Option("--profile", help="The AWS profile, for S3.")] = "",
    json_to: JsonOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Bring labelled photos into the workspace. Importing again brings it up to date."""
    if persons is not None:
        from emotion_desktop.dataset.sources.person_rule import PersonRule

        PersonRule.parse(persons)
    order = ImportRequest(
        source=source,
        copy=copy,
        columns=_read_columns(columns),
        persons=persons,
        decided=_read_labels(labels or []),
        numbered=numbered,
        profile=profile,
    )
    place = open_workspace(workspace)
    outcome = run_job(place, import_job(order))
    if json_to is not None:
        write_answer(json_to, json.dumps(outcome.result, indent=1) + "\n")
    if json_to != "-":
        typer.echo(_words(outcome.result))


def _read_columns(text: str | None) -> dict[str, int | None] | None:
    if text is None:
        return None
    found: dict[str, int | None] = {}
    for part in text.split(","):
        name, _, number = part.partition("=")
        if name.strip() not in _COLUMNS or not number.strip().isdigit() or int(number) < 1:
            raise UsageError(f"--columns: “{part}” was not understood.", "Write photo=2,label=3.")
        found[name.strip()] = int(number) - 1
    if not {"photo", "label"} <= found.keys():
        raise UsageError("--columns must name photo and label.", "Write photo=2,label=3.")
    return found


def _read_labels(texts: list[str]) -> dict[str, str | None]:
    meant: dict[str, str | None] = {}
    for text in texts:
        written, _, word = text.rpartition("=")
        emotion = parse_emotion(word)
        if not written or (emotion is None and word != _ASIDE):
            raise UsageError(
                f"--label: “{text}” was not understood.",
                f"Write 3=happiness; there are {', '.join(EMOTIONS)} and {_ASIDE}.",
            )
        meant[written] = emotion
    return meant


def _words(result: dict[str, Any]) -> str:
    tally = result["tally"]
    sections = tally["sections"]
    photos, persons = counted(tally["photos"], "photo"), counted(tally["persons"], "person")
    lines = [f"{photos} of {persons} from {result['title']}, {result['new']:,} of them new."]
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
    rejects = tally["rejects"]
    lines += [f"    line {bad['row']}: {bad['reason']} ({bad['text']})" for bad in rejects[:20]]
    if len(rejects) > 20:
        lines.append("    … (all of them with --json)")
    return "\n".join(lines)
