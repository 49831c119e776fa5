"""Which processes of this machine are alive."""

from __future__ import annotations

import sys
from typing import Final

#: How far a worker steps back behind the window, on the scale of nice.
_BEHIND: Final = 5
_LAST: Final = 19
#: How far two clocks of one machine may differ, seconds.
_SLACK_S: Final = 2.0


def is_alive(process: int, written: float | None = None) -> bool:
    """Whether a process with this id is running, whoever it belongs to.

    Args:
        written: when it wrote its id down, seconds since the epoch. One that was started later
            only bears the same id.
    """
    import psutil

    if process <= 0 or not psutil.pid_exists(process):
        return False
    if written is None:
        return True
    try:
        return bool(psutil.Process(process).create_time() <= written + _SLACK_S)
    except psutil.NoSuchProcess:
        return False
    except psutil.Error:  # it is there, and does not say
        return True


def step_back() -> None:
    """Lets other programs, the window first of all, go before this process."""
    import psutil

    process = psutil.Process()
    if sys.platform == "win32":
        process.nice(psutil.BELOW_NORMAL_PRIORITY_CLASS)
    else:
        process.nice(min(_LAST, process.nice() + _BEHIND))
