"""A window that asks: questions with named ways on, files and folders, a line of text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QInputDialog, QMainWindow, QMessageBox

from emotion_desktop.domain.files.data_files import dialog_filter


class AskingWindow(QMainWindow):
    """What every page asks the user, asked in one manner."""

    def ask_for_label_file(self, title: str) -> Path | None:
        """Asks for a label file."""
        name, _ = QFileDialog.getOpenFileName(self, title, "", dialog_filter())
        return Path(name) if name else None

    def ask_for_folder(self, title: str) -> Path | None:
        """Asks for a folder that is there."""
        name = QFileDialog.getExistingDirectory(self, title)
        return Path(name) if name else None

    def ask_for_new_place(self, title: str, name: str) -> Path | None:
        """Asks for the name of a folder or file that is to be made."""
        name, _ = QFileDialog.getSaveFileName(self, title, name)
        return Path(name) if name else None

    def ask_for_text(self, title: str, label: str, text: str) -> str:
        """Asks for a line of text; empty if the user cancels."""
        answer, ok = QInputDialog.getText(self, title, label, text=text)
        return answer.strip() if ok else ""

    def box(self, title: str, text: str) -> QMessageBox:
        """Words in a box of their own, to be opened."""
        box = QMessageBox(QMessageBox.Icon.NoIcon, title, text, parent=self)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return box

    def confirm(
        self,
        question: str,
        explanation: str,
        yes: str,
        go_on: Callable[[], None],
        *,
        careful: bool = False,
    ) -> None:
        """Asks a question with a named way on and Cancel; ``go_on`` is called for the way on.

        Args:
            careful: it cannot be taken back: Enter alone cancels.
        """
        self.ask_which(question, explanation, {yes: go_on}, careful=careful)

    def ask_which(
        self,
        question: str,
        explanation: str,
        ways: Mapping[str, Callable[[], None]],
        *,
        careful: bool = False,
    ) -> None:
        """Asks a question with several named ways on, the first of them advised, and Cancel."""
        box = self.box(self.windowTitle(), question)
        box.setInformativeText(explanation)
        roles = [QMessageBox.ButtonRole.AcceptRole, *[QMessageBox.ButtonRole.ActionRole] * 9]
        buttons = {
            box.addButton(text, role): go_on
            for (text, go_on), role in zip(ways.items(), roles, strict=False)
        }
        cancel = box.addButton(QMessageBox.StandardButton.Cancel)
        if careful:
            box.setDefaultButton(cancel)
        box.buttonClicked.connect(lambda button: buttons[button]() if button in buttons else None)
        box.open()
