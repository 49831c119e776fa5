"""The manager: one lane after another, and every job ends exactly once."""

import logging
import threading
import time
from collections import defaultdict

import pytest

from emotion_desktop.domain.errors import SEE_LOG, AppError, CancelledError, PausedError, UsageError
from emotion_desktop.domain.job import JobState, Lane, Log, Progress, StateChanged
from emotion_desktop.jobs.resources import Resources
from emotion_desktop.jobs.running.manager import JobManager
from emotion_desktop.workspace.paths import Workspace

SOON = 10.0


class Recorder:
    """Keeps what a manager tells."""

    def __init__(self):
        self.events = defaultdict(list)

    def __call__(self, spec, event):
        self.events[spec.id].append(event)

    def states(self, job):
        return [event.state for event in self.events[job] if isinstance(event, StateChanged)]


@pytest.fixture
def resources(tmp_path):
    return Resources(Workspace(tmp_path))


@pytest.fixture
def manager(resources):
    made = JobManager(resources)
    yield made
    made.shutdown(SOON)
    for thread in made._threads:
        assert not thread.is_alive()


@pytest.fixture
def told(manager):
    recorder = Recorder()
    manager.subscribe(recorder)
    return recorder


def over(manager, job):
    """The record once the job is over."""
    record = manager.wait(job, SOON)
    assert record.state.is_over
    return record


def until_cancelled(context):
    assert context.wait(SOON)
    context.check_cancelled()


def test_a_job_runs_and_tells(manager, told, job_of):
    def work(context):
        context.emit(Progress(1, 2))
        context.emit(Log("half"))
        return {"title": context.title}

    job = manager.submit(job_of(work))
    record = over(manager, job)
    assert record.state is JobState.SUCCEEDED
    assert record.outcome.result == {"title": "A job"}
    assert record.created <= record.started <= record.ended
    kinds = [type(event) for event in told.events[job]]
    assert kinds == [StateChanged, StateChanged, Progress, Log, StateChanged]
    assert told.states(job) == [JobState.QUEUED, JobState.RUNNING, JobState.SUCCEEDED]
    assert told.events[job][-1].outcome == record.outcome


@pytest.mark.parametrize("lane", [Lane.CLASSIFY, Lane.COMPUTE, Lane.CATALOGUE, Lane.EDITS])
def test_jobs_of_a_lane_run_one_after_another_in_order(manager, lane, job_of):
    running, order, together = [], [], []

    def work(context):
        running.append(context.title)
        together.append(len(running))
        order.append(context.title)
        time.sleep(0.01)
        running.remove(context.title)

    jobs = [manager.submit(job_of(work, lane, title=str(number))) for number in range(10)]
    for job in jobs:
        over(manager, job)
    assert order == [str(number) for number in range(10)]
    assert set(together) == {1}


def test_lanes_do_not_wait_for_one_another(manager, job_of):
    both = threading.Barrier(2, timeout=SOON)

    def meet(_):
        both.wait()

    jobs = [manager.submit(job_of(meet, lane)) for lane in (Lane.CLASSIFY, Lane.COMPUTE)]
    assert {over(manager, job).state for job in jobs} == {JobState.SUCCEEDED}


def test_the_cloud_has_several_at_once(manager, job_of):
    all_of_them = threading.Barrier(4, timeout=SOON)
    jobs = [manager.submit(job_of(lambda _: all_of_them.wait(), Lane.CLOUD)) for _ in range(4)]
    assert {over(manager, job).state for job in jobs} == {JobState.SUCCEEDED}


@pytest.mark.parametrize(
    ("error", "message", "hint"),
    [
        (AppError("The disk is full.", "Free some."), "The disk is full.", "Free some."),
        (
            MemoryError(),
            "There was not enough memory.",
            "Close other programs or choose a smaller picture size.",
        ),
        (
            KeyError("x"),
            "Something unexpected went wrong (KeyError).",
            SEE_LOG,
        ),
    ],
)
def test_a_job_that_fails_says_why_and_the_next_one_works(
    manager, told, job_of, *, error, message, hint
):
    def fail(_):
        raise error

    job = manager.submit(job_of(fail))
    record = over(manager, job)
    assert record.state is JobState.FAILED
    assert (record.outcome.message, record.outcome.hint) == (message, hint)
    assert told.states(job)[-1] is JobState.FAILED
    assert over(manager, manager.submit(job_of(lambda _: 5))).outcome.result == 5


def test_a_job_that_waits_is_cancelled_at_once_and_never_begins(manager, told, job_of):
    begun = threading.Event()
    first = manager.submit(job_of(until_cancelled))
    second = manager.submit(job_of(lambda _: begun.set()))
    manager.cancel(second)
    record = over(manager, second)
    assert record.state is JobState.CANCELLED
    assert record.started is None
    manager.cancel(first)
    over(manager, first)
    assert over(manager, manager.submit(job_of(lambda _: None))).state is JobState.SUCCEEDED
    assert not begun.is_set()
    assert told.states(second) == [JobState.QUEUED, JobState.CANCELLED]


def test_a_job_that_runs_is_asked_to_leave(manager, told, job_of):
    begun = threading.Event()

    def work(context):
        begun.set()
        until_cancelled(context)

    job = manager.submit(job_of(work))
    assert begun.wait(SOON)
    manager.cancel(job)
    manager.cancel(job)
    assert over(manager, job).state is JobState.CANCELLED
    assert told.states(job) == [
        JobState.QUEUED,
        JobState.RUNNING,
        JobState.CANCELLING,
        JobState.CANCELLED,
    ]


def test_a_final_state_is_final(manager, told, job_of):
    job = manager.submit(job_of(lambda _: "result"))
    record = over(manager, job)
    manager.cancel(job)
    manager.finish_early(job)
    assert manager.record(job) == record
    assert told.states(job)[-1] is JobState.SUCCEEDED


def test_cancelling_at_any_moment_ends_a_job_once(manager, told, job_of):
    ran = []

    def work(context):
        ran.append(context.job)
        context.check_cancelled()

    jobs = []
    for number in range(300):
        job = manager.submit(job_of(work))
        if number % 3:
            time.sleep(0.0001 * (number % 7))
        manager.cancel(job)
        jobs.append(job)
    for job in jobs:
        record = over(manager, job)
        finals = [state for state in told.states(job) if state.is_over]
        assert finals == [record.state]
        # "Cancelled before it began" is never said of a job that began.
        assert (record.started is not None) == (job in ran)


def test_a_job_that_was_paused_says_so_by_its_state_whatever_it_says_in_words(
    manager, told, job_of
):
    def work(raised):
        def run(_):
            raise raised

        return run

    paused = manager.submit(job_of(work(PausedError("In pausa.", "Go on later."))))
    cancelled = manager.submit(job_of(work(CancelledError("Paused? No: cancelled."))))
    assert over(manager, paused).state is JobState.PAUSED
    assert over(manager, paused).outcome.hint == "Go on later."
    assert over(manager, cancelled).state is JobState.CANCELLED
    assert told.states(paused) == [JobState.QUEUED, JobState.RUNNING, JobState.PAUSED]


def test_finishing_early_is_not_cancelling(manager, job_of):
    begun = threading.Event()

    def work(context):
        begun.set()
        while not context.finish_early:
            context.wait(0.01)
        return "the best so far"

    job = manager.submit(job_of(work))
    assert begun.wait(SOON)
    manager.finish_early(job)
    assert over(manager, job).outcome.result == "the best so far"


def test_a_listener_that_raises_harms_nobody(manager, told, caplog, job_of):
    def broken(*_):
        raise RuntimeError("a bug")

    manager.subscribe(broken)
    last = Recorder()
    manager.subscribe(last)
    job = manager.submit(job_of(lambda _: None))
    assert over(manager, job).state is JobState.SUCCEEDED
    assert told.states(job) == last.states(job)
    assert "a listener failed" in caplog.text


def test_who_has_unsubscribed_hears_nothing(manager, job_of):
    recorder = Recorder()
    unsubscribe = manager.subscribe(recorder)
    unsubscribe()
    unsubscribe()
    over(manager, manager.submit(job_of(lambda _: None)))
    assert not recorder.events


class Journal:
    def __init__(self, broken=False):
        self.broken = broken
        self.states = []

    def save_job(self, record):
        self.states.append(record.state)
        if self.broken:
            raise OSError(28, "No space left on device")


@pytest.mark.parametrize("broken", [False, True])
def test_each_state_is_written_down_and_a_full_disk_stops_no_work(
    broken, caplog, resources, job_of
):
    journal = Journal(broken)
    manager = JobManager(resources, journal)
    with caplog.at_level(logging.CRITICAL if broken else logging.WARNING):
        job = manager.submit(job_of(lambda _: None))
        assert over(manager, job).state is JobState.SUCCEEDED
    assert journal.states == [JobState.QUEUED, JobState.RUNNING, JobState.SUCCEEDED]
    manager.shutdown(SOON)


def test_the_end_cancels_all_and_takes_nothing_new(resources, job_of):
    manager = JobManager(resources)
    begun = threading.Event()

    def work(context):
        begun.set()
        until_cancelled(context)

    running = manager.submit(job_of(work))
    waiting = [manager.submit(job_of(work)) for _ in range(3)]
    elsewhere = manager.submit(job_of(work, Lane.CLOUD))
    assert begun.wait(SOON)
    assert len(manager.unfinished()) == 5
    manager.shutdown(SOON)
    states = [manager.record(job).state for job in (running, elsewhere, *waiting)]
    assert states == [JobState.CANCELLED] * 5
    assert manager.unfinished() == []
    assert not any(thread.is_alive() for thread in manager._threads)
    with pytest.raises(UsageError, match="closing"):
        manager.submit(job_of(work))


def test_records_are_those_of_this_run_oldest_first(manager, job_of):
    jobs = [manager.submit(job_of(lambda _: None, title=str(n))) for n in range(3)]
    for job in jobs:
        over(manager, job)
    assert [record.spec.id for record in manager.records()] == jobs


def test_a_job_may_say_itself_that_it_was_cancelled(manager, job_of):
    def leave(_):
        raise CancelledError("Stopped by the service.")

    record = over(manager, manager.submit(job_of(leave)))
    assert record.state is JobState.CANCELLED
    assert record.outcome.message == "Stopped by the service."


def test_the_last_state_told_is_the_final_one(manager, told, job_of):
    """Cancelling races with the job's own end: no listener may be left with “cancelling”."""

    def until_cancelled(context):
        context.wait(SOON)
        context.check_cancelled()

    for _ in range(50):
        job = manager.submit(job_of(until_cancelled, Lane.COMPUTE))
        while manager.record(job).state is JobState.QUEUED:
            time.sleep(0.001)
        manager.cancel(job)
        manager.wait(job, SOON)
        assert told.states(job)[-1] is JobState.CANCELLED
