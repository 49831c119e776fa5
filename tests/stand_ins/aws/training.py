"""SageMaker's training jobs: names and roles refused as the real ones, states that take time."""

from __future__ import annotations

import re
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlparse

from tests.stand_ins.aws.account import Quotas
from tests.stand_ins.aws.container import Epoch, JobError, Training
from tests.stand_ins.aws.operations import Operations, RefusalError
from tests.stand_ins.aws.script_container import ScriptContainer, told_to
from tests.stand_ins.aws.storage import LogStream, Storage
from tests.stand_ins.aws.wire import Call

ACCOUNT: Final = "123456789012"
_NAME: Final = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}")
_GPU: Final = re.compile(r"ml\.(p\d|g\d)\w*\.")
#: What the files of a channel have to be, where they are not RecordIO.
_CONTENT: Final = {"model": "x-sagemaker-model", "training": "zip"}
#: Of each channel the files by name.
Files = dict[str, dict[str, bytes]]
_FINAL: Final = ("Completed", "Failed", "Stopped")
#: What a stage is called, and what AWS says of it.
_MESSAGES: Final = {
    "Starting": "Preparing the instances for training",
    "Downloading": "Downloading input data",
    "Training": "Training image download completed. Training in progress.",
    "Interrupted": "Training job interrupted: a Spot instance was reclaimed",
    "Uploading": "Uploading generated training model",
    "Completed": "Training job completed",
    "Failed": "Training job failed",
    "Stopping": "Stopping the training job",
    "Stopped": "Training job stopped",
    "MaxRuntimeExceeded": "Training job runtime exceeded MaxRuntimeInSeconds provided",
    "MaxWaitTimeExceeded": "Training job wait time exceeded MaxWaitTimeInSeconds provided",
}


@dataclass
class Plan:
    """How the next jobs shall go.

    Attributes:
        pace: seconds that each stage before and after the training takes.
        epoch_pace: seconds more that each epoch takes.
        fail: a FailureReason; the job fails with it when its training would begin.
        interruptions: how often spot training is interrupted, after one epoch each.
        out_of_time: what ends the job after its first epoch, as if its time were up.
        gpus: that a machine of the TensorFlow container says it has.
        python: what that container runs.
    """

    pace: float = 0.02
    epoch_pace: float = 0.0
    fail: str = ""
    interruptions: int = 0
    out_of_time: str = ""
    gpus: int = 0
    python: str = sys.executable


@dataclass
class TrainingJob:
    """A job. ``description`` is what DescribeTrainingJob answers."""

    description: dict[str, Any]
    region: str
    plan: Plan
    stop: threading.Event = field(default_factory=threading.Event)
    lock: threading.RLock = field(default_factory=threading.RLock)
    billable: float = 0.0

    def enter(self, stage: str, message: str = "") -> None:
        """Goes on to a stage of its secondary status."""
        now = datetime.now(timezone.utc)
        with self.lock:
            transitions = self.description["SecondaryStatusTransitions"]
            if transitions:
                transitions[-1]["EndTime"] = now
            transitions.append(
                {"Status": stage, "StartTime": now, "StatusMessage": message or _MESSAGES[stage]}
            )
            self.description["SecondaryStatus"] = stage
            self.description["LastModifiedTime"] = now

    def end(self, status: str, stage: str = "", reason: str = "") -> None:
        """Ends the job."""
        self.enter(stage or status, reason)
        now = datetime.now(timezone.utc)
        with self.lock:
            started = self.description.get("TrainingStartTime", now)
            self.description["TrainingEndTime"] = now
            elapsed = (now - started).total_seconds()
            self.description["TrainingTimeInSeconds"] = max(1, round(elapsed))
            billable = self.billable if self.description["EnableManagedSpotTraining"] else elapsed
            self.description["BillableTimeInSeconds"] = max(1, round(billable))
            if reason:
                self.description["FailureReason"] = reason
            self.description["TrainingJobStatus"] = status


class TrainingJobs:
    """All training jobs of the account."""

    def __init__(self, storage: Storage, quotas: Quotas) -> None:
        self._storage = storage
        self._quotas = quotas
        self._lock = threading.Lock()
        self._jobs: dict[tuple[str, str], TrainingJob] = {}
        self._threads: list[threading.Thread] = []
        self.plan = Plan()

    def reset(self) -> None:
        with self._lock:
            jobs, threads = list(self._jobs.values()), list(self._threads)
            self._jobs.clear()
            self._threads.clear()
        for job in jobs:
            job.stop.set()
        for thread in threads:
            thread.join(30)
        self.plan = Plan()

    def add_to(self, operations: Operations) -> None:
        operations.add("sagemaker", "CreateTrainingJob", self._create)
        operations.add("sagemaker", "DescribeTrainingJob", self._describe)
        operations.add("sagemaker", "ListTrainingJobs", self._list)
        operations.add("sagemaker", "StopTrainingJob", self._stop)

    def job(self, name: str, region: str = "us-east-1") -> TrainingJob:
        """A job by its name."""
        with self._lock:
            found = self._jobs.get((region, name))
        if found is None:
            raise RefusalError("ValidationException", f"Requested resource not found: {name}")
        return found

    def forget(self, name: str, region: str = "us-east-1") -> None:
        """As if the job had never been."""
        self.job(name, region).stop.set()
        with self._lock:
            del self._jobs[region, name]

    # -- operations ----------------------------------------------------------------------------

    def _create(self, request: dict[str, Any], call: Call) -> dict[str, Any]:
        name, region = request["TrainingJobName"], call.region
        arn = f"arn:aws:sagemaker:{region}:{ACCOUNT}:training-job/{name}"
        self._check(request, region)
        description = {
            **request,
            "TrainingJobArn": arn,
            "TrainingJobStatus": "InProgress",
            "SecondaryStatus": "Starting",
            "SecondaryStatusTransitions": [],
            "CreationTime": datetime.now(timezone.utc),
            "EnableManagedSpotTraining": request.get("EnableManagedSpotTraining", False),
            "ModelArtifacts": {"S3ModelArtifacts": ""},
        }
        description.pop("Tags", None)
        job = TrainingJob(description, region, Plan(**vars(self.plan)))
        with self._lock:
            if (region, name) in self._jobs:
                raise RefusalError(
                    "ResourceInUse",
                    "Training job names must be unique within an AWS account and region, and a "
                    f"training job with this name already exists ({arn})",
                )
            self._jobs[region, name] = job
        job.enter("Starting")
        thread = threading.Thread(target=self._play, args=(job,), name=f"job {name}", daemon=True)
        with self._lock:
            self._threads.append(thread)
        thread.start()
        return {"TrainingJobArn": arn}

    def _check(self, request: dict[str, Any], region: str) -> None:
        name = request["TrainingJobName"]
        if not _NAME.fullmatch(name):
            raise RefusalError(
                "ValidationException",
                f"1 validation error detected: Value '{name}' at 'trainingJobName' failed to "
                "satisfy constraint: Member must satisfy regular expression pattern: "
                "[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}",
            )
        self._storage.check_role(request["RoleArn"])
        image = request["AlgorithmSpecification"].get("TrainingImage", "")
        kind = request["ResourceConfig"]["InstanceType"]
        if f".ecr.{region}." not in image or not image.endswith(_images(kind)):
            raise RefusalError("ValidationException", f"Invalid image URI {image}")
        spot = request.get("EnableManagedSpotTraining", False)
        limits = request["StoppingCondition"]
        wait = limits.get("MaxWaitTimeInSeconds")
        if spot and (wait is None or wait < limits["MaxRuntimeInSeconds"]):
            raise RefusalError(
                "ValidationException",
                "Invalid MaxWaitTimeInSeconds. It must be present and be greater than or equal to "
                "MaxRuntimeInSeconds",
            )
        if not spot and wait is not None:
            raise RefusalError("ValidationException", "MaxWaitTimeInSeconds needs spot training")
        output = request["OutputDataConfig"]["S3OutputPath"]
        if self._storage.region_of(output) is None:
            raise RefusalError("ValidationException", f"S3 bucket of {output} does not exist")
        resources = request["ResourceConfig"]
        use = "spot training job" if spot else "training job"
        self._quotas.require(resources["InstanceType"], resources["InstanceCount"], use)

    def _describe(self, request: dict[str, Any], call: Call) -> dict[str, Any]:
        job = self.job(request["TrainingJobName"], call.region)
        with job.lock:
            return {
                **job.description,
                "SecondaryStatusTransitions": [
                    dict(item) for item in job.description["SecondaryStatusTransitions"]
                ],
            }

    def _list(self, request: dict[str, Any], call: Call) -> dict[str, Any]:
        part, status = request.get("NameContains", ""), request.get("StatusEquals")
        with self._lock:
            found = [
                job.description
                for (region, name), job in self._jobs.items()
                if region == call.region
                and part in name
                and status in (None, job.description["TrainingJobStatus"])
            ]
        wanted = ("TrainingJobName", "TrainingJobArn", "CreationTime", "TrainingJobStatus")
        return {"TrainingJobSummaries": [{key: d[key] for key in wanted} for d in found]}

    def _stop(self, request: dict[str, Any], call: Call) -> dict[str, Any]:
        job = self.job(request["TrainingJobName"], call.region)
        with job.lock:
            if job.description["TrainingJobStatus"] in _FINAL:
                raise RefusalError(
                    "ValidationException",
                    "The request was rejected because the training job is in status "
                    f"{job.description['TrainingJobStatus']}.",
                )
            if job.description["TrainingJobStatus"] != "Stopping":
                job.description["TrainingJobStatus"] = "Stopping"
                job.enter("Stopping")
        job.stop.set()
        return {}

    # -- what a job does -----------------------------------------------------------------------

    def _play(self, job: TrainingJob) -> None:
        try:
            self._run(job)
        except JobError as error:
            job.end("Failed", reason=str(error))
        except Exception as error:  # whatever it is, the job is over
            job.end("Failed", reason=f"InternalServerError: {type(error).__name__}: {error}")
            raise

    def _run(self, job: TrainingJob) -> None:
        d = job.description
        if job.stop.wait(job.plan.pace):
            job.end("Stopped")
            return
        with job.lock:
            d["TrainingStartTime"] = datetime.now(timezone.utc)
        job.enter("Downloading")
        channels = self._channels(d, job.region)
        if job.stop.wait(job.plan.pace):
            job.end("Stopped")
            return
        if job.plan.fail:
            raise JobError(job.plan.fail)
        script = "/tensorflow-training:" in d["AlgorithmSpecification"]["TrainingImage"]
        if not script and not _GPU.match(d["ResourceConfig"]["InstanceType"]):
            raise JobError("ClientError: This algorithm needs an instance with a GPU")
        streams = [
            LogStream(self._storage, job.region, f"{d['TrainingJobName']}/algo-{n}-1574000000")
            for n in range(1, d["ResourceConfig"]["InstanceCount"] + 1)
        ]
        play = self._run_script if script else self._train_net
        archive, metrics = play(job, channels, streams[0].say)
        if archive is None:
            job.end("Stopped")
            return
        if not job.stop.is_set():
            job.enter("Uploading")
        uri = f"{d['OutputDataConfig']['S3OutputPath'].rstrip('/')}/{d['TrainingJobName']}"
        uri += "/output/model.tar.gz"
        self._storage.write(uri, archive)
        time.sleep(job.plan.pace)
        with job.lock:
            d["ModelArtifacts"] = {"S3ModelArtifacts": uri}
            now = datetime.now(timezone.utc)
            d["FinalMetricDataList"] = [
                {"MetricName": name, "Value": value, "Timestamp": now}
                for name, value in metrics.items()
            ]
        if job.plan.out_of_time:
            job.end("Stopped", job.plan.out_of_time)
        else:
            job.end("Stopped" if job.stop.is_set() else "Completed")

    def _train_net(
        self, job: TrainingJob, files: Files, say: Callable[[str], None]
    ) -> tuple[bytes | None, dict[str, float]]:
        """Image classification: the archive of the best epoch, and its figures."""
        channels = {name: next(iter(held.values())) for name, held in files.items()}
        training = self._train(job, channels, say)
        if training.best is None or training.last is None:
            return None, {}
        figures = (training.last.train, training.last.validation)
        names = ("train:accuracy", "validation:accuracy")
        return training.archive(), dict(zip(names, figures, strict=True))

    def _run_script(
        self, job: TrainingJob, files: Files, say: Callable[[str], None]
    ) -> tuple[bytes | None, dict[str, float]]:
        """The TensorFlow container: what lies in its folder for models, and its figures."""
        d = job.description
        spot = d["EnableManagedSpotTraining"]
        interruptions = job.plan.interruptions if spot else 0
        submitted = urlparse(told_to(d["HyperParameters"])["sagemaker_submit_directory"])
        source = self._storage.read(submitted.netloc, submitted.path.lstrip("/"))
        while True:
            job.enter("Training")
            begin = time.monotonic()
            with tempfile.TemporaryDirectory() as root:
                container = ScriptContainer(
                    Path(root),
                    d["HyperParameters"],
                    files,
                    source,
                    say,
                    gpus=job.plan.gpus,
                    python=job.plan.python,
                )
                self._restore(d, container)
                taken = self._play_script(job, container, interruptions)
                job.billable += time.monotonic() - begin
                if taken and not job.stop.is_set():
                    self._save(d, container)
                    interruptions -= 1
                    job.enter("Interrupted")
                    job.stop.wait(job.plan.pace * 3)
                    job.enter("Starting")
                    job.enter("Downloading")
                    continue
                return container.archive(), _figures(d, container.lines)

    def _play_script(
        self, job: TrainingJob, container: ScriptContainer, interruptions: int
    ) -> bool:
        """Runs one attempt; returns whether its machine was taken away."""
        taken = False

        def after_epoch() -> None:
            nonlocal taken
            job.stop.wait(job.plan.epoch_pace)
            if job.plan.out_of_time:
                container.terminate()
            elif interruptions > 0 and not taken:
                taken = True
                container.take_away()

        over = threading.Event()

        def stopper() -> None:
            while not over.wait(0.05):
                if job.stop.is_set():
                    container.terminate()
                    return

        watching = threading.Thread(target=stopper, daemon=True)
        watching.start()
        try:
            status = container.run(after_epoch)
        finally:
            over.set()
            watching.join()
        if status and not taken and not job.stop.is_set():
            raise JobError(container.failure())
        return taken and status != 0

    def _restore(self, description: dict[str, Any], container: ScriptContainer) -> None:
        """Puts the checkpoints of the attempt before into the container."""
        config = description.get("CheckpointConfig")
        if config is None:
            return
        assert config["LocalPath"] == "/opt/ml/checkpoints"
        container.checkpoints.mkdir(parents=True)
        place = urlparse(config["S3Uri"])
        for key in self._storage.keys(config["S3Uri"]):
            data = self._storage.read(place.netloc, key)
            (container.checkpoints / key.rpartition("/")[2]).write_bytes(data)

    def _save(self, description: dict[str, Any], container: ScriptContainer) -> None:
        """Copies the container's checkpoints to S3."""
        config = description.get("CheckpointConfig")
        if config is not None:
            for path in container.checkpoints.iterdir():
                self._storage.write(f"{config['S3Uri']}/{path.name}", path.read_bytes())

    def _train(
        self, job: TrainingJob, channels: dict[str, bytes], say: Callable[[str], None]
    ) -> Training:
        """All attempts of a training; spot instances may be taken away in the middle of it."""
        d = job.description
        checkpoint: Epoch | None = None
        interruptions = job.plan.interruptions if d["EnableManagedSpotTraining"] else 0
        while True:
            job.enter("Training")
            begin = time.monotonic()
            taken = threading.Event()

            def after(epoch: Epoch, wanted: int = interruptions, taken=taken) -> None:
                job.stop.wait(job.plan.epoch_pace)
                if wanted > 0 or job.plan.out_of_time:
                    taken.set()

            training = Training(
                d["HyperParameters"],
                channels,
                say,
                lambda taken=taken: job.stop.is_set() or taken.is_set(),
                checkpoint,
            )
            training.run(after)
            job.billable += time.monotonic() - begin
            interrupted = taken.is_set() and not job.plan.out_of_time
            if not interrupted or job.stop.is_set():
                return training
            interruptions -= 1
            checkpoint = training.best if d.get("CheckpointConfig") else None
            job.enter("Interrupted")
            job.stop.wait(job.plan.pace * 3)
            job.enter("Starting")
            job.stop.wait(job.plan.pace)
            job.enter("Downloading")

    def _channels(self, description: dict[str, Any], region: str) -> Files:
        channels: Files = {}
        for channel in description["InputDataConfig"]:
            uri = channel["DataSource"]["S3DataSource"]["S3Uri"]
            name, kind = channel["ChannelName"], channel.get("ContentType", "")
            if kind != f"application/{_CONTENT.get(name, 'x-recordio')}":
                raise JobError(f"ClientError: Content type {kind} of channel {name} is unknown")
            if self._storage.region_of(uri) != region:
                raise JobError(
                    f"ClientError: Data download failed:PermanentRedirect (301): {uri} is in "
                    "another region"
                )
            keys = self._storage.keys(uri)
            if len(keys) != 1:
                raise JobError(f"ClientError: Channel {name} holds {len(keys)} files, not one")
            data = self._storage.read(urlparse(uri).netloc, keys[0])
            channels[name] = {keys[0].rpartition("/")[2]: data}
        return channels


def _images(kind: str) -> tuple[str, ...]:
    """What an image's address may end in, on a kind of machine."""
    processor = "gpu" if _GPU.match(kind) else "cpu"
    return "/image-classification:1", f"/tensorflow-training:2.21.0-{processor}-py312"


def _figures(description: dict[str, Any], lines: list[str]) -> dict[str, float]:
    """The last of each figure that the job's metric definitions find in its log."""
    found = {}
    for metric in description["AlgorithmSpecification"].get("MetricDefinitions", ()):
        for line in lines:
            match = re.search(metric["Regex"], line)
            if match is not None:
                found[metric["Name"]] = float(match[1])
    return found
