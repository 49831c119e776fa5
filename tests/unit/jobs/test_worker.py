"""The worker process: a real child, well behaved and otherwise."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from emotion_desktop.domain.errors import AppError, CancelledError, UsageError
from emotion_desktop.domain.job import Batch, JobSpec, JobState, Lane, Log, Metrics, Progress
from emotion_desktop.jobs.resources import Resources
from emotion_desktop.jobs.running import worker_process
from emotion_desktop.jobs.running.context import LocalContext
from emotion_desktop.jobs.running.manager import JobManager
from emotion_desktop.jobs.running.protocol import encode_spec
from emotion_desktop.jobs.running.worker_process import run_in_worker
from emotion_desktop.jobs.table import AUDIT, FIT_MODEL, JOBS, JobKind, Where
from emotion_desktop.jobs.training.specs import train_job
from emotion_desktop.training.recipe.presets import RECIPES
from emotion_desktop.training.recipe.request import TrainingRequest
from emotion_desktop.workspace.paths import Workspace
from tests.faces import make_data_set

NOWHERE = Path("nowhere")
#: The worker, with jobs of its own: none of them needs TensorFlow.
_WORKER = """
import os, signal, sys, time
from emotion_desktop.domain.errors import AppError, UsageError
from emotion_desktop.domain.job import Batch, Lane, Log, Metrics, Progress
from emotion_desktop.jobs import worker_loop
from emotion_desktop.jobs.table import JOBS, JobKind


def tell(context, **parameters):
    context.emit(Progress(1, 2, "hälf\\n"))
    context.emit(Metrics(3, {"loss": 0.5}))
    context.emit(Batch(({"a": [1, None]},)))
    context.emit(Log("a line"))
    return parameters


def noise(context):
    print("on stdout")
    os.write(1, b'{"end": "done", "result": "forged"}\\n')
    os.system("echo a library prints")
    sys.stderr.write("x" * 300_000 + "\\n")
    context.emit(Log("heard"))
    return "result"


def polite(context):
    context.emit(Log("begun"))
    context.wait(30)
    context.check_cancelled()


def stubborn(context):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    context.emit(Log("begun"))
    time.sleep(60)


def early(context):
    context.emit(Log("begun"))
    while not context.finish_early:
        time.sleep(0.01)
    return "best so far"


def sentence(context):
    raise AppError("The data are gone.", "Bring them back.")


def refused(context):
    raise UsageError("There is no such thing.", "Choose another.")


def bug(context):
    raise KeyError("x")


def leave(context):
    sys.stderr.write("goodbye\\n")
    sys.stderr.flush()
    os._exit(3)


def litter(context, dies=False):
    import tempfile

    with tempfile.NamedTemporaryFile(delete=False) as file:
        context.emit(Log(file.name))
    if dies:
        os._exit(3)


def abort(context):
    sys.stderr.write("terminate called after throwing an instance of 'std::bad_alloc'\\n")
    sys.stderr.flush()
    os.abort()


def unmapped(context):
    raise ImportError("libtensorflow_cc.so.2: failed to map segment from shared object")


def crowded(context):
    try:
        raise MemoryError
    except MemoryError:
        raise SystemError("error return without exception set")


def crash(context):
    os.kill(os.getpid(), signal.SIGSEGV)


JobKind.load = lambda kind: globals()[kind.name]
for function in (tell, noise, polite, stubborn, early, sentence, refused, bug, leave, litter, abort,
                 unmapped, crowded, crash):
    name = function.__name__
    JOBS[name] = JobKind(name, "A job", Lane.COMPUTE, "none:at_all")
sys.exit(worker_loop.main())
"""


@pytest.fixture
def stand_in(monkeypatch):
    monkeypatch.setattr(worker_process, "_command", lambda: [sys.executable, "-c", _WORKER])


@pytest.fixture
def started(monkeypatch):
    """The processes that were started, all of which must be over at the end."""
    processes = []
    real = subprocess.Popen

    def start(*arguments, **more):
        processes.append(real(*arguments, **more))
        return processes[-1]

    monkeypatch.setattr(worker_process.subprocess, "Popen", start)
    yield processes
    assert all(process.poll() is not None for process in processes)


def spec(kind, **parameters):
    return JobSpec(kind, "A job", Lane.COMPUTE, parameters)


def run(given, context, **more):
    return run_in_worker(given, context, NOWHERE, **more)


def test_events_and_the_result_come_through(stand_in, started):
    events = []
    parameters = {"path": "\udcff ä\n", "list": [1, 2.5, None]}
    result = run(spec("tell", **parameters), LocalContext(events.append))
    assert result == parameters
    assert events == [
        Progress(1, 2, "hälf\n"),
        Metrics(3, {"loss": 0.5}),
        Batch(({"a": [1, None]},)),
        Log("a line"),
    ]


def test_what_libraries_print_disturbs_nothing(stand_in, started):
    events = []
    assert run(spec("noise"), LocalContext(events.append)) == "result"
    assert events == [Log("heard")]


def test_lines_that_are_no_messages_are_passed_over(monkeypatch, started, caplog):
    lines = ['"the end"', "5", "null", "[1]", "noise", '{"event": "log"}', '{"event": "what"}']
    script = f'input(); print(*{lines!r}, \'{{"end": "done", "result": 7}}\', sep=\'\\n\')'
    monkeypatch.setattr(worker_process, "_command", lambda: [sys.executable, "-c", script])
    events = []
    assert run(spec("tell"), LocalContext(events.append)) == 7
    assert events == []
    assert caplog.text.count("said something unknown") == len(lines)


@pytest.mark.parametrize(
    ("kind", "message", "hint"),
    [
        ("sentence", "The data are gone.", "Bring them back."),
        ("bug", "Something unexpected went wrong (KeyError: 'x').", "The log"),
        ("leave", "The worker process ended unexpectedly (status 3).", "The log"),
        ("crash", "The worker process crashed (SIGSEGV).", "The log"),
        ("abort", "There was not enough memory.", "Close other programs"),
        ("unmapped", "There was not enough memory.", "Close other programs"),
        ("crowded", "There was not enough memory.", "Close other programs"),
    ],
)
def test_a_failure_has_its_reason(stand_in, started, caplog, *, kind, message, hint):
    with pytest.raises(AppError) as caught:
        run(spec(kind), LocalContext(lambda _: None))
    assert caught.value.message == message
    assert caught.value.hint.startswith(hint)
    assert ("goodbye" in caplog.text) == (kind == "leave")
    # The hint says that the log says more: so it does.
    assert ("Traceback" in caplog.text) == (kind == "bug")


def test_wrong_use_is_told_apart_from_a_failure(stand_in, started):
    with pytest.raises(UsageError, match=r"no such thing\. Choose another"):
        run(spec("refused"), LocalContext(lambda _: None))
    with pytest.raises(AppError) as caught:
        run(spec("sentence"), LocalContext(lambda _: None))
    assert not isinstance(caught.value, UsageError)


@pytest.mark.parametrize("dies", [False, True])
def test_what_it_leaves_in_its_temporary_folder_is_gone_with_it(stand_in, started, dies):
    events = []
    try:
        run(spec("litter", dies=dies), LocalContext(events.append))
    except AppError:
        assert dies
    (file,) = (Path(event.line) for event in events)
    assert file.parent.name.startswith("emotion-")
    assert not file.parent.exists()


def test_a_program_that_is_not_there(monkeypatch):
    monkeypatch.setattr(worker_process, "_command", lambda: ["/nowhere/at-all"])
    with pytest.raises(AppError, match="could not be started"):
        run(spec("tell"), LocalContext(lambda _: None))


def context_that(act):
    """A context that does something once the worker has begun."""

    def listen(event):
        if event == Log("begun"):
            act(context)

    context = LocalContext(listen)
    return context


def test_cancelling_asks_first(stand_in, started):
    with pytest.raises(CancelledError):
        run(spec("polite"), context_that(LocalContext.cancel))
    assert started[0].returncode == 0  # it left by itself


@pytest.mark.skipif(os.name != "posix", reason="processes are not asked to leave there")
def test_who_does_not_listen_is_ended(stand_in, started):
    begun = time.monotonic()
    with pytest.raises(CancelledError):
        run(spec("stubborn"), context_that(LocalContext.cancel), patience_s=0.4)
    assert started[0].returncode == -signal.SIGKILL
    assert time.monotonic() - begun < 10


def test_the_best_so_far_is_kept(stand_in, started):
    result = run(spec("early"), context_that(LocalContext.ask_to_finish))
    assert result == "best so far"


def test_without_its_parent_a_worker_leaves(started):
    worker = subprocess.Popen(
        [sys.executable, "-c", _WORKER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    worker.stdin.write(
        worker_process.protocol.encode_spec(spec("polite"), NOWHERE).encode() + b"\n"
    )
    worker.stdin.flush()
    assert b"begun" in worker.stdout.readline()
    worker.stdin.close()
    assert worker.wait(10) == 0
    assert b"cancelled" in worker.stdout.read()
    worker.stdout.close()


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("what?", "given no job"),
        (worker_process.protocol.encode_spec(spec("audit")), "given no workspace"),
    ],
)
def test_nothing_to_work_on(line, expected):
    worker = subprocess.run(
        worker_process._command(),
        input=line.encode() + b"\n",
        capture_output=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        timeout=30,
        check=False,
    )
    assert worker.returncode == 2
    assert expected in worker.stdout.decode()


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no such signal here")
def test_a_training_that_is_killed_fails_with_its_reason_and_the_next_job_works(
    tmp_path, started, monkeypatch
):
    data = make_data_set(tmp_path / "data", 3)
    manager = JobManager(Resources(Workspace(tmp_path / "workspace")))
    busy = threading.Event()

    def kill(given, event):
        if isinstance(event, Progress) and "finding faces" in event.text and not busy.is_set():
            busy.set()
            started[0].kill()

    manager.subscribe(kill)
    output = tmp_path / "model.emodel"
    training = TrainingRequest(RECIPES["quick"], output, "Doomed", data)
    job = manager.submit(train_job(training))
    record = manager.wait(job, 60)
    assert busy.is_set()
    assert record.state is JobState.FAILED
    assert record.outcome.message.startswith("The worker process was killed")
    assert record.outcome.hint
    assert not output.exists()

    # The lane lives on, and a real worker answers the next job, if only to say it knows none such.
    monkeypatch.setitem(
        JOBS, "juggle", JobKind("juggle", "A job", Lane.COMPUTE, AUDIT.function, Where.WORKER)
    )
    following = manager.wait(manager.submit(spec("juggle")), 60)
    assert following.outcome.message == "There is no job “juggle”."
    manager.shutdown()
    assert len(started) == 2


_ORPHAN = """
import sys, threading, time
from emotion_desktop.domain.job import Log
from emotion_desktop.jobs import worker_loop
from emotion_desktop.jobs.training import train


def fit_model(context, *, request):
    threading.Thread(target=lambda: time.sleep(1000)).start()  # work that does not end
    context.emit(Log("at work"))
    while not context.cancelled:
        time.sleep(0.01)
    context.emit(Log("nobody listens"))
    raise ValueError("and nobody hears")


train.fit_model = fit_model
sys.exit(worker_loop.main())
"""


def test_a_worker_whose_parent_is_gone_ends_whatever_its_threads_do(tmp_path):
    spec = FIT_MODEL.spec({"request": {}}, name="m")
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    process = subprocess.Popen([sys.executable, "-c", _ORPHAN], text=True, **pipes)
    try:
        process.stdin.write(encode_spec(spec, tmp_path) + "\n")
        process.stdin.flush()
        assert "at work" in process.stdout.readline()
        for pipe in (process.stdout, process.stderr, process.stdin):
            pipe.close()
        process.wait(30)
    finally:
        process.kill()
        process.wait()
