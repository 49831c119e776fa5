"""Questions to the catalogue, answered off the window's thread."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, Signal, Slot

from emotion_desktop.domain.errors import SEE_LOG, AppError

if TYPE_CHECKING:
    from pathlib import Path

    from emotion_desktop.workspace.catalogue.catalogue import Catalogue

_log = logging.getLogger(__name__)

#: More questions than this wait for nobody: their rows have scrolled away.
_MOST_WAITING = 64
Question = Callable[["Catalogue"], Any]


class CatalogueReader(QObject):
    """Asks the catalogue one question after the other, the newest of each topic.

    Args:
        path: the catalogue's file. As long as there is none, every answer is None: looking makes
            no workspace.
    """

    #: The topic and its answer.
    answered = Signal(str, object)
    #: An AppError.
    failed = Signal(object)
    _came = Signal(str, object)

    def __init__(self, path: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._path = path
        self._waiting: OrderedDict[str, Question] = OrderedDict()
        self._condition = threading.Condition()
        self._stopped = False
        self._thread: threading.Thread | None = None
        self._came.connect(self._pass_on, Qt.ConnectionType.QueuedConnection)

    def request(self, topic: str, question: Question) -> None:
        """Asks; an older question of the same topic that waits still is forgotten."""
        with self._condition:
            if self._stopped:
                return
            self._waiting.pop(topic, None)
            self._waiting[topic] = question
            while len(self._waiting) > _MOST_WAITING:
                self._waiting.popitem(last=False)
            self._condition.notify()
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="catalogue-reader", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Ends the thread; nothing is answered any more."""
        with self._condition:
            self._stopped = True
            self._waiting.clear()
            self._condition.notify_all()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        catalogue: Catalogue | None = None
        try:
            while (step := self._next()) is not None:
                topic, question = step
                try:
                    if catalogue is None and self._path.is_file():
                        from emotion_desktop.workspace.catalogue.catalogue import Catalogue

                        catalogue = Catalogue(self._path)
                    answer = None if catalogue is None else question(catalogue)
                except AppError as error:
                    answer = error
                except Exception as error:  # noqa: BLE001 - one bad question must not end the thread
                    _log.exception("a question to the catalogue failed")
                    answer = AppError(
                        f"The workspace could not be read ({type(error).__name__}).",
                        SEE_LOG,
                    )
                self._came.emit(topic, answer)
        finally:
            if catalogue is not None:
                catalogue.close()

    def _next(self) -> tuple[str, Question] | None:
        with self._condition:
            while not self._waiting and not self._stopped:
                self._condition.wait()
            return None if self._stopped else self._waiting.popitem(last=False)

    @Slot(str, object)
    def _pass_on(self, topic: str, answer: object) -> None:
        if self._stopped:
            return
        if isinstance(answer, AppError):
            self.failed.emit(answer)
        else:
            self.answered.emit(topic, answer)
