"""A model as a folder of plain files: the net with all its preprocessing and calibration inside,
its labels, and a card that model hubs read.

The net takes faces as they were cut from photos, (n, size, size, channels) of whole levels 0-255,
and gives probabilities, (n, labels). How faces are cut is told in the card and in the metadata.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from emotion_desktop.domain.errors import AppError
from emotion_desktop.domain.model import Calibration, ModelCard
from emotion_desktop.engines.bundle import KERAS, Bundle
from emotion_desktop.engines.litert import from_keras
from emotion_desktop.engines.table import LITERT
from emotion_desktop.training.net.backend import keras
from emotion_desktop.training.net.transfer import load_keras
from emotion_desktop.training.plain.hub_card import hub_card
from emotion_desktop.training.plain.onnx_graph import to_onnx
from emotion_desktop.workspace.files.staging import staged_path, sweep_once

#: What the files hold beside the net.
LABELS_FILE: Final = "labels.txt"
METADATA_FILE: Final = "emotion-desktop.json"
CARD_FILE: Final = "README.md"


def write_plain(bundle: Bundle, form: str, target: Path) -> None:
    """Writes a model's folder, whole or not at all.

    Args:
        form: one of domain.model.PLAIN_FORMS.
        target: the folder, which is not there yet.

    Raises:
        AppError: the model cannot be written so, the folder is there already or cannot be written.
    """
    _check(bundle, target)
    model = plain_model(bundle)
    sweep_once(target.parent)
    staged = staged_path(target)
    try:
        staged.mkdir(parents=True)
        _WRITERS[form](model, staged, metadata_of(bundle.card))
        (staged / LABELS_FILE).write_text("\n".join(bundle.card.labels) + "\n", "utf-8")
        (staged / CARD_FILE).write_text(hub_card(bundle.card, form), "utf-8")
        staged.rename(target)
    except OSError as error:
        raise AppError(
            f"{target.name} could not be written ({error.strerror or error}).",
            "Choose another folder, or free some space.",
        ) from None
    finally:
        shutil.rmtree(staged, ignore_errors=True)


def _check(bundle: Bundle, target: Path) -> None:
    if KERAS not in bundle.files:
        raise AppError(
            f"“{bundle.path.stem}” holds no Keras model: it was made elsewhere.",
            "Export it as it is, as a bundle of this program.",
        )
    if bundle.card.experts is not None:
        raise AppError(
            f"“{bundle.path.stem}” listens to other nets beside its own, which plain files cannot.",
            "Train a model with another recipe than Best, or export the bundle as it is.",
        )
    if target.exists():
        raise AppError(f"{target.name} is already there.", "Choose another name.")


def plain_model(bundle: Bundle) -> Any:
    """The bundle's Keras model with its calibration behind it: faces in, probabilities out."""
    net = load_keras(bundle.read(KERAS))
    logits = net.outputs[0]
    calibrated = keras.layers.Dense(logits.shape[-1], name="calibration")
    answer = keras.layers.Softmax(name="probabilities")(calibrated(logits))
    calibrated.set_weights(_linear(bundle.card.calibration))
    return keras.Model(net.inputs[0], answer, name="expressions")


def _linear(calibration: Calibration) -> list[Any]:
    """(z + bias) / temperature as a kernel and a bias; see engines.calibration."""
    bias = np.array(calibration.bias) / calibration.temperature
    kernel = np.eye(len(bias)) / calibration.temperature
    return [kernel.astype(np.float32), bias.astype(np.float32)]


def metadata_of(card: ModelCard) -> Mapping[str, str]:
    """What other programs need to know, as names and texts."""
    need = card.preprocessing
    return {
        "name": card.name,
        "labels": json.dumps(list(card.labels)),
        "input": json.dumps(
            {
                "layout": "NHWC",
                "size": need.size,
                "channels": "grey" if need.channels == 1 else "RGB",
                "range": [0, 255],
                "crop": need.crop,
                "extent": need.extent,
            }
        ),
        "output": "probabilities",
    }


def _write_keras(model: Any, folder: Path, metadata: Mapping[str, str]) -> None:
    path = folder / "model.keras"
    model.save(path)
    _append(path, metadata)


def _write_saved_model(model: Any, folder: Path, metadata: Mapping[str, str]) -> None:
    # TensorFlow writes to names it makes up itself: a folder of its own, then moved.
    with tempfile.TemporaryDirectory(dir=folder) as made:
        model.export(made, verbose=False)
        extra = Path(made, "assets.extra")
        extra.mkdir()
        for name, text in _entries(metadata).items():
            (extra / name).write_text(text, "utf-8")
        shutil.copytree(made, folder / "saved_model")


def _write_litert(model: Any, folder: Path, metadata: Mapping[str, str]) -> None:
    path = folder / LITERT
    path.write_bytes(from_keras(model)[LITERT])
    # Files that belong to a LiteRT model are a ZIP at its end ("associated files" of its metadata).
    _append(path, metadata)


def _write_onnx(model: Any, folder: Path, metadata: Mapping[str, str]) -> None:
    (folder / "model.onnx").write_bytes(to_onnx(model, metadata))


def _append(path: Path, metadata: Mapping[str, str]) -> None:
    with zipfile.ZipFile(path, "a") as archive:
        for name, text in _entries(metadata).items():
            archive.writestr(zipfile.ZipInfo(name), text)


def _entries(metadata: Mapping[str, str]) -> dict[str, str]:
    labels = "\n".join(json.loads(metadata["labels"])) + "\n"
    return {LABELS_FILE: labels, METADATA_FILE: json.dumps(dict(metadata), indent=1)}


_WRITERS: Final[Mapping[str, Callable[[Any, Path, Mapping[str, str]], None]]] = MappingProxyType(
    {
        "keras": _write_keras,
        "savedmodel": _write_saved_model,
        "tflite": _write_litert,
        "onnx": _write_onnx,
    }
)
