"""A workspace with a frozen split of real faces, and the means to run jobs of the cloud on it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from emotion_desktop.dataset.sources.files.fingerprint import digest
from emotion_desktop.dataset.sources.labels import read_labelled
from emotion_desktop.dataset.splitting.freeze import freeze
from emotion_desktop.domain.balance import Balance
from emotion_desktop.domain.job import (
    Batch,
    JobEvent,
    JobRecord,
    JobSpec,
    Log,
    Metrics,
    Progress,
)
from emotion_desktop.domain.sagemaker import (
    AwsChoice,
    CloudRun,
    Machines,
    SageMakerTrainingRequest,
    TransformRequest,
)
from emotion_desktop.domain.split import SplitRequest
from emotion_desktop.jobs.resources import Resources
from emotion_desktop.jobs.running.manager import JobManager
from emotion_desktop.jobs.sagemaker.cloud_services import CloudServices
from emotion_desktop.jobs.sagemaker.specs import begin_run_job, resume_run_job
from emotion_desktop.workspace.catalogue.catalogue import Catalogue
from emotion_desktop.workspace.paths import Workspace
from tests.faces import make_data_set
from tests.stand_ins.aws.server import StandIn
from tests.unit.workspace.rows import add_photo, add_source

ACCOUNT = "123456789012"
SPLIT = "people"
BUCKET = "faces"
EMOTIONS = ("anger", "happiness", "neutral")
CHOICE = AwsChoice("", "us-east-1")
CREATES = "CreateTrainingJob"
#: For tests that want to see something of the training; the others have one epoch.
LONGER = {"epochs": "3", "num_layers": "20", "mini_batch_size": "4"}


def fill(workspace: Workspace, data: Path, balance: Balance | None = None) -> None:
    """Puts labelled photos into a workspace and freezes a split of them."""
    with Catalogue(workspace.catalogue) as catalogue:
        source = add_source(catalogue)
        for sample in read_labelled(data).samples:
            add_photo(
                catalogue,
                source,
                str(sample.path),
                sample.person,
                sample.emotion,
                digest=digest(sample.path.read_bytes()),
            )
        freeze(catalogue, SPLIT, SplitRequest((0.5, 0.25, 0.25), 1, balance=balance or Balance()))


def make_faces(folder: Path) -> Path:
    """Photos of three emotions, twelve persons."""
    return make_data_set(
        folder, persons_per_emotion=4, photos_per_person=2, emotions=EMOTIONS, faceless=2
    )


@dataclass
class Rig:
    """A workspace, the stand-in, and jobs run to their end."""

    aws: StandIn
    workspace: Workspace
    resources: Resources = field(init=False)
    manager: JobManager = field(init=False)
    events: list[JobEvent] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.resources = Resources(self.workspace)
        self.resources.cloud = replace(self.resources.cloud, poll_s=0.05, longest_s=0.2)
        self.manager = JobManager(self.resources)
        self.manager.subscribe(lambda _, event: self.events.append(event))

    def close(self) -> None:
        self.manager.shutdown()
        self.resources.close()

    @property
    def cloud(self) -> CloudServices:
        return self.resources.cloud

    def make_bucket(self, name: str = BUCKET) -> None:
        self.aws.client("s3").create_bucket(Bucket=name)

    def request(self, **more: Any) -> SageMakerTrainingRequest:
        made: dict[str, Any] = {
            "model": "cloud",
            "split": SPLIT,
            "side": 28,
            "grey": True,
            "hyperparameters": {
                "epochs": "1",
                "num_layers": "20",
                "mini_batch_size": "4",
                "optimizer": "sgd",
            },
            "machines": Machines(),
            "role": self.aws.role,
            "bucket": BUCKET,
        }
        return SageMakerTrainingRequest(**{**made, **more})

    def run(self, job: JobSpec, timeout: float = 90) -> JobRecord:
        """Runs a job to its end."""
        record = self.manager.wait(self.start(job), timeout)
        assert record.state.is_over, "the job does not end"
        return record

    def start(self, job: JobSpec) -> str:
        return self.manager.submit(job)

    def resume(self, run: str) -> JobSpec:
        """The job that takes a run up."""
        return resume_run_job(self.cloud.runs.load(run))

    def until(self, true: Callable[[], bool], timeout: float = 60) -> None:
        """Waits for something to become true."""
        deadline = time.monotonic() + timeout
        while not true():
            assert time.monotonic() < deadline, "it does not happen"
            time.sleep(0.01)

    def only_run(self) -> CloudRun:
        (run,) = self.cloud.runs.all()
        return run

    def of(self, kind: type) -> list[Any]:
        return [event for event in list(self.events) if isinstance(event, kind)]

    @property
    def said(self) -> list[str]:
        return [event.line for event in self.of(Log)]

    @property
    def texts(self) -> list[str]:
        return [event.text for event in self.of(Progress)]

    @property
    def records(self) -> list[dict[str, Any]]:
        return [item for event in self.of(Batch) for item in event.items]

    @property
    def epochs(self) -> list[Metrics]:
        return self.of(Metrics)


def begin(
    request: SageMakerTrainingRequest | TransformRequest,
    choice: AwsChoice = CHOICE,
    account: str = ACCOUNT,
) -> JobSpec:
    """The job that begins what was confirmed."""
    return begin_run_job(CloudRun.new(request, choice, account))


def train(rig: Rig, **request: Any) -> JobSpec:
    """The job that trains as the request says."""
    return begin(rig.request(**request))
