"""A workspace as commit 576c336 left it: six photos, a health check, and three trainings.

One photo is missing, one is no picture and one shows no face. The runs are “done”, “paused” and
“failed”, the last two after two of three epochs by the stand-in of tests.training_worker. The
catalogue is kept as SQL; of the photos themselves nothing is.
"""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

from emotion_desktop.workspace.paths import Workspace

_KEPT = Path(__file__).parent / "data" / "workspace-576c336"
_ROOT = "@WORKSPACE@"


def earlier_workspace(folder: Path) -> Workspace:
    """Puts the workspace into a folder, which is made."""
    shutil.copytree(_KEPT, folder)
    script = folder / "catalogue.sql"
    place = Workspace(folder)
    connection = sqlite3.connect(place.catalogue)
    connection.executescript(script.read_text(encoding="utf-8").replace(_ROOT, str(folder)))
    connection.close()
    script.unlink()
    for path in (folder / "runs").rglob("*.json*"):
        path.write_text(path.read_text(encoding="utf-8").replace(_ROOT, str(folder)))
    for run in (folder / "runs").iterdir():
        if (run / "events.jsonl").read_text(encoding="utf-8").count('"epoch"') < 3:
            (run / "checkpoint.npz").write_text("2")  # the stand-in's state: epochs that are done
    return place
