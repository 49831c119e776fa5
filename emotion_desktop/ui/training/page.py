"""The training page: the list of runs, and beside it a new training, a run, or two compared."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from emotion_desktop.ui.theme import Theme
from emotion_desktop.ui.training.compare import CompareView
from emotion_desktop.ui.training.run_list import RunList
from emotion_desktop.ui.training.run_view import RunView
from emotion_desktop.ui.training.setup import SetupView
from emotion_desktop.ui.widgets.lazy_page import LazyPage

_LIST_WIDTH: Final = 250
#: So wide that the list of runs stands beside a new training and all its settings, pixels.
_BOTH_WIDTH: Final = 1200


class TrainingPage(QWidget):
    """Puts its parts together; what they want is done by the controller.

    The views with curves are made when they are first shown: they load pyqtgraph.

    Args:
        make_run: makes the view of a run.
    """

    def __init__(
        self, theme: Theme, make_run: Callable[[], RunView], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self.runs = RunList()
        self.runs.setFixedWidth(_LIST_WIDTH)
        self.setup = SetupView()
        self.run = LazyPage(make_run)
        self.compare = LazyPage(lambda: CompareView(self._theme))
        self._stack = QStackedWidget()
        for view in (self.setup, self.run, self.compare):
            self._stack.addWidget(view)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 16)
        layout.setSpacing(24)
        layout.addWidget(self.runs)
        layout.addWidget(self._stack, 1)
        self.setup.drawer_shown.connect(self._make_room)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow window the list gives way to the settings."""
        super().resizeEvent(event)
        self._make_room()

    @Slot()
    def _make_room(self) -> None:
        crowded = self.is_shown(self.setup) and not self.setup.drawer.isHidden()
        self.runs.setVisible(not crowded or self.width() >= _BOTH_WIDTH)

    def add_view(self, view: QWidget) -> None:
        """Adds a view that somebody else fills; ``show_view`` shows it."""
        self._stack.addWidget(view)

    def show_view(self, view: QWidget) -> None:
        """Shows one of the views."""
        self._stack.setCurrentWidget(view)
        self._make_room()

    def is_shown(self, view: QWidget) -> bool:
        """Whether a view is the one in sight."""
        return self._stack.currentWidget() is view

    def set_theme(self, theme: Theme) -> None:
        """Paints in other colours."""
        self._theme = theme
        if self.run.is_made:
            self.run.page.set_theme(theme)
        if self.compare.is_made:
            self.compare.page.set_theme(theme)
