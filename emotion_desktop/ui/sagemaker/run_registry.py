"""All runs at SageMaker that are known, kept up to date by their jobs, and what is done to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, Signal, Slot

from emotion_desktop.domain.errors import AppError
from emotion_desktop.domain.job import Batch, JobEvent, JobFunction, JobSpec, Log, StateChanged
from emotion_desktop.domain.sagemaker import CloudRun, Stage

if TYPE_CHECKING:
    from emotion_desktop.ui.sagemaker.aws_calls import AwsCalls
    from emotion_desktop.ui.services import Services

_KINDS: Final = ("sagemaker-train", "sagemaker-transform")


class CloudRunRegistry(QObject):
    """Runs by name, in the order in which they became known."""

    changed = Signal()
    """There are other runs than before, or one of them got on."""
    begun = Signal(str)
    """The user agreed to a run; its name, empty where it could not be started."""
    said = Signal(str, str)
    """A run, and a line for its log."""

    def __init__(self, services: Services, asking: AwsCalls, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._asking = asking
        self._runs: dict[str, CloudRun] = {}
        #: The jobs of this program, by run.
        self._jobs: dict[str, str] = {}
        services.bridge.happened.connect(self._hear)

    def __iter__(self) -> Iterator[CloudRun]:
        return iter(list(self._runs.values()))

    def __contains__(self, run: str) -> bool:
        return run in self._runs

    def __getitem__(self, run: str) -> CloudRun:
        return self._runs[run]

    @property
    def worked_on(self) -> frozenset[str]:
        """The runs that this program works on."""
        return frozenset(self._jobs)

    @property
    def under_way(self) -> list[CloudRun]:
        """The runs that are not over, and have no trouble."""
        return [run for run in self if not run.stage.final and run.problem is None]

    @property
    def trained(self) -> list[tuple[str, str]]:
        """The models that were trained there, and where their archives lie."""
        return [
            (run.result, run.job.artefact)
            for run in self
            if run.stage is Stage.DONE and run.kind == "training" and run.job and run.job.artefact
        ]

    def take_up(self) -> None:
        """Finds the runs of former times, and takes those up that AWS works on or has finished."""
        if self._services.workspace.cloud_runs.exists():
            from emotion_desktop.jobs.sagemaker.overview import overview_job

            self._asking.ask(overview_job(self._asking.desk), self._found)

    def begin(self, make: Callable[[], tuple[JobSpec, JobFunction]]) -> None:
        """Begins a run that the user agreed to.

        Args:
            make: makes its job; what it cannot do it raises as an AppError, and that is said.
        """
        self.begun.emit(self._start(make))

    @Slot(str)
    def stop(self, run: str) -> None:
        """Stops a training and keeps the best."""
        if run in self._jobs:
            self._services.manager.finish_early(self._jobs[run])
            self._services.window.banner.say("Stopping; the best so far comes back.")

    def cancel(self, run: str) -> None:
        """Stops a run and keeps nothing."""
        if run in self._jobs:
            self._services.manager.cancel(self._jobs[run])

    @Slot(str)
    def go_on(self, run: str) -> None:
        """Goes on with a run that was left off, or whose trouble is mended."""
        # What was said of its trouble is over.
        self._services.window.banner.hide()
        self._work_on(run)

    def forget(self, run: str) -> None:
        """Deletes what is kept here of a run; what lies in the bucket stays."""
        from emotion_desktop.jobs.sagemaker.overview import forget_run_job

        self._runs.pop(run, None)
        self._asking.ask(forget_run_job(self._asking.desk, run), lambda _: None)
        self.changed.emit()

    def _found(self, found: dict[str, Any]) -> None:
        for record in found["runs"]:
            run = CloudRun.from_dict(record)
            self._runs.setdefault(run.name, run)
        for name in found["waiting"]:
            if name not in self._jobs:
                self._work_on(name)
        self.changed.emit()

    def _work_on(self, run: str) -> None:
        from emotion_desktop.jobs.sagemaker.train import go_on_job
        from emotion_desktop.jobs.sagemaker.transform.job import go_on_transform_job

        make = go_on_job if self._runs[run].kind == "training" else go_on_transform_job
        self._start(lambda: make(self._asking.desk, run))
        self.changed.emit()

    def _start(self, make: Callable[[], tuple[JobSpec, JobFunction]]) -> str:
        """Starts work on a run; returns the run's name, or nothing if that cannot be done."""
        try:
            spec, function = make()
        except AppError as error:
            self._services.say(error)
            return ""
        name: str = spec.parameters["run"]
        self._jobs[name] = spec.id
        self._services.manager.submit(spec, function)
        return name

    @Slot(object, object)
    def _hear(self, spec: JobSpec, event: JobEvent) -> None:
        if spec.kind not in _KINDS:
            return
        name = spec.parameters["run"]
        if isinstance(event, Batch):
            for item in event.items:
                if isinstance(item, dict):
                    run = CloudRun.from_dict(item)
                    self._runs[run.name] = run
            self.changed.emit()
        elif isinstance(event, Log):
            self.said.emit(name, event.line)
        elif isinstance(event, StateChanged) and event.state.final:
            self._jobs.pop(name, None)
            self.changed.emit()
