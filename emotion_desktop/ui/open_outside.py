"""Opens files and folders with the desktop's own programs, and says so where that fails."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QMessageBox, QWidget


def open_outside(path: Path, parent: QWidget) -> None:
    """Opens a file or a folder with the program that the desktop has for it.

    Args:
        parent: beside whose window it is said that there is no such program, or no such file.
    """
    path = path.absolute()
    if path.exists() and QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))):
        return
    gone = not path.exists()
    box = QMessageBox(QMessageBox.Icon.NoIcon, "Emotion Desktop", "", parent=parent.window())
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setText("It is not there any more." if gone else "No program opens this.")
    hint = "Was it moved, or is its disk unplugged?" if gone else "Set one for this kind of file."
    box.setInformativeText(f"{path}\n\n{hint}")
    copy = box.addButton("Copy the path", QMessageBox.ButtonRole.ActionRole)
    copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(str(path)))
    box.addButton(QMessageBox.StandardButton.Close)
    box.open()
