"""The verb “train on SageMaker”, from photos to a model, in stages that can be taken up again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Final

from emotion_desktop.aws.account.quotas import SPOT, TRAINING
from emotion_desktop.aws.regions import image_uri
from emotion_desktop.aws.s3.bucket import parse_address
from emotion_desktop.aws.s3.buckets import PREFIX
from emotion_desktop.aws.s3.transfers import download, upload
from emotion_desktop.aws.sagemaker.hyperparameters import complete
from emotion_desktop.aws.sagemaker.job_log import JobLog
from emotion_desktop.aws.sagemaker.log_lines import merge
from emotion_desktop.aws.sagemaker.training_jobs import (
    Algorithm,
    artefact_address,
    create_training_job,
    describe_training_job,
    failure_in_words,
    run_prefix,
    stop_training_job,
    training_request,
)
from emotion_desktop.dataset.sources.files.fingerprint import join_digests, split_digests
from emotion_desktop.domain.errors import BundleError, CloudError, Remedy
from emotion_desktop.domain.job import Log, Metrics, Progress
from emotion_desktop.domain.sagemaker import CloudRun, Problem, SageMakerTrainingRequest, Stage
from emotion_desktop.domain.text import hours
from emotion_desktop.engines.mxnet.files import MAX_ARCHIVE
from emotion_desktop.jobs.sagemaker.backoff import is_transient
from emotion_desktop.jobs.sagemaker.earlier import TRAINED_ON, trained_on_before
from emotion_desktop.jobs.sagemaker.import_trained import import_trained
from emotion_desktop.jobs.sagemaker.records import prepare, preprocessing_of
from emotion_desktop.jobs.sagemaker.resumable_run import ResumableRun

if TYPE_CHECKING:
    from pathlib import Path

    from emotion_desktop.domain.job import JobContext
    from emotion_desktop.domain.split import FrozenSplit
    from emotion_desktop.jobs.sagemaker.cloud_services import CloudServices

ARCHIVE: Final = "model.tar.gz"
#: What it means that a job ended so, without a model, by AWS's secondary status.
_OUT_OF_TIME: Final = {
    "MaxWaitTimeExceeded": (
        "No spare machines were to be had for long enough: AWS gave the job up, without a model.",
        "Train again later, or without spare machines.",
    ),
    "MaxRuntimeExceeded": (
        "AWS stopped the job after {limit}, its limit, before there was a model.",
        "Train again with more hours, a faster machine or fewer epochs.",
    ),
}


class TrainingRun(ResumableRun):
    """Works on one training by SageMaker's image classification."""

    #: The channels whose files are made of photos; what they are is in the run's facts.
    channels: ClassVar[tuple[str, ...]] = ("train", "validation")

    def __init__(self, cloud: CloudServices, run: CloudRun, context: JobContext) -> None:
        super().__init__(cloud, run, context)
        self._request = SageMakerTrainingRequest.from_dict(run.request)
        self._log: JobLog | None = None

    def stop_at_aws(self) -> None:
        """See ResumableRun."""
        stop_training_job(self._aws(), self._run.name)

    def prepare(self) -> None:
        """Writes the split's faces to files, and completes the algorithm's parameters."""
        request, frozen = self._request, self._cloud.split(self._request.split)
        before = self._trained_on_before()
        prepared = prepare(
            _unseen(frozen, before),
            preprocessing_of(request.side, request.grey),
            self._folder,
            self._cloud.models.finder(),
            self._context,
        )
        values = complete(
            request.hyperparameters,
            classes=len(prepared.labels),
            samples=prepared.train.records,
            side=request.side,
            machines=request.machines.count,
            earlier=bool(request.earlier),
        )
        (self._folder / TRAINED_ON).write_bytes(
            join_digests(sorted({*prepared.trained_on, *before}))
        )
        self._update(
            stage=Stage.UPLOADING,
            labels=prepared.labels,
            facts={
                **prepared.facts(),
                "hyperparameters": values,
                "fingerprint": frozen.fingerprint,
                "split": frozen.split.to_dict(),
                "balance": frozen.balance.to_dict(),
            },
        )

    def _trained_on_before(self) -> frozenset[bytes]:
        """What the model was shown that this training goes on from: it tests nothing any more."""
        if not self._request.earlier:
            return frozenset()
        self._context.emit(Progress(0, 0, "looking up what the earlier model was trained on"))
        found = trained_on_before(
            self._cloud, self._aws(), self._run.account, self._request.earlier
        )
        if found is None:
            self._context.emit(
                Log(
                    "What the earlier model was trained on is not known: its photos may be among "
                    "those of the sealed test."
                )
            )
        return found or frozenset()

    def upload(self) -> None:
        """Sends the files, and beside them what another machine needs to take the job up."""
        self._check_account(
            self._request.machines, SPOT if self._request.machines.spot else TRAINING
        )
        channels = [self._run.facts[name] for name in self.channels]
        total = sum(channel["bytes"] for channel in channels)
        before = 0
        for channel in channels:
            if not self._send(channel, before, total):
                # It was removed while nobody looked: made again.
                self._update(stage=Stage.PREPARING)
                return
            before += channel["bytes"]
            self._backoff.succeeded()
        self._send_more()
        self._leave_record()
        self._update(stage=Stage.LAUNCHING, waiting=None)

    def _send_more(self) -> None:
        """Sends what the job needs beside photos."""

    def _send(self, channel: Mapping[str, Any], before: int, total: int) -> bool:
        """Sends a file unless it is there; False if it is neither there nor here.

        Args:
            before: how many bytes of the total were sent before it.
        """
        bucket, key = self._bucket(), data_key(channel)
        if bucket.size_of(key) == channel["bytes"]:
            return True
        path = self._folder / channel["file"]
        if not path.exists():
            return False

        def report(done: int) -> None:
            text = f"uploading, {(before + done) / 1e6:,.1f} of {total / 1e6:,.1f} MB"
            self._context.emit(Progress(before + done, total, text))

        upload(
            bucket,
            path,
            key,
            report=report,
            stop=lambda: self._context.cancelled,
            content_named=True,
        )
        return True

    def _leave_record(self) -> None:
        """Whoever takes the job up elsewhere finds the labels and all else beside it."""
        bucket, prefix = self._bucket(), run_prefix(self._run.name)
        bucket.write(f"{prefix}/{TRAINED_ON}", (self._folder / TRAINED_ON).read_bytes())
        record = replace(self._run, stage=Stage.RUNNING, waiting=None)
        bucket.write(f"{prefix}/run.json", json.dumps(record.to_dict()).encode())

    def launch(self) -> None:
        """Makes the job at AWS."""
        self._context.check_cancelled()
        channels = {
            name: f"s3://{self._request.bucket}/{data_key(self._run.facts[name], folder=True)}"
            for name in self.channels
        }
        if self._request.earlier:
            channels["model"] = self._request.earlier
        self._context.emit(Progress(0, 0, "starting the job"))
        session = self._aws()
        request = training_request(self._run, channels, self._algorithm(session.region))
        create_training_job(session, request)
        self._backoff.succeeded()
        self._update(stage=Stage.RUNNING, waiting=None)

    def _algorithm(self, region: str) -> Algorithm:
        """What the job runs."""
        return Algorithm(image_uri(region), self._run.facts["hyperparameters"])

    def watch(self) -> None:
        """Polls the job and reads its log until it is over."""
        asked_to_stop = False
        while True:
            self._context.check_cancelled()
            session = self._aws()
            if self._context.finish_early and not asked_to_stop:
                stop_training_job(session, self._run.name)
                asked_to_stop = True
                self._context.emit(Log("Asked to stop; the best so far is kept."))
            status = describe_training_job(session, self._run.name)
            if status is None:
                self._vanished()
                return
            if self._log is None:
                self._log = JobLog(session.client("logs"), self._run.name, self._tokens())
            self._read_log(self._log)
            self._backoff.succeeded()
            self._update(job=status, waiting=None)
            self._tell_progress()
            if status.is_over:
                self._ended()
                return
            self._backoff.wait(self._context)

    def _tokens(self) -> dict[str, str]:
        return dict(self._run.facts.get("log_tokens", {}))

    def _read_log(self, log: JobLog) -> None:
        """The log is a help: where it cannot be read, the job is watched all the same."""
        try:
            lines = log.new_lines()
        except CloudError as error:
            if is_transient(error):
                raise
            if not self._run.facts.get("log_problem"):
                self._context.emit(Log(f"The job's log cannot be read. {error}"))
                self._update(facts={**self._run.facts, "log_problem": str(error)})
            return
        if not lines:
            return
        size = self._cloud.runs.add_log(self._run.name, lines, self._run.facts.get("log_size"))
        known = len(self._run.history)
        history = merge(self._run.history, lines)
        # The reader's place and the log's size in one writing: no line is kept twice.
        place = {"log_tokens": log.tokens, "log_size": size}
        self._update(history=history, facts={**self._run.facts, **place})
        for line in lines:
            self._context.emit(Log(line))
        for row in history[max(0, known - 1) :]:
            self._context.emit(self._metrics(row))

    def _metrics(self, row: Mapping[str, Any]) -> Metrics:
        """The figures of an epoch, as SageMaker counts it: from 0."""
        values = {name: value for name, value in row.items() if name != "epoch"}
        return Metrics(int(row["epoch"]), values)

    @property
    def _epochs(self) -> int:
        return int(self._run.facts["hyperparameters"].get("epochs", 0))

    def _epochs_done(self) -> int:
        return len([row for row in self._run.history if "validation_accuracy" in row])

    def _tell_progress(self) -> None:
        job = self._run.job
        assert job is not None
        epochs, done = self._epochs, self._epochs_done()
        words = [job.detail.lower() or job.status.lower()]
        if done:
            words.append(f"epoch {done} of {epochs}")
        self._context.emit(Progress(done, epochs, ", ".join(words)))

    def _ended(self) -> None:
        job = self._run.job
        assert job is not None
        limit = hours(self._request.machines.max_hours)
        if job.detail == "MaxRuntimeExceeded":
            self._context.emit(
                Log(f"AWS stopped it after {limit}, its limit; the best so far is kept.")
            )
        if job.artefact:
            self._update(stage=Stage.FETCHING)
        elif job.status == "Failed":
            self._update(stage=Stage.FAILED, problem=Problem(*failure_in_words(job.failure)))
        elif job.detail in _OUT_OF_TIME:
            message, hint = _OUT_OF_TIME[job.detail]
            self._update(stage=Stage.FAILED, problem=Problem(message.format(limit=limit), hint))
        else:
            self._context.emit(Log("It was stopped before there was a model."))
            self._update(stage=Stage.STOPPED)

    def _vanished(self) -> None:
        """AWS knows no such job: it was never made, or its record is gone."""
        address = artefact_address(self._request.bucket, self._run.name)
        key = address.partition(f"s3://{self._request.bucket}/")[2]
        if self._bucket().size_of(key) is not None:
            self._context.emit(Log("AWS does not know the job any more, but its model is there."))
            self._update(stage=Stage.FETCHING)
            return
        self._update(
            stage=Stage.FAILED,
            waiting=None,
            problem=Problem(
                "AWS does not know this job, and there is no model of it.",
                "It was removed in the meantime, or never started. Train again.",
            ),
        )

    def fetch(self) -> None:
        """Downloads the model and puts it into the store."""
        job = self._run.job
        address = parse_address(
            (job.artefact if job else "") or artefact_address(self._request.bucket, self._run.name)
        )
        archive = self._folder / ARCHIVE

        def report(done: int, total: int) -> None:
            text = f"bringing the model back, {done / 1e6:,.1f} of {total / 1e6:,.1f} MB"
            self._context.emit(Progress(done, total, text))

        if not archive.exists():
            download(
                self._bucket(),
                address.key,
                archive,
                report=report,
                stop=lambda: self._context.cancelled,
                pause=self._context.wait,
                limit=MAX_ARCHIVE,
            )
        self._backoff.succeeded()
        self._update(waiting=None)
        try:
            name = self._import(archive)
        except BundleError as error:
            # What cannot be read is fetched anew the next time.
            archive.unlink(missing_ok=True)
            self._update(problem=Problem(error.message, error.hint, Remedy.TRY_AGAIN.value))
            raise
        for channel in self.channels:
            left = self._run.facts.get(channel)
            if left:
                (self._folder / str(left["file"])).unlink(missing_ok=True)
        self._update(stage=Stage.DONE, result=name, problem=None)

    def _import(self, archive: Path) -> str:
        """Takes the model into the store; returns its name there."""
        return import_trained(self._cloud, self._run, archive, self._trained_on(), self._context)

    def _trained_on(self) -> list[bytes]:
        path = self._folder / TRAINED_ON
        if not path.exists():
            return []
        return split_digests(path.read_bytes())


def _unseen(frozen: FrozenSplit, seen: frozenset[bytes]) -> FrozenSplit:
    """A split whose validation part holds no photo that the model has learnt from before."""
    validation = tuple(s for s in frozen.split.validation if s.digest not in seen)
    return replace(frozen, split=replace(frozen.split, validation=validation))


def data_key(channel: Mapping[str, Any], folder: bool = False) -> str:
    """The key of a file of photos: named after its content, so that it is never sent twice."""

    place = f"{PREFIX}/data/{channel['sha256'][:32]}/"
    return place if folder else place + str(channel["file"])
