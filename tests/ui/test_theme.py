"""The style sheet of the window, and the colours in it."""

from __future__ import annotations

import re

import pytest

from emotion_desktop.assets import THEME_QSS
from emotion_desktop.ui.theme import DARK, LIGHT, apply_theme


@pytest.mark.parametrize(("choice", "theme"), [("light", LIGHT), ("dark", DARK)])
def test_every_name_in_the_style_sheet_is_filled_in(qapp, choice, theme):
    try:
        assert apply_theme(qapp, choice) is theme
        sheet = qapp.styleSheet()
        names = set(re.findall(r"\$\{?(\w+)", THEME_QSS.read_text(encoding="utf-8")))
        assert {"line", "accent", "radius", "arrow_down"} <= names
        assert "$" not in sheet
        assert theme.accent.name() in sheet
        assert theme.line.name() in sheet
        assert f"down-{choice}.svg" in sheet
    finally:
        qapp.setStyleSheet("")
