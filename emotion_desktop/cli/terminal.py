"""Running a job in a terminal: progress on stderr, Ctrl-C cancels."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from emotion_desktop.domain.errors import AppError
from emotion_desktop.domain.job import (
    Batch,
    JobEvent,
    JobSpec,
    JobState,
    Log,
    Metrics,
    Outcome,
)
from emotion_desktop.domain.job import Progress as JobProgress
from emotion_desktop.jobs.resources import Resources
from emotion_desktop.jobs.running.journal import LazyJournal
from emotion_desktop.jobs.running.manager import JobManager
from emotion_desktop.workspace.paths import Workspace

#: Messages for people; standard output is for answers.
ERRORS: Final = Console(stderr=True, markup=False, emoji=False, highlight=False)


def run_job(
    workspace: Workspace,
    spec: JobSpec,
    on_batch: Callable[[Batch], None] = lambda _: None,
    *,
    keep_best: bool = False,
    detach: bool = False,
) -> Outcome:
    """Runs a job to its end with progress on stderr; Ctrl-C cancels it.

    Args:
        keep_best: the first Ctrl-C keeps the best so far, the second one cancels.
        detach: Ctrl-C leaves it to itself: it is done elsewhere, and goes on there.

    Raises:
        AppError: the job failed.
        typer.Abort: it was cancelled or paused.
    """
    journal = LazyJournal(workspace.catalogue)
    resources = Resources(workspace)
    manager = JobManager(resources, journal)
    with _progress() as show:

        def listen(_: JobSpec, event: JobEvent) -> None:
            if isinstance(event, Batch):
                on_batch(event)
            show(event)

        manager.subscribe(listen)
        job = manager.submit(spec)
        with _interrupts(manager, job, keep_best, detach):
            while not manager.wait(job, 0.2).state.is_over:
                pass
    record = manager.record(job)
    manager.shutdown()
    resources.close()
    journal.close()
    outcome = record.outcome or Outcome("")
    if record.state is JobState.CANCELLED:
        ERRORS.print("Cancelled.")
        raise typer.Abort
    if record.state is JobState.PAUSED:
        ERRORS.print(outcome.message)
        raise typer.Abort
    if record.state is JobState.FAILED:
        raise AppError(outcome.message, outcome.hint)
    return outcome


@contextmanager
def _interrupts(manager: JobManager, job: str, keep_best: bool, detach: bool) -> Iterator[None]:
    """Ctrl-C stops a job: at once, or, where there is a best so far, in two steps."""
    count = 0

    def interrupt(*_: Any) -> None:
        nonlocal count
        count += 1
        if keep_best and count == 1:
            ERRORS.print("Stopping after this epoch and keeping the best. Ctrl-C again cancels.")
            manager.finish_early(job)
        else:
            if detach:
                manager.pause(job)
            manager.cancel(job)

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    previous = signal.signal(signal.SIGINT, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, previous)


@contextmanager
def _progress() -> Iterator[Callable[[JobEvent], None]]:
    """Shows a job's events on stderr if it is a terminal."""
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=ERRORS, transient=True, disable=not ERRORS.is_terminal) as bar:
        task: TaskID = bar.add_task("starting", total=None)

        def show(event: JobEvent) -> None:
            if isinstance(event, JobProgress):
                bar.update(
                    task,
                    completed=event.done,
                    total=event.total or None,
                    description=event.text,
                )
            elif isinstance(event, Log):
                bar.console.print(event.line)
            elif isinstance(event, Metrics):
                bar.console.print(_metrics_line(event), soft_wrap=True)

        yield show


def _metrics_line(event: Metrics) -> str:
    figures = [
        f"{name.replace('_', ' ')} {value:.3f}"
        for name, value in event.values.items()
        if isinstance(value, float)
    ]
    return f"epoch {event.epoch}: {', '.join(figures)}"
