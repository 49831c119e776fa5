"""The one door: a verb goes to the command line, files or nothing to the window."""

from __future__ import annotations

import sys


def main() -> int:
    """Starts what the arguments ask for; returns the exit status."""
    try:
        return _start(sys.argv[1:])
    except KeyboardInterrupt:
        # Ctrl-C before a verb listens for it: nothing was begun that would have to be ended.
        return 130


def _start(arguments: list[str]) -> int:
    first = arguments[0] if arguments else ""
    if first == "worker":
        # Before Qt or anything heavy: the worker is for one job.
        from emotion_desktop.jobs.worker_loop import main as work

        return work()
    if first and _is_command(first):
        from emotion_desktop.cli.main import main as command

        return command(arguments)
    from emotion_desktop.app import main as window

    return window(arguments)


def _is_command(word: str) -> bool:
    """Options and verbs are commands; so is a word that is no file: its complaint helps."""
    if word.startswith("-"):
        return True
    from pathlib import Path

    from emotion_desktop.verbs import VERBS

    return word in VERBS or not Path(word).exists()


if __name__ == "__main__":
    sys.exit(main())
