"""Where things are, and the log."""

import logging
from pathlib import Path

import pytest

from emotion_desktop.assets import BUILTIN_MODEL, SAMPLES
from emotion_desktop.workspace.log import start_log
from emotion_desktop.workspace.paths import WORKSPACE_VARIABLE, Workspace, default_workspace


@pytest.fixture
def log_restored():
    logger = logging.getLogger("emotion_desktop")
    before = (list(logger.handlers), logger.level, logger.propagate)
    yield logger
    for handler in logger.handlers:
        if handler not in before[0]:
            handler.close()
    logger.handlers[:], logger.level, logger.propagate = before


def test_the_workspace_can_be_chosen(monkeypatch, tmp_path):
    monkeypatch.setenv(WORKSPACE_VARIABLE, str(tmp_path))
    assert default_workspace() == tmp_path
    monkeypatch.setenv(WORKSPACE_VARIABLE, "~/photos")
    assert default_workspace() == Path.home() / "photos"


def test_else_it_is_where_the_platform_keeps_data(monkeypatch, tmp_path):
    monkeypatch.delenv(WORKSPACE_VARIABLE)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    found = default_workspace()
    assert found.is_absolute()
    assert found.name == "Emotion Desktop"
    assert not found.exists()


def test_everything_lies_inside(tmp_path):
    place = Workspace(tmp_path)
    for path in (place.catalogue, place.models, place.settings, place.log):
        assert tmp_path in path.parents
        assert not path.exists()


def test_the_resources_are_there():
    assert BUILTIN_MODEL.is_file()
    assert len(list(SAMPLES.glob("*.jpg"))) == 4


def test_the_log_is_written_once_however_often_it_is_started(log_restored, tmp_path):
    path = tmp_path / "logs" / "program.log"
    for _ in range(3):
        start_log(path)
    logging.getLogger("emotion_desktop.jobs").info("hello")
    logging.getLogger("another.library").warning("not ours")
    assert [line.split("INFO ")[1] for line in path.read_text().splitlines()] == [
        "emotion_desktop.jobs: hello"
    ]


def test_without_a_place_for_the_log_the_program_goes_on(log_restored, tmp_path, capfd):
    (tmp_path / "file").touch()
    start_log(tmp_path / "file" / "program.log")
    log_restored.error("nobody reads this")
    assert capfd.readouterr() == ("", "")


def test_a_log_that_cannot_be_written_any_more_prints_nothing(log_restored, tmp_path, capfd):
    path = tmp_path / "program.log"
    start_log(path)
    path.mkdir()
    log_restored.error("nobody reads this")
    assert capfd.readouterr() == ("", "")
