"""The verbs “dataset audit” and “dataset fix”."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from emotion_desktop.cli.options import JsonOption, WorkspaceOption, open_workspace, write_answer
from emotion_desktop.cli.terminal import run_job
from emotion_desktop.domain.errors import UsageError
from emotion_desktop.jobs.dataset.specs import audit_job, fix_job

_SIGNS = {"alarm": "!!", "warning": " !", "note": " ·", "fine": "  "}


def audit(json_to: JsonOption = None, workspace_folder: WorkspaceOption = None) -> None:
    """Look at every photo and say what is wrong with the data set."""
    from emotion_desktop.jobs.dataset.overview import overview

    workspace = open_workspace(workspace_folder)
    if not overview(workspace).tally.photos:
        raise UsageError(
            "There are no photos in this workspace.",
            "Bring some in first: emotion-desktop dataset import SOURCE.",
        )
    outcome = run_job(workspace, audit_job())
    if json_to is not None:
        write_answer(json_to, json.dumps(outcome.result, indent=1) + "\n")
    if json_to != "-":
        for card in outcome.result["cards"]:
            typer.echo(_line(card))


def fix(
    *,
    card: Annotated[str, typer.Argument(metavar="CARD", help="A card's key, as “audit” has it.")],
    name: Annotated[
        str | None, typer.Option("--fix", help="Which of its fixes; the first if not given.")
    ] = None,
    into: Annotated[
        str | None, typer.Option("--into", help="For merge: the emotion to merge into.")
    ] = None,
    workspace_folder: WorkspaceOption = None,
) -> None:
    """Mend what a health card tells. “dataset undo” takes it back."""
    from emotion_desktop.jobs.dataset.overview import first_fix

    workspace = open_workspace(workspace_folder)
    chosen = name or first_fix(workspace, card)
    outcome = run_job(workspace, fix_job(card, chosen, into))
    typer.echo(f"{outcome.result['title']}." if outcome.result else "There is nothing to mend.")


def _line(card: dict[str, Any]) -> str:
    fixes = ", ".join(fix["key"] for fix in card["fixes"])
    key = f"  [{card['key']}: {fixes}]" if fixes else ""
    return f"{_SIGNS[card['severity']]} {card['sentence']}{key}"
