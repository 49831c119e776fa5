"""Shows every job alike: in the panel, and while it runs in the status bar."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Slot

from emotion_desktop.domain.job import JobEvent, JobSpec, JobState, StateChanged

if TYPE_CHECKING:
    from emotion_desktop.ui.services import Services


#: So many of those that wait are named.
_NAMED: Final = 3


class JobsController(QObject):
    """Behind the jobs panel and the status bar's line of what runs."""

    def __init__(self, services: Services, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        window = services.window
        window.jobs.cancel_wanted.connect(services.manager.cancel)
        window.job_strip.cancel_wanted.connect(services.manager.cancel)
        services.jobs.happened.connect(self._show_event)

    @Slot(object, object)
    def _show_event(self, spec: JobSpec, event: JobEvent) -> None:
        window = self._services.window
        if (
            isinstance(event, StateChanged)
            and event.state is JobState.FAILED
            and event.outcome is not None
        ):
            message = event.outcome.message
            if not spec.quiet:  # whose work that was nobody else says
                message = f"{spec.title}: {message}"
            window.banner.show_error(message, event.outcome.hint)
        if not spec.quiet:
            window.jobs.show_event(spec, event)
            window.job_strip.show_event(spec, event)
            self._show_counts()

    def _show_counts(self) -> None:
        """How many jobs there are is on the button; those that wait are named in its tooltip."""
        window = self._services.window
        titles = window.job_strip.waiting()
        named = ", ".join(titles[:_NAMED])
        more = f" and {len(titles) - _NAMED} more" if len(titles) > _NAMED else ""
        whose = "its" if len(titles) == 1 else "their"
        tip = f"Waiting for {whose} turn: {named}{more}" if titles else "All jobs, and how they did"
        window.jobs_button.setToolTip(tip)
        running, waiting = window.jobs.counts()
        parts = [f"{running} running"] * bool(running) + [f"{waiting} waiting"] * bool(waiting)
        window.jobs_button.setText(f"Jobs ({', '.join(parts)})" if parts else "Jobs")
