"""Data sets as people of this field keep them, with tables: which photo and label a row means."""

import json
import os
import unicodedata
from collections import Counter

import pytest

from emotion_desktop.dataset.sources.labels import read_labelled
from emotion_desktop.dataset.sources.read_listing import read_listing
from emotion_desktop.domain.errors import DataError
from tests.unit.dataset.sources.layouts import CLASSES, labels, persons, put, write

# -- which photo a row means ----------------------------------------------------------------------


def test_a_row_never_takes_the_photo_of_another_folder(tmp_path):
    put(tmp_path, "happy/1.jpg", "happy/2.jpg", "sad/3.jpg", "sad/4.jpg")
    rows = ["happy/1.jpg,happy", "happy/2.jpg,happy", "happy/3.jpg,happy", "sad/4.jpg,sad"]
    (tmp_path / "labels.csv").write_text("\n".join(["image,emotion", *rows]))
    data = read_labelled(tmp_path / "labels.csv")
    assert len(data.samples) == 3
    assert data.left_out == {"missing_file": 1}


@pytest.mark.parametrize("row", ["crops/face_0007.jpg", "face_0007.jpg"])
def test_a_row_never_takes_the_photo_of_another_data_set(tmp_path, row):
    put(tmp_path, "other/holiday/face_0007.jpg", "face_0007.jpg" if "/" in row else "x.jpg")
    (tmp_path / "newset").mkdir()
    (tmp_path / "newset" / "labels.csv").write_text(f"image,emotion\n{row},disgust\n")
    with pytest.raises(DataError, match="None of the 1 photos"):
        read_labelled(tmp_path / "newset" / "labels.csv")


def test_a_bare_name_is_not_looked_for_deeper_where_others_lie_beside_the_table(tmp_path):
    put(tmp_path, "a.jpg", "backup/b.jpg")
    (tmp_path / "l.csv").write_text("image,emotion\na.jpg,happy\nb.jpg,sad\n")
    assert labels(tmp_path / "l.csv") == {"a.jpg": "happiness"}


def test_of_a_path_of_another_computer_the_longest_end_counts(tmp_path):
    put(
        tmp_path,
        *(
            f"{part}/{e}/{n}.jpg"
            for part in ("train", "test")
            for e in ("happy", "sad")
            for n in range(3)
        ),
    )
    rows = [
        f"{root}{part}/{e}/{n}.jpg,{e}"
        for root, part in (("/kaggle/input/emotions/", "train"), ("C:\\data\\", "test"))
        for e in ("happy", "sad")
        for n in range(4)
    ]
    (tmp_path / "labels.csv").write_text("\n".join(["path,label", *rows]))
    data = read_labelled(tmp_path / "labels.csv")
    assert len(data.samples) == 12
    assert data.left_out == {"missing_file": 4}
    assert all(s.path.parent.name[:3] == str(s.emotion)[:3] for s in data.samples)


@pytest.mark.parametrize("forms", [("NFC", "NFD"), ("NFD", "NFC")])
def test_names_are_found_however_their_letters_are_composed(tmp_path, forms):
    written, stored = forms
    names = ["José_1.jpg", "Müller_1.jpg", "plain_1.jpg"]
    put(tmp_path, *(unicodedata.normalize(stored, name) for name in names))
    rows = [f"{unicodedata.normalize(written, name)},fear" for name in names]
    (tmp_path / "l.csv").write_text("\n".join(["image,emotion", *rows]), encoding="utf-8")
    assert len(labels(tmp_path / "l.csv")) == 3


@pytest.mark.parametrize(
    "photo",
    [
        "https://example.org/faces/a{}.jpg?size=large",
        "s3://bucket/faces/a{}.jpg",
        "/data/local-files/?d=faces/a{}.jpg",
        "/data/upload/1/0a1b2c3{}-a{}.jpg",
        "faces%2Fa{}.jpg",
        "A{}.JPG",
        "a{}",
    ],
)
def test_addresses_and_other_ways_to_name_a_photo(tmp_path, photo):
    put(tmp_path, "a0.jpg", "a1.jpg")
    rows = [f"{photo.format(n, n)},{e}" for n, e in enumerate(("happy", "sad"))]
    (tmp_path / "l.csv").write_text("\n".join(["image_id,emotion", *rows]))
    assert labels(tmp_path / "l.csv") == {"a0.jpg": "happiness", "a1.jpg": "sadness"}


# -- which label a row means ----------------------------------------------------------------------


def test_raf_db_as_it_is_published(tmp_path):
    put(tmp_path, *(f"Image/aligned/train_{n:05}_aligned.jpg" for n in range(1, 8)))
    rows = [f"train_{n:05}.jpg {label}" for n, label in enumerate((5, 4, 7, 1, 2, 3, 6), start=1)]
    table = write(tmp_path / "EmoLabel" / "list_patition_label.txt", *rows)
    expected = ("sadness", "happiness", "neutral", "surprise", "fear", "disgust", "anger")
    for source in (table, tmp_path):
        assert tuple(labels(source).values()) == expected


def test_affectnet_as_it_is_published(tmp_path):
    put(tmp_path, *(f"{n}/p{n}.jpg" for n in range(11)))
    head = "subDirectory_filePath,face_x,face_y,facial_landmarks,expression,valence,arousal"
    rows = [f"{n}/p{n}.jpg,10,10,1;2;3;4,{n},-0.1,0.2" for n in range(11)]
    table = write(tmp_path / "training.csv", head, *rows)
    assert tuple(labels(table)[f"p{n}.jpg"] for n in range(8)) == (
        *("neutral", "happiness", "sadness", "surprise"),
        *("fear", "disgust", "anger", "contempt"),
    )
    assert read_labelled(table).left_out == {"unknown_label": 3}


VOTES = ((7, 1, 0, 1, 1, 0), (0, 9, 1), (1, 0, 0, 8, 0, 0, 1), (0, 0, 1, 0, 8, 1))
ASIDE = (
    (3, 3, 0, 0, 0, 0, 0, 0, 2, 2),
    (0, 0, 0, 0, 0, 0, 0, 0, 0, 10),
    (1, 0, 0, 0, 0, 0, 0, 0, 9),
)
HEAD = "neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF"


@pytest.mark.parametrize(
    ("head", "row"),
    [
        (f"Usage,Image name,{HEAD}", "Training,fer{0:07}.png,{1}"),
        (None, "Training,fer{0:07}.png,{1}"),
        (None, 'fer{0:07}.png,"(0, 0, 48, 48)",{1}'),
    ],
)
def test_votes_of_fer_plus(tmp_path, head, row):
    votes = [[*given, *[0] * (10 - len(given))] for given in (*VOTES, *ASIDE)]
    put(tmp_path, *(f"images/fer{n:07}.png" for n in range(len(votes))))
    rows = [row.format(n, ",".join(map(str, given))) for n, given in enumerate(votes)]
    table = write(tmp_path / "label.csv", *([head] if head else []), *rows)
    assert tuple(labels(table).values()) == ("neutral", "happiness", "sadness", "anger")
    listed = read_listing(table)
    assert [i.written for i in listed.listings][4:] == ["tied votes", "not a face", "unknown"]
    assert read_labelled(table).left_out == {"unknown_label": 3}
    assert len(persons(table)) == 4


def test_the_parts_of_fer_plus_are_one_data_set(tmp_path):
    for number, part in enumerate(("FER2013Train", "FER2013Valid")):
        put(tmp_path, f"{part}/fer{number}.png")
        write(
            tmp_path / part / "label.csv", f'fer{number}.png,"(0, 0, 48, 48)",0,9,1,0,0,0,0,0,0,0'
        )
    listed = read_listing(tmp_path)
    assert [(i.photo.name, i.usage) for i in listed.listings] == [
        ("fer0.png", "FER2013Train"),
        ("fer1.png", "FER2013Valid"),
    ]
    assert labels(tmp_path) == {"fer0.png": "happiness", "fer1.png": "happiness"}


def test_tables_of_parts_beside_one_another_are_one_data_set(tmp_path):
    for part in ("train", "test"):
        put(tmp_path, f"{part}/{part}_1.jpg")
        write(tmp_path / f"{part}_labels.csv", "image,label", f"{part}_1.jpg,happy")
    assert [i.usage for i in read_listing(tmp_path).listings] == ["test", "train"]


def test_one_column_per_class_as_roboflow_writes_it(tmp_path):
    put(tmp_path, *(f"{n}.jpg" for n in range(4)))
    rows = ["0.jpg, 1, 0, 0", "1.jpg, 0, 0, 1", "2.jpg, 1, 1, 0", "3.jpg, 0, 0, 0"]
    table = write(tmp_path / "_classes.csv", "filename, Angry, Happy, Sad", *rows)
    assert labels(table) == {"0.jpg": "anger", "1.jpg": "sadness"}
    data = read_labelled(table)
    assert data.left_out == {"unknown_label": 1}
    assert [path.name for path in data.unlabelled] == ["3.jpg"]


@pytest.mark.parametrize("number", ["{}", "{}.0", "{}.000000"])
@pytest.mark.parametrize("row", ["{n}\t{label}\t{photo}", "{photo} {label}", "{photo},{label}"])
def test_lists_of_numbers_are_read_and_mean_what_is_said(tmp_path, number, row):
    put(tmp_path, *(f"my photos/a{n}.jpg" for n in range(6)))
    rows = [row.format(n=n, label=number.format(n), photo=f"my photos/a{n}.jpg") for n in range(6)]
    table = write(tmp_path / "train.lst", *rows)
    assert {i.written for i in read_listing(table).listings} == set("012345")
    assert labels(table, numbers="fer2013")["a3.jpg"] == "happiness"
    assert labels(table, decided={"3.000000": "fear"}) == {"a3.jpg": "fear"}
    write(tmp_path / "classes.txt", *CLASSES)
    assert labels(table)["a4.jpg"] == "neutral"


def test_ck_plus_as_it_is_published(tmp_path):
    for person, sequence, number in (("S005", "001", "3.0000000e+00"), ("S010", "002", "   7")):
        stem = f"{person}/{sequence}/{person}_{sequence}_"
        put(tmp_path, *(f"cohn-kanade-images/{stem}{frame:08}.png" for frame in (1, 2)))
        write(tmp_path / "Emotion" / f"{stem}00000002_emotion.txt", number)
    write(tmp_path / "Emotion" / "S999_001_00000001_emotion.txt", "1")
    assert labels(tmp_path) == {
        "S005_001_00000002.png": "disgust",
        "S010_002_00000002.png": "surprise",
    }
    assert persons(tmp_path) == {"S005": 1, "S010": 1}
    data = read_labelled(tmp_path)
    assert (len(data.unlabelled), data.left_out) == (2, {"missing_file": 1})


def test_expw_as_it_is_published(tmp_path):
    put(tmp_path, "image/angry_actor_104.jpg", "image/x_1.jpg")
    rows = ["angry_actor_104.jpg 0 28 113 226 141 22.9362 0", "x_1.jpg 1 2 3 4 5 20.1 6"]
    table = write(tmp_path / "label" / "label.lst", *rows)
    for source in (table, tmp_path):
        assert labels(source) == {"angry_actor_104.jpg": "anger", "x_1.jpg": "neutral"}


def test_a_manifest_of_ground_truth(tmp_path):
    put(tmp_path, "a0.jpg", "a1.jpg")
    rows = [
        json.dumps(
            {
                "source-ref": f"s3://bucket/faces/a{n}.jpg",
                "job": n,
                "job-metadata": {"class-name": word, "confidence": 0.9},
            }
        )
        for n, word in enumerate(("happy", "sad"))
    ]
    table = write(tmp_path / "groundtruth.manifest", *rows, "no json")
    assert labels(table) == {"a0.jpg": "happiness", "a1.jpg": "sadness"}
    assert labels(tmp_path) == labels(table)
    assert [(row.number, row.reason) for row in read_listing(table).bad] == [
        (3, "it is no JSON object")
    ]


@pytest.mark.parametrize("name", ["metadata.csv", "metadata.jsonl"])
def test_image_folders_of_hugging_face(tmp_path, name):
    for part in ("train", "test"):
        put(tmp_path, f"{part}/0.png", f"{part}/1.png")
        rows = [("0.png", "happy"), ("1.png", "sad")]
        if name.endswith("csv"):
            write(tmp_path / part / name, "file_name,label", *(",".join(row) for row in rows))
        else:
            objects = ({"file_name": photo, "label": word} for photo, word in rows)
            write(tmp_path / part / name, *map(json.dumps, objects))
    listed = read_listing(tmp_path)
    assert Counter((i.written, i.usage) for i in listed.listings) == {
        ("happy", "train"): 1,
        ("sad", "train"): 1,
        ("happy", "test"): 1,
        ("sad", "test"): 1,
    }


def test_several_choices_of_label_studio_contradict_one_another(tmp_path):
    put(tmp_path, "a0.jpg", "a1.jpg", "a2.jpg")
    cells = ['{""choices"":[""happy"",""sad""]}', '{""choices"":[""sad"",""sad""]}', "fear"]
    rows = [f'{n},a{n}.jpg,"{cell}"' for n, cell in enumerate(cells)]
    table = write(tmp_path / "ls.csv", "id,image,choice", *rows)
    assert labels(table) == {"a1.jpg": "sadness", "a2.jpg": "fear"}
    assert read_labelled(table).left_out == {"contradictory_labels": 1}


def test_a_line_that_says_the_separator_is_none_of_the_data(tmp_path):
    put(tmp_path, "a0.jpg", "a1.jpg")
    table = write(tmp_path / "l.csv", "sep=;", "image;emotion", "a0.jpg;happy", "a1.jpg;sad")
    listed = read_listing(table)
    assert [(i.row, i.written) for i in listed.listings] == [(3, "happy"), (4, "sad")]
    assert listed.bad == ()


@pytest.mark.skipif(os.name == "nt", reason="no FIFOs there")
def test_pipes_and_devices_are_no_tables(tmp_path):
    put(tmp_path, "happy/1.jpg", "sad/2.jpg")
    os.mkfifo(tmp_path / "labels.csv")
    os.mkfifo(tmp_path / "list.txt")
    assert len(labels(tmp_path)) == 2
