"""The manager: one lane after another, and every job ends exactly once."""

import logging
import threading
import time
from collections import defaultdict

import pytest

from emotion_desktop.domain.errors import SEE_LOG, AppError, CancelledError, PausedError, UsageError
from emotion_desktop.domain.job import JobSpec, JobState, Lane, Log, Progress, StateChanged
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


def spec(lane=Lane.CLASSIFY, title="A job"):
    return JobSpec("test", title, lane)


def over(manager, job):
    """The record once the job is over."""
    record = manager.wait(job, SOON)
    assert record.state.is_over
    return record


def until_cancelled(_, context):
    assert context.wait(SOON)
    context.check_cancelled()


def test_a_job_runs_and_tells(manager, told):
    def work(given, context):
        context.emit(Progress(1, 2))
        context.emit(Log("half"))
        return {"title": given.title}

    job = manager.submit(spec(), work)
    record = over(manager, job)
    assert record.state is JobState.SUCCEEDED
    assert record.outcome.result == {"title": "A job"}
    assert record.created <= record.started <= record.ended
    kinds = [type(event) for event in told.events[job]]
    assert kinds == [StateChanged, StateChanged, Progress, Log, StateChanged]
    assert told.states(job) == [JobState.QUEUED, JobState.RUNNING, JobState.SUCCEEDED]
    assert told.events[job][-1].outcome == record.outcome


@pytest.mark.parametrize("lane", [Lane.CLASSIFY, Lane.COMPUTE, Lane.CATALOGUE, Lane.EDITS])
def test_jobs_of_a_lane_run_one_after_another_in_order(manager, lane):
    running, order, together = [], [], []

    def work(given, _):
        running.append(given.title)
        together.append(len(running))
        order.append(given.title)
        time.sleep(0.01)
        running.remove(given.title)

    jobs = [manager.submit(spec(lane, title=str(number)), work) for number in range(10)]
    for job in jobs:
        over(manager, job)
    assert order == [str(number) for number in range(10)]
    assert set(together) == {1}


def test_lanes_do_not_wait_for_one_another(manager):
    both = threading.Barrier(2, timeout=SOON)

    def meet(_, __):
        both.wait()

    jobs = [manager.submit(spec(lane), meet) for lane in (Lane.CLASSIFY, Lane.COMPUTE)]
    assert {over(manager, job).state for job in jobs} == {JobState.SUCCEEDED}


def test_the_cloud_has_several_at_once(manager):
    all_of_them = threading.Barrier(4, timeout=SOON)
    jobs = [manager.submit(spec(Lane.CLOUD), lambda *_: all_of_them.wait()) for _ in range(4)]
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
def test_a_job_that_fails_says_why_and_the_next_one_works(manager, told, error, message, hint):
    def fail(_, __):
        raise error

    job = manager.submit(spec(), fail)
    record = over(manager, job)
    assert record.state is JobState.FAILED
    assert (record.outcome.message, record.outcome.hint) == (message, hint)
    assert told.states(job)[-1] is JobState.FAILED
    assert over(manager, manager.submit(spec(), lambda *_: 5)).outcome.result == 5


def test_a_job_that_waits_is_cancelled_at_once_and_never_begins(manager, told):
    begun = threading.Event()
    first = manager.submit(spec(), until_cancelled)
    second = manager.submit(spec(), lambda *_: begun.set())
    manager.cancel(second)
    record = over(manager, second)
    assert record.state is JobState.CANCELLED
    assert record.started is None
    manager.cancel(first)
    over(manager, first)
    assert over(manager, manager.submit(spec(), lambda *_: None)).state is JobState.SUCCEEDED
    assert not begun.is_set()
    assert told.states(second) == [JobState.QUEUED, JobState.CANCELLED]


def test_a_job_that_runs_is_asked_to_leave(manager, told):
    begun = threading.Event()

    def work(given, context):
        begun.set()
        until_cancelled(given, context)

    job = manager.submit(spec(), work)
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


def test_a_final_state_is_final(manager, told):
    job = manager.submit(spec(), lambda *_: "result")
    record = over(manager, job)
    manager.cancel(job)
    manager.finish_early(job)
    assert manager.record(job) == record
    assert told.states(job)[-1] is JobState.SUCCEEDED


def test_cancelling_at_any_moment_ends_a_job_once(manager, told):
    ran = []

    def work(given, context):
        ran.append(given.id)
        context.check_cancelled()

    jobs = []
    for number in range(300):
        job = manager.submit(spec(), work)
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


def test_a_job_that_was_paused_says_so_by_its_state_whatever_it_says_in_words(manager, told):
    def work(raised):
        def run(*_):
            raise raised

        return run

    paused = manager.submit(spec(), work(PausedError("In pausa.", "Go on later.")))
    cancelled = manager.submit(spec(), work(CancelledError("Paused? No: cancelled.")))
    assert over(manager, paused).state is JobState.PAUSED
    assert over(manager, paused).outcome.hint == "Go on later."
    assert over(manager, cancelled).state is JobState.CANCELLED
    assert told.states(paused) == [JobState.QUEUED, JobState.RUNNING, JobState.PAUSED]


def test_finishing_early_is_not_cancelling(manager):
    begun = threading.Event()

    def work(_, context):
        begun.set()
        while not context.finish_early:
            context.wait(0.01)
        return "the best so far"

    job = manager.submit(spec(), work)
    assert begun.wait(SOON)
    manager.finish_early(job)
    assert over(manager, job).outcome.result == "the best so far"


def test_a_listener_that_raises_harms_nobody(manager, told, caplog):
    def broken(*_):
        raise RuntimeError("a bug")

    manager.subscribe(broken)
    last = Recorder()
    manager.subscribe(last)
    job = manager.submit(spec(), lambda *_: None)
    assert over(manager, job).state is JobState.SUCCEEDED
    assert told.states(job) == last.states(job)
    assert "a listener failed" in caplog.text


def test_who_has_unsubscribed_hears_nothing(manager):
    recorder = Recorder()
    unsubscribe = manager.subscribe(recorder)
    unsubscribe()
    unsubscribe()
    over(manager, manager.submit(spec(), lambda *_: None))
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
def test_each_state_is_written_down_and_a_full_disk_stops_no_work(broken, caplog, resources):
    journal = Journal(broken)
    manager = JobManager(resources, journal)
    with caplog.at_level(logging.CRITICAL if broken else logging.WARNING):
        job = manager.submit(spec(), lambda *_: None)
        assert over(manager, job).state is JobState.SUCCEEDED
    assert journal.states == [JobState.QUEUED, JobState.RUNNING, JobState.SUCCEEDED]
    manager.shutdown(SOON)


def test_the_end_cancels_all_and_takes_nothing_new(resources):
    manager = JobManager(resources)
    begun = threading.Event()

    def work(given, context):
        begun.set()
        until_cancelled(given, context)

    running = manager.submit(spec(), work)
    waiting = [manager.submit(spec(), work) for _ in range(3)]
    elsewhere = manager.submit(spec(Lane.CLOUD), work)
    assert begun.wait(SOON)
    assert len(manager.unfinished()) == 5
    manager.shutdown(SOON)
    states = [manager.record(job).state for job in (running, elsewhere, *waiting)]
    assert states == [JobState.CANCELLED] * 5
    assert manager.unfinished() == []
    assert not any(thread.is_alive() for thread in manager._threads)
    with pytest.raises(UsageError, match="closing"):
        manager.submit(spec(), work)


def test_records_are_those_of_this_run_oldest_first(manager):
    jobs = [manager.submit(spec(title=str(n)), lambda *_: None) for n in range(3)]
    for job in jobs:
        over(manager, job)
    assert [record.spec.id for record in manager.records()] == jobs


def test_a_job_may_say_itself_that_it_was_cancelled(manager):
    def leave(_, __):
        raise CancelledError("Stopped by the service.")

    record = over(manager, manager.submit(spec(), leave))
    assert record.state is JobState.CANCELLED
    assert record.outcome.message == "Stopped by the service."


def test_the_last_state_told_is_the_final_one(manager, told):
    """Cancelling races with the job's own end: no listener may be left with “cancelling”."""

    def until_cancelled(_, context):
        context.wait(SOON)
        context.check_cancelled()

    for _ in range(50):
        job = manager.submit(JobSpec("test", "Test", Lane.COMPUTE), until_cancelled)
        while manager.record(job).state is JobState.QUEUED:
            time.sleep(0.001)
        manager.cancel(job)
        manager.wait(job, SOON)
        assert told.states(job)[-1] is JobState.CANCELLED
