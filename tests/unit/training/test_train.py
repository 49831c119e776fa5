import json
from dataclasses import replace

import numpy as np
import pytest

from emotion_desktop.dataset.sources.files.fingerprint import digest
from emotion_desktop.dataset.sources.labels import read_labelled
from emotion_desktop.dataset.splitting.split import split_by_person
from emotion_desktop.domain.balance import Balance, Method, Synthesis
from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.domain.errors import CancelledError, DataError
from emotion_desktop.domain.job import Log, Metrics, Progress
from emotion_desktop.domain.split import PARTS, FrozenSplit
from emotion_desktop.domain.training_events import TrainingBegan
from emotion_desktop.engines.bundle import read_bundle
from emotion_desktop.engines.litert import LiteRTClassifier
from emotion_desktop.engines.model_card import card_markdown, scores_by_source
from emotion_desktop.jobs.running.context import LocalContext
from emotion_desktop.training import train as module
from emotion_desktop.training.finish.calibrate import choose_calibration
from emotion_desktop.training.recipe.presets import RECIPES
from emotion_desktop.training.recipe.request import TrainingRequest
from emotion_desktop.training.train import _warning
from emotion_desktop.workspace.catalogue.catalogue import Catalogue
from emotion_desktop.workspace.catalogue.splits import Splits
from emotion_desktop.workspace.paths import Workspace, default_workspace
from tests.faces import make_data_set
from tests.unit.workspace.rows import add_photo, add_source

SEED = 5
COPIES = 12


def train(data, output, context, *, recipe="quick", epochs=None, fractions=None, **more):
    """Trains as the worker does, in the default workspace."""
    chosen = RECIPES[recipe]
    chosen = replace(chosen, epochs=epochs or chosen.epochs)
    chosen = replace(chosen, fractions=fractions or chosen.fractions)
    given = {"name": "Mine", "data": data, "seed": SEED, **more}
    request = TrainingRequest(chosen, output, **given)
    return module.train(request, Workspace(default_workspace()), context)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = make_data_set(tmp_path_factory.mktemp("data"), 3, faceless=3, broken=3)
    # Some photos go by another person's name as well.
    legend = folder / "data" / "legend.csv"
    split = split_by_person(read_labelled(folder).samples, RECIPES["quick"].fractions, SEED)
    with legend.open("a", encoding="utf-8") as file:
        for number in range(COPIES):
            source = split.training[number]
            copy = source.path.with_name(f"Subject_9{number}_0001.jpg")
            copy.write_bytes(source.path.read_bytes())
            file.write(f"{copy.name},{source.emotion}\n")
    return folder


@pytest.fixture(scope="module")
def trained(data, tmp_path_factory):
    """A whole training: its result, its events and its bundle."""
    output = tmp_path_factory.mktemp("out") / "tiny.emodel"
    events = []
    context = LocalContext(events.append)
    result = train(data, output, context, epochs=2, name="Tiny", notes="made for a test")
    return result, events, read_bundle(output, verify=True)


def test_the_bundle_answers_and_says_where_it_comes_from(trained, data):
    result, _, bundle = trained
    card = bundle.card
    assert result["model"] == str(bundle.path)
    assert (card.name, card.labels) == ("Tiny", EMOTIONS)
    faces = np.zeros((3, 64, 64, 1), np.uint8)
    assert LiteRTClassifier(bundle).logits(faces).shape == (3, 8)

    origin = card.provenance
    assert origin.recipe["name"] == "quick"
    assert origin.recipe["epochs_run"] == 2
    assert origin.data["source"] == data.name
    assert set(origin.data["photos"]) == set(EMOTIONS)
    assert sum(origin.data["photos"].values()) == 54 + COPIES
    left_out = dict(origin.data["left_out"])
    assert left_out.pop("trained_on") > 0
    assert left_out == {"no_face": 3, "unreadable": 3}
    assert origin.split["scored_on"] == "test"
    assert origin.notes == "made for a test"
    assert set(origin.recipe["self_test"]) == set(EMOTIONS)
    assert "tensorflow" in origin.versions
    assert str(bundle.path.parent) not in json.dumps(card.to_dict())


def test_scores_are_those_of_the_test_persons_alone(trained, data):
    result, _, bundle = trained
    samples = read_labelled(data).samples
    split = split_by_person(samples, RECIPES["quick"].fractions, SEED)
    trained_on = {digest(s.path.read_bytes()) for s in split.training}
    test = [s for s in split.test if digest(s.path.read_bytes()) not in trained_on]
    assert bundle.card.scores.photos == len(test)
    assert bundle.card.scores.persons == len({s.person for s in test})
    assert result["scores"] == bundle.card.scores.to_dict()
    assert "recall" in result["summary"].lower()

    assert len(bundle.trained_on) > 20
    assert bundle.trained_on <= trained_on
    # Each photo its own code: nothing but the very same files is left out as a copy here.
    assert len(bundle.training_photos.codes) == len(bundle.trained_on)
    assert bundle.trained_on.isdisjoint(digest(s.path.read_bytes()) for s in test)


def test_events_tell_the_stages_and_each_epoch(trained):
    _, events, _ = trained
    texts = list(dict.fromkeys(e.text for e in events if isinstance(e, Progress)))
    assert texts[0] == "reading the labels"
    assert "epoch 2 of 2" in texts
    assert texts[-4:] == ["calibrating", "exporting", "checking the exported model", "scoring"]
    metrics = [e for e in events if isinstance(e, Metrics)]
    assert [m.epoch for m in metrics] == [1, 2]
    assert json.dumps([dict(m.values) for m in metrics])
    assert set(metrics[0].values) == {
        "loss",
        "accuracy",
        "mean_recall",
        "standard_error",
        "log_loss",
        "recall",
        "seconds",
        "best_epoch",
    }
    assert set(metrics[0].values["recall"]) == set(EMOTIONS)


def test_finishing_early_keeps_the_best_so_far(data, tmp_path):
    def listen(event):
        if isinstance(event, Metrics) and event.epoch == 2:
            context.ask_to_finish()

    context = LocalContext(listen)
    output = tmp_path / "early.emodel"
    train(data, output, context, epochs=500, recipe="notebook", fractions=(0.7, 0.3, 0.0))
    origin = read_bundle(output).card.provenance
    assert origin.recipe["epochs_run"] < 5
    assert origin.split["scored_on"] == "validation"


def test_what_happens_to_photos_and_files_meanwhile_costs_no_training(tmp_path):
    data = make_data_set(tmp_path / "data", 3)
    output, other = tmp_path / "mine.emodel", b"a model that another training put there meanwhile"

    def listen(event):
        if isinstance(event, Metrics):
            for number, photo in enumerate(sorted((data / "images").iterdir())):
                photo.unlink() if number % 2 else photo.write_bytes(b"spoilt")
            output.write_bytes(other)
        elif isinstance(event, Log):
            told.append(event.line)

    told = []
    result = train(data, output, LocalContext(listen), epochs=1, recipe="notebook")
    assert "Self-test: left out, as no photo for it is there any more as training saw it." in told
    assert output.read_bytes() == other
    assert result["model"] == str(tmp_path / "mine-2.emodel")
    assert read_bundle(tmp_path / "mine-2.emodel").card.provenance.recipe["self_test"] == {}


@pytest.mark.parametrize("stage", ["finding faces", "epoch", "exporting"])
def test_cancelling_leaves_no_file(data, tmp_path, stage):
    def listen(event):
        if isinstance(event, Progress) and event.text.startswith(stage):
            context.cancel()

    context = LocalContext(listen)
    with pytest.raises(CancelledError):
        train(data, tmp_path / "never.emodel", context, epochs=1, recipe="notebook")
    assert [path.name for path in tmp_path.iterdir()] == ["default workspace"]  # the cache


def test_one_emotion_is_not_enough(tmp_path):
    folder = make_data_set(tmp_path / "data", 3, 1, emotions=("fear",))
    with pytest.raises(DataError, match="fewer than two emotions"):
        train(folder, tmp_path / "never.emodel", LocalContext(lambda event: None))


def test_a_run_ends_where_the_photos_are_no_longer_those_it_began_with(data, tmp_path):
    with pytest.raises(DataError, match="not those"):
        context = LocalContext(lambda event: None)
        train(data, tmp_path / "never.emodel", context, epochs=1, fingerprint="0" * 32)


def keep_split(workspace, split, balance):
    """Freezes a split of photos that are in no catalogue yet."""
    with Catalogue(workspace / "catalogue.sqlite") as catalogue:
        source = add_source(catalogue)
        numbers = {
            s.path: add_photo(catalogue, source, str(s.path), s.person, s.emotion)
            for name in PARTS
            for s in split.part(name)
        }
        frozen = FrozenSplit("mine", split, balance, "0" * 32, 1.0)
        Splits(catalogue).save(frozen, numbers, {})


def train_on_split(workspace, output, context):
    """One epoch on what keep_split has frozen."""
    recipe = replace(RECIPES["notebook"], epochs=1)
    request = TrainingRequest(recipe, output, "Mine", split="mine")
    module.train(request, Workspace(workspace), context)


def test_synthesised_copies_are_trained_on_and_count_for_nothing_else(tmp_path, monkeypatch):
    folder = make_data_set(tmp_path / "data", 5, emotions=("fear", "neutral"))
    split = split_by_person(read_labelled(folder).samples, (0.6, 0.2, 0.2), 1)
    synthesis = Synthesis({"fear": 20}, seed=2)
    keep_split(tmp_path, split, Balance(Method.SYNTHESIS, synthesis=synthesis))
    told = {}

    def noting(logits, targets, persons, **priors):
        told.update(priors, validation=len(targets))
        return choose_calibration(logits, targets, persons, **priors)

    monkeypatch.setattr("emotion_desktop.training.finish.finish.choose_calibration", noting)
    events = []
    train_on_split(tmp_path, tmp_path / "copies.emodel", LocalContext(events.append))
    began = next(e for e in events if isinstance(e, TrainingBegan))
    assert began.photos == 20 + 6
    assert told["validation"] == len(split.validation)
    # One is added to each count.
    assert told["counts"].tolist() == [6 + 1, 6 + 1]
    assert told["learnt"] == pytest.approx([21 / 28, 7 / 28])
    bundle = read_bundle(tmp_path / "copies.emodel")
    assert len(bundle.trained_on) == len(split.training) == 12
    assert bundle.card.scores.photos == len(split.test)


def test_a_frozen_split_is_trained_on_with_its_balance(data, tmp_path):
    workspace = tmp_path / "workspace"
    samples = read_labelled(data).samples
    split = split_by_person(samples, (0.7, 0.15, 0.15), 1)
    keep_split(workspace, split, Balance(Method.SAMPLING, power=0.25))
    output = tmp_path / "split.emodel"
    events = []
    train_on_split(workspace, output, LocalContext(events.append))
    origin = read_bundle(output).card.provenance
    assert (origin.recipe["balancing"], origin.recipe["power"]) == ("sampling", 0.25)
    assert origin.data["source"] == "split “mine”"
    assert origin.split["seed"] == 1
    with Catalogue(workspace / "catalogue.sqlite") as catalogue:
        assert [summary.openings for summary in Splits(catalogue).all()] == [1]
    assert any(isinstance(e, Log) and "as the split says" in e.line for e in events)


def test_a_net_that_learnt_nothing_is_said_to(trained):
    scores = trained[2].card.scores
    many = replace(scores, confusion=tuple((0, 1, 1, *row[3:]) for row in scores.confusion))
    one = replace(scores, confusion=tuple((0, 1, *[0] * len(row[2:])) for row in scores.confusion))
    assert _warning(many) == ""
    assert _warning(one).startswith("It names every face contempt: it learnt nothing.")


def test_two_sources_one_with_votes_are_learnt_together_and_scored_apart(tmp_path):
    folder = make_data_set(tmp_path / "data", 4, emotions=("fear", "neutral"))
    split = split_by_person(read_labelled(folder).samples, (0.5, 0.25, 0.25), 1)
    with Catalogue(tmp_path / "catalogue.sqlite") as catalogue:
        sources = {name: add_source(catalogue, name) for name in ("voted", "plain")}
        numbers, parts = {}, {}
        for name in PARTS:
            parts[name] = []
            for place, sample in enumerate(split.part(name)):
                source = "voted" if place % 2 else "plain"
                votes = ((sample.emotion, 7.0), ("surprise", 3.0)) if place % 2 else ()
                parts[name].append(replace(sample, votes=votes, source=source))
                numbers[sample.path] = add_photo(
                    catalogue, sources[source], str(sample.path), sample.person, sample.emotion
                )
        whole = replace(split, **{name: tuple(samples) for name, samples in parts.items()})
        frozen = FrozenSplit("mine", whole, Balance(), "0" * 32, 1.0, protocol="voted: largest")
        Splits(catalogue).save(frozen, numbers, {})
    recipe = replace(RECIPES["notebook"], epochs=1)
    output = tmp_path / "both.emodel"
    request = TrainingRequest(
        recipe, output, "Both", split="mine", shares=(("voted", 80), ("plain", 20))
    )
    assert TrainingRequest.from_dict(json.loads(json.dumps(request.to_dict()))) == request
    result = module.train(request, Workspace(tmp_path), LocalContext(lambda _: None))
    card = read_bundle(output).card
    assert card.provenance.data["protocol"] == "voted: largest"
    kept = scores_by_source(card)
    assert {name: scores.photos for name, scores in kept.items()} == {
        "voted": len(whole.test) // 2,
        "plain": len(whole.test) - len(whole.test) // 2,
    }
    assert sum(scores.photos for scores in kept.values()) == card.scores.photos
    assert "By source" in result["summary"]
    assert "Labels of votes: voted: largest" in result["summary"]
    assert "| voted |" in card_markdown(card)
