"""The log: a rotating file in the workspace."""

from __future__ import annotations

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path


class _QuietHandler(RotatingFileHandler):
    """A log that cannot be written any more, on a full disk say, is no reason to print anything."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """Nobody is told: there is nobody to tell."""


_FORM = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def start_log(path: Path) -> None:
    """Sends the program's log to a file of at most 1 MB, with three older ones kept.

    A log started before ends. A workspace that cannot be written must not keep the program from
    working: then there is none.
    """
    logger = logging.getLogger("emotion_desktop")
    logger.setLevel(logging.INFO)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler: logging.Handler = _QuietHandler(
            path, maxBytes=1 << 20, backupCount=3, encoding="utf-8", delay=True
        )
    except OSError:
        handler = logging.NullHandler()
    handler.setFormatter(logging.Formatter(_FORM))
    for former in list(logger.handlers):
        logger.removeHandler(former)
        former.close()
    logger.addHandler(handler)
    logger.propagate = False
