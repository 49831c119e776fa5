"""Finds code that nobody uses, with vulture; what is used in ways it cannot see is told to it here.

Run it with the environment's Python. It ends with an error where something is left over.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final

from vulture.config import make_config
from vulture.core import Vulture

from emotion_desktop.jobs.table import JOBS

ROOT: Final = Path(__file__).resolve().parent.parent


def unused() -> list[str]:
    """What nobody uses, a line each, as ``file:line: what``."""
    os.chdir(ROOT)  # the settings' paths begin there
    settings = make_config(["--config", "pyproject.toml"])
    # The table of jobs names functions by text.
    by_table = [kind.function.rpartition(":")[2] for kind in JOBS.values()]
    finder = Vulture(
        ignore_names=[*settings["ignore_names"], *by_table],
        ignore_decorators=settings["ignore_decorators"],
    )
    finder.scavenge(settings["paths"])
    return [
        f"{item.filename}:{item.first_lineno}: {item.message}"
        for item in finder.get_unused_code(min_confidence=settings["min_confidence"])
    ]


if __name__ == "__main__":
    found = unused()
    print("\n".join(found) or "No unused code.")
    sys.exit(bool(found))
