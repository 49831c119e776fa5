"""The menus of the window: all that the pages can do, with its keys."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction, QKeySequence, QUndoStack
from PySide6.QtWidgets import QMenu, QWidget

from emotion_desktop.jobs.gallery.specs import PredictionFormat

if TYPE_CHECKING:
    from emotion_desktop.ui.main_window import MainWindow
    from emotion_desktop.ui.widgets.section_grid import SectionGrid

_THEMES: Final = {"system": "As the &system", "light": "&Light", "dark": "&Dark"}
_FORMATS: Final = {
    "As a &table (CSV)…": PredictionFormat.TABLE,
    "With all &details (JSON)…": PredictionFormat.DETAILS,
    "&Copies of the photos, a folder per emotion…": PredictionFormat.COPIES,
}
_Shortcut = QKeySequence | QKeySequence.StandardKey


class Menus(QObject):
    """Fills the menu bar. What needs photos on the page at the front is grey where there are none.

    Delete, Ctrl+A and Ctrl+C are the tiles' own keys, so that they go on to work in fields of
    text: the menus name them only.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._for_tiles: list[QAction] = []
        self._for_gallery: list[QAction] = []
        self._fill_file()
        self._fill_edit()
        self._fill_view()
        self._fill_help()
        for menu in (self.file, self.edit, self.view):
            menu.aboutToShow.connect(self._offer)
            # A key may be pressed while no menu is open: what it needs is looked at then.
            menu.aboutToHide.connect(self._enable_all)

    def use_undo(self, stack: QUndoStack) -> None:
        """Offers Undo and Redo for a stack of changes."""
        undo = stack.createUndoAction(self._window, "&Undo")
        redo = stack.createRedoAction(self._window, "&Redo")
        undo.setShortcut(QKeySequence.StandardKey.Undo)
        usual = QKeySequence.keyBindings(QKeySequence.StandardKey.Redo)
        redo.setShortcuts([*usual, QKeySequence("Ctrl+Y")])
        first = self.edit.actions()[0]
        self.edit.insertActions(first, [undo, redo])
        self.edit.insertSeparator(first)

    def add_page(self, page: QWidget, title: str, number: int) -> None:
        """Adds a page to the View menu; Ctrl and its number lead to it."""
        action = QAction(f"&{number}  {title}", self._window)
        action.setShortcut(QKeySequence(f"Ctrl+{number}"))
        action.triggered.connect(lambda: self._window.show_page(page))
        self.view.insertAction(self._after_pages, action)

    def fill_data_menu(self, menu: QMenu) -> None:
        """The kinds of data sets that can be opened."""
        window = self._window
        self._add(menu, "A &folder (one folder per emotion)…", window.choose_data_folder)
        self._add(menu, "A &label file (CSV)…", window.choose_data_file)

    # -- one menu after the other --------------------------------------------------------------

    def _fill_file(self) -> None:
        window = self._window
        self.file = file = window.menuBar().addMenu("&File")
        self._add(file, "&Open photos…", window.choose_photos, QKeySequence.StandardKey.Open)
        self._add(file, "Open &folder…", window.choose_folder, QKeySequence("Ctrl+Shift+O"))
        self.fill_data_menu(file.addMenu("Open a &data set"))
        self._add(file, "&Import a model…", window.choose_model)
        file.addSeparator()
        save = file.addMenu("Save the &predictions")
        self._for_gallery.append(save.menuAction())
        for text, form in _FORMATS.items():
            self._add(save, text, partial(window.save_wanted.emit, form))
        file.addSeparator()
        settings = QKeySequence("Ctrl+,")
        self._add(file, "&Settings…", window.settings_wanted.emit, settings)
        file.addSeparator()
        self._add(file, "&Quit", window.close, QKeySequence.StandardKey.Quit)

    def _fill_edit(self) -> None:
        window = self._window
        self.edit = edit = window.menuBar().addMenu("&Edit")
        self._for_tiles.append(
            self._add(edit, "&Copy the photos\tCtrl+C", lambda: self._on_tiles("copy_wanted"))
        )
        self._add(edit, "&Paste photos", window.paste, QKeySequence.StandardKey.Paste)
        edit.addSeparator()
        self._add(edit, "&Find…", window.find_wanted.emit, QKeySequence.StandardKey.Find)
        self._for_tiles += [
            self._add(edit, "Select &all\tCtrl+A", self._select_all),
            self._add(
                edit, "Remove, or &leave out\tDelete", lambda: self._on_tiles("exclude_wanted")
            ),
        ]
        clear = self._add(edit, "Clear the &gallery", window.clear_wanted.emit)
        self._for_gallery.append(clear)

    def _fill_view(self) -> None:
        window = self._window
        self.view = view = window.menuBar().addMenu("&View")
        self._after_pages = view.addSeparator()
        keys = QKeySequence.StandardKey
        self._for_tiles += [
            self._add(view, "&Larger tiles", lambda: self._zoom(1), keys.ZoomIn),
            self._add(view, "S&maller tiles", lambda: self._zoom(-1), keys.ZoomOut),
            self._add(view, "&Fold the section", self._fold, QKeySequence("Ctrl+Shift+F")),
            self._add(view, "&Unfold all", self._unfold, QKeySequence("Ctrl+Shift+U")),
        ]
        view.addSeparator()
        themes = view.addMenu("&Appearance")
        for theme, text in _THEMES.items():
            self._add(themes, text, partial(window.theme_wanted.emit, theme))
        self._add(view, "Full &screen", self._toggle_full_screen, QKeySequence("F11"))
        jobs = window.dock.toggleViewAction()
        jobs.setText("&Jobs")
        jobs.setShortcut(QKeySequence("Ctrl+J"))
        view.addAction(jobs)

    def _fill_help(self) -> None:
        window = self._window
        menu = window.menuBar().addMenu("&Help")
        page_help = QKeySequence.StandardKey.HelpContents
        self._add(menu, "&Guide", window.show_guide)
        self._add(menu, "Help on this &page", window.show_page_help, page_help)
        self._add(menu, "&Keys", window.show_keys)
        self._add(menu, "&What the answers mean", window.show_limits)
        menu.addSeparator()
        self._add(menu, "Open the &log", window.log_wanted.emit)
        self._add(menu, "&About", window.about_wanted.emit)

    def _add(
        self,
        menu: QMenu,
        text: str,
        slot: Callable[[], object],
        shortcut: _Shortcut | None = None,
    ) -> QAction:
        action = QAction(text, self._window)
        action.triggered.connect(lambda _=False: slot())
        if shortcut is not None:
            action.setShortcut(shortcut)
        menu.addAction(action)
        return action

    # -- the tiles in sight --------------------------------------------------------------------

    def _tiles(self) -> SectionGrid | None:
        """The tiles on the page at the front."""
        page = self._window.tabs.currentWidget()
        # A grid is loaded by the time that one is in sight; the start does not wait for it.
        from emotion_desktop.ui.widgets.section_grid import SectionGrid

        grids = page.findChildren(SectionGrid) if page is not None else []
        return next((grid for grid in grids if grid.isVisible()), None)

    @Slot()
    def _offer(self) -> None:
        tiles = self._tiles()
        has_tiles = tiles is not None and tiles.model().rowCount() > 0
        for action in self._for_tiles:
            action.setEnabled(has_tiles)
        on_gallery = self._window.is_shown(self._window.gallery)
        for action in self._for_gallery:
            action.setEnabled(has_tiles and on_gallery)

    @Slot()
    def _enable_all(self) -> None:
        for action in (*self._for_tiles, *self._for_gallery):
            action.setEnabled(True)

    def _on_tiles(self, signal: str) -> None:
        tiles = self._tiles()
        if tiles is not None:
            getattr(tiles, signal).emit()

    @Slot()
    def _select_all(self) -> None:
        tiles = self._tiles()
        if tiles is not None:
            tiles.selectAll()

    def _zoom(self, steps: int) -> None:
        tiles = self._tiles()
        if tiles is not None:
            tiles.zoom_by(steps)

    @Slot()
    def _fold(self) -> None:
        tiles = self._tiles()
        if tiles is not None:
            tiles.fold_current()

    @Slot()
    def _unfold(self) -> None:
        tiles = self._tiles()
        if tiles is not None:
            tiles.fold(())

    @Slot()
    def _toggle_full_screen(self) -> None:
        if self._window.isFullScreen():
            self._window.showNormal()
        else:
            self._window.showFullScreen()
