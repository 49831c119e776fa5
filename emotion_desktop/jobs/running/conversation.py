"""A worker process that answers questions for as long as somebody asks: a JSON line each way.

The first line is the job, the first answer comes once what it needs is loaded. A question it cannot
answer is answered by {"message": …, "hint": …}.
"""

from __future__ import annotations

import json
import threading
import weakref
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from emotion_desktop.domain.errors import SEE_LOG, AppError
from emotion_desktop.domain.job import JobSpec
from emotion_desktop.jobs.running import protocol

if TYPE_CHECKING:
    import subprocess

#: Answers a question; raises AppError for one that it cannot answer.
Answerer = Callable[[dict[str, Any]], dict[str, Any]]


class Conversation:
    """One process for everybody here; questions wait for one another.

    The process is started by the first question, and ends with close and with this program, however
    that ends. If it dies, the next question starts another one.
    """

    def __init__(self, spec: JobSpec) -> None:
        self._spec = spec
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._end: Callable[[], object] = lambda: None

    def ask(self, question: dict[str, Any]) -> dict[str, Any]:
        """The answer to a question.

        Raises:
            AppError: the process could not start, cannot answer, or died.
        """
        with self._lock:
            process = self._process or self._start()
            answer = _exchange(process, json.dumps(question))
            if answer is None:
                status = process.wait()
                self._process = None
                from emotion_desktop.jobs.running.worker_process import death

                raise AppError(*death(status))
            return answer

    def close(self) -> None:
        """Ends the process."""
        with self._lock:
            self._end()
            self._process = None

    def _start(self) -> subprocess.Popen[str]:
        from emotion_desktop.jobs.running.worker_process import spawn

        process = spawn(keep_stderr=False)
        self._end = weakref.finalize(self, _stop, process)
        self._process = process
        try:
            ready = _exchange(process, protocol.encode_spec(self._spec))
        except AppError:
            self._end()
            self._process = None
            raise
        if ready is None:
            self._process = None
            raise AppError("The process that was to answer did not start.")
        return process


def answer_all(
    load: Callable[[], Answerer], questions: Iterable[str], send: Callable[[dict[str, Any]], None]
) -> None:
    """The worker's side: loads what is needed, then answers until nobody asks any more.

    Args:
        load: makes the answerer; may raise AppError, which is told in the place of an answer.
        questions: a JSON line each.
    """
    try:
        answer = load()
    except AppError as error:
        send(_refusal(error))
        return
    send({"ready": True})
    for line in questions:
        send(_answer(answer, json.loads(line)))


def _answer(answer: Answerer, question: dict[str, Any]) -> dict[str, Any]:
    try:
        return answer(question)
    except AppError as error:
        return _refusal(error)


def _refusal(error: AppError) -> dict[str, Any]:
    return {"message": error.message, "hint": error.hint}


def _exchange(process: subprocess.Popen[str], line: str) -> dict[str, Any] | None:
    """Sends a message and waits for the answer; None if the process has ended."""
    assert process.stdin is not None and process.stdout is not None
    try:
        process.stdin.write(line + "\n")
        process.stdin.flush()
        heard = process.stdout.readline()
    except OSError:
        return None
    if not heard:
        return None
    try:
        answer = json.loads(heard)
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        raise AppError("The process that was to answer said something else.", SEE_LOG)
    if "message" in answer:
        raise AppError(str(answer["message"]), str(answer.get("hint", "")))
    return answer


def _stop(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            try:
                stream.close()
            except OSError:  # what was left to be said is of no interest to the dead
                continue
