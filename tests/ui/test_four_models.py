"""The shared data set answered by four kinds of models, and every number of the screen computed
again by a few lines of scikit-learn."""

from __future__ import annotations

import csv
import re
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QMessageBox, QTableWidget
from scipy.stats import binomtest
from sklearn import metrics as reference

from emotion_desktop.aws.rate_limit import RateLimit
from emotion_desktop.cli.main import main
from emotion_desktop.dataset.sources.labels import read_labelled
from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.domain.job import JobState
from emotion_desktop.domain.rekognition import REFERENCE, TITLE
from emotion_desktop.engines.bundle import read_bundle
from emotion_desktop.evaluation.export import prediction_rows
from emotion_desktop.jobs.predicting.labelled_set import LabelledSource
from emotion_desktop.jobs.predicting.model_choice import choose_models
from tests.unit.jobs.sagemaker_rig import Rig, begin, fill

_PATIENCE = 300_000
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


@pytest.fixture(scope="module")
def tables(shared_photos, tmp_path_factory) -> tuple[Path, Path]:
    """Label files of shared photos: one to train on, one of other people to compare on."""
    samples = read_labelled(shared_photos[0].parents[1]).samples
    chosen: dict[str, list] = {}
    for sample in samples:
        chosen.setdefault(sample.emotion, []).append(sample)
    few = [s for some in chosen.values() for s in some[:: max(1, len(some) // 34)]]
    persons = sorted({sample.person for sample in few})
    trained = set(persons[::2])
    folder = tmp_path_factory.mktemp("tables")
    made = []
    for name, wanted in (("train", True), ("judge", False)):
        path = folder / f"{name}.csv"
        rows = [(s.path, s.emotion) for s in few if (s.person in trained) == wanted]
        with path.open("w", newline="") as file:
            csv.writer(file).writerows([("image", "emotion"), *rows])
        made.append(path)
    return made[0], made[1]


@pytest.fixture
def compared(controller, qtbot, aws, tables, monkeypatch):
    """The page after the four models were compared."""
    monkeypatch.setattr(RateLimit, "wait", lambda self, stop=lambda: False: not stop())
    train, judge = tables
    store = controller.services.store
    store.folder.mkdir(parents=True, exist_ok=True)
    notebook = store.path_for("Notebook recipe")
    arguments = ["train", "--data", train, "--recipe", "notebook", "--epochs", "1"]
    assert main([*map(str, arguments), "--output", str(notebook)]) == 0
    train_in_the_cloud(aws, controller.services.workspace, train)
    models = choose_models(
        controller.services.workspace, ["builtin", "Notebook recipe", "MXNet", REFERENCE]
    )
    controller.window.show_page(controller.compare._lazy_page)
    controller.compare.compare(LabelledSource(path=str(judge)), models)
    idle(controller, qtbot)
    (box,) = [w for w in controller.window.findChildren(QMessageBox) if w.isVisible()]
    accept = QMessageBox.ButtonRole.AcceptRole
    next(b for b in box.buttons() if box.buttonRole(b) is accept).click()
    idle(controller, qtbot)
    return controller.compare.page


def train_in_the_cloud(aws, workspace, photos: Path) -> None:
    """A model brought back from a training job, as a user would bring it."""
    fill(workspace, photos)
    rig = Rig(aws, workspace)
    rig.make_bucket()
    settings = {"epochs": "3", "num_layers": "20", "mini_batch_size": "16", "optimizer": "sgd"}
    request = rig.request(model="MXNet", hyperparameters=settings)
    record = rig.run(begin(request), timeout=_PATIENCE / 1000)
    rig.close()
    assert record.state is JobState.SUCCEEDED, record.outcome


def idle(controller, qtbot) -> None:
    qtbot.waitUntil(lambda: not controller.manager.unfinished(), timeout=_PATIENCE)
    qtbot.wait(250)


def cells(table: QTableWidget) -> list[list[str]]:
    return [
        [table.item(row, column).text() for column in range(table.columnCount())]
        for row in range(table.rowCount())
    ]


def figure(text: str) -> float:
    return float(re.match(r"[\d.]+", text)[0])


def test_every_number_of_the_screen_is_computed_again(compared, controller, aws):
    bundle = read_bundle(controller.services.store.resolve("MXNet"))
    assert bundle.engines == ("onnx", "mxnet")
    assert bundle.card.provenance.recipe["name"] == "SageMaker image classification"
    comparison = compared.comparison
    scores = comparison.scores
    names = [model.name for model in scores.models]
    assert names == ["Built-in", "Notebook recipe", "MXNet", TITLE]
    rows = prediction_rows(comparison)
    truth = np.array([row["label"] for row in rows])
    named = {
        name: np.array([(row["answers"][name] or {"emotion": "none"})["emotion"] for row in rows])
        for name in names
    }
    emotions = [e for e in EMOTIONS if e in scores.emotions]
    over = [e for e in emotions if np.sum(truth == e) >= 5]
    assert "contempt" not in emotions
    assert len(aws.rekognition.billed) > 0

    told = compared.overview.balanced.accessibleDescription()
    accuracy = compared.overview.accuracy.accessibleDescription()
    for name in names:
        recall = reference.recall_score(truth, named[name], labels=over, average="macro")
        assert f"{name}: {recall * 100:.1f} %" in told
        assert f"{name}: {reference.accuracy_score(truth, named[name]) * 100:.1f} %" in accuracy
    common = np.unique(truth, return_counts=True)[1].max() / len(truth)
    assert f"commonest emotion: {common * 100:.0f} %" in accuracy

    for line, name in zip(cells(compared.overview.models), names, strict=True):
        f1 = reference.f1_score(truth, named[name], labels=over, average="macro")
        assert line[0] == name
        assert figure(line[1]) == pytest.approx(f1 * 100, abs=0.051)
        answered = np.mean(named[name] != "none")
        assert figure(line[3]) == pytest.approx(answered * 100, abs=0.051)

    for line, emotion in zip(cells(compared.overview.emotions), emotions, strict=True):
        here = truth == emotion
        assert line[0].split(" ")[0] == emotion
        assert ("too few to judge" in line[0]) == (here.sum() < 5)
        assert line[1] == f"{here.sum():,}"
        for place, name in enumerate(names):
            recall, precision = line[2 + 2 * place], line[3 + 2 * place]
            said = named[name] == emotion
            if here.any():
                assert figure(recall) == pytest.approx(said[here].mean() * 100, abs=0.51)
            if said.any():
                assert figure(precision) == pytest.approx(here[said].mean() * 100, abs=0.51)
            else:
                assert precision == "–"

    for place, name in enumerate(names):
        compared.mistakes.columns.setCurrentIndex(place)
        expected = reference.confusion_matrix(truth, named[name], labels=[*emotions, "none"])
        shown = cells(compared.mistakes.matrix.table)
        assert shown == [[str(n) if n else "·" for n in row] for row in expected[:-1].tolist()]

    check_pairs(compared, names, named, truth)
    wrong = np.all([named[name] != truth for name in names], axis=0).sum()
    assert compared.mistakes.all_wrong.text().startswith(f"{wrong:,} photo")
    assert compared.overview.accuracy._bars[3].hatched


def check_pairs(page, names, named, truth) -> None:
    agreement = cells(page.mistakes.agreement)
    for i, j in combinations(range(4), 2):
        first, second = named[names[i]], named[names[j]]
        assert figure(agreement[i][j]) == pytest.approx(np.mean(first == second) * 100, abs=0.51)
        kappa = float(agreement[i][j].split("κ")[1])
        assert kappa == pytest.approx(reference.cohen_kappa_score(first, second), abs=0.0051)
        pair = page.comparison.scores.pair(i, j)
        only_first = int(np.sum((first == truth) & (second != truth)))
        only_second = int(np.sum((first != truth) & (second == truth)))
        assert (pair.only_first, pair.only_second) == (only_first, only_second)
        count = only_first + only_second
        chance = binomtest(only_first, count).pvalue if count else 1.0
        assert pair.chance == pytest.approx(chance)
