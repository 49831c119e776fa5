"""The window: puts the pages together and takes what is dropped; the work is done elsewhere."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, Qt, Signal, Slot
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QGuiApplication,
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

from emotion_desktop.domain.files.picture_formats import dialog_filter
from emotion_desktop.ui.describe import NOT_FEELINGS
from emotion_desktop.ui.dropped_paths import by_kind, paths_in
from emotion_desktop.ui.gallery.page import GalleryPage
from emotion_desktop.ui.guide.open_guide import Guide
from emotion_desktop.ui.help_dialogs import LIMITS
from emotion_desktop.ui.icons import app_icon
from emotion_desktop.ui.jobs.panel import JobsPanel
from emotion_desktop.ui.jobs.strip import JobStrip
from emotion_desktop.ui.menus import Menus
from emotion_desktop.ui.questions import AskingWindow
from emotion_desktop.ui.theme import Theme
from emotion_desktop.ui.widgets.banner import Banner
from emotion_desktop.ui.widgets.drop_overlay import DropOverlay

TITLE = "Emotion Desktop"


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
    #: A PredictionFormat: what the gallery's predictions are to be saved as.
    save_wanted = Signal(object)
    #: The gallery is to be emptied.
    clear_wanted = Signal()
    #: Colours: a value of the setting.
    theme_wanted = Signal(str)
    log_wanted = Signal()
    about_wanted = Signal()
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
        self.setMinimumSize(940, 480)
        self.may_close = False
        self.theme = theme
        self.gallery = GalleryPage(theme)
        self.jobs = JobsPanel()
        self.guide = Guide()
        self.job_strip = JobStrip()
        self._assemble()
        self.menus = Menus(self)
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
        self.model_button.setProperty("role", "menu")
        self.model_button.setToolTip("The model that reads new photos")
        self.model_button.setMenu(QMenu(self.model_button))
        corner = QWidget()
        inside = QVBoxLayout(corner)
        inside.setContentsMargins(0, 1, 12, 3)
        inside.addWidget(self.model_button)
        self.tabs.setCornerWidget(corner, Qt.Corner.TopRightCorner)
        centre = QWidget()
        self.banner = Banner(centre)
        self.banner.set_theme(self.theme)
        self._drop_overlay = DropOverlay(self.theme, centre)
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
        self.jobs_button.clicked.connect(lambda: self.dock.setVisible(not self.dock.isVisible()))
        line = QLabel(NOT_FEELINGS)
        line.setProperty("role", "muted")
        line.setToolTip(LIMITS)
        line.setContentsMargins(8, 0, 8, 0)
        bar = self.statusBar()
        bar.setSizeGripEnabled(False)
        bar.setContentsMargins(8, 0, 0, 0)
        bar.addWidget(self.jobs_button)
        # Its place is kept free: no page moves when a job begins or ends.
        bar.addWidget(self.job_strip, 1)
        bar.addPermanentWidget(line)

    def use_undo(self, stack: QUndoStack) -> None:
        """Offers Undo and Redo for a stack of changes."""
        self.menus.use_undo(stack)

    def set_theme(self, theme: Theme) -> None:
        """Paints in other colours."""
        self.theme = theme
        self.banner.set_theme(theme)
        self._drop_overlay.theme = theme
        self.gallery.set_theme(theme)

    # -- pages ---------------------------------------------------------------------------------

    def add_page(self, page: QWidget, title: str) -> None:
        """Adds a tab, behind those that are there; Ctrl and its number lead to it."""
        number = self.tabs.addTab(page, title) + 1
        self.menus.add_page(page, title, number)

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
        self.menus.fill_data_menu(menu)
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
        """Takes anything that could be files; tiles that are dragged out of it are here already."""
        if event.source() is not None:
            event.ignore()
        elif event.mimeData().hasUrls() or event.mimeData().hasImage():
            event.acceptProposedAction()
            self._drop_overlay.show_words(_what_letting_go_does(event.mimeData()))

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """The files went elsewhere."""
        self._drop_overlay.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        """Looks at what was dropped."""
        self._drop_overlay.hide()
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
    def show_guide(self) -> None:
        """Opens the guide at its contents."""
        self.guide.open()

    @Slot()
    def show_page_help(self) -> None:
        """Opens the guide at the page that is shown."""
        self.guide.open_for(self.tabs.tabText(self.tabs.currentIndex()))

    @Slot()
    def show_limits(self) -> None:
        """Says what the answers mean, and what the law says."""
        self.box("What the answers mean", LIMITS).open()

    @Slot()
    def show_keys(self) -> None:
        """Lists all keys."""
        from emotion_desktop.ui.help_dialogs import keys_dialog

        keys_dialog(self).open()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Leaves the decision to whoever knows what is running."""
        if self.may_close:
            self.guide.close()
            event.accept()
        else:
            event.ignore()
            self.closing.emit()


def _what_letting_go_does(data: QMimeData) -> str:
    """In a few words; names alone are looked at."""
    given = by_kind(paths_in(data))
    if given.photos or not (given.models or given.tables):
        return "Let go to see the expressions"
    return "Let go to import the model" if given.models else "Let go to open the data set"
