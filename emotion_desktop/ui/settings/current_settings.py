"""The settings in use: saved when they change, with a signal for whoever depends on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from emotion_desktop.workspace.settings import Settings, load_settings, save_settings

if TYPE_CHECKING:
    from pathlib import Path


class CurrentSettings(QObject):
    """Holds the settings.

    Args:
        path: the file that what the user changed is stored in.
    """

    changed = Signal()

    def __init__(self, path: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._path = path
        self._now = load_settings(path)

    @property
    def now(self) -> Settings:
        """The settings as they are."""
        return self._now

    def save(self, settings: Settings) -> None:
        """Uses other settings from now on, then stores them.

        Raises:
            AppError: they cannot be stored; they are used until the program ends.
        """
        self._now = settings
        self.changed.emit()
        save_settings(self._path, settings)
