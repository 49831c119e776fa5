"""The verbs of Amazon SageMaker: ``sagemaker train``, ``list``, ``status``, ``attach`` …"""

from __future__ import annotations

import typer

from emotion_desktop.cli.sagemaker.cleaning import clean
from emotion_desktop.cli.sagemaker.running import attach, list_runs, status, stop
from emotion_desktop.cli.sagemaker.training import train
from emotion_desktop.cli.sagemaker.transforming import transform

app = typer.Typer(help="Train and classify on Amazon SageMaker.", no_args_is_help=True)
app.command("train")(train)
app.command("list")(list_runs)
app.command("status")(status)
app.command("attach")(attach)
app.command("stop")(stop)
app.command("transform")(transform)
app.command("clean")(clean)
