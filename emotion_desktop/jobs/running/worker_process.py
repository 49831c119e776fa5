"""The parent's side of a worker process: this program again, as ``worker``, for one job.

The job goes down its stdin, events come up its stdout as JSON lines. Cancelling asks first, then
terminates, then kills. No ports, no fork.
"""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final

from emotion_desktop.domain.errors import (
    SEE_LOG,
    AppError,
    CancelledError,
    PausedError,
    UsageError,
)
from emotion_desktop.domain.job import JobContext, JobSpec
from emotion_desktop.jobs.running import protocol
from emotion_desktop.jobs.running.limits import Limits, LimitWatch
from emotion_desktop.jobs.running.shortage import NO_MEMORY, ran_out

_log = logging.getLogger(__name__)

_STDERR_LINES: Final = 200
_POLL_S: Final = 0.1
_SIGKILL: Final = int(getattr(signal, "SIGKILL", 9))
_PACKAGE_PARENT = Path(__file__).resolve().parents[2]


class WorkerDiedError(AppError):
    """A worker process ended without a word.

    Attributes:
        crashed: by a fault of its own; else it was killed from outside, as the system does where
            memory is short, or could not begin.
    """

    def __init__(self, message: str, hint: str = "", crashed: bool = False) -> None:
        super().__init__(message, hint)
        self.crashed = crashed


class LimitExceededError(AppError):
    """A worker process used more than it may, and was ended.

    Attributes:
        what: ``memory`` or ``time``.
    """

    def __init__(self, message: str, hint: str = "", what: str = "") -> None:
        super().__init__(message, hint)
        self.what = what


def run_in_worker(
    spec: JobSpec,
    context: JobContext,
    workspace: Path,
    patience_s: float = 20.0,
    limits: Limits | None = None,
) -> Any:
    """Runs a job in a process of its own and passes its events on.

    Args:
        workspace: the folder that the job works in.
        patience_s: how long a cancelled worker may take to leave by itself, seconds.
        limits: what it may use; None sets no bounds.

    Returns:
        What the job's function returned, as JSON values.

    Raises:
        CancelledError: the job was cancelled.
        UsageError: what is asked for cannot be done as given.
        LimitExceededError: it used more than its limits.
        WorkerDiedError: its process ended without a word.
        AppError: the job failed; the message says why.
    """
    # Libraries leave files in the temporary folder, the more so when their process is killed.
    with _scratch_folder() as scratch:
        worker = _Worker(spawn(scratch=scratch), limits)
        try:
            return worker.supervise(protocol.encode_spec(spec, workspace), context, patience_s)
        finally:
            worker.close()


class _Worker:
    """A worker process, supervised for one job."""

    def __init__(self, process: subprocess.Popen[str], limits: Limits | None = None) -> None:
        self._process = process
        self._watch = LimitWatch(process.pid, limits) if limits else None
        self._exceeded = ""
        self._final: dict[str, Any] | None = None
        self._tail: deque[str] = deque(maxlen=_STDERR_LINES)

    def supervise(self, job: str, context: JobContext, patience_s: float) -> Any:
        """Gives the process its job, a line, and returns what comes of it; see run_in_worker."""
        stderr_reader = threading.Thread(target=self._drain, daemon=True)
        stderr_reader.start()
        reader = threading.Thread(target=self._read, args=(context,), daemon=True)
        reader.start()
        self._send(job)
        asked_to_finish = asked_to_pause = False
        cancelled_at: float | None = None
        while reader.is_alive():
            reader.join(_POLL_S)
            if self._watch is not None and not self._exceeded:
                self._exceeded = self._watch.exceeded()
                if self._exceeded:
                    self._process.kill()
            if context.pause_wanted and not asked_to_pause:
                asked_to_pause = True
                self._send(protocol.PAUSE)
            if context.cancelled:
                now = time.monotonic()
                if cancelled_at is None:
                    cancelled_at = now
                    self._send(protocol.CANCEL)
                elif now - cancelled_at > patience_s * 1.5:
                    self._process.kill()
                elif now - cancelled_at > patience_s:
                    self._process.terminate()
            elif context.finish_early and not asked_to_finish:
                asked_to_finish = True
                self._send(protocol.FINISH)
        stderr_reader.join()
        status = self._process.wait()
        return self._result(status, context)

    def close(self) -> None:
        """Leaves no process behind, whatever happened."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            _close(stream)

    def _send(self, line: str) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(line + "\n")
            self._process.stdin.flush()
        except OSError:
            _log.info("the worker was gone before it could be told %s", line[:20])

    def _read(self, context: JobContext) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._on_line(line, context)

    def _on_line(self, line: str, context: JobContext) -> None:
        try:
            message = protocol.decode_message(line)
        except ValueError:
            _log.warning("the worker said something unknown: %s", line[:200])
            return
        if isinstance(message, dict):
            self._final = message
        else:
            context.emit(message)

    def _drain(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self._tail.append(line.rstrip())

    def _result(self, status: int, context: JobContext) -> Any:
        final = self._final
        if final is not None and final["end"] == "done":
            return final["result"]
        if final is not None and final["end"] == "paused":
            raise PausedError(final["message"], final["hint"])
        if self._exceeded:
            raise LimitExceededError(
                f"The work took more {self._exceeded} than it may.", what=self._exceeded
            )
        if context.cancelled or (final is not None and final["end"] == "cancelled"):
            raise CancelledError
        if final is not None:
            if final.get("unexpected"):
                _log.error("the worker failed; its last words:\n%s", "\n".join(self._tail))
            kind = UsageError if final["end"] == "refused" else AppError
            raise kind(final["message"], final["hint"])
        words = "\n".join(self._tail)
        _log.error("worker died, status %s; its last words:\n%s", status, words)
        if ran_out(words):
            raise AppError(*NO_MEMORY)
        # POSIX tells a crash as a negative status, Windows as a large one.
        crashed = status not in (-_SIGKILL, *range(256))
        raise WorkerDiedError(*death(status), crashed=crashed)


@contextmanager
def _scratch_folder() -> Iterator[str]:
    """A folder for temporary files, removed afterwards.

    Raises:
        AppError: none can be made.
    """
    try:
        folder = tempfile.TemporaryDirectory(prefix="emotion-", ignore_cleanup_errors=True)
    except OSError:  # where no folder will do, Python raises FileNotFoundError
        raise AppError(
            "There is no folder for temporary files that can be written.",
            f"Free some space in {tempfile.gettempdir() if tempfile.tempdir else '/tmp'}, or let "
            "the variable TMPDIR name another folder.",
        ) from None
    with folder as name:
        yield name


def spawn(keep_stderr: bool = True, scratch: str = "") -> subprocess.Popen[str]:
    """Starts this program as a worker that waits for its job on stdin.

    Args:
        keep_stderr: whether somebody will read its stderr; else it goes nowhere.
        scratch: the worker's folder for temporary files; empty for the system's.

    Raises:
        AppError: it could not be started.
    """
    environment = dict(os.environ)
    # The package is found however this program itself was started.
    paths = [str(_PACKAGE_PARENT), environment.get("PYTHONPATH", "")]
    environment["PYTHONPATH"] = os.pathsep.join(p for p in paths if p)
    environment["PYTHONIOENCODING"] = "utf-8"
    if scratch:
        environment |= {"TMPDIR": scratch, "TEMP": scratch, "TMP": scratch}
    try:
        return subprocess.Popen(
            _command(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE if keep_stderr else subprocess.DEVNULL,
            env=environment,
            text=True,
            encoding="utf-8",
            errors="replace",
            # Ctrl-C in a terminal is for the parent, which then asks the worker to stop.
            start_new_session=os.name == "posix",
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except OSError as error:
        raise AppError(
            f"The worker process could not be started ({error}).",
            "Start the program again; if that does not help, install it again.",
        ) from None


def _command() -> list[str]:
    """How this program starts itself as a worker."""
    if getattr(sys, "frozen", False):
        return [sys.executable, "worker"]
    return [sys.executable, "-m", "emotion_desktop", "worker"]


def death(status: int) -> tuple[str, str]:
    """Why a worker ended without a word, as message and hint."""
    if status == -_SIGKILL:
        return (
            "The worker process was killed, perhaps because memory ran out.",
            "Close other programs, then start it again.",
        )
    if status < 0:
        try:
            name = signal.Signals(-status).name
        except ValueError:
            name = f"signal {-status}"
        return f"The worker process crashed ({name}).", SEE_LOG
    return (
        f"The worker process ended unexpectedly (status {status}).",
        SEE_LOG,
    )


def _close(stream: IO[str] | None) -> None:
    if stream is not None:
        try:
            stream.close()
        except OSError:
            _log.debug("a pipe of the worker was closed already")
