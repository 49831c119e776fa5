"""The child's side of a worker process: reads one job from stdin, runs it, leaves."""

from __future__ import annotations

import json
import logging
import os
import sys
import threading
import traceback
from contextlib import suppress
from typing import Any, Final, TextIO

from emotion_desktop.domain.errors import (
    SEE_LOG,
    AppError,
    CancelledError,
    PausedError,
    UsageError,
)
from emotion_desktop.domain.job import JobEvent, JobSpec, Lane
from emotion_desktop.jobs.resources import Resources
from emotion_desktop.jobs.running import protocol
from emotion_desktop.jobs.running.context import Context
from emotion_desktop.jobs.running.conversation import answer_all
from emotion_desktop.jobs.running.execute import call
from emotion_desktop.jobs.running.shortage import shortage
from emotion_desktop.jobs.table import JOBS, Where
from emotion_desktop.workspace.files.processes import step_back
from emotion_desktop.workspace.paths import Workspace

#: How a job ended that raised such an error; it failed with any other.
_ENDS: Final = {PausedError: "paused", CancelledError: "cancelled", UsageError: "refused"}


def main() -> int:
    """Runs the job that comes on stdin. Returns the exit status."""
    # TensorFlow and its libraries print on stdout: the protocol keeps the real one for itself.
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    lock = threading.Lock()

    def send(message: dict[str, Any]) -> None:
        # Where nobody listens any more stdin has ended, too: by that the work is told to end.
        with lock, suppress(OSError):
            channel.write(json.dumps(message) + "\n")
            channel.flush()

    def emit(event: JobEvent) -> None:
        send(protocol.encode_event(event))

    try:
        spec, folder = protocol.decode_spec(sys.stdin.readline())
    except ValueError:
        send({"end": "failed", "message": "The worker was given no job.", "hint": ""})
        return 2
    if spec.kind in JOBS and JOBS[spec.kind].where is Where.CONVERSATION:
        answer_all(lambda: JOBS[spec.kind].load()(**spec.parameters), sys.stdin, send)
        return _leave(channel)
    if folder is None:
        send({"end": "failed", "message": "The worker was given no workspace.", "hint": ""})
        return 2
    context = Context(emit, Resources(Workspace(folder)), spec)
    threading.Thread(target=_listen, args=(sys.stdin, context), daemon=True).start()
    if spec.lane in (Lane.COMPUTE, Lane.CATALOGUE):
        # Long work on all cores: the window, and whoever else uses the machine, goes first.
        step_back()
    try:
        send(_run(spec, context))
    finally:
        _leave(channel)
    return 0


def _leave(channel: TextIO) -> int:
    # Threads may hang at exit, those of native libraries or of work that was broken off; everything
    # is written by now. The pipes may be gone with the parent.
    with suppress(OSError):
        channel.close()
    with suppress(OSError):
        sys.stderr.flush()
    os._exit(0)


def _listen(stream: TextIO, context: Context) -> None:
    for line in stream:
        if line.strip() == protocol.CANCEL:
            context.cancel()
        elif line.strip() == protocol.FINISH:
            context.ask_to_finish()
        elif line.strip() == protocol.PAUSE:
            context.pause()
    # The parent is gone: nobody waits for a result any more. What can go on later, will.
    context.pause()
    context.cancel()


def _run(spec: JobSpec, context: Context) -> dict[str, Any]:
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING)
    try:
        return {"end": "done", "result": call(spec, context)}
    except AppError as error:
        end = next((end for kind, end in _ENDS.items() if isinstance(error, kind)), "failed")
        return {"end": end, "message": error.message, "hint": error.hint}
    except Exception as error:  # noqa: BLE001 - the parent says it to the user
        traceback.print_exc()
        if (short := shortage(error)) is not None:
            return {"end": "failed", "message": short[0], "hint": short[1]}
        return {
            "end": "failed",
            "unexpected": True,
            "message": f"Something unexpected went wrong ({type(error).__name__}: {error}).",
            "hint": SEE_LOG,
        }
