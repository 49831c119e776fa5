"""An X server for tests of the real window."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator

import pytest


@pytest.fixture
def display() -> Iterator[str]:
    """An X server of our own; it picks a free display and says which."""
    reading, writing = os.pipe()
    options = ["-screen", "0", "1280x800x24", "-nolisten", "tcp"]
    with subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), *options],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    ) as server:
        os.close(writing)
        with os.fdopen(reading) as pipe:
            number = pipe.readline().strip()
        assert number, "Xvfb did not start"
        # Focus and drag behave as on a desktop only with a window manager.
        manager = _window_manager(f":{number}")
        try:
            yield f":{number}"
        finally:
            if manager is not None:
                manager.terminate()
                manager.wait()
            server.terminate()


def _window_manager(display: str) -> subprocess.Popen[bytes] | None:
    program = shutil.which("openbox")
    if program is None:
        return None
    return subprocess.Popen(
        [program], env={**os.environ, "DISPLAY": display}, stderr=subprocess.DEVNULL
    )
