"""Rekognition over real HTTP: consent first, nothing twice, and troubles in the middle."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np
import pytest

from emotion_desktop.aws.rate_limit import RateLimit
from emotion_desktop.aws.rekognition.predictor import NotApprovedError, RekognitionPredictor
from emotion_desktop.aws.rekognition.request import make_request
from emotion_desktop.domain.errors import AppError, CloudError, SignInError, UnreadablePictureError
from emotion_desktop.domain.geometry import Box
from emotion_desktop.domain.prediction import PhotoStatus
from emotion_desktop.domain.rekognition import REFERENCE
from emotion_desktop.imaging.decode import decode
from emotion_desktop.imaging.faces import make_face_finder
from emotion_desktop.jobs.predicting.rekognition import (
    approve,
    in_words,
    make_predictor,
    withdraw,
)
from emotion_desktop.jobs.predicting.specs import quote_job
from emotion_desktop.workspace.catalogue.catalogue import Catalogue
from emotion_desktop.workspace.paths import Workspace
from emotion_desktop.workspace.settings import Settings, save_settings
from tests.faces import FACELESS, PORTRAITS, SAMPLES, make_data_set
from tests.unit.jobs.asking import result_of


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch):
    monkeypatch.setattr(RateLimit, "wait", lambda self, stop=lambda: False: not stop())


@pytest.fixture
def place(tmp_path, aws) -> Path:
    return tmp_path / "workspace"


@pytest.fixture(scope="module")
def photos(tmp_path_factory) -> list[Path]:
    folder = make_data_set(tmp_path_factory.mktemp("photos"), 4, 3, emotions=("anger", "fear"))
    return sorted((folder / "images").glob("*.jpg"))


def read(place, photos, stop=lambda: False):
    return [result for batch in make_predictor(place).predict(photos, stop) for result in batch]


def asked(aws) -> int:
    return sum(call.operation == "DetectFaces" for call in aws.wire.calls)


def quote(place, paths):
    return result_of(quote_job(paths), Workspace(place))


def test_nothing_is_sent_before_the_user_agrees(place, aws, photos):
    assert quote(place, photos)["to_send"] == len(photos)
    with pytest.raises(NotApprovedError, match="agreed"):
        read(place, photos)
    assert aws.wire.calls == []


def test_answers_are_those_of_the_service_and_not_calibrated(place, aws, photos):
    approve(place, len(photos))
    results = read(place, photos)
    assert [r.path for r in results] == [str(p) for p in photos]
    finder = make_face_finder()
    for result in results:
        face = result.faces[0]
        assert not face.calibrated
        assert sum(face.probabilities.values()) + sum(face.other.values()) == pytest.approx(1)
        assert "contempt" not in face.probabilities
        found = finder.find(decode(Path(result.path)))[0].box
        assert np.abs(np.subtract(face.box.to_list(), found.to_list())).max() <= 12
    assert len(aws.rekognition.billed) == len(photos)


def test_nothing_is_paid_twice(place, aws, photos, tmp_path):
    approve(place, 100)
    first = read(place, photos)
    assert read(place, photos) == first
    moved = tmp_path / "moved.jpg"
    moved.write_bytes(photos[0].read_bytes())
    assert read(place, [moved])[0].faces == first[0].faces
    assert len(aws.rekognition.billed) == len(photos)
    told = quote(place, [*photos, moved])
    assert (told["known"], told["to_send"], told["dollars"]) == (len(photos), 0, 0)
    assert told["consented"]


def test_no_more_is_sent_than_was_agreed_to_and_agreement_can_be_taken_back(place, aws, photos):
    approve(place, 5)
    with pytest.raises(NotApprovedError):
        read(place, photos)
    assert len(aws.rekognition.billed) == 5
    approve(place, 3)
    assert withdraw(place)
    with pytest.raises(NotApprovedError):
        read(place, photos)
    assert len(aws.rekognition.billed) == 5
    assert not withdraw(place)
    approve(place, len(photos) - 5)
    assert len(read(place, photos)) == len(photos)
    assert len(aws.rekognition.billed) == len(photos)


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("ThrottlingException", 400),
        ("ProvisionedThroughputExceededException", 400),
        ("InternalServerError", 500),
    ],
)
def test_a_few_troubles_are_survived_by_the_retries(place, aws, photos, code, status):
    approve(place, len(photos))
    fault = aws.faults.add("DetectFaces", times=5, after=6, code=code, status=status)
    assert len(read(place, photos)) == len(photos)
    assert fault.happened == 5
    assert len(aws.rekognition.billed) == len(photos)


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        ("ThrottlingException", 400, CloudError),
        ("InternalServerError", 500, CloudError),
        ("AccessDeniedException", 400, CloudError),
        ("ExpiredTokenException", 400, SignInError),
    ],
)
def test_a_trouble_that_stays_ends_it_and_the_rest_goes_on_later(
    place, aws, photos, *, code, status, kind
):
    approve(place, len(photos))
    aws.faults.add("DetectFaces", times=10_000, after=9, code=code, status=status)
    seen = []
    with pytest.raises(kind) as caught:
        for batch in make_predictor(place).predict(photos):
            seen += batch
    assert caught.value.message
    billed = len(aws.rekognition.billed)
    assert billed >= 9
    aws.faults.clear()
    # What was taken from the agreement by calls that failed is asked for again.
    left = quote(place, photos)["to_send"]
    assert left == len(photos) - billed
    approve(place, left)
    results = read(place, photos)
    assert len(results) == len(photos)
    assert all(r.status is PhotoStatus.OK for r in results)
    assert len(aws.rekognition.billed) == len(photos), "something was asked twice"


@pytest.mark.parametrize("kind", ["lose-answer", "cut-answer"])
def test_an_answer_that_gets_lost_is_not_paid_for_again_unasked(place, aws, photos, kind):
    """boto3 would have sent it again by itself."""
    approve(place, 8)
    aws.faults.add("DetectFaces", kind, times=8, bytes=100)
    with pytest.raises(CloudError):
        read(place, photos[:1])
    assert asked(aws) == len(aws.rekognition.billed) == 1
    aws.faults.clear()
    (result,) = read(place, photos[:1])
    assert "the answer was lost" in result.error
    assert asked(aws) == 1
    approve(place, 1, again=True)
    (result,) = read(place, photos[:1])
    assert result.status is PhotoStatus.OK
    assert asked(aws) == 2


def test_stopping_in_the_middle_keeps_what_was_answered(place, aws, photos):
    approve(place, len(photos))
    stop = threading.Event()
    predictor = make_predictor(place)
    first = next(iter(predictor.predict(photos[:8], stop.is_set)))
    stop.set()
    assert read(place, photos, stop.is_set) == []
    assert predictor.known(r.digest for r in first) == {r.digest for r in first}


def test_a_photo_that_is_refused_is_told_and_not_asked_again(place, aws, photos):
    approve(place, 10)
    aws.faults.add("DetectFaces", times=1, code="InvalidImageFormatException")
    (result,) = read(place, photos[:1])
    assert result.status is PhotoStatus.UNREADABLE
    assert "does not take" in result.error
    before = asked(aws)
    assert read(place, photos[:1]) == [result]
    assert asked(aws) == before


def test_what_is_no_photo_costs_nothing(place, aws, tmp_path):
    bad = tmp_path / "bad.jpg"
    bad.write_bytes(b"\xff\xd8\xff no")
    told = quote(place, [bad, SAMPLES / FACELESS])
    assert (told["unreadable"], told["to_send"]) == (1, 1)
    approve(place, 1)
    results = read(place, [bad, tmp_path / "missing.jpg", SAMPLES / FACELESS])
    assert [r.status for r in results] == [
        PhotoStatus.UNREADABLE,
        PhotoStatus.UNREADABLE,
        PhotoStatus.NO_FACE,
    ]


@pytest.fixture
def small(tmp_path) -> Path:
    """A face of 50 pixels."""
    picture = decode(SAMPLES / PORTRAITS[0])
    box = make_face_finder().find(picture)[0].box
    side = max(box.width, box.height)
    face = picture.pixels[box.y : box.y + side, box.x : box.x + side, ::-1]
    path = tmp_path / "small.png"
    cv2.imwrite(str(path), cv2.resize(face, (50, 50), interpolation=cv2.INTER_AREA))
    return path


def test_small_photos_are_enlarged_with_a_margin_and_boxes_fit_the_photo(place, aws, small):
    assert quote(place, [small])["small"] == 1
    approve(place, 1)
    (result,) = read(place, [small])
    assert result.size == (50, 50)
    box = result.faces[0].box
    assert box.x >= 0
    assert box.x + box.width <= 50
    assert box.width > 20
    sent = decode(aws.rekognition.billed[0])
    assert min(sent.width, sent.height) >= 80


def test_or_left_out_as_chosen(place, aws, small, photos):
    save_settings(place / "settings.json", Settings(rekognition_small="leave-out"))
    told = quote(place, [small, photos[0]])
    assert (told["small"], told["to_send"]) == (1, 1)
    approve(place, 5)
    first, second = read(place, [small, photos[0]])
    assert "left out" in first.error
    assert second.status is PhotoStatus.OK
    assert len(aws.rekognition.billed) == 1


def test_the_mapping_is_changed_without_paying_again(place, aws, photos):
    approve(place, len(photos))
    plain = read(place, photos)
    save_settings(place / "settings.json", Settings(rekognition_mapping="notebooks"))
    mapped = read(place, photos)
    assert len(aws.rekognition.billed) == len(photos)
    for before, after in zip(plain, mapped, strict=True):
        assert after.faces[0].probabilities["contempt"] == before.faces[0].other["CONFUSED"]
    assert make_predictor(place).labels[1] == "contempt"


def test_no_metadata_leaves_the_machine(tmp_path):
    from PIL import Image

    path = tmp_path / "gps.jpg"
    exif = Image.Exif()
    exif[0x010E] = "where I live"
    exif[0x0112] = 6
    Image.open(SAMPLES / PORTRAITS[0]).save(path, exif=exif)
    assert b"where I live" in path.read_bytes()
    request = make_request(path)
    assert b"where I live" not in request.data
    assert b"Exif" not in request.data
    upright = decode(path)
    assert request.size == (upright.width, upright.height)


@pytest.mark.parametrize("size", [(30, 30), (79, 400), (80, 80), (4000, 100), (3000, 2000)])
def test_every_size_becomes_one_that_is_taken_and_boxes_come_back(size, tmp_path):
    path = tmp_path / "p.png"
    cv2.imwrite(str(path), np.random.default_rng(0).integers(0, 255, (size[1], size[0], 3)))
    request = make_request(path)
    sent = decode(request.data)
    assert (sent.width, sent.height) == request.shown
    assert min(request.shown) >= 80
    assert len(request.data) <= 5_000_000
    wanted = Box(size[0] // 4, size[1] // 4, size[0] // 2, size[1] // 2)
    shares = (
        (wanted.x * request.scale + request.offset[0]) / request.shown[0],
        (wanted.y * request.scale + request.offset[1]) / request.shown[1],
        wanted.width * request.scale / request.shown[0],
        wanted.height * request.scale / request.shown[1],
    )
    assert np.abs(np.subtract(request.box(*shares).to_list(), wanted.to_list())).max() <= 2
    assert request.box(-1, -1, 3, 3) == Box(0, 0, *size)


def test_what_cannot_be_decoded_is_no_request(tmp_path):
    with pytest.raises(UnreadablePictureError):
        make_request(b"nothing")


def test_photos_from_s3_are_fetched_by_the_service_itself(place, aws, photos, monkeypatch):
    client = aws.client("s3")
    client.create_bucket(Bucket="faces")
    client.upload_file(str(photos[0]), "faces", "a/one.jpg")
    predictor = make_predictor(place)
    places = {photos[0]: ("faces", "a/one.jpg"), photos[1]: ("faces", "gone.jpg")}
    object.__setattr__(predictor, "place_in_s3", places.get)
    approve(place, 2)
    results = [r for batch in predictor.predict(photos[:2]) for r in batch]
    assert [r.status for r in results] == [PhotoStatus.OK] * 2
    # The first was never sent; the second is in the bucket no more, and was.
    assert photos[0].read_bytes() in aws.rekognition.billed
    assert photos[1].read_bytes() not in aws.rekognition.billed
    assert not predictor.consents.use_one(REFERENCE)


def test_no_secret_is_kept(place, aws, photos):
    approve(place, 2)
    read(place, photos[:2])
    kept = b"".join(path.read_bytes() for path in place.rglob("*") if path.is_file())
    for secret in aws.environment.values():
        if secret.startswith(("secret", "token", "AKIA")):
            assert secret.encode() not in kept
    assert len(aws.wire.signatures) >= 2
    assert not any(signature.encode() in kept for signature in aws.wire.signatures)


@pytest.mark.parametrize("region", ["eu-north-1", "eu-west-3", "cn-north-1"])
def test_a_region_without_the_service_is_said_to_be_one(place, aws, photos, monkeypatch, region):
    """It is no trouble of the network."""
    approve(place, 1)
    monkeypatch.setenv("AWS_DEFAULT_REGION", region)
    with pytest.raises(CloudError, match=f"not in the region {region}"):
        read(place, photos[:1])
    save_settings(place / "settings.json", Settings(aws_region=region))
    with pytest.raises(CloudError, match=f"not in the region {region}"):
        quote(place, photos[:1])
    assert aws.wire.calls == []


# -- paid once ------------------------------------------------------------------------------------


def test_photos_of_the_same_content_are_asked_about_once(place, aws, photos, tmp_path):
    twins = [tmp_path / f"twin-{number}.jpg" for number in range(6)]
    for path in twins:
        path.write_bytes(photos[0].read_bytes())
    assert quote(place, twins)["to_send"] == 1
    approve(place, 1)
    results = read(place, twins)
    assert [r.status for r in results] == [PhotoStatus.OK] * 6
    assert len(aws.rekognition.billed) == 1


def test_two_programs_at_once_pay_once(place, aws, photos):
    """Each has a predictor of its own, as in another process: only files are between them."""
    approve(place, len(photos))
    found = []
    threads = [threading.Thread(target=lambda: found.append(read(place, photos))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [[r.status for r in results] for results in found] == [
        [PhotoStatus.OK] * len(photos)
    ] * 2
    assert len(aws.rekognition.billed) == len(photos)


SENDER = """
import sys
from pathlib import Path
from emotion_desktop.jobs.predicting.rekognition import make_predictor
list(make_predictor(Path(sys.argv[1])).predict([Path(name) for name in sys.argv[2:]]))
"""


def test_what_was_on_its_way_when_the_program_was_killed_is_not_sent_unasked(place, aws, photos):
    approve(place, len(photos))
    # The service has seen the photo, and its answer is still to come.
    aws.latency_s = 3
    process = subprocess.Popen([sys.executable, "-c", SENDER, str(place), *map(str, photos[:1])])
    try:
        wait_until(lambda: asked(aws) == 1)
    finally:
        process.kill()
        process.wait()
        aws.latency_s = 0
    wait_until(lambda: len(aws.rekognition.billed) == 1)
    told = quote(place, photos)
    assert (told["to_send"], told["unanswered"]) == (len(photos) - 1, 1)
    assert "AWS may charge for them again" in in_words(told)[1]
    approve(place, told["to_send"])
    results = read(place, photos)
    assert "the answer was lost" in results[0].error
    assert [r.status for r in results[1:]] == [PhotoStatus.OK] * (len(photos) - 1)
    assert quote(place, photos)["to_send"] == 0
    assert quote(place, photos)["unanswered"] == 1
    approve(place, 1, again=True)
    assert [r.status for r in read(place, photos)] == [PhotoStatus.OK] * len(photos)


def test_an_answer_that_the_catalogue_does_not_take_is_kept_beside_it(
    place, aws, photos, monkeypatch
):
    """Another program holds the workspace when the answers come."""
    approve(place, 4)
    predictor = make_predictor(place)

    @contextmanager
    def held(*_):
        raise AppError("The catalogue is in use.")
        yield

    answered = threading.Event()
    send = RekognitionPredictor._ask

    def ask(self, *about):
        response = send(self, *about)
        monkeypatch.setattr(Catalogue, "writing", held)
        answered.set()
        return response

    monkeypatch.setattr(RekognitionPredictor, "_ask", ask)
    (result,) = [r for batch in predictor.predict(photos[:1]) for r in batch]
    assert result.status is PhotoStatus.OK
    monkeypatch.undo()
    for name, value in aws.environment.items():
        monkeypatch.setenv(name, value)
    assert read(place, photos[:1])[0].faces == result.faces
    assert len(aws.rekognition.billed) == 1
    assert list((place / "paid").rglob("*.json")) == [], "it is in the catalogue by now"


def test_nothing_is_sent_where_that_cannot_be_written_down(place, aws, photos):
    approve(place, 4)
    (place / "paid").write_bytes(b"no folder")
    with pytest.raises(AppError):
        read(place, photos[:1])
    assert aws.rekognition.billed == []


def test_a_photo_that_never_arrived_is_sent_again_unasked(place, aws, photos, monkeypatch):
    approve(place, 2)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(CloudError, match="cannot be reached"):
        read(place, photos[:1])
    monkeypatch.setenv("AWS_ENDPOINT_URL", aws.url)
    assert quote(place, photos[:1])["unanswered"] == 0
    assert read(place, photos[:1])[0].status is PhotoStatus.OK


def wait_until(true):
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline, "it does not happen"
        time.sleep(0.02)
