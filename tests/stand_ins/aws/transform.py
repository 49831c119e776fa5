"""SageMaker's models and batch transform jobs, which really classify."""

from __future__ import annotations

import json
import re
import threading
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any, Final
from urllib.parse import urlparse

from tests.stand_ins.aws.account import Quotas
from tests.stand_ins.aws.container import Inference, JobError
from tests.stand_ins.aws.operations import Operations, RefusalError
from tests.stand_ins.aws.storage import Storage
from tests.stand_ins.aws.wire import Call

_ACCOUNT: Final = "123456789012"
_NAME: Final = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}")


@dataclass
class TransformJob:
    """A job. ``description`` is what DescribeTransformJob answers."""

    description: dict[str, Any]
    stop: threading.Event = field(default_factory=threading.Event)

    def end(self, status: str, reason: str = "") -> None:
        self.description["TransformEndTime"] = datetime.now(timezone.utc)
        if reason:
            self.description["FailureReason"] = reason
        self.description["TransformJobStatus"] = status


class TransformJobs:
    """All models and transform jobs of the account."""

    def __init__(self, storage: Storage, quotas: Quotas) -> None:
        self._storage = storage
        self._quotas = quotas
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self.models: dict[tuple[str, str], dict[str, Any]] = {}
        self.jobs: dict[tuple[str, str], TransformJob] = {}
        self.pace = 0.02
        self.fail = ""

    def reset(self) -> None:
        for job in self.jobs.values():
            job.stop.set()
        for thread in self._threads:
            thread.join(30)
        self._threads.clear()
        self.models.clear()
        self.jobs.clear()
        self.pace, self.fail = 0.02, ""

    def add_to(self, operations: Operations) -> None:
        operations.add("sagemaker", "CreateModel", self._create_model)
        operations.add("sagemaker", "DescribeModel", self._describe_model)
        operations.add("sagemaker", "DeleteModel", self._delete_model)
        operations.add("sagemaker", "ListModels", self._list_models)
        operations.add("sagemaker", "CreateTransformJob", self._create)
        operations.add("sagemaker", "DescribeTransformJob", self._describe)
        operations.add("sagemaker", "StopTransformJob", self._stop)
        operations.add("sagemaker", "ListTransformJobs", self._list)

    def _create_model(self, request: dict[str, Any], call: Call) -> dict[str, Any]:
        name = request["ModelName"]
        _check_name(name, "modelName")
        self._storage.check_role(request["ExecutionRoleArn"])
        uri = request["PrimaryContainer"]["ModelDataUrl"]
        if self._storage.region_of(uri) != call.region or not self._storage.keys(uri):
            raise RefusalError("ValidationException", f"Could not find model data at {uri}.")
        with self._lock:
            if (call.region, name) in self.models:
                raise RefusalError(
                    "ValidationException", f"Cannot create already existing model “{name}”."
                )
            self.models[call.region, name] = {
                **request,
                "CreationTime": datetime.now(timezone.utc),
                "ModelArn": f"arn:aws:sagemaker:{call.region}:{_ACCOUNT}:model/{name}",
            }
        return {"ModelArn": self.models[call.region, name]["ModelArn"]}

    def _model(self, name: str, region: str) -> dict[str, Any]:
        found = self.models.get((region, name))
        if found is None:
            raise RefusalError("ValidationException", f'Could not find model "{name}".')
        return found

    def _describe_model(self, request: dict[str, Any], call: Call) -> dict[str, Any]:
        return self._model(request["ModelName"], call.region)

    def _delete_model(self, request: dict[str, Any], call: Call) -> dict[str, Any]:
        self._model(request["ModelName"], call.region)
        del self.models[call.region, request["ModelName"]]
        return {}

    def _list_models(self, request: dict[str, Any], call: Call) -> dict[str, Any]:
        part = request.get("NameContains", "")
        keys = ("ModelName", "ModelArn", "CreationTime")
        return {
            "Models": [
                {key: model[key] for key in keys}
                for (region, name), model in self.models.items()
                if region == call.region and part in name
            ]
        }

    def _create(self, request: dict[str, Any], call: Call) -> dict[str, Any]:
        name = request["TransformJobName"]
        _check_name(name, "transformJobName")
        model = self._model(request["ModelName"], call.region)
        resources = request["TransformResources"]
        self._quotas.require(resources["InstanceType"], resources["InstanceCount"], "transform job")
        if not re.match(r"ml\.(p\d|g\d|m\d|c\d)", resources["InstanceType"]):
            raise RefusalError("ValidationException", "Unknown instance type")
        arn = f"arn:aws:sagemaker:{call.region}:{_ACCOUNT}:transform-job/{name}"
        job = TransformJob(
            {
                **request,
                "TransformJobArn": arn,
                "TransformJobStatus": "InProgress",
                "CreationTime": datetime.now(timezone.utc),
            }
        )
        with self._lock:
            if (call.region, name) in self.jobs:
                raise RefusalError(
                    "ResourceInUse",
                    f"Job name must be unique within an AWS account and region ({arn})",
                )
            self.jobs[call.region, name] = job
        thread = threading.Thread(
            target=self._play, args=(job, dict(model), call.region), daemon=True
        )
        self._threads.append(thread)
        thread.start()
        return {"TransformJobArn": arn}

    def _job(self, name: str, region: str) -> TransformJob:
        found = self.jobs.get((region, name))
        if found is None:
            raise RefusalError("ValidationException", f"Could not find requested job {name}")
        return found

    def _describe(self, request: dict[str, Any], call: Call) -> dict[str, Any]:
        return dict(self._job(request["TransformJobName"], call.region).description)

    def _list(self, request: dict[str, Any], call: Call) -> dict[str, Any]:
        wanted = ("TransformJobName", "TransformJobArn", "CreationTime", "TransformJobStatus")
        status = request.get("StatusEquals")
        return {
            "TransformJobSummaries": [
                {key: job.description[key] for key in wanted}
                for (region, _), job in self.jobs.items()
                if region == call.region and status in (None, job.description["TransformJobStatus"])
            ]
        }

    def _stop(self, request: dict[str, Any], call: Call) -> dict[str, Any]:
        job = self._job(request["TransformJobName"], call.region)
        if job.description["TransformJobStatus"] not in ("InProgress", "Stopping"):
            raise RefusalError("ValidationException", "The job is over")
        job.description["TransformJobStatus"] = "Stopping"
        job.stop.set()
        return {}

    def _play(self, job: TransformJob, model: dict[str, Any], region: str) -> None:
        try:
            self._run(job, model, region)
        except JobError as error:
            job.end("Failed", str(error))
        except Exception as error:
            job.end("Failed", f"InternalServerError: {type(error).__name__}: {error}")
            raise

    def _run(self, job: TransformJob, model: dict[str, Any], region: str) -> None:
        d = job.description
        if job.stop.wait(self.pace):
            job.end("Stopped")
            return
        d["TransformStartTime"] = datetime.now(timezone.utc)
        if self.fail:
            raise JobError(self.fail)
        artefact = urlparse(model["PrimaryContainer"]["ModelDataUrl"])
        inference = Inference(self._storage.read(artefact.netloc, artefact.path.lstrip("/")))
        source = d["TransformInput"]["DataSource"]["S3DataSource"]["S3Uri"]
        kind = d["TransformInput"].get("ContentType", "")
        if kind not in ("image/jpeg", "image/png", "application/x-image"):
            raise JobError(f"ClientError: 415: Unsupported content type {kind}")
        if self._storage.region_of(source) != region:
            raise JobError("ClientError: PermanentRedirect: the data is in another region")
        place = urlparse(source)
        prefix = place.path.lstrip("/")
        keys = self._storage.keys(source)
        if not keys:
            raise JobError("ClientError: No S3 objects found under the prefix")
        output = d["TransformOutput"]["S3OutputPath"].rstrip("/")
        for key in keys:
            if job.stop.wait(0):
                job.end("Stopped")
                return
            answer = inference.answer(self._storage.read(place.netloc, key))
            relative = key[len(prefix) :].lstrip("/") or key.rpartition("/")[2]
            self._storage.write(f"{output}/{relative}.out", json.dumps(answer).encode())
        job.end("Completed")


def _check_name(name: str, what: str) -> None:
    if not _NAME.fullmatch(name):
        raise RefusalError(
            "ValidationException",
            f"Value '{name}' at '{what}' failed to satisfy constraint: Member must satisfy "
            "regular expression pattern: [a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}",
        )
