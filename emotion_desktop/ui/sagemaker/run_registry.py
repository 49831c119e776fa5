"""All runs at SageMaker that are known, kept up to date by their jobs, and what is done to them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from emotion_desktop.domain.errors import AppError
from emotion_desktop.domain.job import Log
from emotion_desktop.jobs.sagemaker.specs import (
    begin_run_job,
    forget_run_job,
    overview_job,
    resume_run_job,
)

if TYPE_CHECKING:
    from emotion_desktop.domain.job import JobEvent, JobSpec
    from emotion_desktop.domain.sagemaker import CloudRun
    from emotion_desktop.ui.services import Services


class CloudRunRegistry(QObject):
    """Runs by name, in the order in which they became known."""

    #: There are other runs than before, or one of them got on.
    changed = Signal()
    #: The user agreed to a run; its name, empty where it could not be started.
    started = Signal(str)
    #: A run, and a line of its log.
    logged = Signal(str, str)

    def __init__(self, services: Services, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._runs: dict[str, CloudRun] = {}
        #: The jobs of this program, by run.
        self._jobs: dict[str, str] = {}

    def __iter__(self) -> Iterator[CloudRun]:
        return iter(list(self._runs.values()))

    def __contains__(self, run: str) -> bool:
        return run in self._runs

    def __getitem__(self, run: str) -> CloudRun:
        return self._runs[run]

    @property
    def active(self) -> frozenset[str]:
        """The runs that this program works on."""
        return frozenset(self._jobs)

    @property
    def under_way(self) -> list[CloudRun]:
        """The runs that are not over, and have no trouble."""
        return [run for run in self if not run.stage.is_over and run.problem is None]

    @property
    def trained(self) -> list[tuple[str, str]]:
        """The models that Amazon's algorithm trained, and where their archives lie."""
        from emotion_desktop.domain.sagemaker import Stage

        return [
            (run.result, run.job.artefact)
            for run in self
            if run.stage is Stage.DONE and run.kind == "training" and not run.trains_recipe
            if run.job and run.job.artefact
        ]

    def load(self) -> None:
        """Finds the runs of earlier times, and resumes those that AWS works on or has finished."""
        if self._services.workspace.cloud_runs.exists():
            self._services.jobs.run(overview_job(), done=self._add_found)

    def begin(self, run: CloudRun) -> None:
        """Begins a run that the user agreed to."""
        self.started.emit(run.name if self._start(run.name, begin_run_job(run)) else "")

    @Slot(str)
    def stop(self, run: str) -> None:
        """Stops a training and keeps the best."""
        if run in self._jobs:
            self._services.manager.finish_early(self._jobs[run])
            self._services.window.banner.show_success("Stopping; the best so far comes back.")

    def cancel(self, run: str) -> None:
        """Stops a run and keeps nothing."""
        if run in self._jobs:
            self._services.manager.cancel(self._jobs[run])

    @Slot(str)
    def resume(self, run: str) -> None:
        """Goes on with a run that was left off, or whose trouble is mended."""
        # What the banner says of its trouble is over.
        self._services.window.banner.hide()
        self._resume(run)

    def forget(self, run: str) -> None:
        """Deletes what is kept here of a run; what lies in the bucket stays."""
        self._runs.pop(run, None)
        self._services.jobs.run(forget_run_job(run))
        self.changed.emit()

    def _add_found(self, found: dict[str, Any]) -> None:
        from emotion_desktop.domain.sagemaker import CloudRun

        for record in found["runs"]:
            run = CloudRun.from_dict(record)
            self._runs.setdefault(run.name, run)
        for name in found["waiting"]:
            if name not in self._jobs:
                self._resume(name)
        self.changed.emit()

    def _resume(self, run: str) -> None:
        self._start(run, resume_run_job(self._runs[run]))
        self.changed.emit()

    def _start(self, run: str, spec: JobSpec) -> bool:
        """Starts work on a run; False, after an error message, if that cannot be done."""
        try:
            self._jobs[run] = self._services.jobs.run(
                spec,
                ended=lambda _: self._show_ended(run),
                batch=self._update,
                event=lambda event: self._pass_log_on(run, event),
                owner=self,
            )
        except AppError as error:
            self._services.show_error(error)
            return False
        return True

    def _update(self, items: tuple[Any, ...]) -> None:
        """Applies a job's event to a run, a transform's predictions included."""
        from emotion_desktop.domain.sagemaker import CloudRun

        for item in items:
            if isinstance(item, dict):
                run = CloudRun.from_dict(item)
                self._runs[run.name] = run
        self.changed.emit()

    def _pass_log_on(self, run: str, event: JobEvent) -> None:
        if isinstance(event, Log):
            self.logged.emit(run, event.line)

    def _show_ended(self, run: str) -> None:
        self._jobs.pop(run, None)
        self.changed.emit()
