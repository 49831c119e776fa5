"""The verbs “install-launcher” and “remove-launcher”."""

from __future__ import annotations

import typer


def install() -> None:
    """Put the program into this user's menu, and offer it for photos and models."""
    from emotion_desktop.launcher.launcher import install_launcher

    typer.echo(f"Installed: {install_launcher()}")


def remove() -> None:
    """Take the program out of the menu again."""
    from emotion_desktop.launcher.launcher import remove_launcher

    removed = remove_launcher()
    typer.echo("Removed." if removed else "There was nothing to remove.")
