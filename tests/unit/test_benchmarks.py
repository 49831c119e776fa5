"""The benchmarks run on a few photos and give finite figures; how fast is not asked here."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faces import make_data_set

_ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("classify", ["--photos", "6", "--rounds", "1"]),
        ("startup", ["--rounds", "1"]),
        ("gallery", ["--photos", "300", "--rounds", "1"]),
        ("dataset", ["--photos", "8"]),
        ("browse", ["--photos", "1500", "--rounds", "1"]),
        ("responsiveness", ["--photos", "6", "--idle", "0.3"]),
        ("training", ["--photos", "16", "--rounds", "1"]),
        ("memory", ["--photos", "80", "--times", "2"]),
        ("doubtful", ["--photos", "8"]),
        ("compare", ["--photos", "8", "--rounds", "1"]),
        ("engines", ["--photos", "6", "--rounds", "1", "--layers", "20", "--side", "28"]),
        ("upload", ["--photos", "6", "--rounds", "1", "--latency", "1"]),
    ],
)
def test_it_gives_finite_figures(tmp_path, name, options):
    data = make_data_set(tmp_path / "data", persons_per_emotion=1, photos_per_person=1)
    out = tmp_path / "figures.json"
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "PYTHONPATH": str(_ROOT),
        "EMOTION_DESKTOP_WORKSPACE": str(tmp_path / "workspace"),
    }
    environment.pop("DISPLAY", None)
    command = [sys.executable, "-m", f"tests.benchmarks.{name}", "--data", str(data / "images")]
    run = subprocess.run(
        [*command, *options, "--json", str(out)],
        cwd=_ROOT,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    figures = json.loads(out.read_text())
    values = [figure["value"] for figure in figures["figures"]]
    assert values
    assert all(math.isfinite(value) and value > 0 for value in values)
