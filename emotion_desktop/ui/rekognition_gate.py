"""The question before anything is sent to Rekognition: what, where to, and what it costs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Slot

from emotion_desktop.domain.job import JobEvent, JobSpec, JobState, StateChanged

if TYPE_CHECKING:
    from emotion_desktop.jobs.predicting.labelled_set import LabelledSource
    from emotion_desktop.ui.services import Services


class RekognitionGate(QObject):
    """Finds out what would be sent, asks, keeps the agreement, and then goes on.

    Nothing is asked where everything was answered before.
    """

    def __init__(self, services: Services, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._waiting: dict[str, Callable[[], None]] = {}
        services.bridge.happened.connect(self._told)

    def ask(
        self,
        go_on: Callable[[], None],
        *,
        paths: Sequence[Path] = (),
        data: LabelledSource | None = None,
        judged_with: Sequence[str] = (),
    ) -> None:
        """Asks about photos and folders, or a labelled set; ``go_on`` is called if all may go.

        Args:
            judged_with: see quote_job.
        """
        from emotion_desktop.jobs.predicting.rekognition import quote_job

        self._submit(quote_job(self._services.workspace.root, paths, data, judged_with), go_on)

    def _submit(self, job: Any, go_on: Callable[[], None]) -> None:
        spec, function = job
        self._waiting[spec.id] = go_on
        self._services.manager.submit(spec, function)

    @Slot(object, object)
    def _told(self, spec: JobSpec, event: JobEvent) -> None:
        if not isinstance(event, StateChanged) or not event.state.is_over:
            return
        go_on = self._waiting.pop(spec.id, None)
        if go_on is None or event.state is not JobState.SUCCEEDED or event.outcome is None:
            return
        if spec.kind == "rekognition-approve":
            go_on()
        else:
            self._show(event.outcome.result, go_on)

    def _show(self, quote: dict[str, Any], go_on: Callable[[], None]) -> None:
        from emotion_desktop.jobs.predicting.rekognition import approve_job, in_words

        root, photos, lost = (
            self._services.workspace.root,
            quote["to_send"],
            quote["unanswered"],
        )
        if not photos and not lost:
            go_on()
            return
        question, told = in_words(quote)
        ways: dict[str, Callable[[], None]] = {}
        if photos:
            ways["Send them"] = lambda: self._submit(approve_job(root, photos), go_on)
        else:
            ways["Go on without them"] = go_on
        if lost:
            again = approve_job(root, photos + lost, again=True)
            ways["Send the lost ones again, too"] = lambda: self._submit(again, go_on)
        self._services.window.ask_which(question, told, ways, careful=True)
