"""A window that asks: questions with named ways on, files and folders, a line of text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QInputDialog, QMainWindow, QMessageBox

from emotion_desktop.domain.files.data_files import dialog_filter


class AskingWindow(QMainWindow):
    """What every page asks the user, asked in one manner."""

    def __init__(self) -> None:
        super().__init__()
        #: Where file dialogs begin, by what they are for.
        self.folders: dict[str, str] = {}

    def ask_for_label_file(self, title: str) -> Path | None:
        """Asks for a label file."""
        return self.ask_for_file(title, dialog_filter(), "data")

    def ask_for_file(self, title: str, kinds: str, what: str) -> Path | None:
        """Asks for a file.

        Args:
            kinds: of files, as Qt writes them.
            what: it is for: the folder is remembered, for each by itself.
        """
        name, _ = QFileDialog.getOpenFileName(self, title, self.folders.get(what, ""), kinds)
        return self._remember(what, Path(name).parent, name) if name else None

    def ask_for_files(self, title: str, kinds: str, what: str) -> list[Path]:
        """Asks for files; see ask_for_file."""
        names, _ = QFileDialog.getOpenFileNames(self, title, self.folders.get(what, ""), kinds)
        if names:
            self._remember(what, Path(names[0]).parent, names[0])
        return [Path(name) for name in names]

    def ask_for_folder(self, title: str, what: str = "folder") -> Path | None:
        """Asks for a folder that is there; the next time the dialog begins beside it."""
        name = QFileDialog.getExistingDirectory(self, title, self.folders.get(what, ""))
        return self._remember(what, Path(name).parent, name) if name else None

    def _remember(self, what: str, folder: Path, name: str) -> Path:
        self.folders[what] = str(folder)
        return Path(name)

    def ask_for_new_place(self, title: str, name: str, kinds: str = "") -> Path | None:
        """Asks for the name of a folder or file that is to be made.

        Args:
            name: what it is called unless the user calls it otherwise.
            kinds: of files, ``Tables (*.csv)``; a name without an ending gets that of the kind
                chosen, before the dialog asks whether a file may be replaced.
        """
        dialog = QFileDialog(self, title, self.folders.get("save", ""), kinds)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        if kinds:

            def use_ending(kind: str) -> None:
                dialog.setDefaultSuffix(kind[kind.rindex("*.") + 2 :].rstrip(")"))

            dialog.filterSelected.connect(use_ending)
            use_ending(dialog.selectedNameFilter())
        dialog.selectFile(name)
        accepted = dialog.exec() == QFileDialog.DialogCode.Accepted
        chosen = dialog.selectedFiles() if accepted else []
        dialog.deleteLater()
        return self._remember("save", Path(chosen[0]).parent, chosen[0]) if chosen else None

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
