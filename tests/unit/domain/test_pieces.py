"""A long list in pieces, none of it lost or twice."""

import pytest

from emotion_desktop.domain.pieces import pieces


@pytest.mark.parametrize("count", [0, 1, 3, 4, 6, 7])
def test_pieces_make_up_the_list(count):
    found = list(pieces(range(count), 3))
    assert [n for piece in found for n in piece] == list(range(count))
    assert all(len(piece) == 3 for piece in found[:-1])
    assert all(1 <= len(piece) <= 3 for piece in found)
