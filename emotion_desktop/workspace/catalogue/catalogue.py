"""The workspace's catalogue: what it knows for good.

What is in it is the business of a module per subject beside this one (job_records, photos, splits
…); they get a connection from here and nothing else.
"""

from __future__ import annotations

from pathlib import Path

from emotion_desktop.workspace.files.database import Database, Migrations, scripts_in


class Catalogue(Database):
    """What the workspace remembers. Methods may be called from any thread.

    Raises:
        AppError: the file cannot be opened, is not a catalogue, or is from a newer program.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path, _migrations())


def _migrations() -> Migrations:
    return scripts_in()
