"""Running a job from its spec, where the table says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emotion_desktop.jobs.table import Where, kind_of

if TYPE_CHECKING:
    from emotion_desktop.domain.job import JobSpec
    from emotion_desktop.jobs.running.context import Context


def execute(spec: JobSpec, context: Context) -> Any:
    """Runs a job, in this process or in a worker process; returns its result.

    Raises:
        AppError: it failed, or the table knows no such job.
        CancelledError: it was cancelled.
    """
    where = kind_of(spec).where
    if where is Where.WORKER:
        from emotion_desktop.jobs.running.worker_process import run_in_worker

        return run_in_worker(spec, context, context.workspace.root)
    if where is Where.GUARDED:
        from emotion_desktop.jobs.running.guarded import run_guarded

        return run_guarded(spec, context, context.workspace.root)
    return call(spec, context)


def call(spec: JobSpec, context: Context) -> Any:
    """Calls a job's function in this process, wherever it should run; see execute."""
    return kind_of(spec).load()(context, **spec.parameters)
