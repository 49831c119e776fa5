"""Data sets as people of this field keep them: who is in each photo."""

from pathlib import Path

import pytest

from emotion_desktop.dataset.sources.labels import photo_places
from emotion_desktop.dataset.sources.person_proposal import Proposal, propose
from emotion_desktop.dataset.sources.read_listing import read_listing
from tests.unit.dataset.sources.layouts import CLASSES, persons, put


def proposed(source: Path) -> Proposal:
    return propose(photo_places(read_listing(source, without_labels=True)).values())


def rule_of(source: Path) -> str:
    return proposed(source).rule.text


def test_names_that_say_nobody_make_each_photo_its_own_person(tmp_path):
    put(
        tmp_path,
        *(f"{part}/{e}/im{n}.png" for part in ("train", "test") for e in CLASSES for n in range(2)),
    )
    assert len(persons(tmp_path)) == 28
    assert rule_of(tmp_path) == "each"
    assert "say nothing of persons" in proposed(tmp_path).reason


@pytest.mark.parametrize(
    "name", ["fer{0:07}.png", "zz{0}.jpg", "ck_{0:04}.png", "{0:032x}a1.jpg", "Training_{0}.jpg"]
)
def test_a_beginning_that_all_names_have_is_no_person(tmp_path, name):
    put(
        tmp_path,
        *(f"{e}/{name.format(7 * k + n)}" for k, e in enumerate(CLASSES) for n in range(5)),
    )
    assert len(persons(tmp_path)) == 35


def test_names_that_say_the_class_are_no_persons(tmp_path):
    put(tmp_path, *(f"{e}/{e[:3]}_{n:03}.png" for e in CLASSES for n in range(4)))
    assert len(persons(tmp_path)) == 28


def test_folders_named_after_persons_around_those_of_classes(tmp_path):
    put(
        tmp_path,
        *(
            f"P{p:03}/{e}/{n:03}.jpeg"
            for p in (1, 2, 3)
            for e in ("Anger", "Disgust", "Fear")
            for n in (0, 1)
        ),
    )
    assert persons(tmp_path) == {"P001": 6, "P002": 6, "P003": 6}
    assert rule_of(tmp_path) == "{person}/*"


def test_oulu_casia_as_it_is_published(tmp_path):
    put(
        tmp_path,
        *(
            f"OriginalImg/{light}/Strong/P{p:03}/{e}/{n:03}.jpeg"
            for light in ("VL", "NI")
            for p in (1, 2)
            for e in ("Anger", "Fear")
            for n in (0, 1)
        ),
    )
    assert persons(tmp_path) == {"P001": 8, "P002": 8}


def test_folders_of_persons_within_those_of_classes(tmp_path):
    put(tmp_path, *(f"{e}/p{p}/{n}.jpg" for e in ("happy", "sad") for p in (1, 2) for n in (0, 1)))
    assert persons(tmp_path) == {"p1": 4, "p2": 4}
    assert rule_of(tmp_path) == "{folder}/{person}/*"


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("happy/AF01HAS.JPG", "sad/BF01SAS.JPG", "sad/AM02SAHL.JPG"), {"F01": 2, "M02": 1}),
        (("happy/KA.HA1.29.tiff", "sad/KA.SA2.34.tiff", "sad/TM.SA1.1.tiff"), {"KA": 2, "TM": 1}),
        (
            (
                "happy/Rafd090_01_Caucasian_female_happy_frontal.jpg",
                "sad/Rafd090_01_Caucasian_female_sad_left.jpg",
                "sad/Rafd045_17_Kid_male_sad_right.jpg",
            ),
            {"01": 2, "17": 1},
        ),
        (
            ("happy/S010_004_00000017.png", "sad/S010_005_00000014.png", "sad/S011_1_0001.png"),
            {"S010": 2, "S011": 1},
        ),
        (
            ("happy/004_o_m_h_a.jpg", "sad/004_o_m_s_b.jpg", "sad/066_y_f_s_a.jpg"),
            {"004": 2, "066": 1},
        ),
        (("happy/CFD-BF-001-001-HO.jpg", "sad/CFD-BF-001-001-A.jpg", "sad/CFD-WM-9-1.jpg"), None),
    ],
)
def test_codes_of_known_data_sets_say_the_person(tmp_path, names, expected):
    put(tmp_path, *names)
    found = persons(tmp_path)
    if expected is None:
        assert found["BF-001"] == 2
    else:
        assert found == expected


def test_the_users_own_rule_can_say_a_code(tmp_path):
    put(tmp_path, "happy/xF01q.jpg", "sad/yF01r.jpg", "sad/zM02s.jpg")
    assert persons(tmp_path, "{letter}{person:3}*") == {"F01": 2, "M02": 1}
    put(tmp_path, "sad/S005/001/a.jpg")
    assert persons(tmp_path, "{folder}/{person}/{folder}/*")["S005"] == 1


def test_edited_copies_of_one_photo_by_roboflow_are_one_person(tmp_path):
    put(
        tmp_path,
        *(f"happy/img_7_jpg.rf.{n:032x}.jpg" for n in (1, 2)),
        "sad/img_8_jpg.rf.0123456789abcdef.jpg",
    )
    assert sorted(persons(tmp_path).values()) == [1, 2]
