"""Running set-up commands, and the words for the person who waits for them."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path


class SetupError(Exception):
    """Something that stopped the set-up.

    Args:
        message: what happened, one sentence.
        hint: what to do next.
    """

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message, hint)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n{self.hint}"


def say(text: str) -> None:
    """Tell the person how far we are; standard output belongs to the program."""
    print(text, file=sys.stderr, flush=True)


def run_logged(
    command: Sequence[str],
    log: Path,
    folder: Path,
    settings: Mapping[str, str],
    on_line: Callable[[str], None] | None = None,
) -> int:
    """Run a command without input; all it prints is added to a log file.

    Args:
        command: the program and its arguments.
        log: where the output goes.
        folder: where it runs.
        settings: environment variables on top of ours.
        on_line: called with each line it prints.

    Returns:
        Its exit status.

    Raises:
        OSError: it could not be started, or the log cannot be written.
    """
    import subprocess

    with (
        log.open("a", encoding="utf-8") as output,
        subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, **settings},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        ) as process,
    ):
        output.write(f"$ {' '.join(command)}\n")
        assert process.stdout is not None  # it is piped
        for line in process.stdout:
            output.write(line)
            if on_line is not None:
                on_line(line)
    return process.returncode
