"""Where scored photos come from; a sealed test is counted, a corrected one is another version."""

import json

import pytest

from emotion_desktop.assets import BUILTIN_MODEL
from emotion_desktop.cli.main import main
from emotion_desktop.dataset.sources.labels import read_labelled
from emotion_desktop.dataset.splitting.freeze import freeze
from emotion_desktop.domain.errors import CancelledError, DataError, UsageError
from emotion_desktop.domain.split import SplitRequest
from emotion_desktop.evaluation.comparison_words import earlier_rows
from emotion_desktop.jobs.comparing.specs import evaluate_job
from emotion_desktop.jobs.predicting.labelled_set import LabelledSource, load_labelled
from emotion_desktop.jobs.predicting.model_choice import ModelChoice
from emotion_desktop.jobs.resources import Resources
from emotion_desktop.jobs.running.context import Context
from emotion_desktop.jobs.running.execute import call
from emotion_desktop.workspace.catalogue.catalogue import Catalogue
from emotion_desktop.workspace.catalogue.evaluations import Evaluations
from emotion_desktop.workspace.catalogue.splits import Splits
from emotion_desktop.workspace.paths import Workspace
from tests.faces import make_data_set
from tests.unit.jobs.asking import result_of
from tests.unit.workspace.rows import add_photo, add_source

SEALED = LabelledSource(split="S")


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return make_data_set(tmp_path_factory.mktemp("data"), 4, 1, emotions=("anger", "happiness"))


@pytest.fixture
def place(tmp_path, data):
    """A workspace with a frozen split of the photos."""
    place = Workspace(tmp_path / "workspace")
    with Catalogue(place.catalogue) as catalogue:
        source = add_source(catalogue, "photos")
        for sample in read_labelled(data).samples:
            add_photo(catalogue, source, str(sample.path), sample.person, sample.emotion)
        freeze(catalogue, "S", SplitRequest((0.4, 0.2, 0.4), 0))
    return place


def evaluate(place, source=SEALED, model="Built-in"):
    models = [ModelChoice(model, str(BUILTIN_MODEL))]
    return result_of(evaluate_job(models, source, "find", include_trained_on=True), place)


def change(place, path, **values):
    with Catalogue(place.catalogue) as catalogue, catalogue.writing() as connection:
        for column, value in values.items():
            connection.execute(f"UPDATE photos SET {column} = ? WHERE name = ?", (value, path.name))


def test_a_part_of_a_split_is_a_labelled_set(place):
    with Catalogue(place.catalogue) as catalogue:
        split = Splits(catalogue).load("S").split
        for part in ("training", "validation", "test"):
            source = LabelledSource(split="S", part=part)
            labelled = load_labelled(source, catalogue)
            assert labelled.samples == split.part(part)
            assert source.sealed == (part == "test")
            assert labelled.corrected == 0
        with pytest.raises(UsageError, match="no split"):
            load_labelled(LabelledSource(split="none"), catalogue)
    with pytest.raises(UsageError):
        load_labelled(SEALED, None)
    with pytest.raises(DataError):
        load_labelled(LabelledSource(path="/nowhere"), None)


def test_a_photo_that_was_corrected_and_then_left_out_is_left_out(place):
    with Catalogue(place.catalogue) as catalogue:
        split = Splits(catalogue).load("S").split
        change(place, split.test[0].path, given="neutral", excluded="blurred")
        labelled = load_labelled(SEALED, catalogue)
    assert labelled.samples == split.test[1:]
    assert labelled.corrected == 1


def test_a_source_survives_json():
    for source in (SEALED, LabelledSource(path="/a/b.csv"), LabelledSource(split="x", part="y")):
        assert LabelledSource.from_dict(json.loads(json.dumps(source.to_dict()))) == source
    assert SEALED.title == "S, sealed test"
    assert LabelledSource(path="/a/b.csv").title == "b.csv"
    assert LabelledSource(split="S", part="validation").title == "S, validation part"


def test_every_new_look_into_a_sealed_test_is_counted(place):
    assert evaluate(place).scores.openings == 1
    # The very same figures tell nothing new.
    assert evaluate(place).scores.openings == 1
    assert evaluate(place, model="Another").scores.openings == 2
    validation = evaluate(place, LabelledSource(split="S", part="validation"))
    assert validation.scores.openings == 0
    with Catalogue(place.catalogue) as catalogue:
        (summary,) = Splits(catalogue).all()
        assert summary.openings == 2


def test_a_run_that_is_cancelled_opens_nothing(place):
    models = [ModelChoice("m", str(BUILTIN_MODEL))]
    spec = evaluate_job(models, SEALED, "find", include_trained_on=True)
    context = Context(lambda _: context.cancel(), Resources(place), spec)
    with pytest.raises(CancelledError):
        call(spec, context)
    with Catalogue(place.catalogue) as catalogue:
        assert Splits(catalogue).all()[0].openings == 0


def test_a_correction_starts_a_version_and_marks_older_scores(place):
    first = evaluate(place)
    assert (first.scores.version, first.scores.corrected) == (1, 0)
    photo = first.samples[0]
    other = "happiness" if photo.emotion == "anger" else "anger"
    change(place, photo.path, given=other)
    second = evaluate(place)
    assert (second.scores.version, second.scores.corrected) == (2, 1)
    assert [s.emotion for s in second.samples if s.path == photo.path] == [other]
    assert second.scores.openings == 2
    change(place, first.samples[1].path, excluded="blurred")
    third = evaluate(place)
    assert (third.scores.version, third.scores.corrected) == (3, 2)
    assert third.scores.photos == first.scores.photos - 1
    # Taking it all back leads to the first version again, and to its scores.
    change(place, photo.path, given=None)
    change(place, first.samples[1].path, excluded=None)
    back = evaluate(place)
    assert (back.scores.version, back.scores.openings) == (1, 3)
    assert [past.version for past in back.earlier] == [3, 2]
    rows, faint = earlier_rows(third.earlier, third.scores.version)
    assert [row[1] for row in rows] == ["older, version 2", "older, version 1"]
    assert faint == {0, 1}
    rows, faint = earlier_rows(back.earlier, 1)
    assert [row[1] for row in rows] == ["other, version 3", "other, version 2"]
    with Catalogue(place.catalogue) as catalogue:
        key = load_labelled(SEALED, catalogue).key
        past = Evaluations(catalogue).past(key)
    assert [one.version for one in past] == [3, 2, 1]
    assert dict(past[2].models) == {"Built-in": first.scores.models[0].scores}


def test_a_correction_before_the_first_look_is_a_new_version_too(place):
    with Catalogue(place.catalogue) as catalogue:
        photo = Splits(catalogue).load("S").split.test[0]
    change(place, photo.path, given="sadness")
    assert evaluate(place).scores.version == 2


def test_a_label_given_before_freezing_is_no_correction(place):
    with Catalogue(place.catalogue) as catalogue:
        photo = Splits(catalogue).load("S").split.test[0]
        Splits(catalogue).remove("S")
    change(place, photo.path, given="sadness")
    with Catalogue(place.catalogue) as catalogue:
        freeze(catalogue, "S", SplitRequest((0.4, 0.2, 0.4), 0))
    assert evaluate(place).scores.version == 1


def test_the_verb_takes_a_split(place, capsys, tmp_path):
    arguments = ["evaluate", "--split", "S", "--workspace", str(place.root), "--include-trained-on"]
    report = tmp_path / "r.html"
    assert main([*arguments, "--report", str(report)]) == 0
    assert "S, sealed test" in report.read_text("utf-8")
    assert "opened once" in report.read_text("utf-8")
    assert main([*arguments, "--part", "nonsense"]) == 2
    assert main(["evaluate", "--workspace", str(place.root)]) == 2
    assert main([*arguments, "--data", str(tmp_path)]) == 2
    assert main(["evaluate", "--split", "none", "--workspace", str(place.root)]) == 1
    assert "no split “none”" in capsys.readouterr().err


def test_photos_of_several_sources_are_scored_by_origin_too(place, data):
    with Catalogue(place.catalogue) as catalogue:
        other = add_source(catalogue, "street")
        with catalogue.writing() as connection:
            connection.execute(
                "UPDATE photos SET source = ? WHERE id IN (SELECT id FROM photos LIMIT 3)", (other,)
            )
    groups = [g for g in evaluate(place, LabelledSource()).scores.groups if g.kind == "origin"]
    assert [(group.value, group.photos) for group in groups] == [("photos", 5), ("street", 3)]
