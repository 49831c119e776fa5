"""The verbs of the data set: ``dataset import``, ``show``, ``audit``, ``split`` …"""

from __future__ import annotations

import typer

from emotion_desktop.cli.dataset import editing
from emotion_desktop.cli.dataset.auditing import audit, fix
from emotion_desktop.cli.dataset.exporting import export
from emotion_desktop.cli.dataset.importing import import_data
from emotion_desktop.cli.dataset.leak_demo import why
from emotion_desktop.cli.dataset.showing import remove, show
from emotion_desktop.cli.dataset.splitting import remove_split, split

app = typer.Typer(
    help="Labelled photos: bring them in, see what is wrong with them, split and balance them "
    "honestly.",
    no_args_is_help=True,
)
app.command("import")(import_data)
app.command("show")(show)
app.command("remove")(remove)
app.command("audit")(audit)
app.command("fix")(fix)
for verb in (editing.relabel, editing.exclude, editing.include, editing.undo, editing.redo):
    app.command(verb.__name__)(verb)
app.command("move")(editing.move)
app.command("split")(split)
app.command("remove-split")(remove_split)
app.command("export")(export)
app.command("why")(why)
