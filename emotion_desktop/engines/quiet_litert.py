"""Keeping LiteRT's notice off the terminal.

The first interpreter that computes through XNNPACK says so on stderr, once in a process. LiteRT
writes that line with C's fprintf and has no switch for it in Python; TF_CPP_MIN_LOG_LEVEL and
absl's settings are for other lines. So the descriptor leads to a file for the few milliseconds in
which the line may come, and whatever else was written meanwhile follows on stderr.
"""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

_STDERR: Final = 2
_NOTICE: Final = b"INFO: Created TensorFlow Lite XNNPACK delegate for CPU."
#: A descriptor is the whole process's, and the notice comes once in a process.
_one_at_a_time: Final = threading.Lock()
_notice_seen: Final = threading.Event()


@contextmanager
def without_notice() -> Iterator[None]:
    """Within it an interpreter is made and laid out; its notice does not reach stderr."""
    if _notice_seen.is_set():
        yield
        return
    with _one_at_a_time:
        try:
            terminal = os.dup(_STDERR)
        except OSError:  # a window that was started without a terminal may have no stderr
            yield
            return
        with tempfile.TemporaryFile() as kept:
            os.dup2(kept.fileno(), _STDERR)
            try:
                yield
            finally:
                os.dup2(terminal, _STDERR)
                os.close(terminal)
                kept.seek(0)
                _write_others(kept.readlines())


def _write_others(lines: list[bytes]) -> None:
    others = [line for line in lines if line.strip() != _NOTICE]
    if len(others) < len(lines):
        _notice_seen.set()
    with suppress(OSError):  # nobody reads stderr any more
        os.write(_STDERR, b"".join(others))
