"""Behind the view of splits: drafts, freezing, removing, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from emotion_desktop.jobs.dataset.specs import (
    draft_split_job,
    leak_demo_job,
    remove_split_job,
    split_job,
)

if TYPE_CHECKING:
    from emotion_desktop.domain.job import JobState, Outcome
    from emotion_desktop.ui.dataset.split.view import SplitView
    from emotion_desktop.ui.services import Services


class SplitController(QObject):
    """Starts the view's jobs, and shows it what they answer."""

    #: A split was frozen under this name.
    frozen = Signal(str)

    def __init__(self, services: Services, view: SplitView, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._view = view
        self._draft = ""
        view.draft_wanted.connect(self._try)
        view.freeze_wanted.connect(self._freeze)
        view.remove_wanted.connect(self._ask_to_remove)
        view.leak_demo_wanted.connect(self._show_why)

    def refresh(self) -> None:
        """The photos or labels have changed: what is in sight is tried again."""
        if self._view.isVisible():
            self._try()

    @Slot()
    def _try(self) -> None:
        self._draft = self._services.jobs.run(
            draft_split_job(self._view.form.request()),
            done=self._view.show_draft,
            failed=self._show_problem,
            instead_of=self._draft,  # only the latest choice is of interest
        )

    @Slot(str)
    def _freeze(self, name: str) -> None:
        self._services.jobs.run(
            split_job(name, self._view.form.request()),
            done=self._on_frozen,
        )

    @Slot(str)
    def _ask_to_remove(self, name: str) -> None:
        self._services.window.confirm(
            f"Remove the split “{name}”?",
            "The photos stay. A model that was trained on it keeps its scores, but they cannot be "
            "compared with new ones any more.",
            "Remove",
            lambda: self._remove(name),
            careful=True,
        )

    def _remove(self, name: str) -> None:
        self._services.jobs.run(remove_split_job(name))

    @Slot()
    def _show_why(self) -> None:
        self._services.jobs.run(
            leak_demo_job(self._view.form.seed.value()),
            done=self._view.show_why,
            ended=self._why_ended,
        )
        self._view.show_running(True)

    def _why_ended(self, _: JobState) -> None:
        self._view.show_running(False)

    def _show_problem(self, outcome: Outcome) -> None:
        self._view.show_problem(f"{outcome.message} {outcome.hint}".strip())

    def _on_frozen(self, split: dict[str, Any]) -> None:
        self._view.form.name.clear()
        self.frozen.emit(split["name"])
