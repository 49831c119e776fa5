"""A training run as it is kept: what was asked for, how it went, what came of it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from emotion_desktop.domain.training_events import TrainingBegan

#: Where a run runs: the catalogue has room for other places.
HERE: Final = "here"


class RunState(str, Enum):
    """Where a run is."""

    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    INTERRUPTED = "interrupted"  # the program or the machine ended before it was done
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_over(self) -> bool:
        """True where nobody works on it, whether it is done or could go on."""
        return self not in (self.QUEUED, self.RUNNING)


@dataclass(frozen=True, slots=True)
class Run:
    """A run.

    Attributes:
        name: of the model it makes.
        place: where it runs; HERE for this computer.
        parameters: the job's: with them it can be repeated exactly.
        created, ended: seconds since the epoch.
        fingerprint: of its data (see dataset.sources.files.fingerprint); empty while they are not
            read.
        device: what it runs on, in words.
        epochs: that are finished.
        seconds: that those took.
        photos: it learns from.
        model: the bundle that came of it; empty while there is none.
        scores: Scores.to_dict of that model.
        message, hint: why it is where it is, for people.
    """

    id: str
    name: str
    place: str
    state: RunState
    parameters: Mapping[str, Any]
    created: float
    ended: float | None = None
    fingerprint: str = ""
    device: str = ""
    epochs: int = 0
    seconds: float = 0.0
    photos: int = 0
    model: str = ""
    scores: Mapping[str, Any] | None = None
    message: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class History:
    """What a run told, in order.

    Attributes:
        epochs: figures of each finished epoch, as in its Metrics event.
        log: lines, and numbers of epochs where those were finished between them.
        began: what it told before the first step; None where it did not come so far. Its history
            is left out.
    """

    epochs: tuple[Mapping[str, Any], ...] = ()
    log: tuple[str | int, ...] = ()
    began: TrainingBegan | None = None


def new_run_id() -> str:
    """An id that no other run has; it also names the run's folder."""
    return os.urandom(8).hex()
