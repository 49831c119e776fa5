"""Every verb that reads labelled photos reads them as an import does, and takes its options."""

from importlib import import_module
from pathlib import Path

import pytest

from emotion_desktop.dataset.sources.labels import read_labelled
from emotion_desktop.dataset.sources.reading_options import ReadingOptions
from emotion_desktop.domain.errors import CancelledError
from emotion_desktop.domain.model import DEFAULT_CROP
from emotion_desktop.jobs.predicting.labelled_set import LabelledSource, load_labelled
from emotion_desktop.training.data.training_data import _from_folder
from emotion_desktop.training.recipe.presets import recipe_named
from emotion_desktop.training.recipe.request import TrainingRequest
from emotion_desktop.workspace.paths import Workspace
from tests.unit.dataset.pictures import put_pictures

SAID = (
    *("--columns", "photo=1,label=3", "--numbers", "raf-db"),
    *("--label", "7=aside", "--label", "x=fear", "--persons", "{person:2}*"),
)
EXPECTED = {
    ("aa1.png", "surprise", "aa"),
    ("aa2.png", "fear", "aa"),
    ("bb1.png", "disgust", "bb"),
    ("cc3.png", "fear", "cc"),
}


@pytest.fixture
def table(tmp_path) -> Path:
    rows = {"aa1": "1", "aa2": "2.0", "bb1": "3", "bb2": "7", "cc3": "x"}
    put_pictures(*(tmp_path / "set" / f"{name}.png" for name in rows))
    path = tmp_path / "set" / "t.csv"
    lines = [f"{name}.png,9,{label}" for name, label in rows.items()]
    path.write_text("\n".join(["one,two,three", *lines]))
    return path


@pytest.fixture
def asked(monkeypatch, call, tmp_path):
    """Calls a verb with the options, and returns the parameters of the job it would run."""

    def ask(module: str, *arguments: object) -> dict:
        found = {}

        def run_job(place, spec, *rest, **more):
            found.update(spec.parameters)
            raise CancelledError

        monkeypatch.setattr(import_module(f"emotion_desktop.cli.{module}"), "run_job", run_job)
        call(*arguments, *SAID, "--workspace", tmp_path / "w")
        return found

    return ask


def seen(samples) -> set[tuple[str, str, str]]:
    return {(s.path.name, s.emotion, s.person) for s in samples}


@pytest.mark.parametrize("verb", ["evaluate", "doubtful"])
def test_sets_to_score_and_to_doubt(asked, table, verb):
    source = LabelledSource.from_dict(asked(verb, verb, "--data", table)["data"])
    assert seen(load_labelled(source, None).samples) == EXPECTED


def test_sets_to_train_on(asked, table, tmp_path):
    request = TrainingRequest.from_dict(asked("train", "train", "--data", table)["request"])
    assert TrainingRequest.from_dict(request.to_dict()) == request
    split = _from_folder(request, Workspace(tmp_path / "w")).split
    assert seen([*split.training, *split.validation, *split.test]) == EXPECTED


def test_sets_to_check_a_model_on(asked, table, tmp_path):
    model = tmp_path / "m.onnx"
    model.write_bytes(b"x")
    given = asked(
        "models",
        *("models", "import", model, "--labels", "fear,anger", "--check", table),
        *("--crop", DEFAULT_CROP),
    )
    said = given["options"]
    found = read_labelled(Path(said["photos"]), ReadingOptions.from_dict(said["reading"]))
    assert seen(found.samples) == EXPECTED


def test_an_import_reads_the_same(call, table, tmp_path):
    status, out, err = call("dataset", "import", table, *SAID, "--workspace", tmp_path / "w")
    assert (status, err) == (0, "")
    assert "5 photos of 3 persons" in out
    for line in ("disgust          1", "fear             2", "surprise         1"):
        assert line in out
    assert "1 photo kept aside, with labels that are none of the emotions: 7" in out


@pytest.mark.parametrize("verb", ["evaluate", "doubtful", "train"])
def test_options_that_would_not_be_heeded_are_refused(call, verb, tmp_path):
    status, _, err = call(verb, "--split", "s", "--numbers", "raf-db", "--workspace", tmp_path)
    assert status == 2
    assert "has no use here" in err


def test_a_request_of_an_earlier_version_is_read():
    request = TrainingRequest(recipe_named("quick"), Path("/m.emodel"), "m", data=Path("/d"))
    told = request.to_dict()
    del told["reading"]
    assert TrainingRequest.from_dict(told).reading == ReadingOptions()
