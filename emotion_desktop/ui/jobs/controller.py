"""Shows every job alike: in the panel, and while it runs in a row below the pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Slot

from emotion_desktop.domain.job import JobEvent, JobSpec, JobState, StateChanged

if TYPE_CHECKING:
    from emotion_desktop.ui.services import Services
    from emotion_desktop.ui.widgets.job_row import JobRow


#: So many of those that wait are named.
_NAMED: Final = 3


class JobsController(QObject):
    """Behind the jobs panel and the rows of what runs."""

    def __init__(self, services: Services, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._rows: dict[str, JobRow] = {}
        services.window.jobs.cancel_wanted.connect(services.manager.cancel)
        services.jobs.happened.connect(self._show_event)

    @Slot(object, object)
    def _show_event(self, spec: JobSpec, event: JobEvent) -> None:
        if spec.quiet:
            if isinstance(event, StateChanged) and event.state is JobState.FAILED:
                assert event.outcome is not None
                self._services.window.banner.show_message(event.outcome.message, event.outcome.hint)
            return
        self._services.window.jobs.show_event(spec, event)
        self._show_activity(spec, event)
        if (
            isinstance(event, StateChanged)
            and event.state is JobState.FAILED
            and event.outcome is not None
        ):
            self._services.window.banner.show_message(event.outcome.message, event.outcome.hint)

    def _show_activity(self, spec: JobSpec, event: JobEvent) -> None:
        """A job that runs is in sight below the pages, with its Cancel."""
        from emotion_desktop.ui.widgets.job_row import JobRow

        window = self._services.window
        row = self._rows.get(spec.id)
        if row is None:
            if isinstance(event, StateChanged) and event.state.is_over:
                return
            row = self._rows[spec.id] = JobRow(spec)
            row.cancel_wanted.connect(self._services.manager.cancel)
            window.activity.addWidget(row)
        row.show_event(event)
        row.setVisible(row.state is not JobState.QUEUED)
        if row.state.is_over:
            del self._rows[spec.id]
            window.activity.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._show_waiting()

    def _show_waiting(self) -> None:
        """Those that wait share a line: a long queue leaves the pages their room."""
        window = self._services.window
        titles = [row.title for row in self._rows.values() if row.state is JobState.QUEUED]
        named = ", ".join(titles[:_NAMED])
        more = f" and {len(titles) - _NAMED} more" if len(titles) > _NAMED else ""
        whose = "its" if len(titles) == 1 else "their"
        window.waiting.setText(f"Waiting for {whose} turn: {named}{more}" if titles else "")
        window.waiting.setVisible(bool(titles))
        running, waiting = window.jobs.counts()
        parts = [f"{running} running"] * bool(running) + [f"{waiting} waiting"] * bool(waiting)
        window.jobs_button.setText(f"Jobs ({', '.join(parts)})" if parts else "Jobs")
