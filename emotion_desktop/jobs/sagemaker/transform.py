"""The verb “transform”: more photos than one machine should classify, by a model in the cloud.

Photos of this computer are looked at here, by the one preprocessing, and only the faces are sent.
Photos that lie in S3 already are classified as they lie there: whole, since nobody looks for faces.
No endpoint is made: the machines are there for the job, and gone with it.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from emotion_desktop.domain.cloud import (
    AwsChoice,
    CloudRun,
    Problem,
    Stage,
    TransformOrder,
    new_job_name,
)
from emotion_desktop.domain.errors import CloudError, DataError, UnreadablePictureError, UsageError
from emotion_desktop.domain.geometry import Box, Frame
from emotion_desktop.domain.job import Batch, JobContext, JobFunction, JobSpec, Lane, Progress
from emotion_desktop.domain.prediction import FaceReading, PhotoResult, PhotoStatus
from emotion_desktop.domain.words import hours
from emotion_desktop.jobs.sagemaker.desk import Desk
from emotion_desktop.jobs.sagemaker.work import Work, work_alone

if TYPE_CHECKING:
    from emotion_desktop.domain.model import ModelCard

KIND: Final = "sagemaker-transform"
RESULTS: Final = "results.json"
_PHOTOS: Final = "photos.json"
_FACES: Final = "faces"
_THREADS: Final = 8
_MAX_ANSWER: Final = 1 << 16
_AHEAD: Final = 64
_PICTURES: Final = (".jpg", ".jpeg", ".png")


def transform_job(
    desk: Desk, order: TransformOrder, choice: AwsChoice, account: str
) -> tuple[JobSpec, JobFunction]:
    """The job of a new transform. Everything in the order was confirmed by the user.

    Its Batch events carry the run's record whenever it changes, and PhotoResults once they are
    there; its result is where they are kept.
    """
    run = CloudRun(
        name=new_job_name(order.model),
        kind="transform",
        choice=choice,
        account=account,
        order=asdict(order),
        created=time.time(),
    )

    def begin(spec: JobSpec, context: JobContext) -> str:
        desk.runs.keep(run)
        return _work(desk, spec, context)

    return _spec(run), begin


def go_on_transform_job(desk: Desk, name: str) -> tuple[JobSpec, JobFunction]:
    """The job that takes a transform up where it was left.

    Raises:
        UsageError: there is none of that name.
    """
    return _spec(desk.runs.load(name)), partial(_work, desk)


def transform_offer_job(
    desk: Desk, order: TransformOrder, choice: AwsChoice
) -> tuple[JobSpec, JobFunction]:
    """The job that counts the photos and works out what a transform would send, take and cost.

    Its result is transform_offer's sentences.
    """

    def run(_: JobSpec, context: JobContext) -> list[str]:
        context.emit(Progress(0, 0, "counting the photos"))
        return transform_offer(desk, order, count_photos(order, choice))

    return JobSpec("sagemaker-transform-offer", "Work out time and cost", Lane.CLOUD), run


def count_photos(order: TransformOrder, choice: AwsChoice) -> int:
    """How many photos an order is about.

    Raises:
        UsageError: there are none.
        CloudError: those in S3 cannot be listed.
    """
    from emotion_desktop.imaging.decode import PICTURE_SUFFIXES
    from emotion_desktop.jobs.photos import find_photos

    if order.source:
        return _count_pictures(choice, order.source)
    found = find_photos([Path(path) for path in order.paths], PICTURE_SUFFIXES).photos
    if not found:
        raise UsageError("There are no photos in there.", "Choose another folder.")
    return len(found)


def transform_offer(desk: Desk, order: TransformOrder, photos: int) -> list[str]:
    """What would be sent, take and cost, in sentences; nothing is asked of AWS.

    Raises:
        UsageError: the order does not go together.
    """
    from emotion_desktop.cloud.prices import DATED, dollars, estimate_transform

    for what, value in (("role", order.role), ("bucket", order.bucket)):
        if not value:
            raise UsageError(f"No {what} is chosen.", f"Choose one: “aws use --{what} …”.")
    side = _card(desk, order).preprocessing.size
    size = photos * side * side
    estimate = estimate_transform(
        order.machines, photos=photos, side=side, stored_bytes=size, own=desk.prices
    )
    sends = (
        f"Nothing: the pictures under {order.source} are classified as they lie there, whole."
        if order.source
        else f"The faces on {photos:,} photos, cut out, {side} × {side} pixels: about "
        f"{size / 1e6:,.1f} MB, to the private bucket {order.bucket}. Not the photos, no names."
    )
    cost = (
        f"Cost: about {dollars(estimate.expected)}, at most {dollars(estimate.at_most)} "
        f"({order.machines.count} × {order.machines.kind} for {hours(order.machines.max_hours)}, "
        f"then it is stopped); list price of {DATED}, an estimate."
        if estimate is not None
        else f"Cost: unknown, there is no price for {order.machines.kind}."
    )
    return [sends, cost, "No endpoint is left running."]


def _spec(run: CloudRun) -> JobSpec:
    title = f"Classify with “{run.order['model']}” on SageMaker"
    return JobSpec(KIND, title, Lane.FOLLOW, {"run": run.name})


def _work(desk: Desk, spec: JobSpec, context: JobContext) -> str:
    return work_alone(desk, spec.parameters["run"], context, _Transform)


def _card(desk: Desk, order: TransformOrder) -> ModelCard:
    return desk.room.bundle(desk.store.resolve(order.model)).card


class _Transform(Work):
    """Works on one transform."""

    def __init__(self, desk: Desk, run: CloudRun, context: JobContext) -> None:
        super().__init__(desk, run, context)
        self._order = TransformOrder.from_dict(run.order)
        self._asked_to_stop = False

    @property
    def steps(self) -> Mapping[Stage, Callable[[], None]]:
        """See Work."""
        return {
            Stage.PREPARING: self._prepare,
            Stage.UPLOADING: self._upload,
            Stage.LAUNCHING: self._launch,
            Stage.RUNNING: self._watch,
            Stage.FETCHING: self._fetch,
        }

    def stop_at_aws(self) -> None:
        """See Work."""
        from emotion_desktop.cloud.transform_jobs import delete_model, stop_transform_job

        stop_transform_job(self._aws(), self._run.name)
        delete_model(self._aws(), self._run.name)

    # -- stages --------------------------------------------------------------------------------

    def _prepare(self) -> None:
        if not self._order.source:
            faces = self._folder / _FACES
            faces.mkdir(parents=True, exist_ok=True)
            photos = list(self._look(faces))
            (self._folder / _PHOTOS).write_text(json.dumps(photos), encoding="utf-8")
            if not any(photo["faces"] for photo in photos):
                raise DataError("No face was found in these photos.", "Choose other photos.")
        self._note(stage=Stage.UPLOADING)

    def _look(self, folder: Path) -> Iterator[dict[str, Any]]:
        """Looks at every photo, and writes its faces as pictures."""
        from emotion_desktop.imaging.decode import PICTURE_SUFFIXES
        from emotion_desktop.jobs.photos import find_photos

        found = find_photos([Path(p) for p in self._order.paths], PICTURE_SUFFIXES)
        total = len(found.photos)
        number = done = 0
        with ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="photos") as pool:
            for begin in range(0, total, _AHEAD):
                self._context.check_cancelled()
                for entry, pictures in pool.map(self._see, found.photos[begin : begin + _AHEAD]):
                    for face, picture in zip(entry["faces"], pictures, strict=True):
                        face["file"] = f"{number:07}.png"
                        (folder / face["file"]).write_bytes(picture)
                        number += 1
                    done += 1
                    yield entry
                text = f"finding faces, {done:,} of {total:,} photos"
                self._context.emit(Progress(done, total, text))

    def _see(self, path: Path) -> tuple[dict[str, Any], list[bytes]]:
        import cv2

        from emotion_desktop.dataset.fingerprint import digest
        from emotion_desktop.imaging.decode import read_bytes
        from emotion_desktop.imaging.look import Faces, look_at

        need = _card(self._desk, self._order).preprocessing
        entry: dict[str, Any] = {"path": str(path), "faces": [], "size": [0, 0]}
        try:
            data = read_bytes(path)
            picture, looks = look_at(
                data, self._desk.room.finder(), need, Faces(self._order.faces)
            )
        except UnreadablePictureError as error:
            return {**entry, "error": str(error)}, []
        entry["size"], entry["digest"] = [picture.width, picture.height], digest(data).hex()
        pictures = []
        for look in looks:
            frame = [look.frame.x, look.frame.y, look.frame.width, look.frame.height,
                     look.frame.angle]
            entry["faces"].append({"box": look.box.to_list(), "frame": frame})
            pixels = look.pixels[:, :, ::-1] if need.channels == 3 else look.pixels
            pictures.append(cv2.imencode(".png", pixels)[1].tobytes())
        return entry, pictures

    def _photos(self) -> list[dict[str, Any]]:
        photos: list[dict[str, Any]] = json.loads(
            (self._folder / _PHOTOS).read_text(encoding="utf-8")
        )
        return photos

    def _input(self) -> str:
        from emotion_desktop.cloud.transform_jobs import transform_prefix

        return f"{transform_prefix(self._run.name)}/input/"

    def _upload(self) -> None:
        from emotion_desktop.cloud.buckets import check_bucket
        from emotion_desktop.cloud.quotas import TRANSFORM, check_quota, sagemaker_quotas
        from emotion_desktop.jobs.sagemaker.pace import passes

        session = self._aws()
        self._context.emit(Progress(0, 0, "checking the account"))
        check_bucket(session, self._order.bucket, self._run.account)
        try:
            quotas = sagemaker_quotas(session)
        except CloudError as error:
            if passes(error):
                raise
        else:
            check_quota(quotas, self._order.machines, TRANSFORM)
        if not self._order.source:
            self._send_faces()
        self._pace.went_well()
        self._note(stage=Stage.LAUNCHING, waiting=None)

    def _send_faces(self) -> None:
        """A picture is an object: so the service wants it. What is there is not sent again."""
        bucket = self._bucket()
        prefix = self._input()
        there = {item.key for item in bucket.objects(prefix)}
        files = [face["file"] for photo in self._photos() for face in photo["faces"]]
        missing = [name for name in files if prefix + name not in there]
        done = len(files) - len(missing)

        def send(name: str) -> None:
            bucket.write(prefix + name, (self._folder / _FACES / name).read_bytes())

        with ThreadPoolExecutor(_THREADS, thread_name_prefix="upload") as pool:
            for begin in range(0, len(missing), _AHEAD):
                self._context.check_cancelled()
                some = missing[begin : begin + _AHEAD]
                for _ in pool.map(send, some):
                    done += 1
                self._context.emit(
                    Progress(done, len(files), f"uploading, {done:,} of {len(files):,} faces")
                )

    def _launch(self) -> None:
        from emotion_desktop.cloud.transform_jobs import create_model, create_transform_job

        self._context.check_cancelled()
        self._context.emit(Progress(0, 0, "starting the job"))
        session = self._aws()
        create_model(session, self._run.name, self._order)
        source = self._order.source or f"s3://{self._order.bucket}/{self._input()}"
        create_transform_job(session, self._run.name, self._order, source)
        self._pace.went_well()
        self._note(stage=Stage.RUNNING, waiting=None)

    def _watch(self) -> None:
        from emotion_desktop.cloud.training_jobs import failure_in_words
        from emotion_desktop.cloud.transform_jobs import (
            delete_model,
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
            if status.over:
                delete_model(session, self._run.name)
                if status.status == "Failed":
                    problem = Problem(*failure_in_words(status.failure))
                    self._note(stage=Stage.FAILED, problem=problem)
                else:
                    self._note(stage=Stage.FETCHING)
                return
            self._pace.rest(self._context)

    def _too_long(self) -> bool:
        """A transform has no time limit of its own at AWS: it is kept here."""
        job = self._run.job
        started = job.transitions[0].started if job and job.transitions else time.time()
        return time.time() - started > self._order.machines.max_hours * 3600

    def _fetch(self) -> None:
        from emotion_desktop.cloud.transform_jobs import transform_prefix

        bucket = self._bucket()
        prefix = f"{transform_prefix(self._run.name)}/answers/"
        keys = [item.key for item in bucket.objects(prefix) if item.key.endswith(".out")]
        answers: dict[str, list[float]] = {}
        with ThreadPoolExecutor(_THREADS, thread_name_prefix="download") as pool:
            for begin in range(0, len(keys), _AHEAD):
                self._context.check_cancelled()
                some = keys[begin : begin + _AHEAD]
                for key, data in zip(
                    some, pool.map(lambda key: bucket.read(key, _MAX_ANSWER), some), strict=True
                ):
                    answers[key.removeprefix(prefix).removesuffix(".out")] = _prediction(data)
                text = f"bringing back, {len(answers):,} of {len(keys):,} answers"
                self._context.emit(Progress(len(answers), len(keys), text))
        self._pace.went_well()
        card = _card(self._desk, self._order)
        results = list(
            self._from_s3(answers, card) if self._order.source else self._from_here(answers, card)
        )
        self._keep(results)
        place = self._folder / RESULTS
        from emotion_desktop.jobs.results import as_json
        from emotion_desktop.workspace.atomic import write_atomically

        write_atomically(place, as_json(results).encode("utf-8", "surrogateescape"))
        self._context.emit(Batch(tuple(results)))
        for path in (self._folder / _FACES).glob("*.png"):
            path.unlink()
        self._note(stage=Stage.DONE, result=str(place), waiting=None)

    def _from_here(
        self, answers: Mapping[str, list[float]], card: ModelCard
    ) -> Iterator[PhotoResult]:
        for photo in self._photos():
            path, size = photo["path"], (photo["size"][0], photo["size"][1])
            if "error" in photo:
                yield PhotoResult(path, PhotoStatus.UNREADABLE, error=photo["error"])
                continue
            known = [face for face in photo["faces"] if face["file"] in answers]
            if photo["faces"] and not known:  # it was stopped before this one
                continue
            faces = tuple(
                FaceReading(
                    Box(*face["box"]), Frame(*face["frame"]),
                    _probabilities(answers[face["file"]], card),
                )
                for face in known
            )
            status = PhotoStatus.OK if faces else PhotoStatus.NO_FACE
            digest = bytes.fromhex(photo["digest"])
            yield PhotoResult(path, status, faces, size=size, digest=digest)

    def _from_s3(
        self, answers: Mapping[str, list[float]], card: ModelCard
    ) -> Iterator[PhotoResult]:
        base = self._order.source.rstrip("/")
        for name, prediction in sorted(answers.items()):
            frame = Frame(0.5, 0.5, 1, 1)
            reading = FaceReading(Box(0, 0, 1, 1), frame, _probabilities(prediction, card))
            yield PhotoResult(f"{base}/{name}", PhotoStatus.OK, (reading,), size=(1, 1))

    def _keep(self, results: Sequence[PhotoResult]) -> None:
        """Answers for photos of this computer are kept like those of the model here."""
        from emotion_desktop.jobs.reading import Memory

        if self._order.source:
            return
        path = str(self._desk.store.resolve(self._order.model))
        reader = self._desk.room.reader(path, self._order.faces)
        Memory(self._desk.room.readings()).keep(reader, results, None)


def _prediction(data: bytes) -> list[float]:
    try:
        values = [float(value) for value in json.loads(data.splitlines()[0])["prediction"]]
    except (ValueError, KeyError, TypeError, IndexError):
        raise DataError(
            "An answer from SageMaker is not of the form that was expected.",
            "The model may be one of another algorithm.",
        ) from None
    return values


def _probabilities(prediction: list[float], card: ModelCard) -> dict[str, float]:
    """The model's own calibration, applied to what the cloud said.

    A softmax loses nothing of logits but a constant, which no softmax after it would see.
    """
    import numpy as np

    from emotion_desktop.engines.calibration import calibrate

    if len(prediction) != len(card.labels):
        raise DataError(
            f"SageMaker's model knows {len(prediction)} classes, and the one here "
            f"{len(card.labels)}.",
            "Choose the model that came from this job.",
        )
    logits = np.log(np.maximum(np.array([prediction]), 1e-30))
    return dict(zip(card.labels, calibrate(logits, card.calibration)[0].tolist(), strict=True))


def _count_pictures(choice: AwsChoice, source: str) -> int:
    """How many pictures lie under an address."""
    from emotion_desktop.cloud.s3 import Bucket, parse_address
    from emotion_desktop.cloud.session import open_session

    address = parse_address(source)
    session = open_session(choice.profile, choice.region)
    bucket = Bucket(session.client("s3"), address.bucket)
    count = sum(
        PurePosixPath(item.key).suffix.lower() in _PICTURES for item in bucket.objects(address.key)
    )
    if not count:
        raise UsageError(
            f"There are no JPEG or PNG pictures under {source}.", "Check the address."
        )
    return count
