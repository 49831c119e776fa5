"""One stack of changes for the window; what is undone and made again is done by jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QUndoCommand, QUndoStack

from emotion_desktop.domain.job import JobEvent, JobFunction, JobSpec, JobState, StateChanged

if TYPE_CHECKING:
    from pathlib import Path

    from emotion_desktop.jobs.manager import JobManager
    from emotion_desktop.ui.job_bridge import JobBridge


class _Edit(QUndoCommand):
    """A change that was made already when it comes onto the stack."""

    def __init__(self, keeper: UndoKeeper, title: str) -> None:
        super().__init__(title)
        self._keeper = keeper

    def undo(self) -> None:
        self._keeper.turn(undo=True)

    def redo(self) -> None:
        self._keeper.turn(undo=False)


class UndoKeeper(QObject):
    """Keeps the stack in step with the changes that the catalogue knows.

    Changes are jobs of one lane, so they are made, undone and made again in the order asked for.
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
        self.stack = QUndoStack(self)
        self._own: dict[str, bool] = {}
        self._silent = False
        bridge.happened.connect(self._told)

    def make(self, spec: JobSpec, function: JobFunction) -> None:
        """Makes a change; it comes onto the stack once it is made."""
        self._own[spec.id] = True
        self._manager.submit(spec, function)

    def show_history(self, edits: list[tuple[str, bool]]) -> None:
        """Fills the stack with changes of earlier runs.

        Args:
            edits: title, and whether it is undone; oldest first, undone ones last.
        """
        self._silent = True
        self.stack.clear()
        for title, _ in edits:
            self.stack.push(_Edit(self, title))
        self.stack.setIndex(sum(not undone for _, undone in edits))
        self._silent = False

    def turn(self, *, undo: bool) -> None:
        """Undoes, or makes again, what the stack says is next."""
        if self._silent:
            return
        from emotion_desktop.jobs.dataset.editing import redo_job, undo_job

        spec, function = (undo_job if undo else redo_job)(self._workspace)
        self._own[spec.id] = False
        self._manager.submit(spec, function)

    @Slot(object, object)
    def _told(self, spec: JobSpec, event: JobEvent) -> None:
        if spec.id not in self._own or not isinstance(event, StateChanged):
            return
        if not event.state.final:
            return
        is_new = self._own.pop(spec.id)
        result: Any = event.outcome.result if event.outcome is not None else None
        if event.state is JobState.SUCCEEDED and is_new and result is not None:
            self._silent = True
            self.stack.push(_Edit(self, result["title"]))
            self._silent = False
        self.changed.emit()
