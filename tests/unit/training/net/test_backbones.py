"""The nets of keras.applications; their ImageNet weights come from a server that stands in."""

import hashlib
from dataclasses import replace

import h5py
import numpy as np
import pytest

from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.domain.errors import AppError
from emotion_desktop.training.finish.export import model_files
from emotion_desktop.training.fit.trainer import net_logits
from emotion_desktop.training.net.backend import keras
from emotion_desktop.training.net.nets import OWN_NETS, build_net
from emotion_desktop.training.recipe.architectures import ARCHITECTURES, BACKBONES
from emotion_desktop.training.recipe.presets import RECIPES

mobilenet = pytest.importorskip("keras.src.applications.mobilenet_v3")
legacy = pytest.importorskip("keras.src.legacy.saving.legacy_h5_format")
SMALL = replace(RECIPES["quick"], net="mobilenetv3-small", size=32)


@pytest.fixture
def keras_home(tmp_path, monkeypatch):
    """An empty folder for what Keras downloads."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setattr(keras.config, "keras_home", lambda: str(tmp_path / "keras"), raising=False)
    file_utils = pytest.importorskip("keras.src.utils.file_utils")
    monkeypatch.setattr(file_utils.config, "keras_home", lambda: str(tmp_path / "keras"))
    return tmp_path


@pytest.mark.parametrize("row", ARCHITECTURES.values(), ids=lambda row: row.name)
def test_every_row_is_complete(row):
    assert ARCHITECTURES[row.name] is row
    assert row.title
    assert row.cost > 0
    assert (row.name in OWN_NETS) == (not row.application)
    assert not row.application or callable(getattr(keras.applications, row.application))
    assert (row.name in BACKBONES) == bool(row.application)


def test_every_net_of_our_own_has_a_row():
    assert OWN_NETS.keys() <= ARCHITECTURES.keys()


@pytest.mark.parametrize("net", BACKBONES)
@pytest.mark.parametrize("channels", [1, 3])
def test_it_takes_grey_and_colour(net, channels):
    if channels == 3 and net != "mobilenetv3-small":
        pytest.skip("one of them in colour is enough")
    built = build_net(replace(SMALL, net=net, channels=channels), EMOTIONS, seed=0)
    faces = np.random.default_rng(0).integers(0, 256, (2, 32, 32, channels), np.uint8)
    assert net_logits(built, faces).shape == (2, 8)


def test_it_survives_saving_and_conversion(tmp_path):
    built = build_net(SMALL, EMOTIONS, seed=0)
    faces = np.random.default_rng(0).integers(0, 256, (2, 32, 32, 1), np.uint8)
    files = model_files(built)
    (tmp_path / "m.keras").write_bytes(files["model.keras"])
    again = keras.saving.load_model(tmp_path / "m.keras", safe_mode=True)
    assert (net_logits(again, faces) == net_logits(built, faces)).all()


def test_the_last_layer_alone():
    built = build_net(replace(SMALL, trained="head"), EMOTIONS, seed=0)
    assert [weight.path for weight in built.trainable_weights] == ["logits/kernel", "logits/bias"]


def test_without_a_connection_it_says_so(keras_home, monkeypatch):
    monkeypatch.setattr(mobilenet, "BASE_WEIGHT_PATH", "http://127.0.0.1:9/nothing/")
    with pytest.raises(AppError, match="could not be downloaded") as caught:
        build_net(replace(SMALL, weights="imagenet"), EMOTIONS, seed=0)
    assert "internet" in caught.value.hint


def test_weights_are_downloaded_once_and_used(keras_home, monkeypatch):
    donor = keras.applications.MobileNetV3Small(
        input_shape=(32, 32, 3), include_top=False, weights=None
    )
    name = "weights_mobilenet_v3_small_224_1.0_float_no_top_v2.h5"
    folder = keras_home / "server"
    folder.mkdir()
    with h5py.File(folder / name, "w") as file:
        legacy.save_weights_to_hdf5_group(file, donor)
    monkeypatch.setattr(mobilenet, "BASE_WEIGHT_PATH", folder.as_uri() + "/")
    digest = hashlib.md5((folder / name).read_bytes()).hexdigest()
    hashes = {**mobilenet.WEIGHTS_HASHES, "small_224_1.0_float": ("", digest)}
    monkeypatch.setattr(mobilenet, "WEIGHTS_HASHES", hashes)
    built = build_net(replace(SMALL, weights="imagenet"), EMOTIONS, seed=0)
    (folder / name).unlink()  # the second time there is nothing to download from
    again = build_net(replace(SMALL, weights="imagenet"), EMOTIONS, seed=0)
    for net in (built, again):
        assert (net.get_layer("conv").kernel == donor.get_layer("conv").kernel).numpy().all()
