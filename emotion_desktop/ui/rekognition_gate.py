"""The question before anything is sent to Rekognition: what, where to, and what it costs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from emotion_desktop.jobs.predicting.specs import approve_job, quote_job

if TYPE_CHECKING:
    from emotion_desktop.domain.job import JobSpec
    from emotion_desktop.jobs.predicting.labelled_set import LabelledSource
    from emotion_desktop.ui.services import Services


class RekognitionGate(QObject):
    """Finds out what would be sent, asks, saves the agreement, and then goes on.

    Nothing is asked where everything was answered before.
    """

    def __init__(self, services: Services, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services

    def request_agreement(
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
        self._services.jobs.run(
            quote_job(paths, data, judged_with),
            done=lambda quote: self._show(quote, go_on),
            owner=self,
        )

    def _show(self, quote: dict[str, Any], go_on: Callable[[], None]) -> None:
        from emotion_desktop.jobs.predicting.rekognition import in_words

        photos, lost = quote["to_send"], quote["unanswered"]
        if not photos and not lost:
            go_on()
            return
        question, details = in_words(quote)

        def approve(job: JobSpec) -> None:
            self._services.jobs.run(job, done=lambda _: go_on(), owner=self)

        ways: dict[str, Callable[[], None]] = {}
        if photos:
            ways["Send them"] = lambda: approve(approve_job(photos))
        else:
            ways["Go on without them"] = go_on
        if lost:
            again = approve_job(photos + lost, again=True)
            ways["Send the lost ones again, too"] = lambda: approve(again)
        self._services.window.ask_which(question, details, ways, careful=True)
