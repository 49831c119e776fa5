"""From a file or folder to the model in it, whoever made it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt

from emotion_desktop.domain.errors import AppError, BundleError, UsageError
from emotion_desktop.domain.external_model import ExternalInput, ExternalModel, Output
from emotion_desktop.domain.files.model_files import external_root
from emotion_desktop.domain.model import DEFAULT_SIZE, Preprocessing
from emotion_desktop.training.external.labels_beside import labels_beside
from emotion_desktop.training.external.zipped import unpacked
from emotion_desktop.workspace.files.kinds import is_special

#: Two programs that read one file add up in different orders.
_SAME: Final = 1e-4


class External(Protocol):
    """A model that was made elsewhere, as its own library reads it."""

    about: ExternalModel
    """What its files say."""

    @property
    def output(self) -> Output:
        """What its numbers are, by its last operation."""

    @property
    def exact(self) -> bool:
        """False where it calculates in 8 bits: there a last digit may fall either way."""

    def outputs(
        self, faces: npt.NDArray[np.uint8], external_input: ExternalInput
    ) -> npt.NDArray[np.float32]:
        """What it says of faces, (n, classes), as it says it."""

    def files(self, external_input: ExternalInput, probabilities: bool) -> dict[str, bytes]:
        """The files of a bundle: faces in, logits out."""


def open_external(source: Path) -> External:
    """Reads a model.

    Raises:
        UsageError: there is nothing at that path.
        BundleError: it is no model that names expressions, is damaged or unsafe.
    """
    _check_readable(source)
    with unpacked(source) as path:
        external = _open(path)
        labels = labels_beside(external_root(path))
        if len(labels) == external.about.classes:
            external.about = replace(external.about, labels=labels)
    return external


def _check_readable(source: Path) -> None:
    """Raises a UsageError or BundleError where there is no file or folder that may be read."""
    root = external_root(source)
    try:
        if is_special(root):
            raise BundleError(
                f"{source.name} is no file, but a pipe or a device.", "Choose a file."
            )
        if root.is_dir():
            next(root.iterdir(), None)
        else:
            root.open("rb").close()
    except FileNotFoundError:
        raise UsageError(
            f"There is no file or folder {source}.", "Choose a model that is on this computer."
        ) from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise BundleError(
            f"{source.name} cannot be read ({reason}).", "Check that you may read it."
        ) from None


def _open(source: Path) -> External:
    root = external_root(source)
    if root.is_dir():
        from emotion_desktop.training.external.saved_model import ExternalSavedModel

        return ExternalSavedModel(root)
    if source.suffix.casefold() == ".onnx":
        from emotion_desktop.engines.from_onnx import ExternalOnnx

        return ExternalOnnx(source)
    if source.suffix.casefold() == ".tflite":
        from emotion_desktop.training.external.from_litert import ExternalLiteRT

        return ExternalLiteRT(source)
    return _open_keras(source)


def _open_keras(path: Path) -> External:
    """A Keras file, by the Keras that wrote it. What Keras 2 wrote can be trained further where
    Keras 3 reads it, too, and it says the same."""
    from emotion_desktop.training.external.from_keras import ExternalKeras
    from emotion_desktop.training.external.from_keras2 import ExternalKeras2
    from emotion_desktop.training.net.keras_file import read_keras_file

    with read_keras_file(path) as file:
        if not file.is_keras2:
            return ExternalKeras(file)
        reference = ExternalKeras2(file)
        try:
            newer = ExternalKeras(file)
        except AppError:
            return reference
    return newer if _agree(newer, reference) else reference


def _agree(one: External, other: External) -> bool:
    if one.about != other.about or one.output != other.output:
        return False
    about = one.about
    external_input = ExternalInput(
        Preprocessing(about.size or DEFAULT_SIZE, about.channels, "eyes", 2.2), "0-1"
    )
    faces = varied_faces(external_input)
    said, expected = one.outputs(faces, external_input), other.outputs(faces, external_input)
    scale = max(1.0, float(np.abs(expected).max()))
    return bool(np.abs(said - expected).max() <= _SAME * scale)


def varied_faces(external_input: ExternalInput) -> npt.NDArray[np.uint8]:
    """(12, size, size, channels): noise, dark and light, fine and coarse, and plain pictures."""
    need = external_input.preprocessing
    side, shape = need.size, (need.size, need.size, need.channels)
    chance = np.random.default_rng(4)
    found: list[npt.NDArray[Any]] = [chance.integers(0, 256, shape) for _ in range(4)]
    found += [chance.integers(0, 256, shape) // 4 + offset for offset in (0, 96, 191)]
    blocks = chance.integers(0, 256, (side // 8 + 1, side // 8 + 1, need.channels))
    found.append(blocks.repeat(8, axis=0).repeat(8, axis=1)[:side, :side])
    ramp = np.broadcast_to(np.linspace(0, 255, side)[:, None, None], shape)
    found += [ramp, ramp[::-1], np.zeros(shape), np.full(shape, 255)]
    return np.stack([picture.astype(np.uint8) for picture in found])
