"""One stack of changes for the window; what is undone and made again is done by jobs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QUndoCommand, QUndoStack

from emotion_desktop.domain.job import JobEvent, JobFunction, JobSpec, JobState, StateChanged

if TYPE_CHECKING:
    from pathlib import Path

    from emotion_desktop.jobs.running.manager import JobManager
    from emotion_desktop.ui.job_bridge import JobBridge


class UndoKeeper(QObject):
    """Keeps the stack in step with the changes that the catalogue knows.

    The stack's commands are mere titles: where its index goes, jobs follow. They are of one lane,
    so changes are made, undone and made again in the order asked for. Commands with methods in
    Python would be called, and deleted, by Qt while either side is being torn down.
    """

    changed = Signal()
    """A change was made, undone or made again: what is shown of the data set may be different."""

    def __init__(
        self,
        workspace: Path,
        manager: JobManager,
        bridge: JobBridge,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._manager = manager
        self._own: dict[str, bool] = {}
        self._history = ""
        self._index = 0
        self.stack = QUndoStack(self)
        self.stack.indexChanged.connect(self._follow)
        bridge.happened.connect(self._told)

    def read_history(self) -> None:
        """Fills the stack with the changes of earlier runs."""
        from emotion_desktop.jobs.dataset.editing import history_job

        spec, function = history_job(self._workspace)
        self._history = spec.id
        self._manager.submit(spec, function)

    def make(self, spec: JobSpec, function: JobFunction) -> None:
        """Makes a change; it comes onto the stack once it is made."""
        self._own[spec.id] = True
        self._manager.submit(spec, function)

    def show_history(self, edits: Sequence[Sequence[Any]]) -> None:
        """Fills the stack with changes of earlier runs.

        Args:
            edits: title, and whether it is undone; oldest first, undone ones last.
        """
        self.stack.blockSignals(True)
        self.stack.clear()
        for title, _ in edits:
            self.stack.push(QUndoCommand(title))
        self.stack.setIndex(sum(not undone for _, undone in edits))
        self.stack.blockSignals(False)
        self._tell_index()

    def _tell_index(self) -> None:
        """Where the stack is by now is where the catalogue is: there is nothing to do."""
        self._index = self.stack.index()
        self.stack.undoTextChanged.emit(self.stack.undoText())
        self.stack.redoTextChanged.emit(self.stack.redoText())
        self.stack.canUndoChanged.emit(self.stack.canUndo())
        self.stack.canRedoChanged.emit(self.stack.canRedo())

    @Slot(int)
    def _follow(self, index: int) -> None:
        """Undoes, or makes again, what lies between."""
        from emotion_desktop.jobs.dataset.editing import redo_job, undo_job

        steps, self._index = index - self._index, index
        for _ in range(abs(steps)):
            spec, function = (redo_job if steps > 0 else undo_job)(self._workspace)
            self._own[spec.id] = False
            self._manager.submit(spec, function)

    @Slot(object, object)
    def _told(self, spec: JobSpec, event: JobEvent) -> None:
        if not isinstance(event, StateChanged) or not event.state.final:
            return
        if spec.id == self._history and event.state is JobState.SUCCEEDED:
            assert event.outcome is not None
            # What was changed meanwhile is in it already.
            self.show_history(event.outcome.result)
        if spec.id not in self._own:
            return
        is_new = self._own.pop(spec.id)
        result: Any = event.outcome.result if event.outcome is not None else None
        if event.state is JobState.SUCCEEDED and is_new and result is not None:
            # The change is made: the index that the new command brings is not to be followed.
            self._index += 1
            self.stack.push(QUndoCommand(result["title"]))
        self.changed.emit()
