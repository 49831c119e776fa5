"""Malformed tables: every row that cannot be used is listed, with its line and the reason."""

import csv
import io
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from emotion_desktop.dataset.sources.read_listing import read_listing
from tests.unit.dataset.pictures import put_pictures

#: Of one line, and no mark that ends one.
_TEXT = st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp"), exclude_characters="\ufeff"),
    max_size=12,
)
_ENDLESS = "x" * (csv.field_size_limit() + 1)
#: What is wrong with a row, if anything, by the words that tell it.
_ROWS = st.sampled_from(["", "it names no photo", "its photo is not there", "it cannot be read"])


def _cells(trouble: str, text: str, number: int) -> list[str]:
    photo = {
        "": "Ann_1.png",
        "it names no photo": " " * (number % 3),
        "its photo is not there": f"gone {number} {text}.png",
        "it cannot be read": _ENDLESS,
    }[trouble]
    return [photo, text or "fear", text]


@settings(deadline=None, max_examples=60)
@given(
    rows=st.lists(st.tuples(_ROWS, _TEXT), max_size=12),
    separator=st.sampled_from(",;\t"),
    line_end=st.sampled_from(["\n", "\r\n", "\r"]),
    blank=st.integers(0, 2),
    quoted=st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
)
def test_each_is_listed_with_its_line_and_reason_and_the_others_are_taken(
    rows, separator, line_end, blank, quoted
):
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=separator, lineterminator=line_end, quoting=quoted)
    writer.writerow(["image", "emotion", "notes"])
    # The first two let any program know what the columns are.
    whole = [("", "fear"), ("", "happy"), *rows]
    line, expected = 2, []
    for number, (trouble, words) in enumerate(whole):
        if number == len(whole) // 2:
            text.write(line_end * blank)
            line += blank
        writer.writerow(_cells(trouble, words, number))
        if trouble:
            expected.append((line, trouble))
        line += 1
    with tempfile.TemporaryDirectory() as folder:
        put_pictures(Path(folder) / "Ann_1.png")
        table = Path(folder) / "labels.csv"
        table.write_bytes(text.getvalue().encode())
        listed = read_listing(table)
    assert [(row.number, row.reason) for row in listed.bad] == expected
    assert len(listed.listings) == len(whole) - len(expected)
    assert all(len(row.text) < 200 for row in listed.bad)
