"""Work in the cloud as values: what is asked for, and what is known of a run. JSON in and out."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from enum import Enum
from typing import Any, Final

#: SageMaker's rule for the names of jobs.
JOB_NAME: Final = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}")
#: The end of a job by itself, by AWS's names.
FINAL_STATUSES: Final = ("Completed", "Failed", "Stopped")

#: By AWS's documentation of the algorithm; it refuses newer families with GPUs, too.
_FAMILIES: Final = re.compile(r"ml\.(p2|p3|g4dn|g5)\.")
#: Of SageMaker's types for trainings those that the TensorFlow container runs on: processors of the
#: kind x86-64, and GPUs that its CUDA knows. P2's are too old, Trainium's need another container.
_CONTAINER_FAMILIES: Final = re.compile(
    r"ml\.(g(4dn|5|6|6e|7|7e)|p(3|3dn|4d|4de|5|5e|5en|6-b\d+)|[cmr][4-9](n|d|i|i-flex)?|t3)\."
)

#: The year 10000, in seconds since the epoch: no date beyond it can be shown.
_END_OF_TIME: Final = 253_402_300_800


class Stage(str, Enum):
    """How far a run has come. Each stage can be taken up again after any interruption."""

    PREPARING = "preparing"  # photos become files; nothing has left this computer
    UPLOADING = "uploading"
    LAUNCHING = "launching"  # the job's name is on disk; whether it exists, AWS knows
    RUNNING = "running"
    FETCHING = "fetching"  # it is over, and its result comes back
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"  # on the user's wish, with nothing to fetch

    @property
    def is_over(self) -> bool:
        """True once there is nothing left to do, at AWS or here."""
        return self in (Stage.DONE, Stage.FAILED, Stage.STOPPED)

    @property
    def paid(self) -> bool:
        """True while AWS may be charging for a machine."""
        return self in (Stage.LAUNCHING, Stage.RUNNING)


@dataclass(frozen=True, slots=True)
class AwsChoice:
    """Which account and place: a profile's name and a region; empty for boto3's own choice."""

    profile: str = ""
    region: str = ""

    def or_else(self, other: AwsChoice) -> AwsChoice:
        """This choice, with the other's where it leaves something open."""
        return AwsChoice(self.profile or other.profile, self.region or other.region)


@dataclass(frozen=True, slots=True)
class Machines:
    """What the work runs on.

    Attributes:
        spot: at the price of spare machines, which may be taken away in between.
        max_hours: no longer than this, whatever happens.
    """

    kind: str = "ml.g4dn.xlarge"
    count: int = 1
    spot: bool = False
    max_hours: float = 2.0

    @property
    def run_algorithm(self) -> bool:
        """Whether image classification is trained on machines of this kind."""
        return runs_algorithm(self.kind)

    @property
    def run_container(self) -> bool:
        """Whether AWS's TensorFlow container runs on machines of this kind."""
        return runs_container(self.kind)


def runs_algorithm(kind: str) -> bool:
    """Whether image classification is trained on an instance type: P2, P3, G4dn and G5."""
    return _FAMILIES.match(kind) is not None


def runs_container(kind: str) -> bool:
    """Whether AWS's TensorFlow container runs on an instance type, with a GPU or without."""
    return _CONTAINER_FAMILIES.match(kind) is not None


def has_gpu(kind: str) -> bool:
    """Whether an instance type has a GPU, by its family: those of G and P have one."""
    return kind.startswith(("ml.g", "ml.p"))


@dataclass(frozen=True, slots=True)
class SageMakerTrainingRequest:
    """A training that was confirmed.

    Attributes:
        model: the name the finished model shall have in the store.
        split: the frozen split's name.
        side: of the faces, pixels.
        hyperparameters: of SageMaker's image classification, without those that are computed.
        earlier: the address of an earlier model's ``model.tar.gz`` to go on from; empty for none.
        role: the ARN of the role that SageMaker takes on.
        recipe: what is trained by AWS's TensorFlow container (training.recipe.recipe.Recipe as a
            dict); empty for SageMaker's image classification.
        seed: for a recipe: the same seed gives the same net on the same machine.
        start_from: for a recipe: a bundle of this computer to go on from; empty for none.
    """

    model: str
    split: str
    side: int
    grey: bool
    hyperparameters: Mapping[str, str]
    machines: Machines
    role: str
    bucket: str
    earlier: str = ""
    recipe: Mapping[str, Any] = field(default_factory=dict)
    seed: int = 0
    start_from: str = ""

    def to_dict(self) -> dict[str, Any]:
        """JSON values; from_dict reads them back."""
        return {
            **asdict(self),
            "hyperparameters": dict(self.hyperparameters),
            "recipe": dict(self.recipe),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> SageMakerTrainingRequest:
        """Reads what to_dict wrote."""
        plain = dict(data)
        plain["machines"] = Machines(**data["machines"])
        return cls(**plain)


@dataclass(frozen=True, slots=True)
class TransformRequest:
    """Photos to be classified by machines in the cloud, that was confirmed.

    Attributes:
        model: the model's name in the store.
        artefact: the address of its ``model.tar.gz``.
        source: an address in S3 whose photos are classified as they lie there, or empty for
            photos of this computer.
        paths: files and folders of this computer.
        faces: a value of imaging.prepare.FaceMode, for those.
    """

    model: str
    artefact: str
    machines: Machines
    role: str
    bucket: str
    source: str = ""
    paths: tuple[str, ...] = ()
    faces: str = "find"

    def to_dict(self) -> dict[str, Any]:
        """JSON values; from_dict reads them back."""
        return {**asdict(self), "paths": list(self.paths)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> TransformRequest:
        """Reads what to_dict wrote."""
        plain = dict(data)
        plain["machines"] = Machines(**data["machines"])
        plain["paths"] = tuple(data["paths"])
        return cls(**plain)


@dataclass(frozen=True, slots=True)
class Transition:
    """A stage of a job at AWS; times in seconds since the epoch."""

    status: str
    started: float
    ended: float | None = None
    message: str = ""


@dataclass(frozen=True, slots=True)
class JobStatus:
    """What AWS says of a job.

    Attributes:
        status: InProgress, Completed, Failed, Stopping or Stopped.
        detail: the secondary status.
        billable: seconds that are paid for, once it is over.
        running: seconds it has run.
        artefact: the address of what it made; empty for nothing.
    """

    status: str
    detail: str
    transitions: tuple[Transition, ...] = ()
    billable: int | None = None
    running: int | None = None
    failure: str = ""
    artefact: str = ""
    metrics: Mapping[str, float] = field(default_factory=dict)

    @property
    def is_over(self) -> bool:
        """True once nothing more will happen to the job at AWS."""
        return self.status in FINAL_STATUSES

    def to_dict(self) -> dict[str, Any]:
        """JSON values; from_dict reads them back."""
        transitions = [asdict(item) for item in self.transitions]
        return {**asdict(self), "transitions": transitions, "metrics": dict(self.metrics)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> JobStatus:
        """Reads what to_dict wrote."""
        plain = dict(data)
        plain["transitions"] = tuple(Transition(**item) for item in data["transitions"])
        return cls(**plain)


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong with a run, and the button that helps (a value of errors.Remedy)."""

    message: str
    hint: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class CloudRun:
    """Everything known of one run; kept on disk before anything is asked of AWS.

    Attributes:
        name: of the job at AWS, and of the run.
        kind: ``training`` or ``transform``.
        request: what was confirmed; a SageMakerTrainingRequest or TransformRequest as a dict.
        labels: the emotions of the model's classes, in their order.
        facts: what was found while preparing: counts, digests of what was uploaded, the split.
        job: what AWS said last.
        history: figures by epoch: {"epoch": 0, "train_accuracy": …}; of a recipe those of its
            Metrics events, too.
        waiting: why it cannot be asked just now (no network, signed out): a state, no failure.
        result: of a finished run: the model's name in the store, or where the answers are.
    """

    name: str
    kind: str
    choice: AwsChoice
    account: str
    request: Mapping[str, Any]
    stage: Stage = Stage.PREPARING
    created: float = 0.0
    labels: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    job: JobStatus | None = None
    history: tuple[Mapping[str, Any], ...] = ()
    waiting: Problem | None = None
    problem: Problem | None = None
    result: str = ""

    @property
    def trains_recipe(self) -> bool:
        """Whether it trains a recipe of this program, by AWS's TensorFlow container."""
        return self.kind == "training" and bool(self.request.get("recipe"))

    @classmethod
    def new(
        cls, request: SageMakerTrainingRequest | TransformRequest, choice: AwsChoice, account: str
    ) -> CloudRun:
        """A new run of what was confirmed, under a name of its own.

        Args:
            choice: with its region: what is set may be another one when the run is taken up.
            account: the number of the account it was confirmed for.
        """
        return cls(
            name=new_job_name(request.model),
            kind="training" if isinstance(request, SageMakerTrainingRequest) else "transform",
            choice=choice,
            account=account,
            request=request.to_dict(),
            created=time.time(),
        )

    def to_dict(self) -> dict[str, Any]:
        """JSON values; from_dict reads them back."""
        data = {item.name: getattr(self, item.name) for item in fields(self)}
        for name in ("choice", "waiting", "problem"):
            if data[name] is not None:
                data[name] = asdict(data[name])
        data["stage"] = self.stage.value
        data["job"] = self.job.to_dict() if self.job is not None else None
        data["labels"] = list(self.labels)
        data["history"] = [dict(row) for row in self.history]
        data["request"], data["facts"] = dict(self.request), dict(self.facts)
        return data

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> CloudRun:
        """Reads what to_dict wrote.

        Raises:
            ValueError: it is not that.
        """
        try:
            plain = dict(data)
            if "order" in plain:  # as version 0.1.0 called it
                plain["request"] = plain.pop("order")
            plain["choice"] = AwsChoice(**data["choice"])
            plain["stage"] = Stage(data["stage"])
            plain["labels"] = tuple(data["labels"])
            plain["job"] = JobStatus.from_dict(data["job"]) if data["job"] else None
            plain["history"] = tuple(dict(row) for row in data["history"])
            for name in ("waiting", "problem"):
                plain[name] = Problem(**data[name]) if data[name] else None
            run = cls(**plain)
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"this is no record of a run ({error})") from None
        if not isinstance(run.name, str) or not JOB_NAME.fullmatch(run.name):
            raise ValueError("this is no record of a run (its name)")
        _check_kinds(run)
        return run


def _check_kinds(run: CloudRun) -> None:
    """Runs are sorted by their dates and shown in words: a file may hold anything in their place.

    Raises:
        ValueError: something is of another kind than it should be.
    """
    texts = (run.kind, run.account, run.result, *run.labels)
    sound = (
        type(run.created) in (int, float)
        and abs(run.created) < _END_OF_TIME
        and all(isinstance(text, str) for text in texts)
        and isinstance(run.request, Mapping)
        and isinstance(run.facts, Mapping)
    )
    if not sound:
        raise ValueError("this is no record of a run")


def new_job_name(wanted: str) -> str:
    """A name for a job that SageMaker takes: what it is for, when, and a few random digits."""
    word = re.sub(r"[^a-zA-Z0-9]+", "-", wanted).strip("-")[:24].strip("-") or "emotions"
    stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime())
    return f"{word}-{stamp}-{os.urandom(3).hex()}"
