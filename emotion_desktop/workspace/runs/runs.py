"""The training runs of a workspace, in its catalogue."""

from __future__ import annotations

import json
import os
import sqlite3
import time
from dataclasses import fields
from typing import Any, Final

from emotion_desktop.domain.errors import UsageError
from emotion_desktop.domain.run import HERE, Run, RunState
from emotion_desktop.workspace.catalogue.catalogue import Catalogue
from emotion_desktop.workspace.files.processes import is_alive

_JSON: Final = ("parameters", "scores")
_COLUMNS: Final = tuple(item.name for item in fields(Run))


class Runs:
    """Every run there was, until it is removed."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def save(self, run: Run) -> None:
        """Keeps a run, or what became of one that is kept; this program is its owner now."""
        values = [_stored(name, getattr(run, name)) for name in _COLUMNS]
        marks = ", ".join("?" * (len(values) + 2))
        with self._catalogue.writing() as connection:
            connection.execute(
                f"INSERT OR REPLACE INTO runs ({', '.join(_COLUMNS)}, owner, written) "
                f"VALUES ({marks})",
                (*values, os.getpid(), time.time()),
            )

    def all(self) -> list[Run]:
        """The newest first. One whose program is gone is interrupted, whatever it was before."""
        with self._catalogue.reading() as connection:
            rows = connection.execute(
                "SELECT * FROM runs ORDER BY created DESC, rowid DESC"
            ).fetchall()
            return [_run(row) for row in rows]

    def get(self, run: str) -> Run:
        """A run by its id, or by the beginning of it if no other begins so.

        Raises:
            UsageError: there is none, or there are several.
        """
        found = [known for known in self.all() if run and known.id.startswith(run)]
        if len(found) != 1:
            raise UsageError(
                f"{'Several runs begin' if found else 'No run begins'} with “{run}”.",
                "List them with: emotion-desktop runs list.",
            )
        return found[0]

    def rename_model(self, old: str, new: str) -> None:
        """The model that runs made lies elsewhere now.

        Args:
            old: its path, as runs have it; new: where it lies.
        """
        with self._catalogue.writing() as connection:
            connection.execute("UPDATE runs SET model = ? WHERE model = ?", (new, old))

    def forget(self, run: str) -> None:
        """Takes a run off the list; the model it made stays."""
        with self._catalogue.writing() as connection:
            connection.execute("DELETE FROM runs WHERE id = ?", (run,))


def _stored(name: str, value: Any) -> Any:
    if name in _JSON:
        return json.dumps(value if value is None else dict(value))
    return value.value if isinstance(value, RunState) else value


def _run(row: sqlite3.Row) -> Run:
    values = {name: json.loads(row[name]) if name in _JSON else row[name] for name in _COLUMNS}
    state = RunState(values["state"])
    # What runs elsewhere runs on without a program here.
    written = values["created"] if row["written"] is None else row["written"]
    if not state.is_over and values["place"] == HERE and not is_alive(row["owner"], written):
        state = RunState.INTERRUPTED
        values["message"] = "Interrupted: the program ended before this was done."
        values["hint"] = ""
    return Run(**{**values, "state": state})
