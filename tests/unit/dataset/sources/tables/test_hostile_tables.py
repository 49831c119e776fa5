"""Tables made to take for ever or fill the memory: a sentence, in seconds."""

import time

import pytest

from emotion_desktop.dataset.sources.labels import read_labelled
from emotion_desktop.dataset.sources.pixels import read_pixels
from emotion_desktop.dataset.sources.read_listing import read_listing
from emotion_desktop.dataset.sources.tables.table import parse_table, preview_table
from emotion_desktop.domain.errors import AppError, DataError

#: Of the processor, and generous: each took 50 s and more.
SECONDS = 20

HOSTILE = {
    "blanks": b" " * (60 << 20),
    "blank lines": b"\n" * (4 << 20),
    "too many lines": b"a\n" * (11 << 20),
    "blanks between": b"image,emotion\n" + b" " * (30 << 20) + b"\na.jpg,happy\n",
    "a million columns": b",".join([b"x"] * 1_000_000) + b"\n" + b",".join([b"1"] * 1_000_000),
    "a million empty columns": b"image,emotion" + b"," * 1_000_000 + b"\na.jpg,happy\n",
    "many wide rows": b"\n".join([b"a.jpg,happy" + b",1" * 4000] * 2000),
    "quotes": b'"' * (4 << 20),
    "one open quote": b'image,emotion\n"' + b"a,b\n" * (1 << 18),
    "deep JSON": b'{"image":' + b"[" * 200_000 + b"\n" + b'{"a":' * 200_000,
    "wide JSON": b"{" + b",".join(b'"k%d":1' % n for n in range(200_000)) + b"}",
    "tabs": b"\t" * (20 << 20),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_table_is_a_sentence_or_a_table_soon(tmp_path, name):
    source = tmp_path / "l.csv"
    source.write_bytes(HOSTILE[name])
    begin = time.process_time()
    try:
        read_listing(source)
    except DataError as error:
        assert error.hint
    try:
        preview_table(HOSTILE[name][: 1 << 20])
    except DataError as error:
        assert error.hint
    assert time.process_time() - begin < SECONDS


def test_rows_between_hostile_ones_are_read():
    table = parse_table(
        b"image,emotion\na.jpg,happy\n"
        + b" " * (2 << 20)
        + b"x,sad\n"
        + b",1" * 9000
        + b"\nb.jpg,sad\n"
    )
    assert [row.photo for row in table.rows] == ["a.jpg", "b.jpg"]
    assert [row.number for row in table.bad] == [3, 4]


@pytest.mark.parametrize("level", ["9" * 400, "99999", "1e400", "-1", "²", "1.5"])
def test_levels_that_no_pixel_has_are_said(tmp_path, level):
    source = tmp_path / "p.csv"
    rows = [" ".join([level] * 64), " ".join(["7"] * 64)]
    source.write_text("\n".join(["emotion,pixels", *(f"0,{row}" for row in rows)]))
    plan = read_pixels(source, tmp_path / "w")
    assert [row.number for row in plan.listed.bad] == [2]
    plan.put_photo(plan.listed.listings[0].photo)


def test_any_bytes_as_json_lines_are_labels_or_a_sentence(tmp_path):
    source = tmp_path / "l.jsonl"
    for text in (
        '{"image": {"a": [1, {"b": null}]}}',
        "[1, 2]",
        '{"image": "a.jpg", "label": 1e999}',
        "{}",
    ):
        source.write_text(text)
        with pytest.raises(AppError):
            read_labelled(source)
