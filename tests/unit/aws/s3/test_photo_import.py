"""Photos in a bucket as a source."""

import os

import pytest

from emotion_desktop.aws.s3.bucket import Bucket
from emotion_desktop.aws.s3.photo_import import open_bucket
from emotion_desktop.aws.session import open_session
from emotion_desktop.dataset.importing import import_source
from emotion_desktop.domain.errors import CloudError, DataError, NetworkError, UsageError
from emotion_desktop.jobs.running.context import LocalContext
from emotion_desktop.workspace.catalogue.counts import photo_counts
from emotion_desktop.workspace.catalogue.photos import labelled_photos
from emotion_desktop.workspace.catalogue.sources import Sources
from tests.unit.dataset.pictures import put_pictures


@pytest.fixture
def bucket(aws, tmp_path):
    client = open_session().client("s3")
    client.create_bucket(Bucket="faces")
    bucket = Bucket(client, "faces")
    put_pictures(*(tmp_path / f"{n}.png" for n in range(5)))
    pictures = [(tmp_path / f"{n}.png").read_bytes() for n in range(5)]
    for key, picture in zip(
        (
            "set/happy/Ann_1.png",
            "set/happy/Ann_2.png",
            "set/Fear/Ben_1.png",
            "set/loose.png",
            "other/anger/x.png",
        ),
        pictures,
        strict=True,
    ):
        bucket.write(key, picture)
    bucket.write("set/notes.txt", b"no photo")
    for key in ("happy/._Ann_1.png", "__MACOSX/happy/Ann_1.png", ".ipynb_checkpoints/a.png"):
        bucket.write(f"set/{key}", b"what a system keeps beside photos")
    bucket.write("set/happy/broken.png", b"no picture")
    bucket.write("set/happy/..", b"not ours")
    return bucket


def bring(catalogue, address="s3://faces/set"):
    incoming = open_bucket(address, catalogue.root)
    return import_source(catalogue, incoming, LocalContext(lambda _: None))


def test_a_folder_per_class_is_fetched_once(bucket, catalogue, aws):
    told = bring(catalogue)
    assert told.tally.sections == {"happiness": 3, "fear": 1, "unlabelled": 1}
    assert told.tally.unreadable == 1
    samples = labelled_photos(catalogue).samples
    assert {(s.path.name, s.emotion, s.person) for s in samples} == {
        ("Ann_1.png", "happiness", "Ann"),
        ("Ann_2.png", "happiness", "Ann"),
        ("Ben_1.png", "fear", "Ben"),
    }
    assert all(s.path.is_relative_to(catalogue.root) for s in samples)
    times = {s.path: s.path.stat().st_mtime_ns for s in samples}
    assert bring(catalogue, "s3://faces/set/").new == 0
    assert {path: path.stat().st_mtime_ns for path in times} == times
    (source,) = Sources(catalogue).all()
    assert (source.location, source.kind) == ("s3://faces/set", "s3")


def test_classes_may_lie_one_folder_deeper(bucket, catalogue):
    told = bring(catalogue, "s3://faces")
    assert told.tally.sections["happiness"] == 3
    assert told.tally.sections["anger"] == 1


def test_what_was_fetched_stays_for_the_next_attempt(bucket, catalogue, monkeypatch):
    from emotion_desktop.aws.s3 import photo_import as module

    real, fetched = module.download, []

    def break_off(bucket, key, target, **how):
        if len(fetched) == 3:
            raise NetworkError("AWS cannot be reached.", "Check the network.")
        fetched.append(key)
        real(bucket, key, target, **how)

    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    monkeypatch.setattr(module, "download", break_off)
    with pytest.raises(NetworkError):
        bring(catalogue)
    (source,) = Sources(catalogue).all()
    assert not source.complete
    assert photo_counts(catalogue).photos == 0
    before = list(fetched)
    fetched.clear()
    monkeypatch.setattr(module, "download", lambda *a, **k: fetched.append(a[1]) or real(*a, **k))
    assert bring(catalogue).tally.photos == 5
    assert len(before) == 3
    assert not set(before) & set(fetched)


def test_one_photo_that_is_gone_is_one_that_cannot_be_read(bucket, catalogue):
    incoming = open_bucket("s3://faces/set", catalogue.root)
    bucket.delete(["set/happy/Ann_1.png"])
    told = import_source(catalogue, incoming, LocalContext(lambda _: None))
    assert told.tally.unreadable == 2


def test_nothing_there_is_said(bucket, catalogue):
    with pytest.raises(DataError, match="no photos under s3://faces/none"):
        bring(catalogue, "s3://faces/none")
    with pytest.raises(CloudError):
        bring(catalogue, "s3://not-there-at-all")
    with pytest.raises(UsageError):
        bring(catalogue, "s3://")
