"""Comparisons written down, from the verb to the file; the notebook is run."""

import json
import os
import subprocess
import sys

import pytest

from emotion_desktop.assets import BUILTIN_MODEL
from emotion_desktop.cli.main import main
from emotion_desktop.domain.errors import UsageError
from emotion_desktop.jobs.comparing.report import check_format
from tests.faces import make_data_set

_RUN_CELLS = """
import json, sys
names = {}
for cell in json.load(open(sys.argv[1], encoding="utf-8"))["cells"]:
    if cell["cell_type"] == "code":
        exec("".join(cell["source"]), names)
scores = {m.name: m.scores.to_dict() for m in names["comparison"].scores.models}
json.dump({"scores": scores, "recomputed": names["recomputed"]}, open("out.json", "w"))
"""


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return make_data_set(tmp_path_factory.mktemp("data"), 2, 3, faceless=1)


def evaluate(*arguments):
    return main(["evaluate", *map(str, arguments)])


def test_the_verb_writes_every_kind(data, tmp_path, capsys):
    other = tmp_path / "other.emodel"
    other.write_bytes(BUILTIN_MODEL.read_bytes())
    models = ["--model", "builtin", "--model", other]
    for name in ("r.html", "r.md", "r.json", "r.ipynb", "R.HTML"):
        report = tmp_path / name
        assert evaluate("--data", data, *models, "--report", report) == 0
        text = report.read_text("utf-8")
        assert "Built-in" in text
        assert str(report) in capsys.readouterr().err.replace("\n", "")
    assert (tmp_path / "r.html").read_text("utf-8").startswith("<!DOCTYPE html>")
    assert (tmp_path / "r.md").read_text("utf-8").startswith("# Built-in")
    assert len(json.loads((tmp_path / "r.json").read_text())["answers"]) == 49


def test_another_kind_is_refused_before_any_work(data, tmp_path, capsys):
    assert evaluate("--data", data, "--report", tmp_path / "r.pdf") == 2
    assert "no kind of report" in capsys.readouterr().err
    with pytest.raises(UsageError):
        check_format(tmp_path / "report")


def test_the_notebook_repeats_the_run(data, tmp_path, capsys):
    report, figures = tmp_path / "it's.ipynb", tmp_path / "figures.json"
    other = tmp_path / "other.emodel"
    other.write_bytes(BUILTIN_MODEL.read_bytes())
    models = ["--model", "builtin", "--model", other]
    assert evaluate("--data", data, *models, "--report", report, "--json", figures) == 0
    done = subprocess.run(
        [sys.executable, "-c", _RUN_CELLS, str(report)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    again = json.loads((tmp_path / "out.json").read_text())
    expected = {m["name"]: m["scores"] for m in json.loads(figures.read_text())["models"]}
    for name, scores in again["scores"].items():
        assert scores == expected[name]
        accuracy, mean_recall = again["recomputed"][name]
        assert accuracy == pytest.approx(scores["accuracy"])
        assert mean_recall == pytest.approx(scores["mean_recall"])
    assert (tmp_path / "report.html").exists()
    assert "Balanced" not in done.stderr
