"""The job of one transform, in stages that can be taken up again."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Final

from emotion_desktop.domain.errors import DataError
from emotion_desktop.domain.job import Batch, JobContext, JobFunction, JobSpec, Lane, Progress
from emotion_desktop.domain.sagemaker import (
    AwsChoice,
    CloudRun,
    JobStatus,
    Problem,
    Stage,
    TransformRequest,
)
from emotion_desktop.jobs.sagemaker.cloud_services import CloudServices
from emotion_desktop.jobs.sagemaker.resumable_run import ResumableRun, work_alone
from emotion_desktop.jobs.sagemaker.transform.answers import (
    bring_answers,
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

KIND: Final = "sagemaker-transform"
RESULTS: Final = "results.json"


def transform_job(
    desk: CloudServices, order: TransformRequest, choice: AwsChoice, account: str
) -> tuple[JobSpec, JobFunction]:
    """The job of a new transform. Everything in the order was confirmed by the user.

    Its Batch events carry the run's record whenever it changes, and PhotoResults once they are
    there; its result is where they are kept.

    Args:
        account: the number of the account it was confirmed for.
    """
    run = CloudRun.of(order, choice, account)

    def begin(spec: JobSpec, context: JobContext) -> str:
        desk.runs.keep(run)
        return _work(desk, spec, context)

    return _spec(run), begin


def go_on_transform_job(desk: CloudServices, name: str) -> tuple[JobSpec, JobFunction]:
    """The job that takes a transform up where it was left.

    Raises:
        UsageError: there is none of that name.
    """
    return _spec(desk.runs.load(name)), partial(_work, desk)


def _spec(run: CloudRun) -> JobSpec:
    title = f"Classify with “{run.order['model']}” on SageMaker"
    return JobSpec(KIND, title, Lane.FOLLOW, {"run": run.name})


def _work(desk: CloudServices, spec: JobSpec, context: JobContext) -> str:
    return work_alone(desk, spec.parameters["run"], context, _Transform)


class _Transform(ResumableRun):
    """Works on one transform."""

    def __init__(self, desk: CloudServices, run: CloudRun, context: JobContext) -> None:
        super().__init__(desk, run, context)
        self._order = TransformRequest.from_dict(run.order)
        self._asked_to_stop = False

    def stop_at_aws(self) -> None:
        """See ResumableRun."""
        from emotion_desktop.aws.sagemaker.transform_jobs import delete_model, stop_transform_job

        stop_transform_job(self._aws(), self._run.name)
        delete_model(self._aws(), self._run.name)

    def prepare(self) -> None:
        """Cuts the faces out; pictures in S3 stay as they are."""
        if not self._order.source and not any(photo.faces for photo in self._cut_faces()):
            raise DataError("No face was found in these photos.", "Choose other photos.")
        self._note(stage=Stage.UPLOADING)

    def _cut_faces(self) -> Sequence[SeenPhoto]:
        from emotion_desktop.domain.picture_formats import PICTURE_SUFFIXES
        from emotion_desktop.imaging.prepare import FaceMode
        from emotion_desktop.jobs.predicting.photos import find_photos

        found = find_photos([Path(path) for path in self._order.paths], PICTURE_SUFFIXES)
        preprocessing = self._desk.card(self._order.model).preprocessing
        cutter = FaceCutter(self._desk.models.finder(), preprocessing, FaceMode(self._order.faces))
        return cutter.cut(found.photos, self._folder, self._context)

    def upload(self) -> None:
        """Sends the faces, once the account is known to be fit for the job."""
        from emotion_desktop.aws.account.quotas import TRANSFORM
        from emotion_desktop.aws.sagemaker.transform_jobs import input_prefix

        self._check_account(self._order.machines, TRANSFORM)
        if not self._order.source:
            prefix = input_prefix(self._run.name)
            send_faces(self._bucket(), prefix, self._folder, self._context)
        self._pace.went_well()
        self._note(stage=Stage.LAUNCHING, waiting=None)

    def launch(self) -> None:
        """Makes the model and the job at AWS."""
        from emotion_desktop.aws.sagemaker.transform_jobs import (
            create_model,
            create_transform_job,
            input_prefix,
        )

        self._context.check_cancelled()
        self._context.emit(Progress(0, 0, "starting the job"))
        session = self._aws()
        create_model(session, self._run.name, self._order)
        sent = f"s3://{self._order.bucket}/{input_prefix(self._run.name)}"
        create_transform_job(session, self._run.name, self._order, self._order.source or sent)
        self._pace.went_well()
        self._note(stage=Stage.RUNNING, waiting=None)

    def watch(self) -> None:
        """Asks after the job until it is over; then its model is deleted at AWS."""
        from emotion_desktop.aws.sagemaker.transform_jobs import (
            describe_transform_job,
            stop_transform_job,
        )

        while True:
            self._context.check_cancelled()
            session = self._aws()
            if not self._asked_to_stop and (self._context.finish_early or self._too_long()):
                stop_transform_job(session, self._run.name)
                self._asked_to_stop = True
            status = describe_transform_job(session, self._run.name)
            self._pace.went_well()
            if status is None:
                problem = Problem(
                    "AWS does not know this job any more.", "It was removed. Start it again."
                )
                self._note(stage=Stage.FAILED, waiting=None, problem=problem)
                return
            self._note(job=status, waiting=None)
            self._context.emit(Progress(0, 0, status.detail.lower()))
            if status.is_over:
                self._ended(status)
                return
            self._pace.rest(self._context)

    def _too_long(self) -> bool:
        """A transform has no time limit of its own at AWS: it is kept here."""
        job = self._run.job
        started = job.transitions[0].started if job and job.transitions else time.time()
        return time.time() - started > self._order.machines.max_hours * 3600

    def _ended(self, status: JobStatus) -> None:
        from emotion_desktop.aws.sagemaker.training_jobs import failure_in_words
        from emotion_desktop.aws.sagemaker.transform_jobs import delete_model

        delete_model(self._aws(), self._run.name)
        if status.status == "Failed":
            problem = Problem(*failure_in_words(status.failure))
            self._note(stage=Stage.FAILED, problem=problem)
        else:
            self._note(stage=Stage.FETCHING)

    def fetch(self) -> None:
        """Brings the answers back, and keeps what they say of the photos."""
        from emotion_desktop.aws.sagemaker.transform_jobs import answers_prefix
        from emotion_desktop.jobs.gallery.results import as_json
        from emotion_desktop.workspace.files.atomic import write_atomically

        answers = bring_answers(self._bucket(), answers_prefix(self._run.name), self._context)
        self._pace.went_well()
        card = self._desk.card(self._order.model)
        model = str(self._desk.store.resolve(self._order.model))
        if self._order.source:
            results = list(results_in_s3(self._order.source, answers, card, model))
        else:
            results = list(results_here(seen_photos(self._folder), answers, card, model))
            # Kept like those of the model here.
            predictor = self._desk.models.predictor(model, self._order.faces)
            self._desk.models.cache.keep(predictor, results)
        place = self._folder / RESULTS
        write_atomically(place, as_json(results).encode("utf-8", "surrogateescape"))
        self._context.emit(Batch(tuple(results)))
        delete_faces(self._folder)
        self._note(stage=Stage.DONE, result=str(place), waiting=None)
