"""S3: listing, small objects, and transfers that survive what networks do."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from emotion_desktop.aws.s3.bucket import Bucket, S3Address, parse_address
from emotion_desktop.aws.s3.transfers import download, upload
from emotion_desktop.aws.session import open_session
from emotion_desktop.domain.errors import (
    AppError,
    CancelledError,
    CloudError,
    NetworkError,
    Remedy,
    SignInError,
    UsageError,
)

MB = 1 << 20


@pytest.fixture
def bucket(aws) -> Bucket:
    client = open_session().client("s3")
    client.create_bucket(Bucket="faces")
    return Bucket(client, "faces", owner="123456789012")


@pytest.fixture
def big(tmp_path) -> Path:
    path = tmp_path / "big.rec"
    path.write_bytes(os.urandom(31 * MB + 5))
    return path


def test_addresses():
    assert parse_address("s3://faces/some/where") == S3Address("faces", "some/where")
    assert parse_address("s3://faces") == S3Address("faces", "")
    assert str(S3Address("faces", "a/b")) == "s3://faces/a/b"
    for text in ("faces/x", "s3://", "s3:///x", "s3://UPPER/x", "http://faces/x"):
        with pytest.raises(UsageError):
            parse_address(text)


def test_small_objects(bucket):
    bucket.write("a/one", b"1")
    bucket.write("a/two", b"22")
    bucket.write("b/three", b"333")
    bucket.write("a/folder/", b"")
    assert [(o.key, o.size) for o in bucket.objects("a/")] == [("a/one", 1), ("a/two", 2)]
    assert bucket.size_of("a/two") == 2
    assert bucket.size_of("a/none") is None
    assert bucket.read("b/three", 3) == b"333"
    with pytest.raises(CloudError, match="larger"):
        bucket.read("b/three", 2)
    with pytest.raises(CloudError, match="not there"):
        bucket.read("none", 1)
    assert bucket.delete(["a/one", "a/two", "never there"]) == 3
    assert [o.key for o in bucket.objects()] == ["b/three"]


def test_a_long_list_comes_page_by_page(bucket, aws):
    for number in range(7):
        bucket.write(f"p/{number}", b"x")
    paginate = bucket.client.get_paginator
    seen = []

    class Small:
        def __init__(self, name):
            self.paginator = paginate(name)

        def paginate(self, **more):
            return self.paginator.paginate(**more, PaginationConfig={"PageSize": 3})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bucket.client, "get_paginator", Small)
        seen = [o.key for o in bucket.objects("p/")]
    assert seen == [f"p/{number}" for number in range(7)]
    assert aws.wire.count("ListObjectsV2") == 3


def test_a_bucket_that_is_not_there(aws):
    bucket = Bucket(open_session().client("s3"), "nobodys-bucket")
    with pytest.raises(CloudError, match="no such bucket") as caught:
        list(bucket.objects())
    assert caught.value.remedy is Remedy.CHOOSE_BUCKET


def test_a_big_file_goes_up_in_parts_and_comes_back(bucket, aws, big, tmp_path):
    told = []
    upload(bucket, big, "big", report=told.append)
    assert aws.wire.count("UploadPart") == 7
    assert told == sorted(told)
    assert told[-1] == big.stat().st_size
    progress = []
    download(bucket, "big", tmp_path / "back", report=lambda *step: progress.append(step))
    assert (tmp_path / "back").read_bytes() == big.read_bytes()
    assert progress[-1] == (big.stat().st_size,) * 2
    assert bucket.unfinished() == []
    assert {path.name for path in tmp_path.iterdir()} == {"big.rec", "back"}


def test_a_small_or_empty_file_goes_up_whole(bucket, aws, tmp_path):
    for size in (0, 10):
        (tmp_path / "small").write_bytes(b"x" * size)
        upload(bucket, tmp_path / "small", "small")
        download(bucket, "small", tmp_path / "back")
        assert (tmp_path / "back").read_bytes() == b"x" * size
    assert aws.wire.count("UploadPart") == 0


@pytest.mark.parametrize("content_named", [False, True])
def test_an_upload_that_was_left_is_taken_up(bucket, aws, big, content_named):
    told: list[int] = []
    with pytest.raises(CancelledError):
        upload(bucket, big, "big", report=told.append, stop=lambda: len(told) > 1)
    sent = aws.wire.count("UploadPart")
    assert 0 < sent < 7
    assert bucket.size_of("big") is None
    (unfinished,) = bucket.unfinished("big")
    assert unfinished.size > 0
    upload(bucket, big, "big", content_named=content_named)
    assert aws.wire.count("UploadPart") == 7
    assert bucket.size_of("big") == big.stat().st_size


def test_parts_of_something_else_are_not_taken_for_right(bucket, aws, big, tmp_path):
    with pytest.raises(CancelledError):
        upload(bucket, big, "big", stop=lambda: aws.wire.count("UploadPart") > 0)
    other = tmp_path / "other"
    other.write_bytes(bytes(31 * MB + 5))
    upload(bucket, other, "big")
    download(bucket, "big", tmp_path / "back")
    assert (tmp_path / "back").read_bytes() == other.read_bytes()


def test_an_abandoned_upload_leaves_nothing_to_pay_for(bucket, big):
    with pytest.raises(CancelledError):
        upload(bucket, big, "big", stop=iter([False, *[True] * 9]).__next__)
    for unfinished in bucket.unfinished():
        bucket.abandon(unfinished)
    assert bucket.unfinished() == []


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "cut-request", "bytes": 100_000, "times": 3},
        {"kind": "lose-answer", "times": 2},
        {"kind": "refuse", "status": 503, "code": "SlowDown", "times": 4},
        {"kind": "refuse", "status": 500, "code": "InternalError", "times": 4},
    ],
)
def test_uploads_survive_what_networks_do(bucket, aws, big, tmp_path, fault):
    ordered = aws.faults.add("UploadPart", **fault)
    upload(bucket, big, "big")
    assert ordered.happened == fault["times"]
    download(bucket, "big", tmp_path / "back")
    assert (tmp_path / "back").read_bytes() == big.read_bytes()


def test_the_answer_to_the_last_step_may_be_lost(bucket, aws, big):
    aws.faults.add("CompleteMultipartUpload", "lose-answer")
    upload(bucket, big, "big")
    assert bucket.size_of("big") == big.stat().st_size


def test_an_expired_sign_in_in_the_middle_keeps_what_was_sent(bucket, aws, big):
    aws.faults.add("UploadPart", code="ExpiredToken", after=1, times=2)
    with pytest.raises(SignInError, match="signed out"):
        upload(bucket, big, "big")
    upload(Bucket(open_session().client("s3"), "faces"), big, "big")
    assert aws.wire.count("UploadPart") == 7 + 2
    assert bucket.size_of("big") == big.stat().st_size


@pytest.mark.parametrize("times", [1, 5])
def test_a_download_that_breaks_off_goes_on_from_there(bucket, aws, big, tmp_path, times):
    upload(bucket, big, "big")
    aws.faults.add("GetObject", "cut-answer", bytes=2 * MB, times=times)
    pauses = []
    download(bucket, "big", tmp_path / "back", pause=pauses.append)
    assert (tmp_path / "back").read_bytes() == big.read_bytes()
    assert len(pauses) == times


def test_a_download_without_a_network_keeps_what_came(bucket, aws, big, tmp_path):
    upload(bucket, big, "big")
    aws.faults.add("GetObject", "cut-answer", bytes=5 * MB)
    aws.faults.add("GetObject", "cut-answer", bytes=0, times=500)
    with pytest.raises(NetworkError):
        download(bucket, "big", tmp_path / "back")
    assert not (tmp_path / "back").exists()
    aws.faults.clear()
    seen: list[int] = []
    download(bucket, "big", tmp_path / "back", report=lambda have, _: seen.append(have))
    assert seen[0] >= 4 * MB
    assert (tmp_path / "back").read_bytes() == big.read_bytes()


def test_another_content_is_never_gone_on_with(bucket, aws, big, tmp_path):
    upload(bucket, big, "big")
    with pytest.raises(CancelledError):
        download(bucket, "big", tmp_path / "back", stop=iter([False, False, True]).__next__)
    assert len(list(tmp_path.glob(".back*"))) == 1
    bucket.write("big", b"another")
    download(bucket, "big", tmp_path / "back")
    assert (tmp_path / "back").read_bytes() == b"another"


def test_what_is_too_large_or_not_there_is_refused_before_a_byte_comes(bucket, aws, big, tmp_path):
    upload(bucket, big, "big")
    with pytest.raises(CloudError, match="larger"):
        download(bucket, "big", tmp_path / "back", limit=MB)
    with pytest.raises(CloudError, match="not there"):
        download(bucket, "none", tmp_path / "back")
    assert aws.wire.count("GetObject") == 0


def test_a_full_disk_is_said(bucket, tmp_path, monkeypatch):
    bucket.write("x", b"x" * 100)
    monkeypatch.setattr(
        "pathlib.Path.replace", lambda *_: (_ for _ in ()).throw(OSError(28, "full"))
    )
    with pytest.raises(AppError, match="disk is full"):
        download(bucket, "x", tmp_path / "back")
