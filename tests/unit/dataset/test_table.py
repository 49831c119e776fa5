import csv
import io

import pytest

from emotion_desktop.dataset.table import LabelRow, parse_table
from emotion_desktop.domain.errors import DataError

ROWS = [LabelRow("a_1.jpg", "anger"), LabelRow("b, c_1.png", "HAPPY")]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_any_separator_line_end_and_byte_order_mark(
    separator: str, line_end: str, encoding: str
) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=separator, lineterminator=line_end)
    writer.writerow(["user.id", "Image", "EMOTION"])
    writer.writerows([7, row.photo, row.label] for row in ROWS)
    assert parse_table(text.getvalue().encode(encoding)) == (ROWS, 0)


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
    assert parse_table(text.encode()) == (
        [LabelRow("a_1.jpg", "anger"), LabelRow("b_1.jpg", "sad")],
        0,
    )


def test_names_beyond_ascii_are_read_from_a_windows_spreadsheet() -> None:
    rows, _ = parse_table("image;emotion\nZoë_1.jpg;fear".encode("cp1252"))
    assert rows == [LabelRow("Zoë_1.jpg", "fear")]


def test_a_line_break_in_a_quoted_cell_belongs_to_the_name() -> None:
    rows, _ = parse_table(b'image,emotion\n"a\nb.jpg",fear\nc.jpg,sad\n')
    assert rows == [LabelRow("a\nb.jpg", "fear"), LabelRow("c.jpg", "sad")]


def test_a_stray_quote_costs_its_own_line_alone() -> None:
    rows, _ = parse_table(b'image,emotion\na.jpg,fear\n"b.jpg,sad\nc.jpg,anger\nd.jpg,happy\n')
    assert [row.photo for row in rows] == ["a.jpg", "b.jpg,sad", "c.jpg", "d.jpg"]
    assert rows[1].label == ""


def test_rows_without_a_photo_and_cells_without_end_are_counted() -> None:
    endless = "x" * (csv.field_size_limit() + 1)
    text = f"image,emotion\na.jpg,fear\n,sad\n{endless},sad\nb.jpg\n"
    assert parse_table(text.encode()) == ([LabelRow("a.jpg", "fear"), LabelRow("b.jpg", "")], 2)


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
