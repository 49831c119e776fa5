"""The table of emotions: every row is complete, and what follows from it."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from emotion_desktop.assets import EMOTION_ICONS
from emotion_desktop.domain.emotions import (
    EMOTIONS,
    KEY_RANGE,
    KEYS,
    TABLE,
    emotion_named,
    emotion_of_key,
    parse_emotion,
)
from emotion_desktop.domain.rekognition import MAPPINGS, labels

_COLOUR = re.compile(r"#[0-9A-F]{6}")


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)
def test_every_row_is_complete(row):
    assert row.name == row.name.strip().casefold()
    assert _COLOUR.fullmatch(row.colour)
    assert not row.on_dark or _COLOUR.fullmatch(row.on_dark)
    assert emotion_named(row.name) is row
    for word in (row.name, *row.spellings):
        assert parse_emotion(f" {word.upper()} ") == row.name
    drawing = ElementTree.parse(EMOTION_ICONS / f"{row.name}.svg").getroot()
    assert drawing.get("viewBox") == "0 0 24 24"
    text = (EMOTION_ICONS / f"{row.name}.svg").read_text(encoding="utf-8")
    assert "currentColor" in text
    assert not re.search("#[0-9A-Fa-f]{3}", text), "colours come from the table"


def test_nothing_means_two_emotions():
    words = [word for row in TABLE for word in (row.name, *row.spellings)]
    assert len(words) == len(set(words))
    assert len({row.colour for row in TABLE}) == len(TABLE)
    rekognition = [row.rekognition for row in TABLE if row.rekognition]
    assert len(rekognition) == len(set(rekognition))


def test_every_icon_belongs_to_an_emotion():
    assert {path.stem for path in EMOTION_ICONS.glob("*.svg")} == set(EMOTIONS)


def test_keys_are_the_places_in_the_table():
    assert list(KEYS) == list(EMOTIONS[:9])
    assert [emotion_of_key(key) for key in KEYS.values()] == list(KEYS)
    assert f"1 to {len(KEYS)}" == KEY_RANGE
    for key in ("0", "", "x", str(len(EMOTIONS) + 1), "²", "１"):
        assert emotion_of_key(key) is None


def test_rekognitions_emotions_follow_from_the_table():
    plain = MAPPINGS["plain"]
    assert {ours: theirs for theirs, ours in plain.items() if ours} == {
        row.name: row.rekognition for row in TABLE if row.rekognition
    }
    assert plain["CONFUSED"] is None
    assert MAPPINGS["notebooks"]["CONFUSED"] == "contempt"
    known = {*(row.name for row in TABLE if row.rekognition), "contempt"}
    assert labels(MAPPINGS["notebooks"]) == tuple(e for e in EMOTIONS if e in known)
