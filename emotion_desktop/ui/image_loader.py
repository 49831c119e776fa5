"""Pictures for the screen, made off the window's thread, what is asked for last first."""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QImage, QPixmap

from emotion_desktop.domain.errors import AppError

_log = logging.getLogger(__name__)

_MOST_WAITING = 256
#: A picture that could not be made is tried again after so long: its disk may be back, seconds.
_RETRY_S = 10.0
#: Returns (height, width, 3) or (height, width, 1) uint8; may raise AppError.
Work = Callable[[], Any]


class ImageLoader(QObject):
    """A cache of pixmaps, bounded in bytes, filled by background threads.

    The newest request is served first, and the oldest are dropped when too many wait: what is on
    screen was asked for last, and what scrolled away is asked for again when it comes back.
    """

    #: The key of a picture that is there now.
    loaded = Signal(object)
    _made = Signal(object, object)

    def __init__(self, threads: int, cache_bytes: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._cache_bytes = cache_bytes
        self._held_bytes = 0
        self._cache: OrderedDict[Hashable, QPixmap] = OrderedDict()
        self._problems: dict[Hashable, str] = {}
        self._retry_from: dict[Hashable, float] = {}
        self._waiting: OrderedDict[Hashable, Work] = OrderedDict()
        self._busy: set[Hashable] = set()
        self._condition = threading.Condition()
        self._stopped = False
        self._count = threads
        self._threads: list[threading.Thread] = []
        self._made.connect(self._store_result, Qt.ConnectionType.QueuedConnection)

    def get(self, key: Hashable, work: Work) -> QPixmap | None:
        """The picture if it is there; otherwise it is asked for and None returned."""
        pixmap = self._cache.get(key)
        if pixmap is not None:
            self._cache.move_to_end(key)
            return pixmap
        if time.monotonic() < self._retry_from.get(key, 0.0):
            return None
        with self._condition:
            if key not in self._busy and not self._stopped:
                self._waiting.pop(key, None)
                self._waiting[key] = work
                while len(self._waiting) > _MOST_WAITING:
                    self._waiting.popitem(last=False)
                self._condition.notify()
        if not self._threads:
            self._start()
        return None

    def problem(self, key: Hashable) -> str | None:
        """Why a picture could not be made."""
        return self._problems.get(key)

    def stop(self) -> None:
        """Ends the threads; nothing is loaded any more."""
        with self._condition:
            self._stopped = True
            self._waiting.clear()
            self._condition.notify_all()
        for thread in self._threads:
            thread.join()

    def _start(self) -> None:
        for number in range(self._count):
            thread = threading.Thread(target=self._run, name=f"images-{number}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def _run(self) -> None:
        while True:
            with self._condition:
                while not self._waiting and not self._stopped:
                    self._condition.wait()
                if self._stopped:
                    return
                key, work = self._waiting.popitem(last=True)
                self._busy.add(key)
            try:
                outcome: QImage | str = to_image(work())
            except AppError as error:
                outcome = str(error)
            except Exception as error:  # noqa: BLE001 - a thumbnail's bug must not end the thread
                _log.exception("a picture could not be made")
                outcome = f"It could not be shown ({type(error).__name__})."
            self._made.emit(key, outcome)

    @Slot(object, object)
    def _store_result(self, key: Hashable, outcome: QImage | str) -> None:
        with self._condition:
            self._busy.discard(key)
        if isinstance(outcome, str):
            self._problems[key] = outcome
            self._retry_from[key] = time.monotonic() + _RETRY_S
        else:
            self._problems.pop(key, None)
            self._retry_from.pop(key, None)
            pixmap = QPixmap.fromImage(outcome)
            self._cache[key] = pixmap
            self._held_bytes += _bytes(pixmap)
            while self._held_bytes > self._cache_bytes and len(self._cache) > 1:
                _, old = self._cache.popitem(last=False)
                self._held_bytes -= _bytes(old)
        self.loaded.emit(key)


def _bytes(pixmap: QPixmap) -> int:
    return pixmap.width() * pixmap.height() * 4


def to_image(pixels: Any) -> QImage:
    """A picture of pixels, (height, width, 1 or 3) uint8, that owns its memory."""
    height, width, channels = pixels.shape
    kind = QImage.Format.Format_RGB888 if channels == 3 else QImage.Format.Format_Grayscale8
    # The copy owns its memory: the array goes when this returns.
    return QImage(pixels.tobytes(), width, height, width * channels, kind).copy()
