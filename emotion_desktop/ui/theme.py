"""Colours, sizes and the style sheet: every look-and-feel decision of the window."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from emotion_desktop.assets import ICONS

#: Okabe & Ito (2008): told apart with every common kind of colour blindness.
_EMOTION_COLOURS: Final[dict[str, str]] = {
    "anger": "#D55E00",
    "contempt": "#CC79A7",
    "disgust": "#009E73",
    "fear": "#7A7A7A",  # the palette's black, lightened so that it shows on dark as well
    "happiness": "#E69F00",
    "neutral": "#56B4E9",
    "sadness": "#0072B2",
    "surprise": "#F0E442",
}


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours of a scheme, by their use."""

    dark: bool
    window: QColor
    surface: QColor
    raised: QColor
    line: QColor
    text: QColor
    muted: QColor
    accent: QColor
    accent_text: QColor
    danger: QColor
    track: QColor

    def emotion(self, emotion: str) -> QColor:
        """The fill of an emotion's bar and icon."""
        colour = QColor(_EMOTION_COLOURS[emotion])
        return colour.lighter(125) if self.dark and emotion in ("sadness", "fear") else colour

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
    danger=QColor("#B3261E"),
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
    danger=QColor("#FF8A80"),
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


def _soft(colour: QColor) -> str:
    """A colour that lets something of its ground through, for a style sheet."""
    return f"rgba({colour.red()}, {colour.green()}, {colour.blue()}, 75%)"


def _style_sheet(theme: Theme) -> str:
    line, text, muted = theme.line.name(), theme.text.name(), theme.muted.name()
    scheme = "dark" if theme.dark else "light"
    arrow, up = ((ICONS / f"{way}-{scheme}.svg").as_posix() for way in ("down", "up"))
    check = (ICONS / f"check-{'dark' if theme.dark else 'light'}.svg").as_posix()
    surface, raised, accent = theme.surface.name(), theme.raised.name(), theme.accent.name()
    return f"""
    QToolTip {{ color: {text}; background: {raised}; border: 1px solid {line}; padding: 4px; }}
    QLabel[role="title"] {{ font-size: 20px; font-weight: 600; }}
    QLabel[role="headline"] {{ font-size: 16px; font-weight: 600; }}
    QLabel[role="muted"] {{ color: {muted}; }}
    QLabel[role="danger"] {{ color: {theme.danger.name()}; }}
    QFrame[role="card"] {{ background: {surface}; border: 1px solid {line};
        border-radius: {RADIUS}px; }}
    QFrame[role="banner"] {{ background: {raised}; border: 1px solid {accent};
        border-radius: {RADIUS}px; }}
    QPushButton {{ background: {raised}; border: 1px solid {line}; border-radius: 6px;
        padding: 5px 12px; min-height: 18px; }}
    QPushButton:hover {{ border-color: {accent}; }}
    QPushButton:focus {{ border: 2px solid {accent}; padding: 4px 11px; }}
    QPushButton:pressed, QPushButton:checked {{ background: {theme.track.name()}; }}
    QPushButton:disabled {{ color: {muted}; }}
    QPushButton[role="primary"] {{ background: {accent}; color: {theme.accent_text.name()};
        border-color: {accent}; font-weight: 600; }}
    QPushButton[role="primary"]:disabled {{ background: {theme.track.name()}; color: {muted};
        border-color: {line}; }}
    QPushButton[role="flat"] {{ background: transparent; border-color: transparent;
        text-align: left; padding: 6px 8px; }}
    QPushButton[role="flat"]:hover {{ background: {theme.track.name()}; }}
    QPushButton[role="flat"]:checked {{ background: {theme.track.name()}; font-weight: 600; }}
    QPushButton[role="flat"]:focus {{ border: 2px solid {accent}; padding: 5px 7px; }}
    QPushButton[role="tile"] {{ background: {surface}; border: 1px solid {line};
        border-radius: 12px; }}
    QPushButton[role="tile"]:hover, QPushButton[role="tile"]:focus,
        QPushButton[role="tile"]:checked {{ border: 2px solid {accent}; }}
    QPushButton[role="tile"]:checked {{ background: {theme.track.name()}; }}
    QPushButton::menu-indicator {{ image: url({arrow}); width: 10px; height: 10px;
        subcontrol-position: right center; right: 8px; }}
    QPushButton[role="menu"] {{ padding-left: 4px; padding-right: 27px; }}
    QLineEdit, QAbstractSpinBox, QPlainTextEdit {{ background: {raised}; color: {text};
        border: 1px solid {line}; border-radius: 6px; padding: 4px 8px; }}
    QLineEdit, QAbstractSpinBox {{ min-height: 20px; }}
    QAbstractSpinBox QLineEdit {{ border: none; background: transparent; min-height: 0;
        padding: 0; margin-left: 6px; }}
    QLineEdit:focus, QAbstractSpinBox:focus, QPlainTextEdit:focus {{ border-color: {accent}; }}
    QAbstractSpinBox:disabled, QLineEdit:disabled, QComboBox:disabled {{ color: {muted}; }}
    QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {{ border: none; width: 20px;
        background: transparent; }}
    QAbstractSpinBox::up-button {{ subcontrol-position: top right; }}
    QAbstractSpinBox::down-button {{ subcontrol-position: bottom right; }}
    QAbstractSpinBox::up-arrow {{ image: url({up}); width: 8px; height: 8px; }}
    QAbstractSpinBox::down-arrow {{ image: url({arrow}); width: 8px; height: 8px; }}
    QComboBox {{ background: {raised}; border: 1px solid {line}; border-radius: 6px;
        padding: 4px 8px; min-height: 20px; }}
    QComboBox:focus {{ border-color: {accent}; }}
    QComboBox::drop-down {{ border: none; width: 22px; }}
    QComboBox::down-arrow {{ image: url({arrow}); width: 10px; height: 10px; }}
    QComboBox QAbstractItemView {{ background: {raised}; border: 1px solid {line};
        selection-background-color: {accent}; selection-color: {theme.accent_text.name()}; }}
    QRadioButton::indicator, QCheckBox::indicator, QListWidget::indicator,
    QTreeView::indicator {{
        width: 14px; height: 14px; border: 1px solid {muted}; background: {surface}; }}
    QRadioButton::indicator {{ border-radius: 8px; }}
    QCheckBox::indicator, QListWidget::indicator, QTreeView::indicator {{ border-radius: 4px; }}
    QRadioButton::indicator:checked {{ border: 4px solid {accent}; width: 8px; height: 8px; }}
    QCheckBox::indicator:checked, QListWidget::indicator:checked,
    QTreeView::indicator:checked {{
        background: {accent}; border-color: {accent}; image: url({check}); }}
    QRadioButton:focus, QCheckBox:focus {{ color: {accent}; }}
    QRadioButton:disabled, QCheckBox:disabled {{ color: {muted}; }}
    QProgressBar {{ background: {theme.track.name()}; border: none; border-radius: 3px;
        min-height: 6px; max-height: 6px; }}
    QProgressBar::chunk {{ background: {accent}; border-radius: 3px; }}
    QTabBar::tab {{ padding: 8px 16px; border: none; border-bottom: 3px solid transparent;
        color: {muted}; background: transparent; }}
    QTabBar::tab:selected {{ color: {text}; border-bottom-color: {accent}; }}
    QTabBar::tab:hover {{ color: {text}; }}
    QTabBar::tab:focus {{ color: {accent}; }}
    QTabWidget::pane {{ border: none; border-top: 1px solid {line}; }}
    QSplitter::handle {{ background: {line}; }}
    QDialogButtonBox {{ dialogbuttonbox-buttons-have-icons: 0; }}
    QScrollBar {{ background: transparent; border: none; margin: 0; }}
    QScrollBar:vertical {{ width: 12px; }}
    QScrollBar:horizontal {{ height: 12px; }}
    QScrollBar::handle {{ background: {_soft(theme.muted)}; border-radius: 4px; margin: 2px; }}
    QScrollBar::handle:vertical {{ min-height: 32px; }}
    QScrollBar::handle:horizontal {{ min-width: 32px; }}
    QScrollBar::handle:hover {{ background: {muted}; }}
    QScrollBar::handle:disabled {{ background: transparent; }}
    QAbstractScrollArea::corner {{ background: transparent; border: none; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; border: none; }}
    QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
    QScrollArea, QScrollArea > QWidget > .QWidget {{ background: transparent; border: none; }}
    QStatusBar {{ border-top: 1px solid {line}; }}
    QStatusBar::item {{ border: none; }}
    QListWidget {{ background: {surface}; border: 1px solid {line}; border-radius: {RADIUS}px;
        padding: 4px; }}
    QListWidget::item {{ padding: 8px; border-radius: 5px; color: {text}; }}
    QListWidget::item:selected {{ background: {accent};
        color: {theme.accent_text.name()}; }}
    QTreeView {{ background: {surface}; border: 1px solid {line};
        border-radius: {RADIUS}px; padding: 2px; }}
    QTreeView::item {{ padding: 5px 4px; }}
    QTableView::item {{ padding: 2px 4px; }}
    QTableView {{ background: {surface}; gridline-color: {line}; border: 1px solid {line};
        border-radius: {RADIUS}px; padding: 2px; }}
    QFrame[role="line"] {{ background: {line}; }}
    QTableCornerButton::section {{ background: {surface}; border: none;
        border-bottom: 1px solid {line}; }}
    QHeaderView {{ background: {surface}; border: none; }}
    QHeaderView::section {{ background: {surface}; color: {muted}; border: none;
        border-bottom: 1px solid {line}; padding: 4px 7px; font-size: 11px; }}
    """
