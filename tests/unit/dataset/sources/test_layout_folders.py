"""Data sets as people of this field keep them, in folders: what is a photo, and what its label."""

from collections import Counter
from pathlib import Path

import pytest

from emotion_desktop.dataset.sources.labels import read_labelled
from emotion_desktop.dataset.sources.read_listing import read_listing
from emotion_desktop.dataset.sources.reading_options import ReadingOptions
from emotion_desktop.domain.errors import DataError, UsageError
from emotion_desktop.jobs.predicting.photos import find_photos
from tests.unit.dataset.sources.layouts import CLASSES, labels, put


def litter(root: Path) -> None:
    put(
        root,
        *("happy/h0.jpg", "happy/h1.jpg", "sad/s0.jpg"),
        *("happy/._h0.jpg", "sad/._s0.jpg", "happy/Thumbs.db", "sad/.DS_Store"),
        "happy/.ipynb_checkpoints/h1-checkpoint.jpg",
        ".ipynb_checkpoints/h0-checkpoint.jpg",
        "__MACOSX/happy/h0.jpg",
        ".hidden/sad/x.jpg",
        "sad/@eaDir/s0.jpg",
    )


def test_what_the_system_keeps_beside_photos_is_no_photo_for_any_reader(tmp_path):
    litter(tmp_path)
    assert labels(tmp_path) == {"h0.jpg": "happiness", "h1.jpg": "happiness", "s0.jpg": "sadness"}
    listed = read_listing(tmp_path)
    assert {item.written for item in listed.listings} == {"happy", "sad"}
    assert listed.unlisted == ()
    names = [path.name for path in find_photos([tmp_path]).photos]
    assert names == ["h0.jpg", "h1.jpg", "s0.jpg"]


def test_rows_that_name_what_the_system_keeps_are_of_no_use(tmp_path):
    put(tmp_path, "a.jpg", "._a.jpg")
    (tmp_path / "l.csv").write_text("image,emotion\na.jpg,happy\n._a.jpg,happy\n")
    listed = read_listing(tmp_path / "l.csv")
    assert [item.photo.name for item in listed.listings] == ["a.jpg"]
    assert listed.unlisted == ()
    assert [row.reason for row in listed.bad] == ["it names a file of the system, no photo"]


@pytest.mark.parametrize(
    "folders",
    [
        ("0-Angry", "1-Happy", "2-Sad"),
        ("0_angry", "1_happy", "2_sad"),
        ("angry_faces", "happy faces", "sad_images"),
        ("ANGRY", "Happy", "SAD "),
        ("0 Angry", "1 Happy", "2 Sad"),
    ],
)
@pytest.mark.parametrize("within", ["", "train/", "archive/images/train/"])
def test_folders_of_classes_in_any_spelling_and_at_any_depth(tmp_path, folders, within):
    put(tmp_path, *(f"{within}{folder}/{n}.png" for folder in folders for n in range(2)))
    data = read_labelled(tmp_path)
    assert Counter(s.emotion for s in data.samples) == {
        "anger": 2,
        "happiness": 2,
        "sadness": 2,
    }
    assert data.left_out == {}


@pytest.mark.parametrize("within", ["", "train/"])
def test_folders_of_numbers_mean_what_the_user_says(tmp_path, within):
    put(tmp_path, *(f"{within}{n}/x{n}.png" for n in range(7)))
    with pytest.raises(DataError, match="labels are numbers") as caught:
        labels(tmp_path)
    assert "--numbers fer2013" in caught.value.hint
    assert labels(tmp_path, numbers="fer2013")["x4.png"] == "sadness"
    assert labels(tmp_path, numbers="affectnet")["x4.png"] == "fear"
    assert labels(tmp_path, decided={"4": "contempt"}) == {"x4.png": "contempt"}
    (tmp_path / "classes.txt").write_text("\n".join(CLASSES))
    assert labels(tmp_path)["x4.png"] == "neutral"


def test_links_to_folders_are_followed_alike_by_import_and_classify(tmp_path):
    put(tmp_path, *(f"src/{e}/p2/p2_{n}.jpg" for e in ("happy", "sad") for n in (0, 1)))
    put(tmp_path, *(f"set/{e}/p1/p1_{n}.jpg" for e in ("happy", "sad") for n in (0, 1)))
    for emotion in ("happy", "sad"):
        link = tmp_path / "set" / emotion / "p2"
        link.symlink_to(Path("..", "..", "src", emotion, "p2"), target_is_directory=True)
    (tmp_path / "set" / "happy" / "round").symlink_to(tmp_path / "set", target_is_directory=True)
    (tmp_path / "set" / "happy" / "other").symlink_to(Path("..", "sad"), target_is_directory=True)
    data = read_labelled(tmp_path / "set")
    assert Counter(s.emotion for s in data.samples) == {"happiness": 4, "sadness": 4}
    assert {s.person for s in data.samples} == {"p1", "p2"}
    assert len(find_photos([tmp_path / "set"]).photos) == 8


def test_a_folder_with_both_is_read_by_its_folders_unless_the_user_says_otherwise(tmp_path):
    put(tmp_path, "happy/h0.jpg", "happy/h1.jpg", "sad/s0.jpg", "sad/s1.jpg")
    rows = ["happy/h0.jpg,fear", "happy/h1.jpg,happy", "sad/s0.jpg,sad", "sad/s1.jpg,anger"]
    (tmp_path / "labels.csv").write_text("\n".join(["image,emotion", *rows]))
    listed = read_listing(tmp_path)
    assert listed.other_labels == "table"
    (note,) = listed.notes
    assert "labels.csv is not read" in note
    assert "4 of these photos, 2 of them with another label" in note
    assert labels(tmp_path)["h0.jpg"] == "happiness"
    assert labels(tmp_path, labels_from="folders")["h0.jpg"] == "happiness"
    assert labels(tmp_path, labels_from="table")["h0.jpg"] == "fear"
    with pytest.raises(UsageError, match="cannot be taken"):
        ReadingOptions(labels_from="stars")


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("AF01ANS.JPG", "AF01AFS.JPG", "BM02HAHR.JPG"), ["anger", "fear", "happiness"]),
        (("KA.AN1.39.tiff", "KA.FE2.46.tiff", "TM.HA1.1.tiff"), ["anger", "fear", "happiness"]),
        (
            ("AF01/AF01ANS.JPG", "AF01/AF01AFS.JPG", "BM02/BM02HAS.JPG"),
            ["anger", "fear", "happiness"],
        ),
    ],
)
def test_photos_whose_names_are_codes_need_neither_folders_nor_table(tmp_path, names, expected):
    put(tmp_path, *names)
    assert sorted(str(e) for e in labels(tmp_path).values()) == expected
    assert "those of" in read_listing(tmp_path).notes[0]
