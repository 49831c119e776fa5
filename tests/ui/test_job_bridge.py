"""Jobs as the window starts them: handlers on its own thread, of their own job alone."""

import sys
import threading

import pytest
from PySide6.QtCore import QObject
from shiboken6 import delete

from emotion_desktop.domain.errors import AppError
from emotion_desktop.domain.job import Batch, JobSpec, JobState, Lane, Progress
from emotion_desktop.jobs import table
from emotion_desktop.jobs.resources import Resources
from emotion_desktop.jobs.running.manager import JobManager
from emotion_desktop.jobs.table import JobKind
from emotion_desktop.ui.jobs.bridge import JobBridge
from emotion_desktop.workspace.paths import Workspace

SOON = 10_000


class Listener(QObject):
    """Writes down what it hears, and on which thread."""

    def __init__(self):
        super().__init__()
        self.heard = []
        self.threads = set()

    def done(self, result):
        self._hear("done", result)

    def failed(self, outcome):
        self._hear("failed", outcome.message)

    def ended(self, state):
        self._hear("ended", state)

    def batch(self, items):
        self._hear("batch", items)

    def progress(self, progress):
        self._hear("progress", progress.done)

    def run(self, bridge, spec, **more):
        names = ("done", "failed", "ended", "batch", "progress")
        return bridge.run(spec, **{name: getattr(self, name) for name in names}, **more)

    def _hear(self, *what):
        self.heard.append(what)
        self.threads.add(threading.current_thread())


@pytest.fixture
def functions(monkeypatch):
    """What the jobs of these tests do, by the names of their kinds."""
    made = {}
    monkeypatch.setattr(JobKind, "load", lambda kind: made[kind.name])
    return made


@pytest.fixture
def submit_kind(functions, monkeypatch):
    """Adds a job to the table and describes it."""

    def describe(name, function, lane=Lane.COMPUTE):
        functions[name] = function
        kind = JobKind(name, "A job", lane, "none:at_all")
        monkeypatch.setitem(table.JOBS, name, kind)
        return kind.spec

    return describe


@pytest.fixture
def bridge(qtbot, tmp_path):
    manager = JobManager(Resources(Workspace(tmp_path)))
    made = JobBridge(manager)
    yield made
    made.close()
    manager.shutdown()


def test_each_handler_gets_what_it_is_for(bridge, submit_kind, qtbot):
    def work(context, *, count):
        context.emit(Progress(1, 2))
        context.emit(Batch((count, 5)))
        return {"count": count}

    listener = Listener()
    listener.run(bridge, submit_kind("work", work)({"count": 3}))
    qtbot.waitUntil(lambda: len(listener.heard) == 4, timeout=SOON)
    assert listener.heard == [
        ("progress", 1),
        ("batch", (3, 5)),
        ("done", {"count": 3}),
        ("ended", JobState.SUCCEEDED),
    ]
    assert listener.threads == {threading.main_thread()}


def test_who_started_a_job_hears_of_it_alone(bridge, submit_kind, qtbot):
    spec = submit_kind("name", lambda context, *, name: name)
    first, second, everybody = Listener(), Listener(), []
    bridge.happened.connect(lambda told, _: everybody.append(told.id))
    jobs = {first.run(bridge, spec({"name": "a"})), second.run(bridge, spec({"name": "b"}))}
    qtbot.waitUntil(lambda: len(first.heard) == len(second.heard) == 2, timeout=SOON)
    assert first.heard[0] == ("done", "a")
    assert second.heard[0] == ("done", "b")
    assert set(everybody) == jobs


def test_a_failure_and_a_cancelled_job(bridge, submit_kind, qtbot):
    def fail(_):
        raise AppError("The disk is full.")

    begun = threading.Event()

    def wait(context):
        begun.set()
        context.wait(10)
        context.check_cancelled()

    failing, waiting = Listener(), Listener()
    failing.run(bridge, submit_kind("fail", fail)())
    job = waiting.run(bridge, submit_kind("wait", wait)())
    assert begun.wait(10)
    bridge._manager.cancel(job)
    qtbot.waitUntil(lambda: bool(waiting.heard), timeout=SOON)
    assert failing.heard == [("failed", "The disk is full."), ("ended", JobState.FAILED)]
    assert waiting.heard == [("ended", JobState.CANCELLED)]


def test_what_is_deleted_hears_nothing_more(bridge, submit_kind, qtbot):
    gate = threading.Event()
    spec = submit_kind("gate", lambda _: gate.wait(10))
    method, owned, third = Listener(), Listener(), Listener()
    by_lambda = []
    method.run(bridge, spec())
    bridge.run(spec(), done=lambda _: by_lambda.append(1), owner=owned)
    third.run(bridge, spec())
    delete(method)
    delete(owned)
    gate.set()
    qtbot.waitUntil(lambda: len(third.heard) == 2, timeout=SOON)
    assert method.heard == by_lambda == []


def test_a_job_takes_the_place_of_an_earlier_one(bridge, submit_kind, qtbot):
    """However the two race: the first one's result may be on its way already."""
    spec = submit_kind("name", lambda context, *, name: name)
    listener, job = Listener(), ""
    for number in range(30):
        job = listener.run(bridge, spec({"name": number}), instead_of=job)
        threading.Event().wait(0.001 * (number % 5))
    qtbot.waitUntil(lambda: ("ended", JobState.SUCCEEDED) in listener.heard, timeout=SOON)
    assert listener.heard == [("done", 29), ("ended", JobState.SUCCEEDED)]
    bridge.drop(job)  # over: nothing to drop
    bridge.drop("")


def test_a_handler_that_raises_is_told_and_the_others_go_on(
    bridge, submit_kind, qtbot, monkeypatch
):
    told = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, *_: told.append(kind))
    listener = Listener()
    spec = submit_kind("work", lambda _: 5)
    bridge.run(spec(), done=lambda _: {}["a bug"], ended=listener.ended)
    listener.run(bridge, spec())
    qtbot.waitUntil(lambda: len(listener.heard) == 3, timeout=SOON)
    assert told == [KeyError]


def test_changes_of_the_data_set_are_told_to_all(bridge, submit_kind, qtbot):
    changes = []
    bridge.data_set_changed.connect(lambda: changes.append(1))
    listener = Listener()
    listener.run(bridge, submit_kind("history", lambda _: None)())
    qtbot.waitUntil(lambda: len(listener.heard) == 2, timeout=SOON)
    assert not changes
    with qtbot.waitSignal(bridge.data_set_changed, timeout=SOON):
        bridge.run(submit_kind("split", lambda _: None)())


def test_an_unknown_kind_fails_in_words(bridge, qtbot):
    listener = Listener()
    listener.run(bridge, JobSpec("juggle", "Juggle", Lane.COMPUTE))
    qtbot.waitUntil(lambda: len(listener.heard) == 2, timeout=SOON)
    assert listener.heard[0] == ("failed", "There is no job “juggle”.")
