"""All runs that are known, kept up to date by their jobs, and what can be done with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from emotion_desktop.domain.errors import AppError
from emotion_desktop.domain.job import JobEvent
from emotion_desktop.domain.run import RunState
from emotion_desktop.jobs.training.run_progress import RunProgress

if TYPE_CHECKING:
    from emotion_desktop.jobs.running.manager import JobManager
    from emotion_desktop.jobs.training.runs import KnownRun
    from emotion_desktop.training.recipe.request import TrainingRequest
    from emotion_desktop.ui.services import Services


class RunRegistry(QObject):
    """Runs by id, the newest first."""

    #: There are other runs than before.
    listed = Signal()
    #: A run was started by the user just now.
    begun = Signal(str)
    #: A run, and the event it told; None where it was asked for something.
    run_changed = Signal(str, object)

    def __init__(self, services: Services, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._runs: dict[str, RunProgress] = {}

    def __iter__(self) -> Iterator[RunProgress]:
        return iter(list(self._runs.values()))

    def __contains__(self, run: str) -> bool:
        return run in self._runs

    def __getitem__(self, run: str) -> RunProgress:
        return self._runs[run]

    def update(self, known: tuple[KnownRun, ...]) -> None:
        """Replaces the runs by those on disk; runs in progress stay, their events are newer."""
        listed = {item.run.id for item in known}
        # Those started a moment ago are not written down yet.
        runs = {run: r for run, r in self._runs.items() if run not in listed and r.job}
        for item in known:
            before = self._runs.get(item.run.id)
            if before is not None and before.job:
                runs[item.run.id] = before
                continue
            live = RunProgress.known(item.run, item.history, item.can_go_on)
            if before is not None:
                live.steps = before.steps
            runs[item.run.id] = live
        self._runs = runs
        self.listed.emit()

    def start(self, request: TrainingRequest) -> None:
        """Starts a run, or goes on with one; it may have to wait for its turn."""
        from emotion_desktop.jobs.training.specs import enlist_job, queued_run, train_job

        run, jobs = request.run, self._services.jobs
        if run not in self._runs:
            self._runs = {run: RunProgress(queued_run(request)), **self._runs}
            jobs.run(enlist_job(request))
        spec = train_job(request)
        self._runs[run].job = spec.id
        self._runs[run].can_go_on = False
        jobs.run(spec, event=lambda event: self._on_job_event(run, event), owner=self)
        self.listed.emit()
        self.begun.emit(run)

    def free_name(self, wanted: str) -> str:
        """A name that no model has, and none will have once every run that can go on is done."""
        taken = {live.run.name for live in self}
        free_name = self._services.store.free_name
        name, number = free_name(wanted), 2
        while name in taken:
            name, number = free_name(f"{wanted}-{number}"), number + 1
        return name

    @Slot(str)
    def finish(self, run: str) -> None:
        """Stops a run and keeps the best."""
        self._request(run, "Stopping after this step, keeping the best", self._manager.finish_early)

    @Slot(str)
    def pause(self, run: str) -> None:
        """Stops a run so that it can go on later."""
        self._request(run, "Pausing", self._manager.pause)

    @Slot(str)
    def cancel(self, run: str) -> None:
        """Stops a run."""
        self._request(run, "Stopping", self._manager.cancel)

    @Slot(str)
    def go_on(self, run: str) -> None:
        """Goes on with a run that is over and not done."""
        from emotion_desktop.jobs.training.specs import go_on_request

        try:
            self.start(go_on_request(self._services.workspace, self._runs[run].run))
        except AppError as error:
            self._services.show_error(error)

    @Slot(str)
    def repeat(self, run: str) -> None:
        """Does a run again from its beginning."""
        from emotion_desktop.jobs.training.specs import repeat_request

        known = self._runs[run].run
        try:
            output = self._services.store.path_for(self.free_name(f"{known.name[:50]} again"))
            self.start(repeat_request(known, output))
        except AppError as error:
            self._services.show_error(error)

    def remove(self, run: str) -> None:
        """Forgets a run that is over."""
        from emotion_desktop.jobs.training.specs import remove_run_job

        live = self._runs.pop(run, None)
        if live is not None:
            self._services.jobs.run(remove_run_job(live.run))
            self.listed.emit()

    @Slot(str, str)
    def rename_model(self, old: str, new: str) -> None:
        """The model that runs made lies elsewhere now."""
        for live in self:
            if live.run.model == old:
                live.run = replace(live.run, model=new)
        self.listed.emit()

    def model_of(self, run: str) -> str:
        """What a run's model is called in the store; its path if it lies elsewhere."""
        model = Path(self._runs[run].run.model)
        return model.stem if model.parent == self._services.store.folder else str(model)

    @property
    def _manager(self) -> JobManager:
        return self._services.manager

    def _request(self, run: str, words: str, act: Callable[[str], None]) -> None:
        live = self._runs[run]
        if live.job:
            live.asked = words
            act(live.job)
            self.run_changed.emit(run, None)

    def _on_job_event(self, run: str, event: JobEvent) -> None:
        live = self._runs.get(run)
        if live is None:  # removed since
            return
        began = live.run.state is not RunState.QUEUED
        live.apply_event(event)
        if live.run.state.is_over and not began:
            from emotion_desktop.jobs.training.specs import end_run_job

            self._services.jobs.run(end_run_job(live.run))
        self.run_changed.emit(run, event)
