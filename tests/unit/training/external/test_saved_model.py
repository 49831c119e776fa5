"""SavedModels: those of others, and those that would do more than calculate."""

import os

import numpy as np
import pytest
import tf_keras

from emotion_desktop.domain.errors import BundleError
from emotion_desktop.training.external.external_model import describe_external
from emotion_desktop.training.external.operations import READING, SAFE, WRITING
from emotion_desktop.training.net.backend import keras, tf
from tests.unit.training.external.importing import (
    SEVEN,
    faces_for,
    imported,
    job,
    probabilities,
)


class Net(tf.Module):
    """A net that a test adds something to."""

    def __init__(self):
        super().__init__()
        self.kernel = tf.Variable(
            np.random.default_rng(0).normal(size=(192, 3)) / 9, dtype="float32"
        )

    @tf.function(input_signature=[tf.TensorSpec([None, 8, 8, 3], tf.float32)])
    def say(self, pixels):
        return {"answer": tf.nn.softmax(tf.reshape(pixels, [-1, 192]) @ self.kernel)}


def save(net, folder):
    tf.saved_model.save(net, str(folder), signatures={"serving_default": net.say})
    return folder


def test_an_initialiser_that_writes_does_not_run(tmp_path):
    written = str(tmp_path / "written")

    class Resource(tf.saved_model.experimental.TrackableResource):
        def _create_resource(self):
            return tf.raw_ops.VarHandleOp(dtype=tf.float32, shape=[])

        def _initialize(self):
            tf.io.write_file(written, "x")

    net = Net()
    net.resource = Resource()
    _ = net.resource.resource_handle
    net.touch = tf.function(lambda: net.resource.resource_handle, input_signature=[])
    source = save(net, tmp_path / "net")
    if os.path.exists(written):  # noqa: PTH110
        os.remove(written)  # noqa: PTH107
    with pytest.raises(BundleError, match="“WriteFile”, which could do more than calculate"):
        job(describe_external, source, tmp_path)
    assert not os.path.exists(written)  # noqa: PTH110


@pytest.mark.parametrize(
    ("operation", "act"),
    [
        ("WriteFile", lambda path: tf.io.write_file(path, "x")),
        ("ReadFile", lambda path: tf.print(tf.io.read_file(path))),
        ("PrintV2", tf.print),
        ("MatchingFiles", lambda path: tf.print(tf.io.matching_files(path))),
        (
            "SaveV2",
            lambda path: tf.raw_ops.SaveV2(
                prefix=path, tensor_names=["a"], shape_and_slices=[""], tensors=[tf.zeros([1])]
            ),
        ),
        ("EagerPyFunc", lambda path: tf.py_function(lambda: None, [], [])),
    ],
)
def test_a_net_that_acts_when_it_is_asked(tmp_path, operation, act):
    written = str(tmp_path / "written")

    class Acting(Net):
        @tf.function(input_signature=[tf.TensorSpec([None, 8, 8, 3], tf.float32)])
        def say(self, pixels):
            act(written)
            return {"answer": tf.nn.softmax(tf.reshape(pixels, [-1, 192]) @ self.kernel)}

    source = save(Acting(), tmp_path / "net")
    with pytest.raises(BundleError, match="could do more than calculate"):
        job(describe_external, source, tmp_path)
    assert not [path for path in tmp_path.iterdir() if path.name.startswith("written")]
    assert operation not in SAFE


@pytest.mark.parametrize("library", [tf_keras, keras], ids=["Keras 2", "Keras 3"])
def test_the_folder_of_either_keras(tmp_path, library):
    """Keras 2's holds the functions of training, too."""
    library.utils.set_random_seed(4)
    layers = library.layers
    pixels = library.Input((24, 24, 1))
    x = layers.SpatialDropout2D(0.3)(layers.Conv2D(4, 5, strides=2)(pixels))
    x = layers.Dropout(0.5)(layers.Flatten()(layers.BatchNormalization()(x)))
    answer = layers.Dense(7, "softmax", kernel_regularizer="l2")(x)
    net = library.Model(pixels, answer)
    net.compile("adam", "categorical_crossentropy")
    if library is keras:
        net.export(tmp_path / "net", verbose=False)
    else:
        net.save(tmp_path / "net")
    bundle = imported(tmp_path / "net", tmp_path, labels=list(SEVEN))
    faces = faces_for(bundle.card)
    said = np.asarray(net((faces / 255).astype(np.float32), training=False))
    assert probabilities(bundle, faces) == pytest.approx(said, abs=1e-4)


def test_a_folder_of_tensorflow_1(tmp_path):
    v1 = tf.compat.v1
    kernel = np.random.default_rng(0).normal(size=(192, 3)).astype(np.float32) / 9
    with v1.Graph().as_default(), v1.Session() as session:
        pixels = v1.placeholder(tf.float32, [None, 8, 8, 3])
        weights = v1.get_variable("w", initializer=kernel, use_resource=True)
        answer = tf.nn.softmax(tf.reshape(pixels, [-1, 192]) @ weights)
        session.run(v1.global_variables_initializer())
        v1.saved_model.simple_save(session, str(tmp_path / "net"), {"x": pixels}, {"y": answer})
    bundle = imported(tmp_path / "net", tmp_path)
    faces = faces_for(bundle.card)
    expected = tf.nn.softmax((faces / 255).reshape(-1, 192).astype(np.float32) @ kernel)
    assert probabilities(bundle, faces) == pytest.approx(np.asarray(expected), abs=1e-4)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes here")
def test_a_pipe_among_its_files_is_not_waited_on(tmp_path):
    source = save(Net(), tmp_path / "net")
    data = source / "variables" / "variables.data-00000-of-00001"
    data.unlink()
    os.mkfifo(data)
    with pytest.raises(BundleError, match="damaged"):
        job(describe_external, source, tmp_path)


def test_what_is_allowed_exists_and_nothing_writes():
    """The list is of names of TensorFlow's own."""
    suspicious = ("Write", "ReadFile", "Print", "Py", "Dataset", "Table", "Decode", "Xla", "Send")
    assert not [name for name in SAFE if any(word in name for word in suspicious)]
    missing = {n for n in SAFE | WRITING | READING if not hasattr(tf.raw_ops, n)}
    assert not missing
