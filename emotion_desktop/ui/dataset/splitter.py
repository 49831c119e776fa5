"""Behind the view of splits: drafts, freezing, removing, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Slot

from emotion_desktop.domain.job import JobEvent, JobSpec, JobState, StateChanged

if TYPE_CHECKING:
    from emotion_desktop.ui.dataset.split_view import SplitView
    from emotion_desktop.ui.services import Services


class Splitter(QObject):
    """Starts the view's jobs, and shows it what they answer."""

    def __init__(self, services: Services, view: SplitView, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._view = view
        self._draft = ""
        view.draft_wanted.connect(self._try)
        view.freeze_wanted.connect(self._freeze)
        view.remove_wanted.connect(self._ask_to_remove)
        view.why_wanted.connect(self._show_why)
        services.bridge.happened.connect(self._told)

    def refresh(self) -> None:
        """The photos or labels have changed: what is in sight is tried again."""
        if self._view.isVisible():
            self._try()

    @Slot()
    def _try(self) -> None:
        from emotion_desktop.jobs.dataset.splitting import draft_job

        manager = self._services.manager
        if self._draft:
            manager.cancel(self._draft)  # only the latest choice is of interest
        spec, function = draft_job(self._services.workspace.root, self._view.form.order())
        self._draft = spec.id
        manager.submit(spec, function)

    @Slot(str)
    def _freeze(self, name: str) -> None:
        from emotion_desktop.jobs.dataset.splitting import split_job

        self._services.manager.submit(
            *split_job(self._services.workspace.root, name, self._view.form.order())
        )

    @Slot(str)
    def _ask_to_remove(self, name: str) -> None:
        self._services.window.ask(
            f"Remove the split “{name}”?",
            "The photos stay. A model that was trained on it keeps its scores, but they cannot be "
            "compared with new ones any more.",
            "Remove",
            lambda: self._remove(name),
            careful=True,
        )

    def _remove(self, name: str) -> None:
        from emotion_desktop.jobs.dataset.splitting import remove_split_job

        self._services.manager.submit(*remove_split_job(self._services.workspace.root, name))

    @Slot()
    def _show_why(self) -> None:
        from emotion_desktop.jobs.dataset.leak_demo import why_job

        seed = self._view.form.seed.value()
        self._services.manager.submit(*why_job(self._services.workspace.root, seed=seed))

    @Slot(object, object)
    def _told(self, spec: JobSpec, event: JobEvent) -> None:
        if not isinstance(event, StateChanged):
            return
        result: Any = event.outcome.result if event.outcome is not None else None
        succeeded = event.state is JobState.SUCCEEDED
        if spec.id == self._draft and event.state.final:
            self._draft = ""
            if succeeded:
                self._view.show_draft(result)
            elif event.state is JobState.FAILED and event.outcome is not None:
                self._view.show_problem(f"{event.outcome.message} {event.outcome.hint}".strip())
        elif spec.kind == "why":
            self._view.show_running(not event.state.final)
            if succeeded:
                self._view.show_why(result)
        elif spec.kind == "split" and succeeded and result:
            self._view.form.name.clear()
            self._services.window.banner.say(
                f"The split “{result['name']}” is frozen: train on it, or score models on "
                "its sealed test."
            )
