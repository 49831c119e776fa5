"""What the verbs share: their common options, and how answers are written."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from emotion_desktop.domain.errors import AppError, UsageError
from emotion_desktop.engines.table import ENGINES
from emotion_desktop.workspace.paths import Workspace, default_workspace

FacesOption = Annotated[
    str,
    typer.Option(
        "--faces",
        help="find: faces only; find-or-whole: the whole photo where no face is found; "
        "whole: every photo is a face, do not look for any.",
    ),
]
ModelOption = Annotated[str, typer.Option("--model", help="A model's name, or a bundle's path.")]
_ENGINES = ", ".join(f"{row.name} ({row.title})" for row in ENGINES.values())
EngineOption = Annotated[
    str,
    typer.Option(
        "--engine",
        help=f"What the model runs in: {_ENGINES}; without it the model's own choice.",
        show_default=False,
    ),
]
WorkspaceOption = Annotated[
    Path | None, typer.Option("--workspace", help="The workspace folder.", show_default=False)
]
JsonOption = Annotated[
    str | None, typer.Option("--json", metavar="FILE|-", help="Write the answer as JSON.")
]


def open_workspace(folder: Path | None) -> Workspace:
    """The workspace a verb works in; its log is started."""
    from emotion_desktop.workspace.log import start_log

    workspace = Workspace(folder or default_workspace())
    start_log(workspace.log)
    return workspace


def check_faces(value: str) -> None:
    """Refuses what --faces does not know.

    Raises:
        UsageError: it is unknown.
    """
    from emotion_desktop.imaging.prepare import FaceMode

    if value not in {item.value for item in FaceMode}:
        raise UsageError(
            f"--faces cannot be “{value}”.", f"Use {', '.join(item.value for item in FaceMode)}."
        )


def check_engine(value: str) -> None:
    """Refuses what --engine does not know; empty means the model's own choice.

    Raises:
        UsageError: it is unknown.
    """
    if value and value not in ENGINES:
        raise UsageError(f"There is no engine “{value}”.", f"Use {', '.join(ENGINES)}.")


def key_values(texts: Iterable[str]) -> dict[str, str]:
    """What is said with --set KEY=VALUE, once or several times.

    Raises:
        UsageError: there is no “=” in one of them.
    """
    values = {}
    for text in texts:
        key, sign, value = text.partition("=")
        if not sign:
            raise UsageError(f"--set {text} was not understood.", "Write it like --set epochs=20.")
        values[key.strip()] = value.strip()
    return values


def write_answer(target: str, text: str) -> None:
    """Writes to a file, or to standard output for ``-``."""
    if target == "-":
        if sys.stdout is None:
            raise AppError("There is no standard output to write to.", "Name a file instead of -.")
        # File names may hold bytes that are no text; they go out as they came in.
        sys.stdout.buffer.write(text.encode("utf-8", "surrogateescape"))
        sys.stdout.flush()
        return
    from emotion_desktop.workspace.files.atomic import write_atomically

    write_atomically(Path(target), text.encode("utf-8", "surrogateescape"))


def percent(fraction: float | None) -> str:
    """A whole percentage, or a dash."""
    return "–" if fraction is None else f"{fraction:.0%}"


def print_table(table: Table) -> None:
    """Prints a table; brackets and colons in names of files mean nothing."""
    Console(markup=False, emoji=False, highlight=False).print(table)
