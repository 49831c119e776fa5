"""One stack of changes for the window; what is undone and made again is done by jobs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QUndoCommand, QUndoStack

from emotion_desktop.domain.job import JobState
from emotion_desktop.jobs.dataset.specs import history_job, redo_job, undo_job

if TYPE_CHECKING:
    from emotion_desktop.domain.job import JobSpec
    from emotion_desktop.ui.jobs.bridge import JobBridge


@dataclass(frozen=True, slots=True)
class LocalStep:
    """A change of what is in sight alone, that the catalogue knows nothing of."""

    title: str
    undo: Callable[[], object]
    redo: Callable[[], object]


class UndoHistory(QObject):
    """Keeps the stack in step with the changes that the catalogue knows.

    The stack's commands are mere titles: where its index goes, jobs follow. They are of one lane,
    so changes are made, undone and made again in the order asked for. Commands with methods in
    Python would be called, and deleted, by Qt while either side is being torn down.
    """

    #: What is shown of the data set may be different: the result of the job that made a change, or
    #: None where it is not known what changed (one was undone or made again, or failed).
    changed = Signal(object)

    def __init__(self, jobs: JobBridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._index = 0
        #: One per command: what to call for it; None for a change that the catalogue knows.
        self._steps: list[LocalStep | None] = []
        self.stack = QUndoStack(self)
        self.stack.indexChanged.connect(self._follow)

    def read_history(self) -> None:
        """Fills the stack with the changes of earlier runs."""
        # What was changed meanwhile is in it already.
        self._jobs.run(history_job(), done=self.show_history)

    def make(
        self, change: JobSpec, made: Callable[[dict[str, Any] | None], None] | None = None
    ) -> None:
        """Makes a change; it is pushed onto the stack once it is made.

        Args:
            made: is called then, with the ``Edit`` as a dict; None where nothing changed.
        """

        def done(edit: dict[str, Any] | None) -> None:
            self.add(edit)
            if made is not None:
                made(edit)

        self._jobs.run(change, done=done, owner=self)

    def push_local(self, step: LocalStep) -> None:
        """Takes a change onto the stack that is made already, and is none of the data set."""
        self._push_command(step.title, step)

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
        self._steps = [None] * len(edits)
        self.stack.blockSignals(False)
        self._accept_index()

    def _accept_index(self) -> None:
        """Where the stack is by now is where the catalogue is: there is nothing to do."""
        self._index = self.stack.index()
        self.stack.undoTextChanged.emit(self.stack.undoText())
        self.stack.redoTextChanged.emit(self.stack.redoText())
        self.stack.canUndoChanged.emit(self.stack.canUndo())
        self.stack.canRedoChanged.emit(self.stack.canRedo())

    @Slot(int)
    def _follow(self, index: int) -> None:
        """Undoes, or makes again, what lies between."""
        while self._index != index:
            forward = index > self._index
            step = self._steps[self._index if forward else self._index - 1]
            self._index += 1 if forward else -1
            if step is not None:
                (step.redo if forward else step.undo)()
            else:
                change = redo_job() if forward else undo_job()
                self._jobs.run(change, ended=self._on_change_ended)

    def add(self, edit: dict[str, Any] | None) -> None:
        """Takes up a change that was made: an ``Edit`` as a dict, None where nothing changed."""
        if edit is not None:
            self._push_command(edit["title"], None)
        self.changed.emit(edit)

    def _push_command(self, title: str, step: LocalStep | None) -> None:
        """Puts a change that is made onto the stack; what was undone before it is gone."""
        self._steps[self._index :] = [step]
        # The index that the new command brings is not to be followed.
        self._index += 1
        self.stack.push(QUndoCommand(title))

    def _on_change_ended(self, state: JobState) -> None:
        if state is JobState.FAILED:
            # It cannot be undone (a frozen split holds its photos, say): it is made still.
            self.read_history()
        self.changed.emit(None)
