"""The verbs of the data set: ``dataset import``, ``show``, ``audit``, ``split`` …"""

from __future__ import annotations

import typer

from emotion_desktop.cli.dataset.importing import import_data
from emotion_desktop.cli.dataset.showing import remove, show

app = typer.Typer(
    help="Labelled photos: bring them in, see what is wrong with them, split and balance them "
    "honestly.",
    no_args_is_help=True,
)
app.command("import")(import_data)
app.command("show")(show)
app.command("remove")(remove)
