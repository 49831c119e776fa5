"""Going on from the net of a bundle."""

from dataclasses import replace

import numpy as np
import pytest

from emotion_desktop.assets import BUILTIN_MODEL
from emotion_desktop.dataset.sources.files.fingerprint import digest
from emotion_desktop.dataset.sources.labels import read_labelled
from emotion_desktop.dataset.splitting.split import split_by_person
from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.domain.errors import AppError, DataError
from emotion_desktop.engines.bundle import KERAS, TRAINED_ON, read_bundle, write_bundle
from emotion_desktop.jobs.running.context import LocalContext
from emotion_desktop.training import train as module
from emotion_desktop.training.fit.trainer import net_logits
from emotion_desktop.training.net import nets
from emotion_desktop.training.net.backend import keras
from emotion_desktop.training.net.nets import build_net
from emotion_desktop.training.net.transfer import builder, recipe_for, with_labels
from emotion_desktop.training.recipe.presets import RECIPES
from emotion_desktop.training.recipe.request import TrainingRequest
from emotion_desktop.workspace.paths import Workspace, default_workspace
from tests.faces import make_data_set

FACES = np.random.default_rng(0).integers(0, 256, (4, 64, 64, 1), np.uint8)
#: As the built-in model takes them.
SMALL = FACES[:, :48, :48]


def test_with_the_same_labels_it_answers_as_before(builtin):
    recipe = recipe_for(builtin, RECIPES["notebook"])
    assert recipe.preprocessing == builtin.card.preprocessing
    build = builder(builtin, builtin.card.labels, recipe)
    first, second = build(), build()
    assert first is not second
    assert (net_logits(first, SMALL) == net_logits(second, SMALL)).all()
    assert first.trainable_weights


def test_labels_that_stay_keep_what_is_known_of_them(builtin):
    recipe = recipe_for(builtin, RECIPES["quick"])
    whole = builder(builtin, builtin.card.labels, recipe)()
    labels = ("fear", "happiness", "neutral")
    few = builder(builtin, labels, recipe)()
    numbers = [builtin.card.labels.index(label) for label in labels]
    assert net_logits(few, SMALL) == pytest.approx(net_logits(whole, SMALL)[:, numbers], abs=1e-5)
    more = with_labels(few, labels, EMOTIONS)
    assert net_logits(more, SMALL).shape == (4, 8)
    found = net_logits(more, SMALL)[:, [EMOTIONS.index(label) for label in labels]]
    assert found == pytest.approx(net_logits(few, SMALL), abs=1e-5)


def test_the_last_layer_alone(builtin):
    recipe = replace(recipe_for(builtin, RECIPES["quick"]), trained="head")
    net = builder(builtin, EMOTIONS, recipe)()
    assert len(net.trainable_weights) == 2


@pytest.mark.parametrize("layer", [nets.EXPERT_LOGITS, nets.EXPERT_LOGITS_BEFORE])
def test_a_net_with_an_expert_keeps_it_for_other_labels(layer, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(nets, "EXPERT_LOGITS", layer)
        net = build_net(RECIPES["best"], EMOTIONS, seed=1)
    labels = ("fear", "happiness", "neutral")
    few = with_labels(net, EMOTIONS, labels)
    numbers = [EMOTIONS.index(label) for label in labels]
    assert net_logits(few, FACES) == pytest.approx(net_logits(net, FACES)[:, numbers], abs=1e-4)
    assert with_labels(net, EMOTIONS, EMOTIONS) is net


def test_a_net_that_ends_otherwise_is_refused():
    pixels = keras.Input((8, 8, 1))
    net = keras.Model(pixels, keras.layers.Softmax()(keras.layers.Flatten()(pixels)))
    with pytest.raises(AppError, match="does not end in a dense layer"):
        with_labels(net, EMOTIONS, EMOTIONS[:2])


def train(request):
    """Trains as the worker does, in the default workspace."""
    context = LocalContext(lambda event: None)
    return module.train(request, Workspace(default_workspace()), context)


def test_a_bundle_without_a_keras_model_is_refused(builtin):
    bare = replace(builtin, files={k: v for k, v in builtin.files.items() if k != KERAS})
    with pytest.raises(AppError, match="holds no Keras model"):
        recipe_for(bare, RECIPES["quick"])


def test_a_training_starts_from_a_bundle_and_says_so(tmp_path):
    data = make_data_set(tmp_path / "data", 3, 1, emotions=("fear", "happiness", "neutral"))
    output = tmp_path / "further.emodel"
    recipe = replace(RECIPES["quick"], epochs=1, trained="head")
    train(TrainingRequest(recipe, output, "Mine", data, start_from=BUILTIN_MODEL))
    card = read_bundle(output).card
    assert card.labels == ("fear", "happiness", "neutral")
    assert card.preprocessing == read_bundle(BUILTIN_MODEL).card.preprocessing
    assert card.provenance.recipe["started_from"] == "builtin"


def test_what_the_model_to_start_from_was_trained_on_is_never_what_it_is_judged_on(
    tmp_path, builtin
):
    data = make_data_set(tmp_path / "data", 3, emotions=("fear", "happiness", "neutral"))
    samples = read_labelled(data).samples
    seed, recipe = 5, replace(RECIPES["quick"], epochs=1, trained="head")
    split = split_by_person(samples, RECIPES["quick"].fractions, seed)
    known = [digest(s.path.read_bytes()) for s in (*split.validation[::2], *split.test[::2])]
    files = {name: builtin.read(name) for name in builtin.files if name != TRAINED_ON}
    start = write_bundle(tmp_path / "start.emodel", builtin.card, files, [*known, b"elsewhere"[:8]])
    output = tmp_path / "further.emodel"
    train(TrainingRequest(recipe, output, "Mine", data, seed=seed, start_from=start.path))
    bundle = read_bundle(tmp_path / "further.emodel")
    assert bundle.card.scores.photos == len(split.test) - len(split.test[::2])
    assert bundle.card.provenance.data["left_out"]["trained_on"] == len(known)
    # Nor is it in any later score.
    assert bundle.trained_on == start.trained_on | {
        digest(s.path.read_bytes()) for s in split.training
    }


def test_nothing_left_to_choose_an_epoch_by_is_said_with_its_reason(tmp_path, builtin):
    data = make_data_set(tmp_path / "data", 3, 1, emotions=("fear", "happiness", "neutral"))
    known = [digest(s.path.read_bytes()) for s in read_labelled(data).samples]
    files = {name: builtin.read(name) for name in builtin.files if name != TRAINED_ON}
    start = write_bundle(tmp_path / "start.emodel", builtin.card, files, known)
    recipe, output = replace(RECIPES["quick"], epochs=1), tmp_path / "never.emodel"
    with pytest.raises(DataError, match="model to start from was trained on those"):
        train(TrainingRequest(recipe, output, "Mine", data, start_from=start.path))
