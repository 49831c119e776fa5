"""Where tiles stand, and what is found there: for sections of any sizes."""

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QSize

from emotion_desktop.ui.widgets.section_layout import HEADER, SectionLayout, header_top
from emotion_desktop.ui.widgets.sections import Sections


@st.composite
def layouts(draw):
    sizes = draw(st.lists(st.integers(0, 12), min_size=1, max_size=5))
    rows = draw(st.permutations(range(sum(sizes))))
    items, begin = [], 0
    for number, size in enumerate(sizes):
        items.append((f"section {number}", rows[begin : begin + size]))
        begin += size
    tile = QSize(draw(st.integers(20, 90)), draw(st.integers(20, 90)))
    return SectionLayout(Sections(tuple(items)), draw(st.integers(1, 5)), tile)


@given(layouts())
def test_every_tile_is_found_where_it_stands(layout):
    rects = [layout.rect(layout.order.at(n)) for n in range(len(layout.order))]
    for number, rect in enumerate(rects):
        assert layout.row_at(rect.center(), 0) == layout.order.at(number)
        assert layout.row_at(rect.topLeft() - QPoint(1, 0), 0) is None
        assert rect.bottom() < layout.height
        assert not any(rect.intersects(other) for other in rects[:number])


@given(layouts(), st.data())
def test_what_is_between_two_heights_is_told(layout, data):
    top = data.draw(st.integers(0, layout.height))
    bottom = data.draw(st.integers(top, layout.height))
    told = set(layout.rows_between(top, bottom))
    for row in (layout.order.at(n) for n in range(len(layout.order))):
        rect = layout.rect(row)
        if rect.bottom() >= top and rect.top() <= bottom:
            assert row in told


@given(layouts(), st.data())
def test_a_header_stays_within_its_section_and_hides_what_is_under_it(layout, data):
    scroll = data.draw(st.integers(0, layout.height))
    for block in layout.blocks:
        top = header_top(block, scroll)
        assert block.top <= top <= block.bottom - HEADER
        under = QPoint(layout.rect(block.rows[0]).center().x(), top + HEADER - 1)
        assert layout.row_at(under, scroll) is None


@given(layouts())
def test_lines_lead_through_all_sections_and_end_at_both_ends(layout):
    if not len(layout.order):
        return
    for step, corner in ((layout.below, len(layout.order) - 1), (layout.above, 0)):
        for start in range(len(layout.order)):
            position, seen = start, []
            while position not in seen:
                seen.append(position)
                position = step(position)
                assert 0 <= position < len(layout.order)
            # It ends in the last line or the first, never on the way.
            edge = layout.rect(layout.order.at(corner)).top()
            assert layout.rect(layout.order.at(position)).top() == edge


def test_a_row_that_is_in_no_section_stands_nowhere():
    layout = SectionLayout(Sections((("a", [0, 1]),)), 3, QSize(40, 40))
    assert layout.rect(7).isNull()
    assert layout.block("b") is None
