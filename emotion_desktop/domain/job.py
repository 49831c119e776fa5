"""What a job is: its description, its states, and what it tells while it runs."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Protocol

from emotion_desktop.domain.training_events import TrainingEvent


class Lane(str, Enum):
    """The resource a job needs; jobs of one lane wait for one another."""

    CLASSIFY = "classify"  # answers to the user come beside a training, not behind it
    COMPUTE = "compute"
    CATALOGUE = "catalogue"
    EDITS = "edits"  # the user's small changes come beside an import, not behind it
    CLOUD = "cloud"
    FOLLOW = "follow"  # work done elsewhere, waited for; it goes on when this program ends


class JobState(str, Enum):
    """Where a job is. The last five are over."""

    QUEUED = "queued"
    RUNNING = "running"
    CANCELLING = "cancelling"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    PAUSED = "paused"  # it left what another job goes on from
    DETACHED = "detached"

    @property
    def is_over(self) -> bool:
        """True once nothing more will happen to it in this program."""
        return self not in (self.QUEUED, self.RUNNING, self.CANCELLING)


@dataclass(frozen=True, slots=True)
class JobSpec:
    """What is to be done. ``parameters`` hold JSON values alone.

    Attributes:
        quiet: the program's own business, a list that is read again, say: neither shown nor kept.
    """

    kind: str
    title: str
    lane: Lane
    parameters: Mapping[str, Any] = field(default_factory=dict)
    id: str = field(default_factory=lambda: os.urandom(16).hex())
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a job ended, in words; ``result`` is what its function returned."""

    message: str
    hint: str = ""
    result: Any = None


@dataclass(frozen=True, slots=True)
class Progress:
    """``done`` of ``total`` steps; a total of 0 means it is not known yet."""

    done: int
    total: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class Metrics:
    """Figures at the end of an epoch."""

    epoch: int
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Batch:
    """Results that are ready, in order. From a worker process they are JSON values."""

    items: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Log:
    """One line for the job's log."""

    line: str


@dataclass(frozen=True, slots=True)
class StateChanged:
    """The job is in a new state; a final one brings its outcome."""

    state: JobState
    outcome: Outcome | None = None


JobEvent = Progress | Metrics | Batch | Log | TrainingEvent | StateChanged


class JobContext(Protocol):
    """What a job's function may ask and tell."""

    def emit(self, event: JobEvent) -> None:
        """Tells whoever listens. StateChanged is the manager's alone."""

    @property
    def cancelled(self) -> bool:
        """True once the user cancelled: leave without a result."""

    @property
    def finish_early(self) -> bool:
        """True once the user asked to stop and keep what is best so far."""

    @property
    def pause_wanted(self) -> bool:
        """True once the user asked to stop here and go on later; who cannot, takes no notice."""

    def check_cancelled(self) -> None:
        """Raises CancelledError once the user cancelled."""

    def wait(self, seconds: float) -> bool:
        """Sleeps, or until cancelled; returns whether the job was cancelled."""


@dataclass(frozen=True, slots=True)
class JobRecord:
    """What is kept of a job. Times are seconds since the epoch."""

    spec: JobSpec
    state: JobState
    outcome: Outcome | None = None
    created: float = 0.0
    started: float | None = None
    ended: float | None = None
