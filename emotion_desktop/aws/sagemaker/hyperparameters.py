"""The hyperparameters of SageMaker's image classification: what there is, and what is sensible.

From AWS's documentation ("Image Classification Hyperparameters"). All are sent as text. They are
checked here before anything is sent: AWS would say it only after the upload.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.domain.errors import UsageError

#: Nets for small pictures, of three stages, and the others, of four.
SMALL_LAYERS: Final = (20, 32, 44, 56, 110)
LAYERS: Final = (18, 34, 50, 101, 152, 200)
#: Up to this side a net has three stages.
SMALL_SIDE: Final = 28
PRETRAINED_SIDE: Final = 224
#: The rate that goes with a batch of 256 (Goyal et al. 2017); others in proportion.
_RATE_AT_256: Final = 0.1
#: A net that knows pictures already is changed more gently.
_PRETRAINED_SHARE: Final = 0.1

Check = Callable[[str], bool]


def _whole(low: int, high: int) -> Check:
    return lambda text: bool(re.fullmatch(r"\d{1,9}", text)) and low <= int(text) <= high


def _number(low: float, high: float) -> Check:
    def good(text: str) -> bool:
        try:
            return low <= float(text) <= high
        except ValueError:
            return False

    return good


def _one_of(*choices: str) -> Check:
    return lambda text: text in choices


@dataclass(frozen=True, slots=True)
class Hyperparameter:
    """One of them: a sentence for people, which values it takes, in words and as a check."""

    help: str
    values: str
    good: Check


HYPERPARAMETERS: Final[Mapping[str, Hyperparameter]] = {
    "num_layers": Hyperparameter(
        "Depth of the net.",
        "18, 34, 50, 101, 152, 200; up to 28 pixels 20, 32, 44, 56, 110",
        _one_of(*map(str, (*LAYERS, *SMALL_LAYERS))),
    ),
    "use_pretrained_model": Hyperparameter(
        "Start from a net trained on a million pictures; needs 224 pixels.",
        "0 or 1",
        _one_of("0", "1"),
    ),
    "epochs": Hyperparameter("Passes over the photos.", "1–1000", _whole(1, 1000)),
    "mini_batch_size": Hyperparameter("Photos per step.", "1–1024", _whole(1, 1024)),
    "optimizer": Hyperparameter(
        "How the net is changed.",
        "sgd, adam, rmsprop, nag",
        _one_of("sgd", "adam", "rmsprop", "nag"),
    ),
    "learning_rate": Hyperparameter("How much a step changes.", "0–1", _number(1e-9, 1)),
    "momentum": Hyperparameter("For sgd and nag.", "0–1", _number(0, 1)),
    "weight_decay": Hyperparameter("Pulls weights towards zero.", "0–1", _number(0, 1)),
    "beta_1": Hyperparameter("For adam.", "0–1", _number(0, 1)),
    "beta_2": Hyperparameter("For adam.", "0–1", _number(0, 1)),
    "eps": Hyperparameter("For adam and rmsprop.", "0–1", _number(0, 1)),
    "gamma": Hyperparameter("For rmsprop.", "0–1", _number(0, 1)),
    "lr_scheduler_factor": Hyperparameter(
        "By how much the learning rate falls.", "0–1", _number(0, 1)
    ),
    "lr_scheduler_step": Hyperparameter(
        "After which epochs it falls.", "10,20", lambda t: bool(re.fullmatch(r"\d+(,\d+)*", t))
    ),
    "augmentation_type": Hyperparameter(
        "Random changes to training photos.",
        "crop, crop_color, crop_color_transform",
        _one_of("crop", "crop_color", "crop_color_transform"),
    ),
    "early_stopping": Hyperparameter(
        "End when validation gets no better.", "True or False", _one_of("True", "False")
    ),
    "early_stopping_min_epochs": Hyperparameter("Not before.", "1–1000", _whole(1, 1000)),
    "early_stopping_patience": Hyperparameter("Epochs to wait.", "1–1000", _whole(1, 1000)),
    "early_stopping_tolerance": Hyperparameter("What counts as better.", "0–1", _number(0, 1)),
    "precision_dtype": Hyperparameter(
        "Precision of the weights.", "float32 or float16", _one_of("float32", "float16")
    ),
    "kv_store": Hyperparameter(
        "How several machines agree.",
        "dist_sync or dist_async",
        _one_of("dist_sync", "dist_async"),
    ),
    "checkpoint_frequency": Hyperparameter(
        "Keep a checkpoint after so many epochs.", "1–1000", _whole(1, 1000)
    ),
    "top_k": Hyperparameter(
        "Also report top-k accuracy.", f"2–{len(EMOTIONS)}", _whole(2, len(EMOTIONS))
    ),
}
#: Those that the algorithm knows, too, and why they are not sent.
_NOT_HERE: Final[Mapping[str, str]] = {
    "resize": "faces are sent in the size they are learnt in",
    "multi_label": "a photo shows one emotion",
    "use_weighted_loss": "the algorithm weights where a photo has several labels alone; a split's "
    "balance does it for one",
}
COMPUTED: Final = ("num_classes", "num_training_samples", "image_shape")


@dataclass(frozen=True, slots=True)
class Preset:
    """A way to train.

    Attributes:
        side: of the faces, pixels.
        values: what differs from AWS's own.
        nearest_to: the recipes for this computer that come nearest to it, by name.
    """

    title: str
    help: str
    side: int
    values: Mapping[str, str]
    nearest_to: tuple[str, ...]


PRESETS: Final[Mapping[str, Preset]] = {
    "notebook": Preset(
        "Notebook",
        "As the original notebooks: a net from scratch on 50 × 50 pixels, 15 epochs, SGD.",
        50,
        {"num_layers": "18", "epochs": "15", "optimizer": "sgd"},
        ("notebook",),
    ),
    "quick": Preset(
        "Quick",
        "A small net on 28 × 28 pixels: minutes, to see whether everything works.",
        28,
        {"num_layers": "20", "epochs": "10", "optimizer": "sgd"},
        ("quick",),
    ),
    "pretrained": Preset(
        "Pretrained",
        "A net that knows pictures already, on 224 × 224 pixels. Usually the best of the three.",
        PRETRAINED_SIDE,
        {
            "num_layers": "18",
            "use_pretrained_model": "1",
            "epochs": "15",
            "optimizer": "sgd",
            "lr_scheduler_step": "10",
            "lr_scheduler_factor": "0.1",
        },
        ("best",),
    ),
}


def preset_nearest_to(recipe: str) -> Preset | None:
    """The preset that comes nearest to a recipe for this computer, or None."""
    return next((preset for preset in PRESETS.values() if recipe in preset.nearest_to), None)


def complete(
    chosen: Mapping[str, str],
    *,
    classes: int,
    samples: int,
    side: int,
    machines: int = 1,
    earlier: bool = False,
) -> dict[str, str]:
    """All hyperparameters of a training: those chosen, and those that follow from the data.

    Args:
        samples: records in the training file.
        machines: how many share the work; each takes its own batch.
        earlier: whether it goes on from an earlier model.

    Raises:
        UsageError: something is unknown, out of range, or does not go together.
    """
    # AWS's own examples write lists with blanks in them: “10, 20”.
    values = {name: re.sub(r"\s*,\s*", ",", str(value).strip()) for name, value in chosen.items()}
    for name, value in values.items():
        _check_value(name, value)
    if classes < 2:
        raise UsageError("The split shows fewer than two emotions.", "Choose another split.")
    layers = int(values.setdefault("num_layers", str(default_layers(side))))
    _check_layers(layers, side)
    pretrained = values.setdefault("use_pretrained_model", "0") == "1"
    if pretrained:
        _check_pretrained(side, earlier)
    batch = int(values.setdefault("mini_batch_size", str(default_batch(samples, machines))))
    if batch * machines > samples:
        raise UsageError(
            f"A batch of {batch} on {machines} machines is more than the {samples} photos.",
            f"Set mini_batch_size to {max(1, samples // machines)} or less.",
        )
    values.setdefault("epochs", "15")
    _check_bound(values, "checkpoint_frequency", int(values["epochs"]), "epochs there are")
    _check_bound(values, "top_k", classes, "emotions the split shows")
    values.setdefault(
        "learning_rate", default_rate(batch * machines, pretrained or earlier, values)
    )
    if machines > 1:
        values.setdefault("kv_store", "dist_sync")
    return {
        **values,
        "num_classes": str(classes),
        "num_training_samples": str(samples),
        "image_shape": f"3,{side},{side}",
    }


def default_layers(side: int) -> int:
    """The smallest net for pictures of a size."""
    return SMALL_LAYERS[0] if side <= SMALL_SIDE else LAYERS[0]


def default_batch(samples: int, machines: int = 1) -> int:
    """32, as AWS has it, or fewer where there are few photos."""
    return max(1, min(32, samples // machines))


def default_rate(batch: int, knows: bool, values: Mapping[str, str]) -> str:
    """A learning rate that goes with the batch: AWS's own 0.1 is for one of 256."""
    if values.get("optimizer", "sgd") in ("adam", "rmsprop"):
        return "0.0001" if knows else "0.001"
    rate = _RATE_AT_256 * batch / 256 * (_PRETRAINED_SHARE if knows else 1)
    digits = max(0, 1 - math.floor(math.log10(rate)))
    return f"{rate:.{digits}f}".rstrip("0")


def _check_value(name: str, value: str) -> None:
    if name in COMPUTED:
        raise UsageError(f"{name} follows from the photos and cannot be set.", "Leave it out.")
    if name in _NOT_HERE:
        raise UsageError(f"{name} is of no use here: {_NOT_HERE[name]}.", "Leave it out.")
    known = HYPERPARAMETERS.get(name)
    if known is None:
        raise UsageError(
            f"SageMaker's image classification knows no “{name}”.",
            f"It knows: {', '.join(HYPERPARAMETERS)}.",
        )
    if not known.good(value):
        raise UsageError(f"{name} cannot be “{value}”.", f"It may be: {known.values}.")


def _check_bound(values: Mapping[str, str], name: str, most: int, what: str) -> None:
    if name in values and int(values[name]) > most:
        raise UsageError(
            f"{name} is {values[name]}, more than the {most} {what}.", f"Set it to {most} or less."
        )


def _check_pretrained(side: int, earlier: bool) -> None:
    if side != PRETRAINED_SIDE:
        raise UsageError(
            "A pretrained net needs faces of 224 × 224 pixels.",
            "Set the side to 224, or use_pretrained_model to 0.",
        )
    if earlier:
        raise UsageError(
            "A training goes on from an earlier model or from a pretrained net, not from both.",
            "Set use_pretrained_model to 0.",
        )


def _check_layers(layers: int, side: int) -> None:
    small = side <= SMALL_SIDE
    fitting = SMALL_LAYERS if small else LAYERS
    if layers not in fitting:
        raise UsageError(
            f"There is no net of {layers} layers for faces of {side} pixels.",
            f"Set num_layers to one of {', '.join(map(str, fitting))}.",
        )
