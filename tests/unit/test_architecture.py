"""What may import what, looked at from outside: fresh interpreters and their loaded modules."""

import json
import os
import shutil
import subprocess
import sys
from importlib import import_module
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

import pytest

from emotion_desktop.workspace.files.database import scripts_in
from emotion_desktop.workspace.paths import WORKSPACE_VARIABLE

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = Path(str(files("emotion_desktop")))
#: What only a worker process loads, or only the cloud needs.
HEAVIEST = {"tensorflow", "keras", "mxnet", "onnx", "boto3", "botocore"}
#: What takes so long to load that the window is shown first.
HEAVY = {"numpy", "cv2", "sklearn", "PIL", "ai_edge_litert"}
LAYERS = (
    *(
        "domain",
        "imaging",
        "workspace",
        "dataset",
        "engines",
        "evaluation",
        "aws",
        "launcher",
        "jobs",
        "cli",
    ),
)


def loaded_by(script: str, **environment: str) -> set[str]:
    """The top-level modules a fresh interpreter has loaded after running a script."""
    done = subprocess.run(
        [sys.executable, "-c", f"{script}\nimport json, sys\nprint(json.dumps(list(sys.modules)))"],
        capture_output=True,
        text=True,
        timeout=120,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(sys.path),
            "QT_QPA_PLATFORM": "offscreen",
            **environment,
        },
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return {name.partition(".")[0] for name in json.loads(done.stdout.splitlines()[-1])}


def modules_of(layer: str) -> list[str]:
    """All modules of a layer, which may be one module itself."""
    paths = sorted((PACKAGE / layer).rglob("*.py")) or [PACKAGE / f"{layer}.py"]
    dotted = (".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts) for path in paths)
    return [
        name.removesuffix(".__init__")
        for name in dotted
        # The platform's own modules are loaded on that platform alone.
        if not name.endswith((".windows", ".macos"))
    ]


@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_loads_neither_qt_nor_what_is_for_training(layer):
    loaded = loaded_by("\n".join(f"import {name}" for name in modules_of(layer)))
    assert "emotion_desktop" in loaded
    assert not loaded & {*HEAVIEST, "PySide6"}


def test_training_loads_no_qt_and_tensorflow_only_when_it_trains():
    loaded = loaded_by("\n".join(f"import {name}" for name in modules_of("training")))
    assert not loaded & {"PySide6", "mxnet", "boto3"}


def test_the_domain_needs_the_standard_library_alone():
    loaded = loaded_by("\n".join(f"import {name}" for name in modules_of("domain")))
    assert not loaded & {*HEAVY, *HEAVIEST, "PySide6", "typer", "rich", "platformdirs"}


@pytest.mark.parametrize("module", ["app", "ui.main_window"])
def test_nothing_heavy_is_loaded_before_the_window_is_shown(module):
    loaded = loaded_by(f"import emotion_desktop.{module}")
    assert "PySide6" in loaded
    assert not loaded & {*HEAVY, *HEAVIEST, "typer", "rich"}


@pytest.mark.parametrize(
    ("module", "names"),
    [
        ("app", "_GALLERY"),
        ("ui.dataset.controller", "_MODULES"),
        ("ui.training.controller", "_PARTS"),
    ],
)
def test_what_is_imported_by_name_while_the_window_is_idle_is_there(module, names):
    listed = getattr(import_module(f"emotion_desktop.{module}"), names)
    assert listed
    for name in listed:
        assert find_spec(f"emotion_desktop.{name}") is not None, name


def test_the_worker_starts_without_qt():
    loaded = loaded_by("import emotion_desktop.__main__, emotion_desktop.jobs.worker_loop")
    assert not loaded & {*HEAVY, *HEAVIEST, "PySide6"}


_WINDOW = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from emotion_desktop.app import Controller
from emotion_desktop.assets import SAMPLES
from emotion_desktop.workspace.paths import Workspace, default_workspace

app = QApplication([])
controller = Controller(app, Workspace(default_workspace()))
controller.window.show()
assert not {"numpy", "cv2"} & set(sys.modules), "loaded before the window is shown"
controller.models.warm_up()
controller.window.open_paths([SAMPLES / "official_portrait.jpg"])

def look():
    if any(r.spec.kind == "classify" for r in controller.manager.records()):
        if not controller.manager.unfinished():
            controller.shut_down()

timer = QTimer()
timer.timeout.connect(look)
timer.start(20)
QTimer.singleShot(60_000, app.quit)
app.exec()
records = controller.manager.records()
assert [r.state.value for r in records] == ["succeeded"] * 2, records
assert next(r for r in records if r.spec.kind == "classify").outcome.result["ok"] == 1
"""


def test_the_window_that_has_classified_a_photo_has_loaded_nothing_of_training(tmp_path):
    loaded = loaded_by(_WINDOW, **{WORKSPACE_VARIABLE: str(tmp_path)})
    assert {"PySide6", "ai_edge_litert"} <= loaded
    assert not loaded & HEAVIEST


@pytest.mark.parametrize("folder", [(), ("readings",)])
def test_migrations_are_numbered_without_a_gap(folder):
    numbers = [number for number, _ in scripts_in(*folder)]
    assert numbers == list(range(1, len(numbers) + 1))


def test_opencv_brings_no_qt_of_its_own():
    # Two Qts in one process crash, or look for their plugins in each other's folders.
    (place,) = find_spec("cv2").submodule_search_locations
    assert not (Path(place) / "qt").exists()


def test_the_contracts_are_kept():
    lint = Path(sys.executable).with_name("lint-imports")
    command = str(lint) if lint.exists() else shutil.which("lint-imports")
    if command is None:
        pytest.skip("import-linter is not installed")
    done = subprocess.run(
        [command, "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]


_VOID_CALLS = """
import sys
from PySide6.QtCore import QObject

thing = QObject()
before = sys.getrefcount(None)
for _ in range(1000):
    thing.setObjectName("name")
    thing.blockSignals(False)
lost = before - sys.getrefcount(None)
assert lost <= 50, f"{lost} references to None were lost"
"""


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None is immortal there")
def test_pyside_takes_no_references_to_none_away():
    """PySide6 6.12.0 does, one with each call that returns nothing, until the window aborts."""
    loaded_by(_VOID_CALLS)
