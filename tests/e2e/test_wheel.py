"""The wheel, installed where there is no checkout: verbs and window work from it alone."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from emotion_desktop.assets import SAMPLES
from emotion_desktop.workspace.paths import WORKSPACE_VARIABLE

ROOT = Path(__file__).resolve().parents[2]
_TIMEOUT_S = 300
#: README's picture, and what only a browser needs.
_NOT_OF_THE_GUIDE = {"docs/screenshot.png", "docs/javascripts/iframe-worker.js"}

#: Shows the window, waits for the answer to the photo it is started with, and quits.
_WINDOW = """
import json, sys
from pathlib import Path
from PySide6.QtCore import QTimer
from emotion_desktop import assets
from emotion_desktop.app import Controller, make_application
from emotion_desktop.workspace.paths import Workspace, default_workspace

app = make_application()
controller = Controller(app, Workspace(default_workspace()))
controller.start([Path(sys.argv[1])])
seen = {}

def page_of_the_guide():
    guide = controller.window.guide
    guide.open_for("Gallery")
    text = guide.viewer.text
    return [text.source().toLocalFile(), text.toPlainText()]

def look():
    entries = controller.window.gallery.view.model.entries
    if entries and not controller.manager.unfinished():
        timer.stop()
        seen.update(
            shown=controller.window.isVisible(),
            icon=not controller.window.windowIcon().isNull(),
            guide=page_of_the_guide(),
            emotions=[entry.face.emotion for entry in entries if entry.face],
        )
        controller.shut_down()

timer = QTimer()
timer.timeout.connect(look)
timer.start(100)
QTimer.singleShot(120_000, app.quit)
status = app.exec()
print(json.dumps({"status": status, "resources": str(assets.RESOURCES), **seen}))
"""


class Installed:
    """A wheel in an environment of its own.

    What the program needs comes from the environment of the tests, so nothing is downloaded; the
    program itself does not: the link to the checkout there is a line that only that environment
    reads.
    """

    def __init__(self, wheel: Path, folder: Path) -> None:
        self.folder = folder
        venv.EnvBuilder(with_pip=False, symlinks=os.name != "nt").create(folder)
        self._scripts = folder / ("Scripts" if os.name == "nt" else "bin")
        python = self._scripts / ("python.exe" if os.name == "nt" else "python")
        self._python = python
        pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet"]
        options = ["--no-deps", "--no-index", "--disable-pip-version-check", "--no-compile"]
        subprocess.run([*pip, *options, str(wheel)], check=True, timeout=_TIMEOUT_S)
        libraries = sysconfig.get_paths()["purelib"]
        where = subprocess.run(
            [python, "-c", "import sysconfig; print(sysconfig.get_paths()['purelib'])"],
            check=True,
            capture_output=True,
            text=True,
        ).stdout.strip()
        (Path(where) / "libraries-of-the-tests.pth").write_text(libraries + "\n")

    def program(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        """Runs the installed command."""
        return self._run(shutil.which("emotion-desktop", path=str(self._scripts)), *arguments)

    def python(self, script: str, *arguments: object) -> subprocess.CompletedProcess[str]:
        """Runs a script with the environment's Python."""
        return self._run(self._python, "-c", script, *arguments)

    def _run(self, *command: object) -> subprocess.CompletedProcess[str]:
        variables = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
        variables["QT_QPA_PLATFORM"] = "offscreen"
        variables[WORKSPACE_VARIABLE] = str(self.folder / "workspace")
        return subprocess.run(
            [str(word) for word in command],
            cwd=self.folder,
            env=variables,
            check=False,
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_S,
        )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """The wheel of this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        timeout=_TIMEOUT_S,
    )
    (made,) = folder.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Installed:
    return Installed(wheel, tmp_path_factory.mktemp("elsewhere") / "a b")


def _place(name: str) -> str:
    """Where a file of the checkout lies in the wheel."""
    top = name.partition("/")[0]
    return {
        "resources": f"emotion_desktop/{name}",
        "docs": f"emotion_desktop/resources/{name}",
        "emotion_desktop": name,
    }[top]


def test_the_wheel_holds_everything_that_is_tracked_and_nothing_else(wheel):
    with zipfile.ZipFile(wheel) as archive:
        inside = {name for name in archive.namelist() if ".dist-info/" not in name}
    tracked = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "emotion_desktop", "resources", "docs"],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    if tracked.returncode != 0:
        pytest.skip("this is no Git checkout")
    names = {name for name in tracked.stdout.splitlines() if (ROOT / name).exists()}
    assert {_place(name) for name in names - _NOT_OF_THE_GUIDE} == inside


def test_a_photo_is_classified_outside_the_checkout(installed):
    done = installed.program("classify", SAMPLES / "official_portrait.jpg", "--json", "-")
    assert done.returncode == 0, done.stderr
    (entry,) = json.loads(done.stdout)
    assert (entry["status"], entry["faces"][0]["emotion"]) == ("ok", "happiness")


def test_the_window_starts_answers_and_quits_outside_the_checkout(installed):
    done = installed.python(_WINDOW, SAMPLES / "official_portrait.jpg")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["status"] == 0
    assert told["shown"]
    assert told["icon"]
    assert told["emotions"] == ["happiness"]
    place, text = told["guide"]
    assert Path(place).is_relative_to(installed.folder)
    assert "Drop photos or folders" in text
    assert Path(told["resources"]).is_relative_to(installed.folder)


def test_a_worker_is_found_outside_the_checkout(installed, tmp_path):
    """Importing runs in a worker process: the program again, by way of its environment."""
    folder = tmp_path / "data" / "happiness"
    folder.mkdir(parents=True)
    shutil.copy(SAMPLES / "official_portrait.jpg", folder)
    done = installed.program("dataset", "import", folder.parent)
    assert done.returncode == 0, done.stderr
    shown = installed.program("dataset", "show")
    assert "happiness" in shown.stdout + shown.stderr
