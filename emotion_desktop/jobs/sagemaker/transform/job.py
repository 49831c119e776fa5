"""The work of one transform, in stages that can be taken up again."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from emotion_desktop.aws.account.quotas import TRANSFORM
from emotion_desktop.aws.sagemaker.training_jobs import failure_in_words
from emotion_desktop.aws.sagemaker.transform_jobs import (
    create_model,
    create_transform_job,
    delete_model,
    describe_transform_job,
    input_prefix,
    predictions_prefix,
    stop_transform_job,
)
from emotion_desktop.domain.errors import CloudError, DataError
from emotion_desktop.domain.job import Batch, Log, Progress
from emotion_desktop.domain.sagemaker import CloudRun, JobStatus, Problem, Stage, TransformRequest
from emotion_desktop.imaging.prepare import FaceMode
from emotion_desktop.jobs.predicting.photos import find_photos
from emotion_desktop.jobs.predicting.prediction_files import as_json
from emotion_desktop.jobs.sagemaker.backoff import is_transient
from emotion_desktop.jobs.sagemaker.resumable_run import ResumableRun
from emotion_desktop.jobs.sagemaker.transform.answers import (
    download_answers,
    results_here,
    results_in_s3,
)
from emotion_desktop.jobs.sagemaker.transform.faces import (
    FaceCutter,
    SeenPhoto,
    delete_faces,
    seen_photos,
    send_faces,
)
from emotion_desktop.jobs.sagemaker.transform.source import look_at_source
from emotion_desktop.workspace.files.atomic import write_atomically

if TYPE_CHECKING:
    from emotion_desktop.domain.job import JobContext
    from emotion_desktop.jobs.sagemaker.cloud_services import CloudServices

RESULTS: Final = "results.json"


class TransformRun(ResumableRun):
    """Works on one transform."""

    def __init__(self, cloud: CloudServices, run: CloudRun, context: JobContext) -> None:
        super().__init__(cloud, run, context)
        self._request = TransformRequest.from_dict(run.request)
        self._asked_to_stop = False

    def stop_at_aws(self) -> None:
        """See ResumableRun."""
        stop_transform_job(self._aws(), self._run.name)
        delete_model(self._aws(), self._run.name)

    def prepare(self) -> None:
        """Cuts the faces out; pictures in S3 stay as they are."""
        if not self._request.source and not any(photo.faces for photo in self._cut_faces()):
            raise DataError("No face was found in these photos.", "Choose other photos.")
        self._update(stage=Stage.UPLOADING)

    def _cut_faces(self) -> Sequence[SeenPhoto]:

        found = find_photos([Path(path) for path in self._request.paths])
        preprocessing = self._cloud.card(self._request.model).preprocessing
        cutter = FaceCutter(
            self._cloud.models.finder(), preprocessing, FaceMode(self._request.faces)
        )
        return cutter.cut(found.photos, self._folder, self._context)

    def upload(self) -> None:
        """Sends the faces, once the account is known to be fit for the job."""
        self._check_account(self._request.machines, TRANSFORM)
        if not self._request.source:
            prefix = input_prefix(self._run.name)
            send_faces(self._bucket(), prefix, self._folder, self._context)
        self._backoff.succeeded()
        self._update(stage=Stage.LAUNCHING, waiting=None)

    def launch(self) -> None:
        """Makes the model and the job at AWS."""
        self._context.check_cancelled()
        self._context.emit(Progress(0, 0, "starting the job"))
        session = self._aws()
        create_model(session, self._run.name, self._request)
        if self._request.source:
            source = look_at_source(session, self._request.source).address
        else:
            source = f"s3://{self._request.bucket}/{input_prefix(self._run.name)}"
        create_transform_job(session, self._run.name, self._request, source)
        self._backoff.succeeded()
        self._update(stage=Stage.RUNNING, waiting=None)

    def watch(self) -> None:
        """Polls the job until it is over; then deletes its model at AWS."""
        while True:
            self._context.check_cancelled()
            session = self._aws()
            if not self._asked_to_stop and (self._context.finish_early or self._too_long()):
                stop_transform_job(session, self._run.name)
                self._asked_to_stop = True
            status = describe_transform_job(session, self._run.name)
            self._backoff.succeeded()
            if status is None:
                problem = Problem(
                    "AWS does not know this job any more.", "It was removed. Start it again."
                )
                self._update(stage=Stage.FAILED, waiting=None, problem=problem)
                return
            self._update(job=status, waiting=None)
            self._context.emit(Progress(0, 0, status.detail.lower()))
            if status.is_over:
                self._ended(status)
                return
            self._backoff.wait(self._context)

    def _too_long(self) -> bool:
        """A transform has no time limit of its own at AWS: it is kept here."""
        job = self._run.job
        started = job.transitions[0].started if job and job.transitions else time.time()
        return time.time() - started > self._request.machines.max_hours * 3600

    def _ended(self, status: JobStatus) -> None:

        self._delete_model()
        if status.status == "Failed":
            problem = Problem(*failure_in_words(status.failure))
            self._update(stage=Stage.FAILED, problem=problem)
        else:
            self._update(stage=Stage.FETCHING)

    def _delete_model(self) -> None:
        """Deletes the model at AWS; one that stays costs nothing, and what was paid for comes."""
        try:
            delete_model(self._aws(), self._run.name)
        except CloudError as error:
            if is_transient(error):
                raise
            self._context.emit(Log(f"The model at SageMaker is left for cleaning up. {error}"))

    def fetch(self) -> None:
        """Downloads the answers, and saves their predictions."""
        answers = download_answers(
            self._bucket(), predictions_prefix(self._run.name), self._context
        )
        self._backoff.succeeded()
        card = self._cloud.card(self._request.model)
        model = str(self._cloud.store.resolve(self._request.model))
        if self._request.source:
            results = list(results_in_s3(self._request.source, answers, card, model))
        else:
            results = list(results_here(seen_photos(self._folder), answers, card, model))
            # Kept like those of the model here.
            predictor = self._cloud.models.predictor(model, self._request.faces)
            self._cloud.models.cache.save(predictor, results)
        place = self._folder / RESULTS
        write_atomically(place, as_json(results).encode("utf-8", "surrogateescape"))
        self._context.emit(Batch(tuple(results)))
        delete_faces(self._folder)
        self._update(stage=Stage.DONE, result=str(place), waiting=None)
