"""What all that asks of AWS has in common: whom to ask, with which prices, and the answer."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from emotion_desktop.domain.errors import AppError
from emotion_desktop.domain.job import JobEvent, JobFunction, JobSpec, JobState, StateChanged
from emotion_desktop.domain.sagemaker import AwsChoice

if TYPE_CHECKING:
    from emotion_desktop.jobs.sagemaker.cloud_services import CloudServices
    from emotion_desktop.ui.services import Services

_log = logging.getLogger(__name__)


class AwsCalls(QObject):
    """Short jobs and their answers, and what jobs need of the settings."""

    unanswered = Signal()
    """A short job failed or was cancelled; the window says why."""

    def __init__(self, services: Services, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._then: dict[str, Callable[[Any], None]] = {}
        services.bridge.happened.connect(self._told)

    def ask(self, job: tuple[JobSpec, JobFunction], then: Callable[[Any], None]) -> None:
        """Starts a short job; ``then`` gets its result on this thread."""
        spec, function = job
        self._then[spec.id] = then
        self._services.manager.submit(spec, function)

    @property
    def choice(self) -> AwsChoice:
        """The profile and the region as they are set."""
        now = self._services.settings.now
        return AwsChoice(now.aws_profile, now.aws_region)

    @property
    def prices(self) -> dict[str, float]:
        """The user's own prices, US dollars an hour by kind of machine; none if they are no use."""
        from emotion_desktop.domain.sagemaker import parse_prices

        try:
            return parse_prices(self._services.settings.now.aws_prices)
        except AppError as error:
            _log.warning("the prices in the settings are not used: %s", error)
            return {}

    @property
    def desk(self) -> CloudServices:
        """Where things are, with the prices of now."""
        from emotion_desktop.jobs.sagemaker.cloud_services import CloudServices

        services = self._services
        return CloudServices(services.workspace, services.models, self.prices)

    @Slot(object, object)
    def _told(self, spec: JobSpec, event: JobEvent) -> None:
        if spec.id not in self._then:
            return
        if not isinstance(event, StateChanged) or not event.state.final:
            return
        then = self._then.pop(spec.id)
        if event.state is JobState.SUCCEEDED and event.outcome is not None:
            then(event.outcome.result)
        else:
            self.unanswered.emit()
