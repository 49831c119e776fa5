"""The plotting library, loaded while the window is in use."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from functools import partial
from types import ModuleType
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject

from emotion_desktop.jobs.models.specs import load_library_job
from emotion_desktop.ui.idle_queue import IdleQueue, Step

if TYPE_CHECKING:
    from emotion_desktop.domain.job import JobState
    from emotion_desktop.ui.jobs.bridge import JobBridge

#: Classes of Qt made ready with one turn: a few milliseconds' worth.
_CLASSES: Final = 40


class PlotLibrary(QObject):
    """Loads pyqtgraph once, when it is first wanted, in a background thread.

    The library takes a copy of all names in Qt. PySide makes a class when its name is first used,
    a long piece of Python that another thread can be given the turn in; so those are made on the
    window's thread before, and the background thread finds them ready.
    """

    def __init__(
        self,
        idle_queue: IdleQueue,
        jobs: JobBridge,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._idle_queue = idle_queue
        self._jobs = jobs
        self._is_wanted = False
        self.is_loaded = False
        self._waiting: list[Callable[[], object]] = []

    def want(self, then: Callable[[], object]) -> None:
        """Calls back, now or as soon as it is loaded, from where importing it takes no time."""
        if self.is_loaded:
            then()
            return
        self._waiting.append(then)
        if not self._is_wanted:
            self._is_wanted = True
            self._idle_queue.add(*_class_steps(), self._load)

    def _load(self) -> None:
        self._jobs.run(load_library_job("pyqtgraph"), ended=self._loaded)

    def _loaded(self, _: JobState) -> None:
        self.is_loaded = True
        waiting, self._waiting = self._waiting, []
        # A hundred thousand objects that stay, not to be looked through for garbage again.
        self._idle_queue.add(gc.freeze, *waiting)


def _class_steps() -> Iterator[Step]:
    from PySide6 import QtCore, QtGui, QtWidgets

    for module in (QtCore, QtGui, QtWidgets):
        names = dir(module)
        for first in range(0, len(names), _CLASSES):
            yield partial(_touch, module, names[first : first + _CLASSES])


def _touch(module: ModuleType, names: list[str]) -> None:
    for name in names:
        getattr(module, name)
