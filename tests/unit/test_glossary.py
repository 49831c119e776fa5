"""The glossary of the code's words points at what is there, and is in order."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "GLOSSARY.md").read_text()


def test_every_module_named_is_there():
    named = set(re.findall(r"`([a-z0-9_/]+(?:\.py|/))`", TEXT))
    assert len(named) > 40
    assert [path for path in sorted(named) if not (ROOT / "emotion_desktop" / path).exists()] == []


def test_words_are_in_alphabetical_order():
    for section in TEXT.split("\n## ")[1:]:
        words = [word.casefold() for word in re.findall(r"^- \*\*(.+?)\*\*", section, re.M)]
        assert words == sorted(words)
