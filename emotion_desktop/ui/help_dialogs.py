"""Help in boxes: the keys, what the answers mean, about the program."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QScrollArea, QVBoxLayout, QWidget

from emotion_desktop.domain.emotions import EMOTIONS, KEY_RANGE, KEYS
from emotion_desktop.ui.describe import NOT_FEELINGS
from emotion_desktop.ui.icons import app_icon
from emotion_desktop.ui.widgets.basics import fill_scroll_area

LIMITS: Final = (
    "This program reads facial expressions. An expression is not a feeling: people smile out of "
    "politeness and frown at the sun. The answers are guesses from pixels, with a stated share "
    "of mistakes; read the scores of a model on the Models page before you rely on it.\n\n"
    "In the European Union, Article 5(1)(f) of the AI Act bars inferring people's emotions at "
    "work and in education, with exceptions for medical and safety reasons."
)
#: Where, then what to press and what it does.
_KEYS: Final = {
    "Photos of the gallery and the data set": [
        (KEY_RANGE, ", ".join(f"{KEYS[e]} {e}" for e in EMOTIONS if e in KEYS)),
        ("0", "what the model says, or the label of before, again"),
        ("Arrows, Page up, Page down, Home, End", "move about; with Shift they select"),
        ("A few letters", "go to the next photo whose name begins so"),
        ("Ctrl+A, Ctrl+C", "select all, copy the photos selected"),
        ("Delete", "gallery: remove from it; data set: leave out, or take in again"),
        ("Ctrl and the wheel, Ctrl++, Ctrl+−", "larger and smaller tiles"),
        ("Ctrl+Shift+F, Ctrl+Shift+U", "fold the section, unfold all"),
    ],
    "The gallery": [
        ("Ctrl+F", "find by name; Enter goes to what was found, Esc shows all again"),
        ("Enter, Space", "look at a photo closely, and back; so does Esc"),
        ("+, −, Ctrl and the wheel", "there: enlarge the photo; drag it about"),
        ("Left, Right, Home, End", "there: the next photo and the one before, the first, the last"),
    ],
    "Doubtful labels": [
        ("K", "keep the label"),
        (KEY_RANGE, "it shows another emotion"),
        ("Enter", "take what the models say"),
    ],
    "Everywhere": [
        ("Ctrl+Z, Ctrl+Y", "undo, make again"),
        ("Ctrl+O, Ctrl+Shift+O, Ctrl+V", "open photos, open a folder, paste photos"),
        ("Ctrl+1 to Ctrl+5", "the pages"),
        ("Ctrl+J, Ctrl+,", "the jobs, the settings"),
        ("F11", "full screen"),
        ("F1", "help on the page"),
    ],
}


class TextDialog(QDialog):
    """Formatted words of the program's own that scroll; what others wrote goes in escaped."""

    def __init__(self, title: str, html: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.text = QLabel(html)
        self.text.setTextFormat(Qt.TextFormat.RichText)
        self.text.setWordWrap(True)
        self.text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.text.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.text.setContentsMargins(4, 4, 12, 4)
        area = QScrollArea()
        fill_scroll_area(area, self.text)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.addWidget(area, 1)
        layout.addWidget(buttons)


def keys_dialog(parent: QWidget) -> TextDialog:
    """All keys, in tables."""
    parts = []
    for title, rows in _KEYS.items():
        lines = "".join(
            f"<tr><td style='padding: 2px 24px 2px 0'><b>{escape(keys)}</b></td>"
            f"<td style='padding: 2px 0'>{escape(what)}</td></tr>"
            for keys, what in rows
        )
        parts.append(f"<h3>{escape(title)}</h3><table>{lines}</table>")
    dialog = TextDialog("Keys", "".join(parts), parent)
    dialog.resize(720, 560)
    return dialog


def about_dialog(parent: QWidget, version: str, workspace: Path) -> TextDialog:
    """What this is, whose parts are in it, and where its data lie."""
    html = f"""
        <h2>Emotion Desktop {escape(version)}</h2>
        <p>{escape(NOT_FEELINGS)} It runs on this computer alone; nothing is sent anywhere
        unless you ask for it.</p>
        <p>Free software under the licence in the file LICENSE that comes with it.</p>
        <p>Built with Qt and PySide6 (LGPL), NumPy, OpenCV, LiteRT, TensorFlow, ONNX Runtime and
        others, each under its own licence. Where nets and photos of others come from, and under
        which licences, is said in the guide (F1), on the page about models, and beside them in the
        folder “resources”.</p>
        <p><b>Your data:</b> {escape(str(workspace))}</p>
    """
    dialog = TextDialog("About Emotion Desktop", html, parent)
    dialog.setWindowIcon(app_icon())
    dialog.resize(520, 360)
    return dialog
