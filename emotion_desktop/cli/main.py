"""The verbs, without a window: ``emotion-desktop VERB``."""

from __future__ import annotations

import logging
import os
import sys
from typing import Annotated, Final

import typer
from rich.text import Text

from emotion_desktop import __version__
from emotion_desktop.cli import aws, dataset, launcher, models, rekognition, runs, sagemaker
from emotion_desktop.cli.classify import classify
from emotion_desktop.cli.doubtful import doubtful
from emotion_desktop.cli.evaluate import evaluate
from emotion_desktop.cli.terminal import ERRORS
from emotion_desktop.cli.train import train
from emotion_desktop.domain.errors import SEE_LOG, AppError, UsageError
from emotion_desktop.jobs.running.shortage import shortage
from emotion_desktop.workspace.log import start_log
from emotion_desktop.workspace.paths import Workspace, default_workspace

_PRINTED: Final = "Check where it was to go: a disk that is full, or a pipe, say."

app = typer.Typer(
    name="emotion-desktop",
    help="Sort photos by facial expression; train and judge classifiers honestly. "
    "Without a verb the window opens. It reads expressions, not feelings.",
    no_args_is_help=False,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(classify)
app.command()(evaluate)
app.command()(doubtful)
app.command()(train)
app.add_typer(dataset.app, name="dataset")
app.add_typer(models.app, name="models")
app.add_typer(rekognition.app, name="rekognition")
app.add_typer(runs.app, name="runs")
app.add_typer(aws.app, name="aws")
app.add_typer(sagemaker.app, name="sagemaker")
app.command("install-launcher")(launcher.install)
app.command("remove-launcher")(launcher.remove)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"emotion-desktop {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True)
    ] = False,
) -> None:
    """Options before a verb."""


def main(arguments: list[str]) -> int:
    """Runs a verb.

    Returns:
        0 when the run is done, 1 if it failed, 2 for wrong use, 130 if Ctrl-C ended it.
    """
    try:
        _refuse_missing_file(arguments)
        status = app(args=arguments, prog_name="emotion-desktop", standalone_mode=False)
        if sys.stdout is not None:
            sys.stdout.flush()
    except typer.Abort:
        return 130
    except BrokenPipeError:
        # Whoever read the answers has enough of them.
        _hush()
        return 1
    except Exception as error:  # noqa: BLE001 - whatever it is, it is said in a sentence
        return _report_error(error)
    return int(status or 0)


def _refuse_missing_file(arguments: list[str]) -> None:
    """A file in a verb's place: one that is there would have been opened in the window."""
    word = arguments[0] if arguments else ""
    if not word.startswith("-") and (os.sep in word or "." in word):
        raise UsageError(
            f"There is no file or folder {word}.", "Check its path; --help lists the verbs."
        )


def _report_error(error: Exception) -> int:
    """Says what went wrong; returns the exit status."""
    if isinstance(error, AppError):
        return _complain(error, 2 if isinstance(error, UsageError) else 1)
    short = shortage(error)
    if short is not None and not isinstance(error, OSError):
        return _complain(AppError(*short), 1)
    if isinstance(error, OSError):
        # Files say in words what is wrong with them: this is what was to be printed.
        _hush()
        reason = error.strerror or type(error).__name__
        return _complain(AppError(f"The answer could not be printed ({reason}).", _PRINTED), 1)
    # click's own complaints know how to print themselves, and their status
    show = getattr(error, "show", None)
    if show is None:
        return _complain(_unexpected(error), 1)
    show()
    return int(getattr(error, "exit_code", 2))


def _hush() -> None:
    """Nothing goes to standard output any more: the flush at exit would complain, too."""
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _unexpected(error: Exception) -> AppError:
    """A bug: the log gets its stack, the user a sentence."""
    logger = logging.getLogger("emotion_desktop")
    if not logger.handlers:
        start_log(Workspace(default_workspace()).log)
    logger.error("a verb failed unexpectedly", exc_info=error)
    return AppError(f"Something unexpected went wrong ({type(error).__name__}).", SEE_LOG)


def _complain(error: AppError, status: int) -> int:
    ERRORS.print(Text.assemble(("Error:", "bold red"), " ", error.message))
    if error.hint:
        ERRORS.print(error.hint)
    return status
