"""“dataset audit”, “fix”, and the verbs that change what photos are."""

import json
import shutil

import pytest

from tests.unit.dataset.pictures import put_pictures


@pytest.fixture
def place(call, tmp_path):
    folder = tmp_path / "set"
    put_pictures(*(folder / "fear" / f"Ann_{n}.png" for n in range(3)))
    put_pictures(folder / "happy" / "Ben_1.png")
    shutil.copyfile(folder / "happy" / "Ben_1.png", folder / "happy" / "Cleo_1.png")
    call("dataset", "import", folder, "--workspace", tmp_path / "w")
    return tmp_path / "w"


@pytest.fixture
def run(call, place):
    return lambda verb, *more: call("dataset", verb, *more, "--workspace", place)


def sections(run):
    return json.loads(run("show", "--json", "-")[1])["tally"]["sections"]


def test_the_audit_is_printed_and_written(run):
    status, out, err = run("audit", "--json", "-")
    assert (status, err) == (0, "")
    found = {card["key"]: card for card in json.loads(out)["cards"]}
    assert found["same_bytes"]["count"] == 2
    assert found["same_bytes"]["fixes"] == [{"key": "keep_one", "label": "Keep one of each"}]
    status, out, _ = run("audit")
    assert "2 photos are the same files as other ones." in out
    assert "[same_bytes: keep_one]" in out


def test_a_card_is_mended_and_the_mending_undone(run):
    assert run("fix", "same_bytes")[1] == "Leave 1 copy out.\n"
    assert sections(run) == {"fear": 3, "happiness": 1, "excluded": 1}
    assert run("undo")[1] == "Undone: Leave 1 copy out.\n"
    assert sections(run) == {"fear": 3, "happiness": 2}
    assert run("redo")[0] == 0
    assert run("redo")[0] == 1
    assert run("fix", "same_bytes")[0] == 2
    assert run("fix", "tiny:fear", "--fix", "merge", "--into", "happiness")[0] == 0
    assert run("fix", "nothing")[0] == 2


def test_photos_are_relabelled_and_left_out(run, tmp_path):
    photo, other = (tmp_path / "set" / "fear" / f"Ann_{n}.png" for n in (0, 1))
    assert run("relabel", photo, other, "--as", "angry")[1] == "Label 2 photos as anger.\n"
    assert sections(run) == {"fear": 1, "anger": 2, "happiness": 2}
    assert run("relabel", photo, "--as", "source")[0] == 0
    assert run("exclude", photo)[0] == 0
    assert run("exclude", photo)[1] == "It is so already.\n"
    assert sections(run) == {"fear": 1, "anger": 1, "happiness": 2, "excluded": 1}
    assert run("include", photo)[0] == 0
    for _ in range(4):
        run("undo")
    assert sections(run) == {"fear": 3, "happiness": 2}
    assert run("relabel", photo, "--as", "bored")[0] == 2
    assert run("relabel", tmp_path / "none.png", "--as", "fear")[0] == 2


def test_moved_photos_are_found_again(run, tmp_path):
    (tmp_path / "set").rename(tmp_path / "moved")
    assert json.loads(run("audit", "--json", "-")[1])
    assert run("move", tmp_path / "moved")[1] == "5 photos found again.\n"
    assert run("move", tmp_path / "moved")[0] == 1
    found = json.loads(run("audit", "--json", "-")[1])["cards"]
    assert next(card for card in found if card["key"] == "missing")["count"] == 0


def test_a_split_is_frozen_shown_and_removed(call, tmp_path):
    folder = tmp_path / "many"
    put_pictures(
        *(folder / e / f"{e}{n}x_1.png" for e in ("fear", "happy") for n in range(10)), side=16
    )
    for place in ("a", "b"):
        call("dataset", "import", folder, "--workspace", tmp_path / place)
    place = ("--workspace", tmp_path / "a")
    options = ("--fractions", "60/40", "--seed", "3", "--balance", "synthesis", "--target", "9")
    status, out, err = call("dataset", "split", "--name", "one", *options, *place)
    assert (status, err) == (0, "")
    assert "Held back: 8 photos, 0 of people trained on, 0 copies of training photos." in out
    again = json.loads(
        call(
            "dataset",
            "split",
            "--name",
            "x",
            "--seed",
            "3",
            "--json",
            "-",
            "--workspace",
            tmp_path / "b",
        )[1]
    )
    assert again["fingerprint"] in out
    assert [again["parts"][p]["photos"] for p in ("training", "validation", "test")] == [12, 4, 4]
    (kept,) = json.loads(call("dataset", "show", "--json", "-", *place)[1])["splits"]
    assert kept["balance"]["synthesis"]["targets"]["fear"] == 9
    assert "one" in call("dataset", "show", *place)[1]
    assert call("dataset", "split", "--name", "one", *place)[0] == 1
    assert call("dataset", "remove", folder, *place)[0] == 2
    assert call("dataset", "remove-split", "one", *place)[0] == 0
    assert call("dataset", "remove-split", "one", *place)[0] == 2
    assert call("dataset", "remove", folder, *place)[0] == 0


@pytest.mark.parametrize(
    "options",
    [
        ["--fractions", "x"],
        ["--fractions", "0/0"],
        ["--balance", "magic"],
        ["--balance", "synthesis"],
        ["--balance", "synthesis", "--target", "bored=5"],
        ["--balance", "synthesis", "--target", "fear=x"],
        ["--balance", "synthesis", "--target", "5", "--edits", "sepia"],
        ["--power", "3"],
    ],
)
def test_wrong_splits_are_told(call, options):
    status, out, err = call("dataset", "split", "--name", "one", *options)
    assert (status, out) == (2, "")
    assert "Traceback" not in err
