"""Files of every Keras: Sequential, names like those of this program's own layers, Keras 2."""

import json
import zipfile

import h5py
import numpy as np
import pytest
import tf_keras

from emotion_desktop.domain.errors import BundleError
from emotion_desktop.engines.bundle import KERAS
from emotion_desktop.training.external.external_model import describe_external
from emotion_desktop.training.net.backend import keras
from emotion_desktop.training.net.transfer import load_keras
from tests.unit.training.external.importing import (
    SEVEN,
    faces_for,
    imported,
    job,
    probabilities,
)

#: Both have the same layers under the same names.
KERAS_2, KERAS_3 = tf_keras, keras


def plain(library, name="conv2d_1", end="softmax"):
    """A small net of layers in a row, with a name for its first layer."""
    library.utils.set_random_seed(5)
    layers = library.layers
    pixels = library.Input((24, 24, 1))
    x = layers.Conv2D(4, 5, strides=3, activation="relu", name=name)(pixels)
    return library.Model(pixels, layers.Dense(7, activation=end)(layers.Flatten()(x)))


def sequential(library):
    """The same as a Sequential."""
    library.utils.set_random_seed(5)
    layers = library.layers
    return library.Sequential(
        [
            layers.InputLayer((24, 24, 1)) if library is tf_keras else library.Input((24, 24, 1)),
            layers.Conv2D(4, 5, strides=3, activation="relu"),
            layers.Flatten(),
            layers.Dense(7, activation="softmax"),
        ]
    )


def check_same(net, bundle, scale=lambda faces: faces / 255):
    faces = faces_for(bundle.card)
    said = np.asarray(net(scale(faces).astype(np.float32)))
    assert np.ptp(said) > 1e-3
    assert probabilities(bundle, faces) == pytest.approx(said, abs=1e-4)


@pytest.mark.parametrize("library", [KERAS_2, KERAS_3], ids=["Keras 2", "Keras 3"])
@pytest.mark.parametrize("ending", [".keras", ".h5"])
def test_a_sequential(tmp_path, library, ending):
    net = sequential(library)
    net.save(tmp_path / f"net{ending}")
    bundle = imported(tmp_path / f"net{ending}", tmp_path, labels=list(SEVEN))
    check_same(net, bundle)
    if library is KERAS_3:
        assert KERAS in bundle.files


@pytest.mark.parametrize(
    "name", ["pixels", "scaling", "as_floats", "rescaling", "log", "maximum", "imported", "clip"]
)
def test_layers_called_like_this_programs_own(tmp_path, name):
    net = plain(keras, name, end="sigmoid")
    net.save(tmp_path / "net.keras")
    bundle = imported(tmp_path / "net.keras", tmp_path, labels=list(SEVEN))
    faces = faces_for(bundle.card)
    said = np.asarray(net((faces / 255).astype(np.float32)))
    expected = said / said.sum(axis=1, keepdims=True)
    assert probabilities(bundle, faces) == pytest.approx(expected, abs=1e-4)


def test_a_model_of_this_programs_own_wrapping_is_brought_in_again(tmp_path):
    """Its Keras file, taken out of a bundle, has every name that the wrapping gives."""
    plain(keras).save(tmp_path / "net.keras")
    once = imported(tmp_path / "net.keras", tmp_path, labels=list(SEVEN))
    (tmp_path / "inner.keras").write_bytes(once.read(KERAS))
    faces = faces_for(once.card)
    expected = probabilities(once, faces)
    again = imported(
        tmp_path / "inner.keras",
        tmp_path,
        labels=list(SEVEN),
        scaling="0-255",
        output=str(tmp_path / "Again.emodel"),
    )
    assert probabilities(again, faces) == pytest.approx(expected, abs=1e-4)


def depthwise():
    """What Keras 3 cannot read: it says “groups”."""
    layers = tf_keras.layers
    tf_keras.utils.set_random_seed(5)
    pixels = tf_keras.Input((24, 24, 1))
    x = layers.Flatten()(layers.DepthwiseConv2D(3, depth_multiplier=3)(pixels))
    return tf_keras.Model(pixels, layers.Dense(7, activation="softmax")(x))


def teachable():
    """Sequentials in a Sequential, as Teachable Machine saves."""
    layers = tf_keras.layers
    tf_keras.utils.set_random_seed(5)
    pixels = tf_keras.Input((32, 32, 3))
    x = layers.DepthwiseConv2D(3)(layers.Conv2D(8, 3, strides=2)(pixels))
    x = layers.ReLU(6.0)(layers.BatchNormalization()(x))
    seen = tf_keras.Sequential([tf_keras.Model(pixels, x), layers.GlobalAveragePooling2D()])
    said = tf_keras.Sequential(
        [
            layers.InputLayer((8,)),
            layers.Dense(20, activation="relu"),
            layers.Dense(7, use_bias=False, activation="softmax"),
        ]
    )
    return tf_keras.Sequential([seen, said])


def functions():
    """Functions of TensorFlow between the layers."""
    layers = tf_keras.layers
    tf_keras.utils.set_random_seed(5)
    pixels = tf_keras.Input((24, 24, 1))
    x = layers.Conv2D(4, 5, strides=3)(pixels * 2.0 - 1.0)
    x = layers.Flatten()(layers.ReLU()(x + 0.1)[:, 1:])
    return tf_keras.Model(pixels, layers.Dense(7, activation="softmax")(x))


@pytest.mark.parametrize("make", [depthwise, teachable, functions])
@pytest.mark.parametrize("ending", [".keras", ".h5"])
def test_what_keras_2_saved(tmp_path, make, ending):
    net = make()
    net.save(tmp_path / f"net{ending}")
    check_same(net, imported(tmp_path / f"net{ending}", tmp_path, labels=list(SEVEN)))


def test_a_sequential_of_the_first_keras_2(tmp_path):
    """Its configuration was a list, and its input that of its first layer."""
    net = sequential(tf_keras)
    net.save(tmp_path / "net.h5")
    with h5py.File(tmp_path / "net.h5", "r+") as file:
        config = json.loads(file.attrs["model_config"])
        layers = [item for item in config["config"]["layers"] if item["class_name"] != "InputLayer"]
        layers[0]["config"]["batch_input_shape"] = [None, 24, 24, 1]
        file.attrs["model_config"] = json.dumps({"class_name": "Sequential", "config": layers})
        file.attrs["keras_version"] = "2.0.6"
    check_same(net, imported(tmp_path / "net.h5", tmp_path, labels=list(SEVEN)))


def test_a_net_of_keras_2s_applications(tmp_path):
    """With inverted residuals, depthwise convolutions and activations that are cut off."""
    tf_keras.utils.set_random_seed(5)
    body = tf_keras.applications.MobileNetV2(
        (32, 32, 3), alpha=0.35, include_top=False, weights=None, pooling="avg"
    )
    for layer in body.layers:
        if isinstance(layer, tf_keras.layers.BatchNormalization):
            gamma, beta, mean, variance = layer.get_weights()
            layer.set_weights([gamma, beta, mean, variance * 0.25])
    spread = tf_keras.initializers.RandomNormal(stddev=3.0)
    answer = tf_keras.layers.Dense(7, "softmax", kernel_initializer=spread)(body.output)
    net = tf_keras.Model(body.input, answer)
    net.save(tmp_path / "net.h5")
    bundle = imported(tmp_path / "net.h5", tmp_path, labels=list(SEVEN), scaling="-1-1")
    check_same(net, bundle, lambda faces: faces / 127.5 - 1)


@pytest.mark.parametrize("ending", [".keras", ".h5", ".hdf5", ".KERAS"])
@pytest.mark.parametrize("form", [".keras", ".h5"])
def test_a_file_is_known_by_what_it_is(tmp_path, form, ending):
    net = plain(keras)
    net.save(tmp_path / f"saved{form}")
    source = (tmp_path / f"saved{form}").rename(tmp_path / f"net{ending}")
    check_same(net, imported(source, tmp_path, labels=list(SEVEN)))


# -- what a file may not bring ---------------------------------------------------------------------


def with_config(path, change):
    """A good file whose configuration was changed by somebody."""
    net = plain(tf_keras if path.suffix == ".h5" else keras)
    net.save(path)
    if path.suffix == ".h5":
        with h5py.File(path, "r+") as file:
            config = json.loads(file.attrs["model_config"])
            change(config)
            file.attrs["model_config"] = json.dumps(config)
        return path
    with zipfile.ZipFile(path) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    config = json.loads(contents["config.json"])
    change(config)
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in {**contents, "config.json": json.dumps(config)}.items():
            archive.writestr(name, data)
    return path


def call(symbol, *given):
    """A layer that calls a function of TensorFlow by its name, when it is loaded or run."""

    def change(config):
        layer = config["config"]["layers"][2]
        layer["class_name"] = "TFOpLambda"
        layer["config"] = {"name": layer["config"]["name"], "function": symbol}
        layer["inbound_nodes"] = [["conv2d_1", 0, 0, dict(zip("ab", given, strict=False))]]

    return change


@pytest.mark.parametrize(
    "symbol", ["io.write_file", "py_function", "numpy_function", "raw_ops.WriteFile", "print"]
)
def test_functions_that_do_more_than_calculate_are_refused(tmp_path, symbol):
    written = tmp_path / "written"
    source = with_config(tmp_path / "net.h5", call(symbol, str(written), "x"))
    with pytest.raises(BundleError, match="could do more than calculate"):
        job(describe_external, source, tmp_path)
    assert not written.exists()


@pytest.mark.parametrize("library", [KERAS_2, KERAS_3], ids=["Keras 2", "Keras 3"])
@pytest.mark.parametrize("ending", [".keras", ".h5"])
def test_python_code_is_refused_as_what_it_is(tmp_path, library, ending):
    layers = library.layers
    pixels = library.Input((24, 24, 1))
    flat = layers.Flatten()(layers.Lambda(lambda x: x * 2)(pixels))
    library.Model(pixels, layers.Dense(7)(flat)).save(tmp_path / f"net{ending}")
    with pytest.raises(BundleError, match="Lambda layer: Python code"):
        job(describe_external, tmp_path / f"net{ending}", tmp_path)


@pytest.mark.parametrize("module", ["os", "subprocess", "keras.src.utils.file_utils", "shutil"])
@pytest.mark.parametrize("ending", [".keras", ".h5"])
def test_nothing_is_taken_from_other_modules(tmp_path, module, ending):
    def change(config):
        config["config"]["layers"][1].update(module=module, class_name="system")

    with pytest.raises(BundleError, match="“system”"):
        job(describe_external, with_config(tmp_path / f"net{ending}", change), tmp_path)


def test_a_class_of_somebodys_own_is_named(tmp_path):
    def change(config):
        config["config"]["layers"][1].update(class_name="Swizzle", module=None)

    for ending in (".keras", ".h5"):
        with pytest.raises(BundleError, match="“Swizzle”, which is none of Keras's own"):
            job(describe_external, with_config(tmp_path / f"net{ending}", change), tmp_path)


@pytest.mark.parametrize("text", ["[" * 100_000, "{", "[]", "null", '"x"', "1e999", "{}"])
@pytest.mark.parametrize("ending", [".keras", ".h5"])
def test_any_other_configuration(tmp_path, text, ending):
    source = tmp_path / f"net{ending}"
    plain(keras).save(source)
    if ending == ".h5":
        if len(text) > 60_000:
            pytest.skip("HDF5 keeps no longer attribute")
        with h5py.File(source, "r+") as file:
            file.attrs["model_config"] = text
    else:
        with zipfile.ZipFile(source, "a") as archive:
            archive.writestr("config.json", text)
    with pytest.raises(BundleError) as caught:
        job(describe_external, source, tmp_path)
    assert caught.value.hint


def test_links_to_other_files_are_not_followed(tmp_path):
    source = tmp_path / "net.h5"
    plain(tf_keras).save(source)
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file["kernel"] = np.zeros((5, 5, 1, 4))
    with h5py.File(source, "r+") as file:
        file["model_weights/elsewhere"] = h5py.ExternalLink("other.h5", "/kernel")
    with pytest.raises(BundleError, match="damaged"):
        job(describe_external, source, tmp_path)


def test_files_that_burst_are_not_unpacked(tmp_path):
    with zipfile.ZipFile(tmp_path / "net.keras", "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("metadata.json", "config.json"):
            archive.writestr(name, "{}")
        archive.writestr("model.weights.h5", bytes(40 << 20))
    plain(tf_keras).save(tmp_path / "net.h5")
    with h5py.File(tmp_path / "net.h5", "r+") as file:
        file.create_dataset("zeros", (1 << 40,), "f4", chunks=(1 << 20,), compression="gzip")
    for name in ("net.keras", "net.h5"):
        with pytest.raises(BundleError, match="too large to be loaded safely"):
            job(describe_external, tmp_path / name, tmp_path)


def test_the_keras_file_in_a_bundle_is_looked_into_as_well(builtin):
    """A training that starts from a stranger's bundle opens it."""
    with pytest.raises(BundleError, match="damaged"):
        load_keras(b"PK\3\4" + bytes(100))
    assert load_keras(builtin.read(KERAS)).inputs
