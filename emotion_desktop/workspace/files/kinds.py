"""What a path leads to, asked before it is opened: a pipe would be waited on for ever."""

from __future__ import annotations

import stat
from pathlib import Path


def is_special(path: Path) -> bool:
    """Whether it is there and neither a file nor a folder: a pipe, a socket or a device."""
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):  # whoever opens it says what is wrong
        return False
    return not stat.S_ISREG(mode) and not stat.S_ISDIR(mode)
