"""The window: puts the pages together and takes what is dropped; the work is done elsewhere."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, Qt, Signal, Slot
from PySide6.QtGui import (
    QAction,
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QGuiApplication,
    QKeySequence,
    QUndoStack,
)
from PySide6.QtWidgets import (
    QDockWidget,
    QLabel,
    QMenu,
    QPushButton,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from emotion_desktop.domain.emotions import KEY_RANGE
from emotion_desktop.domain.files.picture_formats import dialog_filter
from emotion_desktop.ui.describe import NOT_FEELINGS
from emotion_desktop.ui.dropped_paths import by_kind, paths_in
from emotion_desktop.ui.gallery.page import GalleryPage
from emotion_desktop.ui.guide.open_guide import Guide
from emotion_desktop.ui.icons import app_icon
from emotion_desktop.ui.jobs.panel import JobsPanel
from emotion_desktop.ui.jobs.strip import JobStrip
from emotion_desktop.ui.questions import AskingWindow
from emotion_desktop.ui.theme import Theme
from emotion_desktop.ui.widgets.banner import Banner

TITLE = "Emotion Desktop"
_LIMITS = (
    "This program reads facial expressions. An expression is not a feeling: people smile out of "
    "politeness and frown at the sun. The answers are guesses from pixels, with a stated share "
    "of mistakes; read the scores of a model on the Models page before you rely on it.\n\n"
    "In the European Union, Article 5(1)(f) of the AI Act bars inferring people's emotions at "
    "work and in education, with exceptions for medical and safety reasons."
)
_KEYS = (
    "In the gallery and the data set\n"
    f"{KEY_RANGE}: say which emotion the selected photos show; 0 takes it back.\n"
    "Arrows: move about; with Shift, select. Ctrl+A selects all.\n"
    "Delete (data set): leave the selected photos out, or take them in again.\n\n"
    "Everywhere\n"
    "Ctrl+Z: undo.\n"
    "Ctrl+O, Ctrl+Shift+O: open photos, a folder. Ctrl+V: paste photos.\n"
    "Ctrl+1 to Ctrl+5: the pages. Ctrl+J: the jobs. Ctrl+,: the settings. F1: help on the page."
)


class MainWindow(AskingWindow):
    """Signals say what the user wants; whoever made the window does it."""

    #: Files and folders to look at, as Paths.
    paths_given = Signal(list)
    #: A QImage from the clipboard.
    image_pasted = Signal(object)
    #: A labelled folder or label file, as a Path.
    data_given = Signal(object)
    #: A model bundle to import, as a Path.
    model_given = Signal(object)
    #: The page of the model store.
    models_wanted = Signal()
    settings_wanted = Signal()
    #: Something is to be found on the page that is shown.
    find_wanted = Signal()
    log_wanted = Signal()
    closing = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setWindowTitle(TITLE)
        self.setWindowIcon(app_icon())
        self.setAcceptDrops(True)
        # The frame and a panel of the desktop need some room beside the window itself.
        free = self.screen().availableGeometry()
        self.resize(min(1280, free.width() - 20), min(800, free.height() - 50))
        # A screen of 1080 lines at 200 % has 540 of them for the window and its frame.
        self.setMinimumSize(900, 480)
        self.may_close = False
        self.theme = theme
        self.gallery = GalleryPage(theme)
        self.jobs = JobsPanel()
        self.guide = Guide()
        self.job_strip = JobStrip()
        self._assemble()
        self._fill_menus()
        self.add_page(self.gallery, "Gallery")
        self.gallery.welcome.photos_wanted.connect(self.choose_photos)
        self.gallery.welcome.data_wanted.connect(self.choose_data_kind)

    # -- putting together ----------------------------------------------------------------------

    def _assemble(self) -> None:
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        # It would be drawn above the tabs, and broken at the corner.
        self.tabs.tabBar().setDrawBase(False)
        self.model_button = QPushButton("Model: Built-in")
        self.model_button.setProperty("role", "flat")
        self.model_button.setToolTip("The model that reads new photos. Click to see all models.")
        self.model_button.clicked.connect(self.models_wanted)
        corner = QWidget()
        inside = QVBoxLayout(corner)
        inside.setContentsMargins(0, 1, 12, 3)
        inside.addWidget(self.model_button)
        self.tabs.setCornerWidget(corner, Qt.Corner.TopRightCorner)
        centre = QWidget()
        self.banner = Banner(centre)
        self.banner.set_theme(self.theme)
        layout = QVBoxLayout(centre)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.tabs)
        self.setCentralWidget(centre)
        self.dock = QDockWidget("Jobs")
        self.dock.setObjectName("jobs")
        self.dock.setWidget(self.jobs)
        self.dock.setFeatures(QDockWidget.DockWidgetFeature.DockWidgetClosable)
        self.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, self.dock)
        self.dock.hide()
        self.jobs_button = QPushButton("Jobs")
        self.jobs_button.setProperty("role", "flat")
        self.jobs_button.clicked.connect(lambda: self.dock.setVisible(not self.dock.isVisible()))
        line = QLabel(NOT_FEELINGS)
        line.setProperty("role", "muted")
        line.setToolTip(_LIMITS)
        line.setContentsMargins(8, 0, 8, 0)
        bar = self.statusBar()
        bar.setSizeGripEnabled(False)
        bar.addWidget(self.jobs_button)
        # Its place is kept free: no page moves when a job begins or ends.
        bar.addWidget(self.job_strip, 1)
        bar.addPermanentWidget(line)

    def _fill_menus(self) -> None:
        file = self.menuBar().addMenu("&File")
        self._add(file, "&Open photos…", self.choose_photos, QKeySequence.StandardKey.Open)
        self._add(file, "Open &folder…", self.choose_folder, QKeySequence("Ctrl+Shift+O"))
        data = file.addMenu("Open a &data set")
        self._fill_data_menu(data)
        self._add(file, "&Import a model…", self.choose_model)
        file.addSeparator()
        self._add(file, "&Settings…", self.settings_wanted.emit, QKeySequence("Ctrl+,"))
        file.addSeparator()
        self._add(file, "&Quit", self.close, QKeySequence.StandardKey.Quit)
        self._edit = edit = self.menuBar().addMenu("&Edit")
        self._add(edit, "&Paste photos", self.paste, QKeySequence.StandardKey.Paste)
        self._add(edit, "&Find", self.find_wanted.emit, QKeySequence.StandardKey.Find)
        self._view = view = self.menuBar().addMenu("&View")
        self._after_pages = view.addSeparator()
        jobs = self.dock.toggleViewAction()
        jobs.setText("&Jobs")
        jobs.setShortcut(QKeySequence("Ctrl+J"))
        view.addAction(jobs)
        help_menu = self.menuBar().addMenu("&Help")
        self._add(help_menu, "&Guide", self._show_guide)
        self._add(
            help_menu,
            "Help on this &page",
            self._show_page_help,
            QKeySequence.StandardKey.HelpContents,
        )
        self._add(help_menu, "&Keys", self._show_keys)
        self._add(help_menu, "&What the answers mean", self._show_limits)
        help_menu.addSeparator()
        self._add(help_menu, "Open the &log", self.log_wanted.emit)
        self._add(help_menu, "&About", self._show_about)

    def use_undo(self, stack: QUndoStack) -> None:
        """Offers Undo and Redo for a stack of changes."""
        undo, redo = stack.createUndoAction(self, "&Undo"), stack.createRedoAction(self, "&Redo")
        undo.setShortcut(QKeySequence.StandardKey.Undo)
        redo.setShortcut(QKeySequence.StandardKey.Redo)
        first = self._edit.actions()[0]
        self._edit.insertActions(first, [undo, redo])
        self._edit.insertSeparator(first)

    def set_theme(self, theme: Theme) -> None:
        """Paints in other colours."""
        self.theme = theme
        self.banner.set_theme(theme)
        self.gallery.set_theme(theme)

    def _add(
        self,
        menu: QMenu,
        text: str,
        slot: object,
        shortcut: QKeySequence | QKeySequence.StandardKey | None = None,
    ) -> None:
        action = QAction(text, self)
        action.triggered.connect(slot)
        if shortcut is not None:
            action.setShortcut(shortcut)
        menu.addAction(action)

    def _fill_data_menu(self, menu: QMenu) -> None:
        self._add(menu, "A &folder (one folder per emotion)…", self.choose_data_folder)
        self._add(menu, "A &label file (CSV)…", self.choose_data_file)

    # -- pages ---------------------------------------------------------------------------------

    def add_page(self, page: QWidget, title: str) -> None:
        """Adds a tab, behind those that are there; Ctrl and its number lead to it."""
        number = self.tabs.addTab(page, title) + 1
        action = QAction(f"&{number}  {title}", self)
        action.setShortcut(QKeySequence(f"Ctrl+{number}"))
        action.triggered.connect(lambda: self.show_page(page))
        self._view.insertAction(self._after_pages, action)

    def show_page(self, page: QWidget) -> None:
        """Brings a page to the front."""
        self.tabs.setCurrentWidget(page)

    def is_shown(self, page: QWidget) -> bool:
        """Whether a page is at the front."""
        return self.tabs.currentWidget() is page

    # -- choosing files ------------------------------------------------------------------------

    @Slot()
    def choose_photos(self) -> None:
        """Asks for photos."""
        kinds = f"{dialog_filter()};;All files (*)"
        photos = self.ask_for_files("Open photos", kinds, "photos")
        if photos:
            self.paths_given.emit(photos)

    @Slot()
    def choose_folder(self) -> None:
        """Asks for a folder of photos."""
        folder = self.ask_for_folder("Open a folder of photos", "photos")
        if folder is not None:
            self.paths_given.emit([folder])

    @Slot()
    def choose_model(self) -> None:
        """Asks for a model."""
        kinds = (
            "Models (*.emodel *.keras *.h5 *.hdf5 *.onnx *.tflite *.zip saved_model.pb "
            "*.tar.gz *.tgz *-symbol.json *.params)"
        )
        model = self.ask_for_file("Import a model", kinds, "model")
        if model is not None:
            self.model_given.emit(model)

    @Slot()
    def choose_data_kind(self) -> None:
        """Asks whether a folder or a label file is to be opened, then which."""
        menu = QMenu(self)
        self._fill_data_menu(menu)
        menu.popup(self.cursor().pos())

    @Slot()
    def choose_data_folder(self) -> None:
        """Asks for a labelled folder to import."""
        folder = self.ask_for_folder("Open a data set", "data")
        if folder is not None:
            self.data_given.emit(folder)

    @Slot()
    def choose_data_file(self) -> None:
        """Asks for a label file to import."""
        file = self.ask_for_label_file("Open a data set")
        if file is not None:
            self.data_given.emit(file)

    # -- dropping and pasting ------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Takes anything that could be files."""
        if event.mimeData().hasUrls() or event.mimeData().hasImage():
            event.acceptProposedAction()
            self.statusBar().showMessage("Let go to see the expressions")

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """The files went elsewhere."""
        self.statusBar().clearMessage()

    def dropEvent(self, event: QDropEvent) -> None:
        """Looks at what was dropped."""
        self.statusBar().clearMessage()
        event.acceptProposedAction()
        self._open_data(event.mimeData(), "dropped")

    @Slot()
    def paste(self) -> None:
        """Looks at files, paths or a picture in the clipboard."""
        self._open_data(QGuiApplication.clipboard().mimeData(), "pasted")

    def _open_data(self, data: QMimeData, how: str) -> None:
        self.banner.hide()  # what was said of the last one
        paths = paths_in(data)
        if paths:
            self.open_paths(paths)
        elif data.hasImage():
            self.image_pasted.emit(data.imageData())
        else:
            self.banner.show_error(
                f"Nothing that could be read was {how}.",
                "Drop or paste photos or folders from this computer.",
            )

    def open_paths(self, paths: list[Path]) -> None:
        """Sends each path where its kind belongs: models, label files, photos."""
        sorted_paths = by_kind(paths)
        for model in sorted_paths.models:
            self.model_given.emit(model)
        for table in sorted_paths.tables:
            self.data_given.emit(table)
        if sorted_paths.photos:
            self.paths_given.emit(list(sorted_paths.photos))

    # -- help and end --------------------------------------------------------------------------

    @Slot()
    def _show_guide(self) -> None:
        self.guide.open()

    @Slot()
    def _show_page_help(self) -> None:
        self.guide.open_for(self.tabs.tabText(self.tabs.currentIndex()))

    @Slot()
    def _show_limits(self) -> None:
        self.box("What the answers mean", _LIMITS).open()

    @Slot()
    def _show_keys(self) -> None:
        self.box("Keys", _KEYS).open()

    @Slot()
    def _show_about(self) -> None:
        from emotion_desktop import __version__

        text = f"{TITLE} {__version__}\n\n{NOT_FEELINGS}"
        self.box(f"About {TITLE}", text).open()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Leaves the decision to whoever knows what is running."""
        if self.may_close:
            self.guide.close()
            event.accept()
        else:
            event.ignore()
            self.closing.emit()
