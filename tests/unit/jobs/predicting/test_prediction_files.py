"""Predictions as files."""

import csv
import io
import json
import os
from dataclasses import replace

import pytest

from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.domain.errors import AppError
from emotion_desktop.domain.geometry import Box, Frame
from emotion_desktop.domain.prediction import FacePrediction, PhotoStatus, Prediction
from emotion_desktop.jobs.predicting.prediction_files import as_csv, as_json, section_of, sort_into


def face(emotion, confidence, labels=EMOTIONS):
    rest = (1 - confidence) / (len(labels) - 1)
    probabilities = {label: confidence if label == emotion else rest for label in labels}
    return FacePrediction(Box(1, 2, 30, 40), Frame(16, 22, 30, 40), probabilities)


def result(path, *faces, status=PhotoStatus.OK, error=None):
    return Prediction(str(path), status, faces, error, (100, 100))


@pytest.fixture
def results(tmp_path):
    """A sure one, an unsure one, a group, one without a face, one that cannot be read."""
    folder = tmp_path / "photos"
    folder.mkdir()
    names = ("sure.jpg", "unsure.jpg", "group.jpg", "tree.jpg")
    for name in names:
        (folder / name).write_text(name)
    return [
        result(folder / "sure.jpg", face("happiness", 0.9)),
        result(folder / "unsure.jpg", face("fear", 0.4)),
        result(folder / "group.jpg", face("anger", 0.8), face("fear", 0.7, ("anger", "fear"))),
        result(folder / "tree.jpg", status=PhotoStatus.NO_FACE),
        result(folder / "bad.jpg", status=PhotoStatus.UNREADABLE, error="It is, “broken”."),
    ]


def test_json_has_an_entry_per_photo(results):
    entries = json.loads(as_json(results))
    assert entries == [entry.to_dict() for entry in results]
    assert [len(entry["faces"]) for entry in entries] == [1, 1, 2, 0, 0]
    assert as_json(results).endswith("]\n")
    assert json.loads(as_json([])) == []


def test_all_rows_of_a_csv_file_are_equally_long(results):
    assert len({len(row) for row in csv.reader(io.StringIO(as_csv(results)))}) == 1


def test_csv_has_a_row_per_face_and_one_for_a_photo_without(results):
    rows = list(csv.DictReader(io.StringIO(as_csv(results))))
    assert [row["path"].split("/")[-1] for row in rows] == [
        "sure.jpg",
        "unsure.jpg",
        "group.jpg",
        "group.jpg",
        "tree.jpg",
        "bad.jpg",
    ]
    first, unsure, _, second_of_group, tree, bad = rows
    assert (first["emotion"], first["confidence"], first["sure"]) == ("happiness", "0.9000", "yes")
    assert [first[key] for key in ("face", "x", "y", "width", "height")] == [
        "1",
        "1",
        "2",
        "30",
        "40",
    ]
    assert sum(float(first[emotion]) for emotion in EMOTIONS) == pytest.approx(1, abs=1e-3)
    assert unsure["sure"] == "no"
    assert (second_of_group["face"], second_of_group["fear"]) == ("2", "0.7000")
    assert second_of_group["happiness"] == ""
    assert (tree["status"], tree["emotion"]) == ("no_face", "")
    assert bad["error"] == "It is, “broken”."


def test_csv_keeps_odd_names():
    name = 'a "b",\nc;=1+1.jpg'
    (row,) = csv.DictReader(io.StringIO(as_csv([result(name, status=PhotoStatus.NO_FACE)])))
    assert row["path"] == name


def test_photos_go_by_their_largest_face(results):
    assert [section_of(entry) for entry in results] == [
        "happiness",
        "not sure",
        "anger",
        "no face",
        None,
    ]


def test_what_a_person_says_stands_beside_and_above(results, tmp_path):
    results[1] = replace(results[1], digest=b"unsure")
    said = {(b"unsure", results[1].faces[0].box): "sadness"}
    rows = list(csv.DictReader(io.StringIO(as_csv(results, said))))
    assert [row["corrected"] for row in rows[:4]] == ["", "sadness", "", ""]
    assert rows[1]["emotion"] == "fear"
    faces = [face for entry in json.loads(as_json(results, said)) for face in entry["faces"]]
    assert [face.get("corrected") for face in faces] == [None, "sadness", None, None]
    assert sort_into(results, tmp_path / "sorted", said) == 4
    assert (tmp_path / "sorted" / "sadness" / "unsure.jpg").is_file()
    assert "corrected" not in as_csv(results)


def contents(folder):
    return {
        str(path.relative_to(folder)): path.read_text()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_copies_are_sorted_and_the_photos_stay(results, tmp_path):
    before = contents(tmp_path / "photos")
    target = tmp_path / "new" / "sorted"
    assert sort_into(results, target) == 4
    assert contents(target) == {
        "happiness/sure.jpg": "sure.jpg",
        "not sure/unsure.jpg": "unsure.jpg",
        "anger/group.jpg": "group.jpg",
        "no face/tree.jpg": "tree.jpg",
    }
    assert contents(tmp_path / "photos") == before


def test_nothing_is_overwritten(tmp_path):
    entries = []
    for number in range(3):
        path = tmp_path / str(number) / "same.jpg"
        path.parent.mkdir()
        path.write_text(f"photo {number}")
        entries.append(result(path, face("fear", 0.9)))
    target = tmp_path / "sorted"
    (target / "fear").mkdir(parents=True)
    (target / "fear" / "same.jpg").write_text("was here")
    assert sort_into(entries, target) == 3
    assert contents(target) == {
        "fear/same.jpg": "was here",
        "fear/same (2).jpg": "photo 0",
        "fear/same (3).jpg": "photo 1",
        "fear/same (4).jpg": "photo 2",
    }


@pytest.mark.parametrize("name", ["two\nlines.jpg", 'it\'s "q".jpg', "😀", "..jpg", "x" * 240])
def test_odd_names(tmp_path, name):
    path = tmp_path / name
    path.write_text("x")
    assert sort_into([result(path, face("fear", 0.9))] * 2, tmp_path / "sorted") == 2
    assert len(contents(tmp_path / "sorted" / "fear")) == 2
    assert (tmp_path / "sorted" / "fear" / name).is_file()


def test_a_name_too_long_for_its_number_is_a_sentence(tmp_path):
    path = tmp_path / ("x" * 255)
    path.write_text("x")
    with pytest.raises(AppError, match="too long"):
        sort_into([result(path, face("fear", 0.9))] * 2, tmp_path / "sorted")


def test_a_folder_that_cannot_be_made_is_a_sentence(results, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(AppError, match="could not be written"):
        sort_into(results, tmp_path / "file")


def test_a_full_disk_leaves_no_half_photo(results, tmp_path, monkeypatch):
    """What is there under a photo's name is the whole photo."""

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.sendfile", full, raising=False)
    monkeypatch.setattr("os.copy_file_range", full, raising=False)
    monkeypatch.setattr("pathlib.Path.replace", full)
    with pytest.raises(AppError, match="disk is full"):
        sort_into(results, tmp_path / "sorted")
    assert contents(tmp_path / "sorted") == {}


def test_copies_are_as_old_as_the_photos(results, tmp_path):
    for one in results[:1]:
        os.utime(one.path, (1_000_000_000, 1_000_000_000))
    sort_into(results, tmp_path / "sorted")
    assert (tmp_path / "sorted" / "happiness" / "sure.jpg").stat().st_mtime == 1_000_000_000


def test_a_photo_that_is_gone_by_then_is_a_sentence(results, tmp_path):
    (tmp_path / "photos" / "sure.jpg").unlink()
    with pytest.raises(AppError, match=r"sure\.jpg was not copied\. There is no such file"):
        sort_into(results, tmp_path / "sorted")
