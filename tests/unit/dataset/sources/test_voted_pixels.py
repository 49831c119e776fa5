"""FER+ as its authors publish it: fer2013new.csv with the votes, fer2013.csv with the pixels."""

import numpy as np
import pytest

from emotion_desktop.dataset.sources.open_source import open_source
from emotion_desktop.dataset.sources.reading_options import ReadingOptions
from emotion_desktop.domain.errors import DataError
from tests.unit.dataset.pictures import put_pictures

HEAD = "Usage,Image name,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF"
VOTES = (
    "Training,fer0000000.png,4,0,0,1,3,2,0,0,0,0",
    "Training,,0,0,0,0,0,0,0,0,0,10",
    "PublicTest,fer0028638.png,1,0,0,0,0,0,8,1,0,0",
)
LABELS = ("0,{},Training", "3,{},Training", "6,{},PublicTest")


@pytest.fixture
def folder(tmp_path):
    rng = np.random.default_rng(0)
    pixels = [" ".join(map(str, rng.integers(0, 256, 48 * 48))) for _ in LABELS]
    rows = [row.format(levels) for row, levels in zip(LABELS, pixels, strict=True)]
    (tmp_path / "fer2013.csv").write_text("\n".join(["emotion,pixels,Usage", *rows]) + "\n")
    (tmp_path / "fer2013new.csv").write_text("\n".join([HEAD, *VOTES]) + "\n")
    return tmp_path


@pytest.mark.parametrize("name", ["", "fer2013new.csv"])
def test_votes_are_those_of_the_pixels_in_the_same_row(folder, name):
    listed = open_source(folder / name, folder / "w").listed
    said = [(item.written, item.usage, dict(item.votes)) for item in listed.listings]
    assert said == [
        ("neutral", "Training", {"neutral": 4, "sadness": 1, "anger": 3, "disgust": 2}),
        ("not a face", "Training", {}),
        ("fear", "PublicTest", {"neutral": 1, "fear": 8, "contempt": 1}),
    ]
    assert ReadingOptions().emotions(listed)["not a face"] is None


def test_the_rule_is_the_users(folder):
    plan = open_source(folder, folder / "w", ReadingOptions(votes="majority"))
    assert [item.written for item in plan.listed.listings] == ["no majority", "not a face", "fear"]


def test_the_pictures_are_written(folder):
    plan = open_source(folder, folder / "w")
    for item in plan.listed.listings:
        plan.put_photo(item.photo)
        assert item.photo.is_file()


def test_the_table_of_pixels_alone_says_its_own_labels(folder):
    listed = open_source(folder / "fer2013.csv", folder / "w").listed
    assert [item.written for item in listed.listings] == ["0", "3", "6"]


def test_pictures_that_are_there_are_taken_in_place_of_pixels(folder):
    put_pictures(*(folder / "FER2013Train" / f"fer{n:07}.png" for n in (0, 28638)))
    listed = open_source(folder / "fer2013new.csv", folder / "w").listed
    assert [(i.photo.name, i.written) for i in listed.listings] == [
        ("fer0000000.png", "neutral"),
        ("fer0028638.png", "fear"),
    ]


def test_tables_of_different_photos_are_refused(folder):
    (folder / "fer2013new.csv").write_text("\n".join([HEAD, *VOTES[:2]]) + "\n")
    with pytest.raises(DataError, match="do not have the same rows"):
        open_source(folder, folder / "w")
