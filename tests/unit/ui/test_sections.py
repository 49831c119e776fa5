"""Rows in sections: positions lead to rows and back, with and without a table of them."""

from hypothesis import given
from hypothesis import strategies as st

from emotion_desktop.ui.widgets.sections import Sections

SIZES = st.lists(st.integers(0, 6), max_size=6)


def ranges(sizes):
    starts = [sum(sizes[:n]) for n in range(len(sizes))]
    return [range(start, start + size) for start, size in zip(starts, sizes, strict=True)]


@given(SIZES, st.booleans())
def test_positions_and_rows(sizes, shuffled):
    rows = ranges(sizes)
    if shuffled:
        rows = [list(reversed(r)) for r in reversed(rows)]
    sections = Sections(tuple((f"s{n}", r) for n, r in enumerate(rows)))
    flat = [row for r in rows for row in r]
    assert len(sections) == len(flat)
    assert [sections.at(position) for position in range(len(flat))] == flat
    assert [sections.position(row) for row in flat] == list(range(len(flat)))
    for position, row in enumerate(flat):
        number, place = sections.section_of(position)
        assert sections.items[number][1][place] == row
        assert sections.first(number) + place == position
    for row in (-1, len(flat)):
        assert sections.position(row) is None
    assert all(len(r) for _, r in sections.items)


def test_sorted_rows_cost_nothing_each():
    assert Sections((("a", range(10**6)), ("b", range(10**6, 10**7))))._places is None
