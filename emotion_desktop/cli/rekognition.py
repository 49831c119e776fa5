"""Agreeing, in a terminal, to what is sent to Rekognition; and the verbs around it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from emotion_desktop.cli.options import WorkspaceOption, open_workspace, print_table
from emotion_desktop.cli.terminal import ERRORS, run_job
from emotion_desktop.domain.errors import UsageError
from emotion_desktop.domain.rekognition import MAPPINGS
from emotion_desktop.workspace.paths import Workspace

if TYPE_CHECKING:
    from emotion_desktop.jobs.predicting.labelled_set import LabelledSource

YesOption = Annotated[
    bool, typer.Option("--yes", help="Agree to what is sent to Rekognition, and its cost.")
]
_AGAIN = "Send those again, too, whose answers were lost? AWS may charge for them twice."
app = typer.Typer(help="Amazon Rekognition as one of the models.", no_args_is_help=True)


def agree(
    workspace: Workspace,
    *,
    yes: bool,
    paths: Sequence[Path] = (),
    data: LabelledSource | None = None,
    judged_with: Sequence[str] = (),
) -> None:
    """Says what would be sent and what it costs, and asks; nothing is sent before.

    Args:
        judged_with: see jobs.predicting.specs.quote_job.

    Raises:
        UsageError: nobody is there to be asked.
        typer.Abort: the user does not agree.
    """
    from emotion_desktop.jobs.predicting.rekognition import approve, in_words
    from emotion_desktop.jobs.predicting.specs import quote_job

    quote = run_job(workspace, quote_job(paths, data, judged_with)).result
    lost = quote["unanswered"]
    if not quote["to_send"] and not lost:
        return
    question, details = in_words(quote)
    ERRORS.print(question)
    ERRORS.print(details)
    # What may be charged a second time is no part of --yes.
    again = bool(lost) and sys.stdin.isatty() and typer.confirm(_AGAIN, err=True)
    if not yes and quote["to_send"]:
        if not sys.stdin.isatty():
            raise UsageError(
                "Nothing is sent to Rekognition before you agree.", "Add --yes to agree."
            )
        typer.confirm("Send them?", abort=True, err=True)
    approve(workspace.root, quote["to_send"] + (lost if again else 0), again=again)


@app.command("withdraw")
def withdraw_consent(workspace_folder: WorkspaceOption = None) -> None:
    """Take the agreement to send photos of this workspace back."""
    from emotion_desktop.jobs.predicting.rekognition import withdraw

    had = withdraw(open_workspace(workspace_folder).root)
    typer.echo("Nothing more is sent until you agree again." if had else "Nothing was agreed to.")


@app.command("mapping")
def show_mapping() -> None:
    """Show what Rekognition's emotions are taken for."""
    table = Table("Rekognition", *MAPPINGS, box=None, pad_edge=False)
    for name in next(iter(MAPPINGS.values())):
        table.add_row(name, *(mapping[name] or "none of ours" for mapping in MAPPINGS.values()))
    print_table(table)
    typer.echo("\nThe setting “Rekognition's CONFUSED” chooses the column.")
