"""Text helpers: a long list in chunks, none of it lost or twice."""

import pytest

from emotion_desktop.domain.text import chunks


@pytest.mark.parametrize("count", [0, 1, 3, 4, 6, 7])
def test_chunks_make_up_the_list(count):
    found = list(chunks(range(count), 3))
    assert [n for chunk in found for n in chunk] == list(range(count))
    assert all(len(chunk) == 3 for chunk in found[:-1])
    assert all(1 <= len(chunk) <= 3 for chunk in found)
