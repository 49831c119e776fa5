"""Words on screen."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel


def words(text: str = "", role: str = "", *, selectable: bool = False) -> QLabel:
    """A label that wraps. What it shows is never taken for HTML, as a file's name might be.

    Args:
        role: for the style sheet: ``muted``, ``headline`` …
        selectable: so that its words can be copied.
    """
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    if role:
        label.setProperty("role", role)
    if selectable:
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
