"""“dataset import”, “show” and “remove”: what they print, and what a kill leaves."""

import json
import shutil
import sqlite3
import time
from pathlib import Path

import pytest

from emotion_desktop.workspace.catalogue.catalogue import Catalogue
from emotion_desktop.workspace.catalogue.photos import labelled_photos
from tests.command_line import program
from tests.unit.dataset.pictures import put_pictures


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "set"
    put_pictures(*(folder / f"Ann_{n}.png" for n in range(4)))
    (folder / "labels.csv").write_text(
        "image,emotion\nAnn_0.png,HAPPY\nAnn_1.png,happy\nAnn_2.png,bored\nnone.png,sad\n"
    )
    return folder


def test_what_was_imported_is_said_and_shown(call, data, tmp_path):
    place = tmp_path / "w"
    status, out, err = call("dataset", "import", data, "--workspace", place)
    assert (status, err) == (0, "")
    for line in (
        "4 photos of 1 person from labels.csv, 4 of them new.",
        "happiness        2",
        "3 spellings of labels for 1 emotion.",
        "1 photo without a label",
        "1 photo kept aside, with labels that are none of the emotions: bored",
        "line 5: its photo is not there (none.png)",
    ):
        assert line in out
    status, out, _ = call("dataset", "show", "--workspace", place)
    assert status == 0
    assert "complete" in out
    assert "unlabelled" in out
    told = json.loads(call("dataset", "show", "--workspace", place, "--json", "-")[1])
    assert told["tally"]["photos"] == 4
    assert told["sources"][0]["complete"]
    assert told["sources"][0]["location"] == str(data / "labels.csv")
    assert told["splits"] == []


def test_options_say_what_is_meant(call, data, tmp_path):
    place = tmp_path / "w"
    (data / "labels.csv").write_text("a,b,c\nx,3,Ann_0.png\ny,5,Ann_1.png\n")
    shared = ("dataset", "import", data / "labels.csv", "--workspace", place, "--json", "-")
    told = json.loads(call(*shared, "--columns", "photo=3,label=2,person=1", "--copy")[1])
    assert told["tally"]["sections"] == {"unknown": 2, "unlabelled": 2}
    more = ("--columns", "photo=3,label=2", "--fer2013-numbers", "--label", "5=aside")
    told = json.loads(call(*shared, *more, "--persons", "each")[1])
    assert told["tally"]["sections"] == {"happiness": 1, "unknown": 1, "unlabelled": 2}
    assert told["tally"]["persons"] == 4


def test_pixels_and_workspaces_come_in(call, data, tmp_path):
    pixels = " ".join("7" * 100)
    (tmp_path / "fer.csv").write_text(f"emotion,pixels,Usage\n3,{pixels},Training\n")
    for number, source in enumerate((tmp_path / "fer.csv", tmp_path / "1")):
        status, _, _ = call("dataset", "import", source, "--workspace", tmp_path / f"{number + 1}")
        assert status == 0
    with Catalogue(tmp_path / "2" / "catalogue.sqlite") as catalogue:
        (sample,) = labelled_photos(catalogue).samples
    assert sample.emotion == "happiness"


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["x", "--columns", "photo=1"],
        ["x", "--columns", "photo=0,label=1"],
        ["x", "--columns", "photo"],
        ["x", "--label", "3"],
        ["x", "--label", "3=boredom"],
        ["x", "--persons", "nobody"],
    ],
)
def test_wrong_use_is_told(call, arguments):
    status, out, err = call("dataset", "import", *arguments)
    assert (status, out) == (2, "")
    assert len(err) > 10
    assert "Traceback" not in err


def test_what_cannot_be_imported_is_a_sentence(call, tmp_path):
    (tmp_path / "x.csv").write_text("just\nwords\n")
    for source in (tmp_path / "x.csv", tmp_path / "none"):
        status, out, err = call("dataset", "import", source)
        assert (status, out) == (1, "")
        assert err.startswith("Error: ")


def test_a_source_is_removed_with_its_copies(call, data, tmp_path):
    place = tmp_path / "w"
    call("dataset", "import", data, "--copy", "--workspace", place)
    assert list(place.rglob("*.png"))
    assert call("dataset", "remove", "nowhere", "--workspace", place)[0] == 2
    assert call("dataset", "remove", data / "labels.csv", "--workspace", place)[0] == 0
    assert not list(place.rglob("*.png"))
    assert (data / "Ann_0.png").exists()


def test_a_workspace_that_may_not_be_written_is_a_sentence(call, data, tmp_path):
    (tmp_path / "file").touch()
    status, _, err = call("dataset", "import", data, "--workspace", tmp_path / "file" / "w")
    assert status == 1
    assert err.startswith("Error: ")
    assert "Traceback" not in err


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="there is no such file system")
def test_a_read_only_place_is_a_sentence(call, data, tmp_path):
    """Not even an administrator may write there."""
    read_only = Path("/proc/self")
    status, _, err = call("dataset", "import", data, "--workspace", read_only / "w")
    assert status == 1
    assert err.startswith("Error: ")
    place = tmp_path / "w"
    call("dataset", "import", data, "--workspace", place)
    before = call("dataset", "show", "--workspace", place, "--json", "-")
    for target in ("out", "out.csv"):
        form = ("--form", "csv") if target.endswith("csv") else ()
        verb = ("dataset", "export", read_only / target, *form, "--workspace", place)
        status, _, err = call(*verb)
        assert status == 1
        assert err.startswith("Error: ")
        assert "Traceback" not in err
    assert call("dataset", "show", "--workspace", place, "--json", "-") == before


def rows(path) -> int:
    try:
        connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        try:
            return connection.execute("SELECT count(*) FROM photos").fetchone()[0]
        finally:
            connection.close()
    except sqlite3.Error:
        return 0


@pytest.mark.parametrize("copy", [[], ["--copy"]])
def test_a_kill_loses_nothing_and_shows_nothing_half_done(call, tmp_path, copy):
    folder = tmp_path / "set" / "fear"
    put_pictures(tmp_path / "a.png", side=32)
    folder.mkdir(parents=True)
    for number in range(2000):
        shutil.copyfile(tmp_path / "a.png", folder / f"{number:04}.png")
    place = tmp_path / "w"
    command = ("dataset", "import", tmp_path / "set", *copy, "--workspace", place)
    kept = 0
    for _ in range(2):
        run = program(*command)
        until = time.monotonic() + 60
        while rows(place / "catalogue.sqlite") <= kept and run.poll() is None:
            assert time.monotonic() < until
            time.sleep(0.005)
        run.kill()
        run.communicate()
        with Catalogue(place / "catalogue.sqlite") as catalogue, catalogue.reading() as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
            now = connection.execute("SELECT count(*) FROM photos").fetchone()[0]
        told = json.loads(call("dataset", "show", "--workspace", place, "--json", "-")[1])
        if told["sources"][0]["complete"]:  # it was faster than the kill
            break
        assert told["tally"]["photos"] == 0
        assert now >= kept  # nothing is read twice
        kept = now
    told = json.loads(call(*command, "--json", "-")[1])
    assert told["tally"]["sections"] == {"fear": 2000}
    assert not list(place.rglob(".*"))
    with Catalogue(place / "catalogue.sqlite") as catalogue:
        samples = labelled_photos(catalogue).samples
    assert len(samples) == 2000
    assert all(sample.path.stat().st_size > 0 for sample in samples)
