"""The program itself, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys


def program(*arguments: object, **more: object) -> subprocess.Popen[str]:
    """Starts a verb; what it prints is text to read."""
    return subprocess.Popen(
        [sys.executable, "-m", "emotion_desktop", *map(str, arguments)],
        **{
            "stdout": subprocess.PIPE,
            "stderr": subprocess.PIPE,
            "env": {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            "text": True,
            **more,
        },
    )
