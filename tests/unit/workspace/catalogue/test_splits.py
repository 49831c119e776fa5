"""Frozen splits and the labelled photos they are made of."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from emotion_desktop.dataset.sources.files.fingerprint import digest
from emotion_desktop.dataset.splitting.freeze import freeze
from emotion_desktop.domain.balance import Balance, Method, Synthesis
from emotion_desktop.domain.errors import DataError, UsageError
from emotion_desktop.domain.sample import Sample
from emotion_desktop.domain.split import PARTS, SplitRequest
from emotion_desktop.workspace.catalogue.catalogue import Catalogue
from emotion_desktop.workspace.catalogue.photos import labelled_photos
from emotion_desktop.workspace.catalogue.splits import Splits
from tests.unit.workspace.rows import add_photo, add_source

BALANCE = Balance(Method.SYNTHESIS, synthesis=Synthesis({"fear": 10}, seed=3))


@pytest.fixture
def filled(catalogue):
    """Twelve persons, two photos each, half of them afraid."""
    source = add_source(catalogue)
    for number in range(24):
        emotion = "fear" if number % 4 < 2 else "anger"
        add_photo(catalogue, source, f"/p/{number:08}.jpg", f"P{number // 2}", emotion)
    return catalogue


def test_what_cannot_be_trained_on_is_left_out_and_counted(catalogue):
    source = add_source(catalogue, "first")
    good = add_photo(catalogue, source, "/p/good.jpg", "Anna", "fear")
    given = add_photo(catalogue, source, "photos/given.jpg", "Ben", "fear", given="anger")
    add_photo(catalogue, source, "/p/unready.jpg", "Anna", "fear", ready=0)
    add_photo(catalogue, source, "/p/excluded.jpg", "Anna", "fear", excluded="blurred")
    add_photo(catalogue, source, "/p/unlabelled.jpg", "Anna", None)
    add_photo(catalogue, source, "/p/unknown.jpg", "Anna", None, standing="unknown")
    add_photo(catalogue, source, "/p/both.jpg", "Anna", None, standing="contradictory")
    add_photo(catalogue, source, "/p/broken.jpg", "Anna", "fear", problem="It is damaged.")
    found = labelled_photos(catalogue)
    assert found.numbers == (good, given)
    assert found.samples == (
        Sample(Path("/p/good.jpg"), "fear", "Anna", digest(b"good.jpg"), "first"),
        Sample(catalogue.root / "photos/given.jpg", "anger", "Ben", digest(b"given.jpg"), "first"),
    )
    assert found.left_out == {
        "excluded": 1,
        "unlabelled": 1,
        "unknown_label": 1,
        "contradictory_labels": 1,
        "unreadable": 1,
    }


def test_photos_that_nobody_is_known_of_show_a_person_each(catalogue):
    source = add_source(catalogue)
    for name in ("a", "b"):
        add_photo(catalogue, source, f"/p/{name}.jpg", "", "fear")
    with catalogue.writing() as connection:
        connection.execute("UPDATE photos SET person = NULL")
    first, second = labelled_photos(catalogue).samples
    assert first.person
    assert second.person not in ("", first.person)


def test_classes_are_merged_or_left_out_as_chosen(catalogue):
    source = add_source(catalogue)
    for emotion in ("fear", "contempt", "disgust"):
        add_photo(catalogue, source, f"/p/{emotion}.jpg", emotion, emotion)
    with catalogue.writing() as connection:
        connection.execute("INSERT INTO classes VALUES ('contempt', 'merge', 'disgust')")
        connection.execute("INSERT INTO classes VALUES ('fear', 'exclude', NULL)")
    found = labelled_photos(catalogue)
    assert [sample.emotion for sample in found.samples] == ["disgust", "disgust"]
    assert found.left_out == {"excluded_class": 1}


def test_a_frozen_split_comes_back_as_it_was(filled):
    frozen = freeze(filled, "first", SplitRequest((0.5, 0.25, 0.25), 7, balance=BALANCE))
    assert Splits(filled).load("first") == frozen
    persons = [{s.person for s in frozen.split.part(part)} for part in PARTS]
    assert sum(map(len, persons)) == len(set.union(*persons)) == 12
    (summary,) = Splits(filled).all()
    assert (summary.name, summary.seed, summary.balance) == ("first", 7, BALANCE)
    assert summary.fingerprint == frozen.fingerprint
    assert summary.report["parts"] == frozen.split.counts()


def test_what_changes_later_does_not_change_it(filled):
    frozen = freeze(filled, "first", SplitRequest((0.5, 0.25, 0.25), 7))
    with filled.writing() as connection:
        connection.execute("UPDATE photos SET given = 'surprise', person = 1, excluded = 'x'")
        connection.execute("UPDATE photos SET path = CAST('/moved' || substr(path, 3) AS BLOB)")
    loaded = Splits(filled).load("first")
    assert [s.emotion for s in loaded.split.test] == [s.emotion for s in frozen.split.test]
    assert [s.person for s in loaded.split.test] == [s.person for s in frozen.split.test]
    assert all(sample.path.parent == Path("/moved") for sample in loaded.split.test)


def test_the_same_data_and_seed_give_the_same_split_wherever_it_lies(filled, tmp_path):
    first = freeze(filled, "first", SplitRequest((0.6, 0.2, 0.2), 1))
    again = freeze(filled, "again", SplitRequest((0.6, 0.2, 0.2), 1, balance=BALANCE))
    other = freeze(filled, "other", SplitRequest((0.6, 0.2, 0.2), 2))
    assert first.fingerprint == again.fingerprint != other.fingerprint
    with Catalogue(tmp_path / "elsewhere" / "catalogue.sqlite") as elsewhere:
        source = add_source(elsewhere)
        for number in reversed(range(24)):
            emotion = "fear" if number % 4 < 2 else "anger"
            name = f"{number:08}.jpg"
            add_photo(elsewhere, source, f"/q/{name}", f"P{number // 2}", emotion)
        there = freeze(elsewhere, "x", SplitRequest((0.6, 0.2, 0.2), 1))
    assert there.fingerprint == first.fingerprint


def test_names_are_taken_once_and_unknown_ones_are_told(filled):
    splits = Splits(filled)
    with pytest.raises(UsageError, match="no split “first”"):
        splits.load("first")
    freeze(filled, " first ", SplitRequest((0.5, 0.5, 0.0), 0))
    with pytest.raises(UsageError, match="already a split"):
        freeze(filled, "first", SplitRequest((0.5, 0.5, 0.0), 0))
    with pytest.raises(UsageError, match="There are: first"):
        splits.load("second")
    for name in (" ", "x" * 101):
        with pytest.raises(UsageError, match="empty or too long"):
            freeze(filled, name, SplitRequest((0.5, 0.5, 0.0), 0))
    splits.remove("first")
    assert splits.all() == []
    with pytest.raises(UsageError):
        splits.remove("first")


def test_nothing_to_split_is_said(catalogue):
    with pytest.raises(DataError, match="no labelled photos"):
        freeze(catalogue, "first", SplitRequest((0.5, 0.5, 0.0), 0))


def test_looks_into_the_sealed_test_are_counted(filled):
    freeze(filled, "first", SplitRequest((0.6, 0.2, 0.2), 0))
    splits = Splits(filled)
    assert [splits.note_opening("first", "model a"), splits.note_opening("first", "model b")] == [
        1,
        2,
    ]
    assert splits.all()[0].openings == 2
    splits.remove("first")
    freeze(filled, "first", SplitRequest((0.6, 0.2, 0.2), 0))
    assert splits.all()[0].openings == 0


_IN_A_WORKER = """
import json, sys
from pathlib import Path
from emotion_desktop.workspace.catalogue.catalogue import Catalogue
from emotion_desktop.workspace.catalogue.splits import Splits

with Catalogue(Path(sys.argv[1])) as catalogue:
    frozen = Splits(catalogue).load("first")
print(json.dumps([str(sample.path) for sample in frozen.split.training]))
"""


def test_another_process_loads_it(filled):
    frozen = freeze(filled, "first", SplitRequest((0.5, 0.25, 0.25), 7))
    done = subprocess.run(
        [sys.executable, "-c", _IN_A_WORKER, str(filled.root / "catalogue.sqlite")],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert json.loads(done.stdout) == [str(sample.path) for sample in frozen.split.training]
