import csv
import io

import pytest

from emotion_desktop.dataset.sources.tables.table import (
    Columns,
    LabelRow,
    parse_table,
    preview_table,
)
from emotion_desktop.domain.errors import DataError

ROWS = [("a_1.jpg", "anger"), ("b, c_1.png", "HAPPY")]


def said(data: bytes) -> tuple[list[tuple[str, str]], list[int]]:
    """Photos and labels, and the numbers of bad rows."""
    table = parse_table(data)
    return [(row.photo, row.label) for row in table.rows], [row.number for row in table.bad]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_any_separator_line_end_and_byte_order_mark(
    separator: str, line_end: str, encoding: str
) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=separator, lineterminator=line_end)
    writer.writerow(["user.id", "Image", "EMOTION"])
    writer.writerows([7, *row] for row in ROWS)
    table = parse_table(text.getvalue().encode(encoding))
    assert table.rows == tuple(
        LabelRow(*row, number, annotator="7") for number, row in enumerate(ROWS, start=2)
    )
    assert table.bad == ()
    assert table.columns == Columns(1, 2, annotator=0)


@pytest.mark.parametrize(
    "text",
    [
        "anger,x,a_1.jpg\nsad,y,b_1.jpg\n",
        "label,id,picture\nanger,x,a_1.jpg\nsad,y,b_1.jpg",
        "mood,,what\nanger,x,a_1.jpg\nsad,y,b_1.jpg",
        "\n\n Expression , id , FILE-NAME\n anger , x , a_1.jpg \n\nsad,y,b_1.jpg\n",
        "class,label,path\n0,anger,a_1.jpg\n5,sad,b_1.jpg\n",
        '"label","path"\n"anger", "a_1.jpg"\n"sad", "b_1.jpg"\n',
    ],
)
def test_columns_are_known_by_header_or_by_their_cells(text: str) -> None:
    assert said(text.encode()) == ([("a_1.jpg", "anger"), ("b_1.jpg", "sad")], [])


def test_names_beyond_ascii_are_read_from_a_windows_spreadsheet() -> None:
    rows, _ = said("image;emotion\nZoë_1.jpg;fear".encode("cp1252"))
    assert rows == [("Zoë_1.jpg", "fear")]


def test_a_line_break_in_a_quoted_cell_belongs_to_the_name() -> None:
    rows = parse_table(b'image,emotion\n"a\nb.jpg",fear\n\nc.jpg,sad\n').rows
    assert rows == (LabelRow("a\nb.jpg", "fear", 2), LabelRow("c.jpg", "sad", 5))


def test_a_stray_quote_costs_its_own_line_alone() -> None:
    rows, _ = said(b'image,emotion\na.jpg,fear\n"b.jpg,sad\nc.jpg,anger\nd.jpg,happy\n')
    assert rows == [("a.jpg", "fear"), ("b.jpg,sad", ""), ("c.jpg", "anger"), ("d.jpg", "happy")]


def test_rows_without_a_photo_and_cells_without_end_are_listed_with_number_and_reason() -> None:
    endless = "x" * (csv.field_size_limit() + 1)
    table = parse_table(f"image,emotion\na.jpg,fear\n,sad\n{endless},sad\nb.jpg\n".encode())
    assert table.rows == (LabelRow("a.jpg", "fear", 2), LabelRow("b.jpg", "", 5))
    assert [(row.number, row.reason) for row in table.bad] == [
        (3, "it names no photo"),
        (4, "it cannot be read"),
    ]
    assert len(table.bad[1].text) < 200


def test_columns_that_are_pointed_at_are_taken() -> None:
    text = b"id,code,who,by\n1.jpg,3,Ann,x\n2.jpg,5,Ben,y\n"
    assert parse_table(text, Columns(0, 1, person=2)).rows == (
        LabelRow("1.jpg", "3", 2, "Ann"),
        LabelRow("2.jpg", "5", 3, "Ben"),
    )
    without_header = b"x,1.jpg\ny,2.jpg\n"
    assert [row.label for row in parse_table(without_header, Columns(1, 0)).rows] == ["x", "y"]


def test_columns_of_persons_annotators_and_usage_are_known_by_header() -> None:
    text = b"Subject ID;Usage;path;emotion;rater\nAnn;train;1.jpg;fear;me\n"
    (row,) = parse_table(text).rows
    assert row == LabelRow("1.jpg", "fear", 2, "Ann", "me", "train")


def test_a_preview_shows_what_there_is_to_point_at() -> None:
    shown = preview_table(b"id;code;x\n" + b"".join(b"%d.jpg;3;\n" % n for n in range(20)))
    assert shown.names == ("id", "code", "x")
    assert len(shown.rows) == 8
    assert shown.rows[0] == ("0.jpg", "3", "")
    assert shown.guess is None
    shown = preview_table(b"1.jpg,fear\n2.jpg,sad,more\n")
    assert shown.names == ("Column 1", "Column 2", "Column 3")
    assert shown.rows == (("1.jpg", "fear", ""), ("2.jpg", "sad", "more"))
    assert shown.guess == Columns(0, 1)
    with pytest.raises(DataError, match="no rows"):
        preview_table(b"\n,,\n")


@pytest.mark.parametrize("data", [b"\x89PNG\0\0", b"\xff\xfe\0", b"a\0.jpg,anger", b"PK\3\4\0"])
def test_what_is_not_text_is_refused(data: bytes) -> None:
    with pytest.raises(DataError, match="not a text file") as caught:
        parse_table(data)
    assert caught.value.hint


@pytest.mark.parametrize("data", [b"", b"\n\n", b"hello", b"a.jpg\nb.jpg", b"anger\nfear", b",,\n"])
def test_no_columns_is_said_with_what_to_do(data: bytes) -> None:
    with pytest.raises(DataError, match="No column of photos") as caught:
        parse_table(data)
    assert "image,emotion" in caught.value.hint
