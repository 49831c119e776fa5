"""What every platform's menu entry has in common: how to start the program, its names, its icon."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from emotion_desktop.assets import ICONS
from emotion_desktop.domain.errors import AppError

COMMENT = "Sort photos by facial expression"
MODEL_TYPE = "application/x-emotion-desktop-model"
MODEL_TITLE = "Emotion Desktop model"
ICON_SVG = ICONS / "app.svg"
ICON_PNG = ICONS / "app.png"


@dataclass(frozen=True, slots=True)
class Program:
    """How this program is started.

    Args:
        command: absolute path of what to run, and its first arguments.
        folder: where to run it: Python looks for modules there, so never a folder of the user's.
    """

    command: tuple[str, ...]
    folder: Path


def running_program(windowed: bool = False) -> Program:
    """The program as it runs now: this environment's Python, or the frozen executable.

    Args:
        windowed: prefer Windows' Python without a console.
    """
    # Not resolved: an environment's Python is a link, and knows its packages by where the link is.
    executable = Path(sys.executable).absolute()
    if getattr(sys, "frozen", False):
        return Program((str(executable),), executable.parent)
    without_console = executable.with_name("pythonw.exe")
    if windowed and without_console.exists():
        executable = without_console
    return Program((str(executable), "-m", "emotion_desktop"), executable.parent)


def run_tool(command: Sequence[str], purpose: str) -> str:
    """Runs one of the system's own tools to its end.

    Returns:
        What it printed.

    Raises:
        AppError: it is missing, fails or takes longer than a minute.
    """
    try:
        done = subprocess.run(
            command,
            check=True,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=60,
        )
    except (OSError, subprocess.SubprocessError) as error:
        said = (getattr(error, "stderr", None) or "").strip().splitlines()
        reason = said[-1] if said else str(error)
        raise AppError(
            f"{purpose} did not work: {reason}.",
            "The program itself is not affected: start it from a terminal.",
        ) from error
    return done.stdout
