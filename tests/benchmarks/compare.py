"""Four models on thousands of photos, all answered before: how long until the screen shows them.

    python -m tests.benchmarks.compare [--photos 5000] [--rounds 3] [--json -]

The answers are made up, the photos and everything between the click and the painted page are real:
labels read, files recognised, answers fetched, figures and intervals computed, page filled.
"""

from __future__ import annotations

import csv
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtWidgets import QApplication

from emotion_desktop.app import Controller
from emotion_desktop.assets import FAST_MODEL
from emotion_desktop.dataset.sources.labels import read_labelled
from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.domain.geometry import Box, Frame
from emotion_desktop.domain.prediction import FacePrediction, PhotoStatus, Prediction
from emotion_desktop.engines.bundle import KERAS, read_bundle, write_bundle
from emotion_desktop.engines.table import LITERT
from emotion_desktop.imaging.pixels import is_grey
from emotion_desktop.jobs.predicting.digests import known_digests
from emotion_desktop.jobs.predicting.labelled_set import LabelledSource
from emotion_desktop.jobs.predicting.model_choice import ModelChoice
from emotion_desktop.workspace.paths import Workspace
from tests.benchmarks.measure import Figure, parser, photos_in, report
from tests.benchmarks.window import run_until

_MODELS = 4
_PATIENCE_S = 120.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures and reports; returns the exit status."""
    chosen = parser(str(__doc__), photos=5000, rounds=3).parse_args(arguments)
    photos = photos_in(chosen.data, chosen.photos)
    if photos:
        with tempfile.TemporaryDirectory() as folder:
            seconds, asked = measure(photos, Path(folder), chosen.rounds)
        figures = [
            Figure(f"{_MODELS} models shown, all answers known", median(seconds), "s", at_most=2),
            Figure("the same for a thousand photos", median(seconds) * 1000 / len(photos), "s"),
        ]
        assert asked == 0, f"{asked} photos were classified again"
        report(f"Comparison on {len(photos):,} photos", figures, chosen.json)
    return 0


def measure(photos: list[Path], folder: Path, rounds: int) -> tuple[list[float], int]:
    """Seconds from the click to the painted page, and how many photos were classified meanwhile."""
    app = QApplication.instance() or QApplication([])
    place = Workspace(folder / "workspace")
    table = write_table(photos, folder)
    models = write_models(folder)
    controller = Controller(app, place)  # type: ignore[arg-type]
    controller.window.show()
    fill_answers(controller, table, models)
    compare = controller.compare
    controller.window.show_page(compare._lazy_page)
    run_until(lambda: not controller.manager.unfinished(), _PATIENCE_S)
    loaded_before = len(controller.services.models._classifiers)
    seconds = []
    for _ in range(rounds):
        compare.page.comparison = None
        began = time.perf_counter()
        compare.compare(LabelledSource(path=str(table)), models)
        run_until(lambda: compare.page.comparison is not None, _PATIENCE_S)
        controller.window.repaint()
        seconds.append(time.perf_counter() - began)
    loaded = len(controller.services.models._classifiers) - loaded_before
    controller.shut_down()
    return seconds, loaded


def write_table(photos: list[Path], folder: Path) -> Path:
    """A label file for the photos; the labels are made up as well."""
    rng = np.random.default_rng(0)
    table = folder / "labels.csv"
    with table.open("w", newline="", encoding="utf-8") as file:
        rows = [(str(photo.absolute()), str(rng.choice(EMOTIONS))) for photo in photos]
        csv.writer(file).writerows([("image", "emotion"), *rows])
    return table


def write_models(folder: Path) -> list[ModelChoice]:
    """Four bundles that differ in their names."""
    fast = read_bundle(FAST_MODEL)
    models = []
    for number in range(_MODELS):
        path = folder / f"model {number}.emodel"
        files = {KERAS: b"%d" % number, LITERT: fast.read(LITERT)}
        write_bundle(path, fast.card, files)
        models.append(ModelChoice(path.stem, str(path)))
    return models


def fill_answers(controller: Controller, table: Path, models: list[ModelChoice]) -> None:
    """Answers of all models for all photos, as if they had been asked yesterday."""
    from emotion_desktop.domain.files import file_stamp as module

    module._TOO_FRESH = -(10**18)  # type: ignore[misc]
    rng = np.random.default_rng(1)
    loaded = controller.services.models
    cache = loaded.cache
    paths = [sample.path for sample in read_labelled(table).samples]
    digests = known_digests(paths, cache)
    cache.save_greys({digest: is_grey(path) for path, digest in digests.items()})
    for model in models:
        predictor = loaded.predictor(model.reference, controller.settings.now.faces)
        shares = rng.dirichlet(np.ones(len(predictor.labels)), len(paths))
        results = [
            Prediction(
                str(path),
                PhotoStatus.OK,
                (
                    FacePrediction(
                        Box(1, 1, 80, 80),
                        Frame(40, 40, 90, 90),
                        dict(zip(predictor.labels, map(float, row), strict=True)),
                    ),
                ),
                size=(350, 350),
                digest=digests[path],
            )
            for path, row in zip(paths, shares, strict=True)
        ]
        cache.save(predictor, results)


if __name__ == "__main__":
    sys.exit(main())
