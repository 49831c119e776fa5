"""“dataset export”: to disk and to S3, and what a kill leaves."""

import json
import time

import pytest

from emotion_desktop.aws.s3.bucket import Bucket
from emotion_desktop.aws.session import open_session
from tests.command_line import program
from tests.unit.dataset.pictures import put_pictures


@pytest.fixture
def place(call, tmp_path):
    folder = tmp_path / "many"
    put_pictures(
        *(folder / e / f"{e}{n}x_1.png" for e in ("fear", "happy") for n in range(6)), side=16
    )
    call("dataset", "import", folder, "--workspace", tmp_path / "w")
    options = ("--balance", "synthesis", "--target", "5")
    call("dataset", "split", "--name", "one", *options, "--workspace", tmp_path / "w")
    return tmp_path / "w"


def test_all_photos_or_a_split_with_its_copies(call, place, tmp_path):
    out = tmp_path / "out"
    status, text, err = call("dataset", "export", out, "--workspace", place)
    assert (status, text, err) == (0, f"12 photos written to {out}.\n", "")
    assert len(list((out / "fear").iterdir())) == 6
    told = json.loads(
        call(
            "dataset",
            "export",
            tmp_path / "split",
            "--format",
            "recordio",
            "--split",
            "one",
            "--copies",
            "--json",
            "-",
            "--workspace",
            place,
        )[1]
    )
    assert told["photos"] == 12
    assert told["copies"] > 0
    assert (tmp_path / "split" / "training.rec").stat().st_size > 0
    assert call("dataset", "export", out, "--workspace", place)[0] == 1
    assert call("dataset", "export", tmp_path / "x", "--format", "zip")[0] == 2
    assert call("dataset", "export", tmp_path / "x", "--split", "no", "--workspace", place)[0] == 1


def test_to_a_bucket_and_back(call, place, tmp_path, aws):
    client = open_session().client("s3")
    client.create_bucket(Bucket="faces")
    target = ("dataset", "export", "s3://faces/my/set", "--split", "one", "--workspace", place)
    assert call(*target)[:2] == (0, "12 photos written to s3://faces/my/set.\n")
    keys = [item.key for item in Bucket(client, "faces").objects("")]
    assert "my/set/dataset.csv" in keys
    assert len(keys) == 12 + 3 + 1  # photos, a table per part, the manifest
    assert call(*target)[0] == 1  # nothing is overwritten
    assert call("dataset", "export", "s3://faces/t", "--form", "csv", "--workspace", place)[0] == 1
    told = json.loads(
        call(
            "dataset",
            "import",
            "s3://faces/my/set",
            "--json",
            "-",
            "--workspace",
            tmp_path / "back",
        )[1]
    )
    assert told["tally"]["sections"] == {"fear": 6, "happiness": 6}
    assert list(place.glob("export-*")) == []


def test_a_kill_leaves_no_half_export(call, place, tmp_path):
    folder = tmp_path / "more" / "anger"
    put_pictures(*(folder / f"a{n}x_1.png" for n in range(700)), side=64)
    call("dataset", "import", folder.parent, "--workspace", place)
    command = ("dataset", "export", tmp_path / "out", "--workspace", place)
    run = program(*command)
    until = time.monotonic() + 60
    while not list(tmp_path.glob(".out.part-*/*/*")) and run.poll() is None:
        assert time.monotonic() < until
        time.sleep(0.002)
    run.kill()
    run.communicate()
    if run.returncode == 0:
        pytest.skip("it was faster than the kill")
    assert not (tmp_path / "out").exists()
    assert call(*command)[0] == 0
    assert len(list((tmp_path / "out" / "anger").iterdir())) == 700
    assert not list(tmp_path.glob(".out.part-*"))
