"""A classifier in a worker process: prepared faces go down its pipe, logits come up.

One JSON line each way: {"faces": [n, size, size, channels], "data": base64 of the bytes}, then
{"logits": [n, labels], "data": …} or {"message": …, "hint": …}. The first answer comes once the
model is loaded.
"""

from __future__ import annotations

import base64
import json
import threading
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TextIO

from emotion_desktop.domain.errors import AppError
from emotion_desktop.domain.job import JobSpec, Lane
from emotion_desktop.jobs import protocol

if TYPE_CHECKING:
    import subprocess

    import numpy as np
    import numpy.typing as npt

    from emotion_desktop.domain.model import ModelCard

KIND: Final = "answer"


class RemoteClassifier:
    """A classifier for everybody here, that answers in a process of its own.

    The process ends with close, and with this program, however that ends. If it dies, the next
    question starts another one.
    """

    def __init__(self, path: Path, card: ModelCard, engine: str) -> None:
        self._path = path
        self._card = card
        self._engine = engine
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._end: Callable[[], object] = lambda: None

    @property
    def card(self) -> ModelCard:
        """Labels, preprocessing and calibration to use it with."""
        return self._card

    def logits(self, faces: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        """(n, size, size, channels) uint8 in, (n, labels) out.

        Raises:
            AppError: the model cannot be loaded there, or the process died.
        """
        import numpy as np

        if not len(faces):
            return np.empty((0, len(self._card.labels)), np.float32)
        question = {"faces": faces.shape, "data": base64.b64encode(faces.tobytes()).decode()}
        with self._lock:
            answer = self._ask(question)
        data = np.frombuffer(base64.b64decode(answer["data"]), np.float32)
        return data.reshape(answer["logits"])

    def close(self) -> None:
        """Ends the process."""
        with self._lock:
            self._end()
            self._process = None

    def _ask(self, question: dict[str, Any]) -> dict[str, Any]:
        process = self._process or self._start()
        answer = _exchange(process, json.dumps(question))
        if answer is None:
            status = process.wait()
            self._process = None
            from emotion_desktop.jobs.worker_process import death

            raise AppError(*death(status))
        return answer

    def _start(self) -> subprocess.Popen[str]:
        from emotion_desktop.jobs.worker_process import spawn

        process = spawn(keep_stderr=False)
        self._end = weakref.finalize(self, _stop, process)
        self._process = process
        spec = JobSpec(
            KIND, "Answer", Lane.CLASSIFY, {"model": str(self._path), "engine": self._engine}
        )
        try:
            ready = _exchange(process, protocol.encode_spec(spec))
        except AppError:
            self._end()
            self._process = None
            raise
        if ready is None:
            self._process = None
            raise AppError("The process that was to answer did not start.")
        return process


def _exchange(process: subprocess.Popen[str], line: str) -> dict[str, Any] | None:
    """Says something and hears the answer; None if nobody is there any more."""
    assert process.stdin is not None and process.stdout is not None
    try:
        process.stdin.write(line + "\n")
        process.stdin.flush()
        heard = process.stdout.readline()
    except OSError:
        return None
    if not heard:
        return None
    answer: dict[str, Any] = json.loads(heard)
    if "message" in answer:
        raise AppError(answer["message"], answer["hint"])
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


def serve(spec: JobSpec, questions: TextIO, send: Callable[[dict[str, Any]], None]) -> None:
    """The worker's side: loads the model, then answers until nobody asks any more."""
    import numpy as np

    from emotion_desktop.engines.bundle import read_bundle
    from emotion_desktop.engines.loading import load_classifier

    try:
        classifier = load_classifier(
            read_bundle(Path(spec.parameters["model"])), spec.parameters["engine"]
        )
    except AppError as error:
        send({"message": error.message, "hint": error.hint})
        return
    send({"ready": True})
    for line in questions:
        question = json.loads(line)
        faces = np.frombuffer(base64.b64decode(question["data"]), np.uint8)
        try:
            logits = classifier.logits(faces.reshape(question["faces"]))
        except AppError as error:
            send({"message": error.message, "hint": error.hint})
            continue
        send(
            {
                "logits": logits.shape,
                "data": base64.b64encode(logits.astype(np.float32).tobytes()).decode(),
            }
        )
