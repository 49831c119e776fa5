"""What the process that trains tells beside progress, log lines and the figures of epochs.

The process that listens gets the same values again: they become JSON, and values, here alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class DataRead:
    """The photos and labels were read.

    Attributes:
        fingerprint: changes with any photo or label; see dataset.sources.files.fingerprint.
    """

    fingerprint: str


@dataclass(frozen=True, slots=True)
class TrainingBegan:
    """The first step is about to be done.

    Attributes:
        device: what it is trained on, in words.
        epochs: that the recipe asks for.
        photos: it learns from.
        labels: the emotions it learns, in order.
        history: figures of the epochs that were done before, where it goes on; later ones are
            done again.
    """

    device: str
    epochs: int
    steps_per_epoch: int
    photos: int
    labels: tuple[str, ...]
    history: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class StepDone:
    """A step of the net, not each one: its number, counted over all epochs, and its loss."""

    step: int
    loss: float


TrainingEvent = DataRead | TrainingBegan | StepDone


def began_from_json(data: Mapping[str, Any]) -> TrainingBegan:
    """Reads a TrainingBegan, whatever kind it says that it is; ValueError if it is none."""
    try:
        return TrainingBegan(
            str(data["device"]),
            int(data["epochs"]),
            int(data["steps_per_epoch"]),
            int(data["photos"]),
            tuple(str(label) for label in data["labels"]),
            tuple(dict(figures) for figures in data.get("history", ())),
        )
    except (KeyError, TypeError, OverflowError) as error:
        raise ValueError(f"no training began so ({type(error).__name__})") from None


_KINDS: Final[dict[type, str]] = {DataRead: "data", TrainingBegan: "began", StepDone: "step"}
_READERS: Final[dict[str, Callable[[Mapping[str, Any]], TrainingEvent]]] = {
    "data": lambda d: DataRead(str(d["fingerprint"])),
    "began": began_from_json,
    "step": lambda d: StepDone(int(d["step"]), float(d["loss"])),
}


def to_json(event: TrainingEvent) -> dict[str, Any]:
    """JSON values, which from_json reads."""
    return {"kind": _KINDS[type(event)], **asdict(event)}


def from_json(data: Mapping[str, Any]) -> TrainingEvent:
    """Reads what to_json wrote; ValueError if it is not that."""
    try:
        return _READERS[data["kind"]](data)
    except (KeyError, TypeError, OverflowError) as error:
        raise ValueError(f"a training does not tell that ({type(error).__name__})") from None
