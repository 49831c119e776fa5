"""A ninth emotion is a row of the table and a picture: everything else follows.

The program is copied, the row and the picture are added to the copy, and it is used as it would be.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import emotion_desktop
from emotion_desktop.assets import EMOTION_ICONS, RESOURCES, SAMPLES
from emotion_desktop.domain.emotions import EMOTIONS
from tests.faces import make_data_set

_ROW = '    Emotion("pain", "#882255", ("painful", "hurting"), on_dark="#BB6688"),\n'
_LONG_S = 600

pytestmark = pytest.mark.skipif("pain" in EMOTIONS, reason="the table has it already")

_WINDOW = """
import sys
from pathlib import Path
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from emotion_desktop.app import Controller, make_application
from emotion_desktop.domain.emotions import EMOTIONS, KEY_RANGE
from emotion_desktop.ui.icons import paint_emotion, pixmap
from emotion_desktop.ui.theme import DARK, LIGHT
from emotion_desktop.workspace.paths import Workspace

def within(what, seconds=120):
    for _ in range(seconds * 20):
        if what():
            return
        QTest.qWait(50)
    raise AssertionError(what)

app = make_application()
controller = Controller(app, Workspace(Path(sys.argv[1])))
window = controller.window
window.resize(1280, 800)
window.show()
window.paths_given.emit([Path(sys.argv[2])])
within(lambda: window.gallery.view.model.rowCount() > 0)
view = window.gallery.view
grid = view.grid
grid.setCurrentIndex(grid.model().index(0, 0))
assert view.detail.bars.sizeHint().height() % 9 == 0
menu = [action.text() for action in view.detail.correct_menu.actions() if action.text()]
assert menu[8] == "Pain\\t9", menu
assert KEY_RANGE == "1 to 9" and KEY_RANGE in view.detail.correct.toolTip()
QTest.keyClick(grid, Qt.Key.Key_9)
within(lambda: view.model.entries[0].correction == "pain")
buttons = window.findChildren(QPushButton)
within(lambda: any(button.accessibleName() == "Pain, 1" for button in buttons))
for theme in (LIGHT, DARK):
    seen = pixmap(24, 1, lambda p, r: paint_emotion(p, r, "pain", theme)).toImage()
    assert any(seen.pixelColor(x, y).name() == theme.emotion("pain").name()
               for x in range(24) for y in range(24))
window.grab().save(sys.argv[3])
controller.shut_down()
print("well")
"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory) -> Path:
    """The program with a ninth emotion."""
    folder = tmp_path_factory.mktemp("program")
    package = Path(emotion_desktop.__file__).parent
    ignored = shutil.ignore_patterns("__pycache__", "resources")
    shutil.copytree(package, folder / "emotion_desktop", ignore=ignored)
    shutil.copytree(RESOURCES, folder / "resources")
    table = folder / "emotion_desktop" / "domain" / "emotions.py"
    text = table.read_text(encoding="utf-8")
    head, last, tail = text.partition('    Emotion("surprise"')
    line, newline, rest = tail.partition("\n")
    assert last and rest.startswith(")")
    table.write_text(head + last + line + newline + _ROW + rest, encoding="utf-8")
    faces = folder / "resources" / EMOTION_ICONS.relative_to(RESOURCES)
    shutil.copy(faces / "disgust.svg", faces / "pain.svg")
    return folder


@pytest.fixture
def run(copy, tmp_path):
    """Runs Python in the copy: what it prints."""

    def run(*arguments: object) -> str:
        done = subprocess.run(
            [sys.executable, *map(str, arguments)],
            cwd=tmp_path,
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join([str(copy), *sys.path]),
                "QT_QPA_PLATFORM": "offscreen",
            },
            capture_output=True,
            text=True,
            timeout=_LONG_S,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    return run


@pytest.fixture
def call(run, tmp_path):
    """Runs a verb of the copy in a workspace."""

    def call(*arguments: object) -> str:
        return run("-m", "emotion_desktop", *arguments, "--workspace", tmp_path / "w")

    return call


def test_labels_are_read_shown_corrected_and_written_out(call, run, tmp_path):
    data = make_data_set(tmp_path / "data", 2, 1, emotions=("joy", "Painful", "pain"))
    told = json.loads(call("dataset", "import", data, "--json", "-"))
    assert told["tally"]["sections"] == {"happiness": 2, "pain": 4}
    assert "pain" in call("dataset", "show")
    call("dataset", "export", tmp_path / "lists", "--format", "lst")
    classes = (tmp_path / "lists" / "classes.txt").read_text(encoding="utf-8")
    assert classes == "happiness\npain\n"
    call("dataset", "export", tmp_path / "labels.csv", "--format", "csv")
    with (tmp_path / "labels.csv").open(newline="", encoding="utf-8") as file:
        assert sum(row["emotion"] == "pain" for row in csv.DictReader(file)) == 4
    cards = json.loads(call("dataset", "audit", "--json", "-"))
    assert "tiny:pain" in {card["key"] for card in cards["cards"]}


def test_a_model_learns_it_and_its_scores_and_report_name_it(call, tmp_path):
    data = make_data_set(tmp_path / "data", 4, 2, emotions=("happiness", "sadness", "pain"))
    model, report = tmp_path / "ours.emodel", tmp_path / "report.html"
    options = ("--recipe", "notebook", "--epochs", "1", "--output", model)
    call("train", "--data", data, "--split", "50/25/25", *options)
    answer = json.loads(
        call("classify", SAMPLES / "grace_hopper.jpg", "--model", model, "--json", "-")
    )
    assert list(answer[0]["faces"][0]["probabilities"]) == ["happiness", "sadness", "pain"]
    scores = json.loads(
        call("evaluate", "--data", data, "--model", model, "--include-trained-on", "--json", "-")
    )
    assert scores["labels"] == ["happiness", "sadness", "pain"]
    # A model that knows eight emotions is compared on photos of nine.
    models = ("--model", model, "--model", "builtin")
    call("evaluate", "--data", data, *models, "--include-trained-on", "--report", report)
    assert "pain" in report.read_text(encoding="utf-8")


def test_models_of_eight_emotions_answer_as_before(call):
    answer = json.loads(call("classify", SAMPLES / "grace_hopper.jpg", "--json", "-"))
    assert tuple(answer[0]["faces"][0]["probabilities"]) == EMOTIONS


def test_the_window_has_its_key_bar_face_and_section(run, tmp_path):
    arguments = (tmp_path / "w", SAMPLES / "grace_hopper.jpg", tmp_path / "window.png")
    assert run("-c", _WINDOW, *arguments).endswith("well\n")
