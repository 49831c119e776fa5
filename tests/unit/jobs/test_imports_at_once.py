"""Two imports of one source at a time."""

import threading

import pytest

from emotion_desktop.domain.errors import CancelledError
from emotion_desktop.jobs.dataset import importing as module
from emotion_desktop.jobs.dataset.specs import ImportRequest, import_job
from emotion_desktop.jobs.resources import Resources
from emotion_desktop.jobs.running.context import Context
from emotion_desktop.jobs.running.execute import call
from emotion_desktop.workspace.catalogue.photos import labelled_photos
from emotion_desktop.workspace.paths import Workspace
from tests.unit.dataset.pictures import put_pictures


def test_one_that_is_cancelled_takes_nothing_from_the_other(tmp_path, monkeypatch):
    put_pictures(*(tmp_path / "data" / "anger" / f"a{n}_1.png" for n in range(3)))
    place = Workspace(tmp_path / "workspace")
    spec = import_job(ImportRequest(str(tmp_path / "data")))
    at_work, real, ends = threading.Event(), module.import_source, []

    def slow(catalogue, plan, context, **more):
        number = threading.current_thread().name
        if number == "first":
            at_work.set()
            context.wait(30)
        return real(catalogue, plan, context, **more)

    monkeypatch.setattr(module, "import_source", slow)
    contexts = [Context(lambda _: None, Resources(place), spec) for _ in range(2)]

    def run(context):
        try:
            ends.append(call(spec, context)["new"])
        except CancelledError:
            ends.append("cancelled")

    first = threading.Thread(target=run, args=(contexts[0],), name="first")
    second = threading.Thread(target=run, args=(contexts[1],), name="second")
    first.start()
    assert at_work.wait(30)
    second.start()
    second.join(1.5)
    assert second.is_alive(), "it waits"
    contexts[0].cancel()
    first.join(60)
    second.join(60)
    assert ends == ["cancelled", 3]
    with place.open_catalogue() as catalogue:
        assert len(labelled_photos(catalogue).samples) == 3


def test_one_that_waits_can_be_cancelled(tmp_path):
    put_pictures(tmp_path / "data" / "anger" / "a_1.png")
    place = Workspace(tmp_path / "workspace")
    spec = import_job(ImportRequest(str(tmp_path / "data")))
    context = Context(lambda _: context.cancel(), Resources(place), spec)
    location = str(tmp_path / "data")
    other = Context(lambda _: None, Resources(place), spec)
    with (
        module._alone(other, location),
        pytest.raises(CancelledError),
        module._alone(context, location),
    ):
        raise AssertionError("never reached")
