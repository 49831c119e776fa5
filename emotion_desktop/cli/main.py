"""The verbs, without a window: ``emotion-desktop VERB``."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer
from rich.text import Text

from emotion_desktop import __version__
from emotion_desktop.cli import aws, dataset, launcher, models, rekognition, runs, sagemaker
from emotion_desktop.cli.classify import classify
from emotion_desktop.cli.doubtful import doubtful
from emotion_desktop.cli.evaluate import evaluate
from emotion_desktop.cli.terminal import ERRORS
from emotion_desktop.cli.train import train
from emotion_desktop.domain.errors import AppError, UsageError

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
        status = app(args=arguments, prog_name="emotion-desktop", standalone_mode=False)
    except UsageError as error:
        return _complain(error, 2)
    except AppError as error:
        return _complain(error, 1)
    except typer.Abort:
        return 130
    except BrokenPipeError:
        # Whoever read the answers has enough of them; nor may the flush at exit complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        # click's own complaints know how to print themselves, and their status
        show = getattr(error, "show", None)
        if show is None:
            raise
        show()
        return int(getattr(error, "exit_code", 2))
    return int(status or 0)


def _complain(error: AppError, status: int) -> int:
    ERRORS.print(Text.assemble(("Error:", "bold red"), " ", error.message))
    if error.hint:
        ERRORS.print(error.hint)
    return status
