"""Photos classified by Rekognition: within what was approved, at its pace, never twice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final

from emotion_desktop.aws.errors import as_cloud_errors
from emotion_desktop.aws.rate_limit import RateLimit
from emotion_desktop.aws.rekognition.answer_parsing import refused, to_prediction, to_stored
from emotion_desktop.aws.rekognition.attempts import until_answered
from emotion_desktop.aws.rekognition.request import Request, make_request, too_small, whole
from emotion_desktop.dataset.sources.files.fingerprint import digest
from emotion_desktop.domain.errors import CloudError, NetworkError, Remedy, UnreadablePictureError
from emotion_desktop.domain.prediction import PhotoStatus, Prediction
from emotion_desktop.domain.rekognition import REFERENCE, labels
from emotion_desktop.imaging.decode import decode
from emotion_desktop.imaging.file_content import read_bytes
from emotion_desktop.workspace.catalogue.consents import Consents
from emotion_desktop.workspace.predictions.paid_answers import PaidAnswers

#: Calls under way at once: each takes some tenths of a second.
_AT_ONCE: Final = 8
#: Photos between two looks at Stop.
_BLOCK: Final = 32
#: A picture in S3 may be larger than one that is sent.
_MOST_S3_BYTES: Final = 15_000_000
#: A photo that is refused for what it is; everything else is a trouble of the service or account.
_REFUSALS: Final = frozenset(
    ("InvalidImageFormatException", "ImageTooLargeException", "InvalidParameterException")
)

_DAMAGED: Final = "DamagedAnswer"
#: After these nobody knows whether the service saw the photo: boto3's names.
_MAY_HAVE_ARRIVED: Final = frozenset(
    (
        *("HTTPClientError", "ConnectionClosedError", "ReadTimeoutError"),
        *(
            _DAMAGED,
            "ResponseStreamingError",
            "IncompleteReadError",
            "ProtocolError",
            "IncompleteRead",
        ),
    )
)
_LOST: Final = (
    "It was sent to Rekognition before, and the answer was lost: AWS may charge for it again. "
    "It is sent again once you agree to that."
)


class NotApprovedError(CloudError):
    """Photos would have been sent that the user has not agreed to send."""


@dataclass(frozen=True)
class RekognitionPredictor:
    """A Predictor. What was answered, and so paid for, is kept before it is yielded.

    Attributes:
        client: boto3's client, made when the first photo is sent.
        mapping: what its emotions are to us.
        leave_small: photos under 80 pixels are left out; otherwise they are enlarged.
        place_in_s3: bucket and key of a photo that came from there: it is not sent a second time.

    Raises:
        NotApprovedError: a photo is not among those that were approved.
        CloudError: the service or the account refuses to go on; what was answered is kept.
    """

    client: Callable[[], Any]
    consents: Consents
    answers: PaidAnswers
    limit: RateLimit
    mapping: Mapping[str, str | None]
    mapping_name: str
    leave_small: bool = False
    place_in_s3: Callable[[Path], tuple[str, str] | None] = lambda _: None

    @property
    def key(self) -> str:
        """Changes with what its answers depend on here."""
        return f"{REFERENCE}/{self.mapping_name}/{'leave' if self.leave_small else 'enlarge'}"

    @property
    def labels(self) -> tuple[str, ...]:
        """The emotions it can name."""
        return labels(self.mapping)

    @property
    def calibrated(self) -> bool:
        """See FacePrediction: what the service says is its own."""
        return False

    @property
    def model(self) -> str:
        """See Prediction."""
        return REFERENCE

    def predict(
        self,
        photos: Iterable[Path],
        stop: Callable[[], bool] = lambda: False,
        digests: dict[Path, bytes] | None = None,  # noqa: ARG002 - every photo is read
    ) -> Iterator[list[Prediction]]:
        """See Predictor."""
        waiting = iter(photos)
        with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="rekognition") as pool:
            while not stop() and (block := list(islice(waiting, _BLOCK))):
                tasks = [pool.submit(self._classify, path, stop) for path in block]
                done = _until_trouble(tasks)
                if done.results:
                    yield done.results
                if done.trouble is not None:
                    raise done.trouble

    def known(self, digests: Iterable[bytes]) -> set[bytes]:
        """The photos that have an answer already, by digest."""
        return set(self.answers.get(digests))

    def _classify(self, path: Path, stop: Callable[[], bool]) -> Prediction | None:
        """One photo; None once it is not wanted any more."""
        try:
            data = read_bytes(path)
        except UnreadablePictureError as error:
            return _unreadable(path, str(error))
        content = digest(data)
        try:
            answer = self._answer(path, data, content, stop)
        except UnreadablePictureError as error:
            return _unreadable(path, str(error), content)
        return None if answer is None else to_prediction(answer, str(path), content, self.mapping)

    def _answer(
        self, path: Path, data: bytes, content: bytes, stop: Callable[[], bool]
    ) -> dict[str, Any] | None:
        """The answer for a photo, kept or asked for; None once it is not wanted any more.

        Raises:
            UnreadablePictureError: it cannot be, or must not be, asked about.
        """
        answer: dict[str, Any] | None = self.answers.get([content]).get(content)
        if answer is not None:
            return answer
        if self.leave_small and too_small(_size(data)):
            raise UnreadablePictureError(
                "It is under 80 pixels, too small for Rekognition, and was left out."
            )
        # The same content twice, here or in another program, is asked about once.
        with self.answers.asking(content, stop) as mine:
            if not mine:
                return None
            answer = self.answers.get([content]).get(content)
            if answer is None and self.answers.unanswered([content]):
                raise UnreadablePictureError(_LOST)
            return answer if answer is not None else self._request(path, data, content, stop)

    def _request(
        self, path: Path, data: bytes, content: bytes, stop: Callable[[], bool]
    ) -> dict[str, Any] | None:
        place = self.place_in_s3(path) if _fetchable(data) else None
        request = make_request(data) if place is None else whole(_size(data))
        if not self.limit.wait(stop):
            return None
        if not self.consents.use_one(REFERENCE):
            raise NotApprovedError(
                "More photos would be sent to Amazon Rekognition than you have agreed to.",
                "Start it again: it asks before anything is sent.",
            )
        self.answers.note_request(content)
        try:
            answer = self._send(request, place, data, stop)
        except CloudError as error:
            if error.code not in _MAY_HAVE_ARRIVED:
                self.answers.drop_request(content)
            raise
        self.answers.save(content, answer)
        return answer

    def _send(
        self,
        request: Request,
        place: tuple[str, str] | None,
        data: bytes,
        stop: Callable[[], bool],
    ) -> dict[str, Any]:
        with as_cloud_errors("asking Rekognition"):
            try:
                if place is not None:
                    with suppress(self.client().exceptions.InvalidS3ObjectException):
                        return self._ask(_in_s3(place), request, stop)
                    # It is there no more, or in another region: then it is sent.
                    request = make_request(data)
                return self._ask({"Bytes": request.data}, request, stop)
            except Exception as error:
                code = _code(error)
                if code not in _REFUSALS:
                    raise
                return refused(f"Rekognition does not take this photo ({code}).")

    def _ask(
        self, image: dict[str, Any], request: Request, stop: Callable[[], bool]
    ) -> dict[str, Any]:
        def call() -> dict[str, Any]:
            answer: dict[str, Any] = client.detect_faces(Image=image, Attributes=["EMOTIONS"])
            return answer

        client = self.client()
        answer = until_answered(call, stop)
        try:
            return to_stored(answer, request)
        except ValueError:
            raise NetworkError(
                "An answer of Rekognition arrived damaged.",
                "Start it again: it asks before the photo is sent once more.",
                Remedy.TRY_AGAIN,
                _DAMAGED,
            ) from None


def _unreadable(path: Path, error: str, content: bytes | None = None) -> Prediction:
    return Prediction(
        str(path), PhotoStatus.UNREADABLE, error=error, digest=content, model=REFERENCE
    )


@dataclass(frozen=True, slots=True)
class _Done:
    results: list[Prediction]
    trouble: Exception | None


def _until_trouble(tasks: list[Future[Prediction | None]]) -> _Done:
    """The results before the first trouble. Those behind it are kept already, for the next time."""
    results: list[Prediction] = []
    for number, task in enumerate(tasks):
        try:
            result = task.result()
        except Exception as error:  # noqa: BLE001 - raised again, once the answers are told
            for rest in tasks[number + 1 :]:
                rest.cancel()
                with suppress(Exception):
                    rest.result()
            return _Done(results, error)
        if result is not None:
            results.append(result)
    return _Done(results, None)


def _in_s3(place: tuple[str, str]) -> dict[str, Any]:
    return {"S3Object": {"Bucket": place[0], "Name": place[1]}}


def _fetchable(data: bytes) -> bool:
    """Whether the service can fetch such a file itself: format, bytes and pixels."""
    known = data[:3] == b"\xff\xd8\xff" or data[:4] == b"\x89PNG"
    return known and len(data) <= _MOST_S3_BYTES and not too_small(_size(data))


def _size(data: bytes) -> tuple[int, int]:
    picture = decode(data, at_least=1)
    return picture.width, picture.height


def _code(error: Exception) -> str:
    """The code of a botocore ClientError; empty for anything else."""
    response = getattr(error, "response", None)
    return str(response.get("Error", {}).get("Code", "")) if isinstance(response, dict) else ""
