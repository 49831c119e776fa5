"""Words of the window."""

from __future__ import annotations

import pytest

from emotion_desktop.ui.describe import sentence


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("uploading, 1 of 2 MB", "Uploading, 1 of 2 MB"),
        ("AWS cannot be reached. Trying again.", "AWS cannot be reached. Trying again."),
        ("", ""),
    ],
)
def test_a_sentence_begins_with_a_capital_and_keeps_its_names(text, expected):
    assert sentence(text) == expected
