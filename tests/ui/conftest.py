"""Fixtures for tests of the window: Qt warnings and leaked threads fail a test."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from emotion_desktop.app import Controller
from emotion_desktop.workspace.paths import Workspace


@pytest.fixture(autouse=True)
def no_leaked_threads() -> Iterator[None]:
    """Every thread a test starts is over at its end."""
    before = set(threading.enumerate())
    yield
    for thread in set(threading.enumerate()) - before:
        thread.join(5)
    left = [thread.name for thread in set(threading.enumerate()) - before]
    assert not left, f"threads left running: {left}"


@pytest.fixture
def controller(qapp: QApplication, qtbot, tmp_path) -> Iterator[Controller]:
    """The real window on a workspace of its own, shown; shut down afterwards."""
    qapp.setStyle("fusion")
    made = Controller(qapp, Workspace(tmp_path / "workspace"))
    made.window.show()
    qtbot.waitExposed(made.window)
    yield made
    if not made.window.may_close:
        made.shut_down()
    made.window.deleteLater()
    made.deleteLater()
    qapp.processEvents()
