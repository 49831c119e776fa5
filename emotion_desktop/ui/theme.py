"""Colours and sizes of the window; its style sheet is resources/theme.qss."""

from __future__ import annotations

from dataclasses import dataclass, fields
from string import Template
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from emotion_desktop.assets import ICONS, THEME_QSS
from emotion_desktop.domain.emotions import emotion_named


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours of a scheme, by their use; ``second`` is for a chart's other line."""

    dark: bool
    window: QColor
    surface: QColor
    raised: QColor
    line: QColor
    text: QColor
    muted: QColor
    accent: QColor
    accent_text: QColor
    second: QColor
    danger: QColor
    success: QColor
    track: QColor

    def emotion(self, emotion: str) -> QColor:
        """The fill of an emotion's bar and icon."""
        row = emotion_named(emotion)
        return QColor(row.on_dark if self.dark and row.on_dark else row.colour)

    def outline(self, emotion: str) -> QColor:
        """A bar's edge: at least 3:1 against the background, where the fill alone has less."""
        colour = self.emotion(emotion)
        return colour.lighter(120) if self.dark else colour.darker(190)


LIGHT: Final = Theme(
    dark=False,
    window=QColor("#F4F5F7"),
    surface=QColor("#FFFFFF"),
    raised=QColor("#FFFFFF"),
    line=QColor("#D5D9E0"),
    text=QColor("#1B1F27"),
    muted=QColor("#5A6372"),
    accent=QColor("#1F5FBF"),
    accent_text=QColor("#FFFFFF"),
    second=QColor("#D55E00"),
    danger=QColor("#B3261E"),
    success=QColor("#1B7A4B"),
    track=QColor("#E6E9EE"),
)
DARK: Final = Theme(
    dark=True,
    window=QColor("#17191E"),
    surface=QColor("#1F2229"),
    raised=QColor("#272B33"),
    line=QColor("#3A3F4A"),
    text=QColor("#ECEEF2"),
    muted=QColor("#A4ACBA"),
    accent=QColor("#6FA8FF"),
    accent_text=QColor("#10131A"),
    second=QColor("#D55E00"),
    danger=QColor("#FF8A80"),
    success=QColor("#6FD3A0"),
    track=QColor("#363B45"),
)

GAP: Final = 12
RADIUS: Final = 8


def apply_theme(app: QApplication, choice: str) -> Theme:
    """Dresses the application; returns the theme.

    Args:
        choice: ``light``, ``dark``, or ``system`` for what the desktop is set to.
    """
    schemes = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}
    hints = QGuiApplication.styleHints()
    # Tells the desktop, for the window's frame and the file dialogs; not every desktop listens,
    # so the choice itself decides here.
    hints.setColorScheme(schemes.get(choice, Qt.ColorScheme.Unknown))
    dark = choice == "dark" or (choice != "light" and hints.colorScheme() == Qt.ColorScheme.Dark)
    theme = DARK if dark else LIGHT
    app.setPalette(_palette(theme))
    app.setStyleSheet(_style_sheet(theme))
    return theme


def _palette(theme: Theme) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    for part, colour in {
        role.Window: theme.window,
        role.WindowText: theme.text,
        role.Base: theme.surface,
        role.AlternateBase: theme.window,
        role.Text: theme.text,
        role.Button: theme.raised,
        role.ButtonText: theme.text,
        role.ToolTipBase: theme.raised,
        role.ToolTipText: theme.text,
        role.PlaceholderText: theme.muted,
        role.Highlight: theme.accent,
        role.HighlightedText: theme.accent_text,
        role.Link: theme.accent,
        role.Mid: theme.line,
        role.Light: theme.raised,
        role.Midlight: theme.line,
        role.Dark: theme.line,
        role.Shadow: theme.line,
    }.items():
        palette.setColor(part, colour)
    for part in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, part, theme.muted)
    return palette


def _style_sheet(theme: Theme) -> str:
    """theme.qss with a scheme's colours, sizes and icons."""
    scheme = "dark" if theme.dark else "light"
    values = {
        item.name: getattr(theme, item.name).name() for item in fields(Theme) if item.name != "dark"
    }
    icons = {"arrow_down": "down", "arrow_up": "up", "check_mark": "check"}
    values |= {name: (ICONS / f"{icon}-{scheme}.svg").as_posix() for name, icon in icons.items()}
    muted = theme.muted
    values["radius"] = str(RADIUS)
    # Something of the ground shows through.
    values["scroll_handle"] = f"rgba({muted.red()}, {muted.green()}, {muted.blue()}, 45%)"
    return Template(THEME_QSS.read_text(encoding="utf-8")).substitute(values)
