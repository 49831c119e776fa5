"""The data set behind its page: brings photos in, asks the catalogue, makes changes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Slot

from emotion_desktop.domain.errors import AppError
from emotion_desktop.domain.s3 import is_s3_address
from emotion_desktop.jobs.dataset.specs import (
    ExportRequest,
    audit_job,
    exclude_job,
    export_job,
    fix_job,
    move_job,
    relabel_job,
    remove_source_job,
    split_again_job,
)
from emotion_desktop.jobs.models.specs import load_library_job
from emotion_desktop.ui.dataset.describe import exported_sentence, imported_sentence
from emotion_desktop.ui.dataset.importer import Importer
from emotion_desktop.ui.dataset.split.controller import SplitController
from emotion_desktop.ui.widgets.lazy_page import LazyPage

if TYPE_CHECKING:
    from emotion_desktop.ui.catalogue_reader import CatalogueReader
    from emotion_desktop.ui.dataset.export_dialog import ExportDialog
    from emotion_desktop.ui.dataset.health_view import HealthView
    from emotion_desktop.ui.dataset.page import DatasetPage
    from emotion_desktop.ui.dataset.sources_dialog import SourcesDialog
    from emotion_desktop.ui.dataset.split.view import SplitView
    from emotion_desktop.ui.image_loader import ImageLoader
    from emotion_desktop.ui.services import Services
    from emotion_desktop.ui.theme import Theme
    from emotion_desktop.workspace.catalogue.catalogue import Catalogue

#: What has changed is read again so soon after.
_REFRESH_MS = 80
#: What the page is made of, and what is asked for on it first.
_MODULES = (
    *("ui.dataset.page", "ui.dataset.health_view", "ui.dataset.split.view"),
    *("ui.dataset.import_dialog", "jobs.dataset.import_preview"),
)


class DatasetController(QObject):
    """Keeps the page in step with the catalogue."""

    def __init__(self, services: Services, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._reader: CatalogueReader | None = None
        self._split_controller: SplitController | None = None
        self.export_dialog: ExportDialog | None = None
        self.sources_dialog: SourcesDialog | None = None
        self._lazy_page = LazyPage(self._make_page)
        self.importer = Importer(services, self)
        self.importer.began.connect(self._import_began)
        self.importer.imported.connect(self._imported)
        self.importer.ended.connect(self._import_ended)
        window = services.window
        window.add_page(self._lazy_page, "Data set")
        window.data_given.connect(self.import_source)
        window.tabs.currentChanged.connect(self._tab_changed)
        services.jobs.data_set_changed.connect(self._data_changed)
        services.undo.changed.connect(self.refresh)
        self._refresh = QTimer(self)
        self._refresh.setSingleShot(True)
        self._refresh.setInterval(_REFRESH_MS)
        self._refresh.timeout.connect(self._read)

    @property
    def page(self) -> DatasetPage:
        """The page, made when it is first asked for."""
        return self._lazy_page.page

    @Slot()
    def get_ready(self) -> None:
        """Loads in the background what the page is made of."""
        for module in _MODULES:
            self._services.jobs.run(load_library_job(f"emotion_desktop.{module}"))

    def set_theme(self) -> None:
        """The colours have changed."""
        if self._lazy_page.is_made:
            self.page.set_theme(self._services.window.theme)

    def stop(self) -> None:
        """Ends what runs in the background."""
        self._refresh.stop()
        if self._lazy_page.is_made:
            self.page.stop()
        if self._reader is not None:
            self._reader.stop()

    # -- bringing in ---------------------------------------------------------------------------

    @Slot(object)
    def import_source(self, source: Path) -> None:
        """Shows what a labelled folder or label file holds, and imports it if that is wanted."""
        self._services.window.show_page(self._lazy_page)
        self.importer.open(str(source))

    @Slot()
    def _import_began(self) -> None:
        if self._lazy_page.is_made:
            self.page.empty.show_importing(True)

    @Slot(object)
    def _imported(self, result: dict[str, Any]) -> None:
        self._services.window.show_page(self._lazy_page)
        self._services.window.banner.show_success(imported_sentence(result))
        self._audit()

    @Slot()
    def _import_ended(self) -> None:
        if self._lazy_page.is_made:
            self.page.empty.show_importing(False)

    @Slot()
    def _audit(self) -> None:
        self._services.jobs.run(audit_job())

    # -- changes -------------------------------------------------------------------------------

    @Slot(list, str)
    def _label(self, photos: list[int], emotion: str) -> None:
        self._services.undo.make(relabel_job(photos, emotion or None))

    @Slot(list, bool)
    def _exclude(self, photos: list[int], out: bool) -> None:
        self._services.undo.make(exclude_job(photos, "by hand" if out else None))

    @Slot(str, str, str)
    def _fix(self, card: str, fix: str, into: str) -> None:
        if fix == "move":
            folder = self._services.window.ask_for_folder("Where do the missing photos lie now?")
            if folder is not None:
                self._services.jobs.run(move_job(folder))
        elif fix == "split_again":
            split = split_again_job(card.partition(":")[2])
            self._services.jobs.run(split, done=self._split_again_done)
        else:
            self._services.undo.make(
                fix_job(card, fix, into or None), made=lambda edit: self._fixed(card, edit)
            )

    def _fixed(self, card: str, edit: dict[str, Any] | None) -> None:
        if edit is not None:
            self.page.health.show_done(card, edit["title"])

    @Slot(str)
    def _undo_fix(self, title: str) -> None:
        stack = self._services.undo.stack
        if stack.undoText() == title:
            stack.undo()
        else:
            self._services.window.banner.show_notice(
                "Something else was changed after that.",
                "Ctrl+Z takes changes back, the latest first.",
            )

    def _split_again_done(self, split: dict[str, Any]) -> None:
        self._show_frozen(split["name"])

    @Slot(str)
    def _show_frozen(self, name: str) -> None:
        self._services.window.banner.show_success(
            f"The split “{name}” is frozen: train on it, or score models on its sealed test."
        )

    @Slot()
    def _data_changed(self) -> None:
        self.refresh()
        if self._split_controller is not None:
            self._split_controller.refresh()

    # -- reading -------------------------------------------------------------------------------

    def _make_page(self) -> DatasetPage:
        from emotion_desktop.ui.catalogue_reader import CatalogueReader
        from emotion_desktop.ui.dataset.page import DatasetPage

        window = self._services.window
        self._reader = CatalogueReader(self._services.workspace.catalogue, self)
        self._reader.answered.connect(self._answered)
        self._reader.failed.connect(self._failed)
        page = DatasetPage(self._reader, window.theme, self._make_health, self._make_splitting)
        page.empty.table_wanted.connect(window.choose_data_file)
        page.empty.folder_wanted.connect(window.choose_data_folder)
        page.empty.bucket_wanted.connect(self._ask_for_bucket)
        page.import_wanted.connect(self._choose_kind)
        page.query_changed.connect(self._query)
        page.photos.label_wanted.connect(self._label)
        page.photos.exclude_wanted.connect(self._exclude)
        page.export_wanted.connect(self._ask_how_to_export)
        page.sources_wanted.connect(self._show_sources)
        self._read()
        return page

    def _make_health(self, theme: Theme) -> HealthView:
        from emotion_desktop.ui.dataset.health_view import HealthView

        view = HealthView(theme)
        view.audit_wanted.connect(self._audit)
        view.photos_wanted.connect(self._show_card)
        view.fix_wanted.connect(self._fix)
        view.undo_wanted.connect(self._undo_fix)
        return view

    def _make_splitting(self, theme: Theme, loader: ImageLoader) -> SplitView:
        from emotion_desktop.ui.dataset.split.view import SplitView

        view = SplitView(loader, theme)
        self._split_controller = SplitController(self._services, view, self)
        self._split_controller.frozen.connect(self._show_frozen)
        return view

    @Slot(str, str)
    def _show_card(self, card: str, title: str) -> None:
        self.page.show_card(card, title)

    @Slot()
    def refresh(self) -> None:
        """Reads again what is shown, soon."""
        if self._lazy_page.is_made:
            self._refresh.start()

    @Slot()
    def _read(self) -> None:
        assert self._reader is not None
        self._reader.request("overview", _overview)
        if self._lazy_page.is_made:
            self._query()
        self._reader.request("health", _health)

    @Slot()
    def _query(self) -> None:
        if self._reader is None:
            return
        words, split = self.page.filter_words(), self.page.split_name

        def find(catalogue: Catalogue) -> Any:
            from emotion_desktop.workspace.catalogue.browse import Filter, filter_photos

            return words, filter_photos(catalogue, Filter(**words))

        def histogram(catalogue: Catalogue) -> Any:
            from emotion_desktop.workspace.catalogue.browse import histogram

            return histogram(catalogue, split)

        self._reader.request("found", find)
        self._reader.request("histogram", histogram)

    @Slot(str, object)
    def _answered(self, topic: str, answer: Any) -> None:
        page = self.page
        if topic == "overview":
            tally, sources, splits = answer or (None, [], [])
            page.show_splits(splits)
            page.show_counts(tally, sources)
            if self.sources_dialog is not None:
                self.sources_dialog.show_sources(sources)
        elif answer is None:
            return
        elif topic == "found":
            words, found = answer
            page.photos.show_found(found, words)
        elif topic == "histogram":
            page.show_histogram(answer)
        elif topic == "health":
            page.show_cards(answer)

    @Slot(object)
    def _failed(self, error: AppError) -> None:
        self._services.show_error(error)

    @Slot(int)
    def _tab_changed(self, _: int) -> None:
        if self._services.window.is_shown(self._lazy_page):
            self.refresh()

    @Slot()
    def _choose_kind(self) -> None:
        """Asks what is to be imported, then where it is."""
        from PySide6.QtCore import Qt
        from PySide6.QtWidgets import QMenu

        window = self._services.window
        menu = QMenu(window)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("A &folder (one folder per emotion)…", window.choose_data_folder)
        menu.addAction("A &label file (CSV)…", window.choose_data_file)
        menu.addAction("&Amazon S3…", self._ask_for_bucket)
        menu.popup(window.cursor().pos())

    # -- asking --------------------------------------------------------------------------------

    @Slot()
    def _ask_for_bucket(self) -> None:
        address = self._services.window.ask_for_text(
            "Import from Amazon S3", "The prefix that the folders of the emotions are in:", "s3://"
        )
        if address:
            self.importer.open(address)

    @Slot()
    def _show_sources(self) -> None:
        from emotion_desktop.ui.dataset.sources_dialog import SourcesDialog

        dialog = SourcesDialog(self._services.window)
        dialog.remove_wanted.connect(self._ask_to_remove)
        dialog.finished.connect(self._sources_closed)
        self.sources_dialog = dialog
        dialog.open()
        self.refresh()

    @Slot()
    def _sources_closed(self) -> None:
        if self.sources_dialog is not None:
            self.sources_dialog.deleteLater()
            self.sources_dialog = None

    @Slot(str, str)
    def _ask_to_remove(self, location: str, title: str) -> None:
        self._services.window.confirm(
            f"Remove the source “{title}”?",
            "Its photos leave the data set with the labels you gave them, and copies that the "
            "workspace holds of them are deleted. Files that lie elsewhere stay. This cannot be "
            "undone.",
            "Remove",
            lambda: self._remove_source(location, title),
            careful=True,
        )

    def _remove_source(self, location: str, title: str) -> None:
        services = self._services
        services.jobs.run(
            remove_source_job(location, title), ended=lambda _: services.undo.read_history()
        )

    @Slot()
    def _ask_how_to_export(self) -> None:
        from emotion_desktop.ui.dataset.export_dialog import ExportDialog

        page, window = self.page, self._services.window
        dialog = ExportDialog(page.frozen, page.split_name, window)
        dialog.place_wanted.connect(self._ask_for_target)
        dialog.export_wanted.connect(self._export)
        dialog.finished.connect(dialog.deleteLater)
        self.export_dialog = dialog
        dialog.open()

    @Slot()
    def _ask_for_target(self) -> None:
        assert self.export_dialog is not None
        name = self.export_dialog.chosen_format.file_name
        target = self._services.window.ask_for_new_place("Write the data set to", name)
        if target is not None:
            self.export_dialog.place.setText(str(target))

    @Slot()
    def _export(self) -> None:
        assert self.export_dialog is not None
        request: Any = self.export_dialog.request()
        wanted = ExportRequest(**request)
        photos = 0 if wanted.split else self.page.photo_count
        self._services.jobs.run(
            export_job(wanted),
            done=lambda result: self._exported(result, wanted, photos),
            owner=self,
        )

    def _exported(self, result: dict[str, Any], wanted: ExportRequest, photos: int) -> None:
        sentence = exported_sentence(result, wanted.target, photos)
        if is_s3_address(wanted.target):
            self._services.window.banner.show_success(sentence)
        else:
            self._services.show_written(sentence, Path(wanted.target))


def _overview(catalogue: Catalogue) -> Any:
    from emotion_desktop.workspace.catalogue.counts import photo_counts
    from emotion_desktop.workspace.catalogue.sources import Sources
    from emotion_desktop.workspace.catalogue.splits import Splits

    complete = [source for source in Sources(catalogue).all() if source.complete]
    return photo_counts(catalogue), complete, Splits(catalogue).all()


def _health(catalogue: Catalogue) -> list[dict[str, Any]]:
    from emotion_desktop.dataset.audit.cards import health

    return [card.to_dict() for card in health(catalogue)]
