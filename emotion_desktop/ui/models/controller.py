"""The model store behind its page: bring in, write out, remove, use."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Qt, Signal, Slot

from emotion_desktop.domain.errors import AppError
from emotion_desktop.domain.files.model_files import MODEL_SUFFIX, is_external, is_mxnet
from emotion_desktop.jobs.models.specs import warm_up_job
from emotion_desktop.ui.describe import model_title
from emotion_desktop.ui.models.external_import import ExternalModelImport
from emotion_desktop.ui.models.mxnet_import import MxnetImport
from emotion_desktop.ui.widgets.lazy_page import LazyPage
from emotion_desktop.workspace.model_store import BUILTIN

if TYPE_CHECKING:
    from emotion_desktop.ui.models.page import ModelsPage
    from emotion_desktop.ui.services import Services

#: The button at the top right shows no more than so much of a model's name, pixels.
_LONGEST_NAME: Final = 240


class ModelsController(QObject):
    """Keeps the page, and the button that names the model in use, up to date."""

    #: A model is to be compared with others.
    compare_wanted = Signal(str)
    #: Former and new path of a model.
    renamed = Signal(str, str)

    def __init__(self, services: Services, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._lazy_page = LazyPage(self._make_page)
        self._mxnet = MxnetImport(services, self)
        self._mxnet.imported.connect(self._was_imported)
        self._external = ExternalModelImport(services, self)
        self._external.imported.connect(self._was_imported)
        window = services.window
        window.add_page(self._lazy_page, "Models")
        window.model_given.connect(self.import_model)
        window.models_wanted.connect(self.show)
        window.model_button.menu().aboutToShow.connect(self._fill_menu)
        window.tabs.currentChanged.connect(self._tab_changed)
        services.settings.changed.connect(self._settings_changed)
        self._show_name()

    @property
    def page(self) -> ModelsPage:
        """The page, made when it is first asked for."""
        return self._lazy_page.page

    @Slot()
    def show(self) -> None:
        """Brings the page to the front."""
        self._services.window.show_page(self._lazy_page)

    @Slot(object)
    def import_model(self, path: Path) -> None:
        """Takes a model into the store and shows it."""
        from emotion_desktop.jobs.models.specs import import_model_job

        if is_mxnet(path):
            self._mxnet.start(path)
            return
        if is_external(path):
            self._external.start(path)
            return
        self._services.jobs.run(import_model_job(path), done=self._was_imported)

    @Slot(str)
    def _was_imported(self, name: str) -> None:
        from emotion_desktop.ui.widgets.banner import MessageAction

        self._services.window.banner.show_success(
            f"The model “{name}” was imported.",
            MessageAction("Use it", lambda: self.use(name)),
        )
        self.show()
        self.refresh()
        self.page.choose(name)

    @Slot()
    def warm_up(self) -> None:
        """Loads in the background what the first photo needs."""
        services = self._services
        try:
            model = services.store.resolve(services.settings.now.model)
        except AppError:
            self.use(BUILTIN)
            return
        services.jobs.run(warm_up_job(model))

    @Slot(str)
    def use(self, reference: str) -> None:
        """Reads new photos with this model."""
        settings = self._services.settings
        try:
            settings.save(replace(settings.now, model=reference))
        except AppError as error:
            self._services.show_error(error)
        self.warm_up()

    def refresh(self) -> None:
        """Shows what is in the store now."""
        from emotion_desktop.jobs.models.store import list_models

        store = self._services.store
        models = list_models(store)
        notes = {model.reference: store.notes(model.reference) for model in models}
        self.page.show_models(models, self._services.settings.now.model, notes)

    def set_theme(self) -> None:
        """The colours have changed."""
        if self._lazy_page.is_made:
            self.page.set_theme(self._services.window.theme)

    def stop(self) -> None:
        """Keeps what was written a moment ago."""
        if self._lazy_page.is_made:
            self.page.keep_notes()

    def _make_page(self) -> ModelsPage:
        from emotion_desktop.ui.models.page import ModelsPage

        page = ModelsPage(self._services.window.theme)
        page.import_wanted.connect(self._services.window.choose_model)
        page.use_wanted.connect(self.use)
        page.export_wanted.connect(self._write_out)
        page.plain_wanted.connect(self._write_plain)
        page.remove_wanted.connect(self._ask_to_remove)
        page.compare_wanted.connect(self.compare_wanted)
        page.rename_wanted.connect(self._ask_for_name)
        page.notes_changed.connect(self._keep_notes)
        return page

    @Slot(str, str)
    def _keep_notes(self, reference: str, text: str) -> None:
        try:
            self._services.store.write_notes(reference, text)
        except AppError as error:
            self._services.show_error(error)

    @Slot(str)
    def _ask_for_name(self, reference: str) -> None:
        from emotion_desktop.jobs.models.specs import rename_model_job

        name = self._services.window.ask_for_text("Rename the model", "Its new name:", reference)
        if not name or name == reference:
            return
        self.page.keep_notes()  # they go with it
        old = self._services.store.folder / f"{reference}{MODEL_SUFFIX}"

        def follow(path: str) -> None:
            settings = self._services.settings
            if settings.now.model == reference:
                settings.save(replace(settings.now, model=name))
            self.renamed.emit(str(old), path)
            self.refresh()
            self.page.choose(name)

        self._services.jobs.run(rename_model_job(reference, name), done=follow, owner=self)

    @Slot(int)
    def _tab_changed(self, _: int) -> None:
        if self._services.window.is_shown(self._lazy_page):
            self.refresh()

    @Slot()
    def _settings_changed(self) -> None:
        self._show_name()
        if self._services.window.is_shown(self._lazy_page):
            self.refresh()

    def _show_name(self) -> None:
        title = model_title(self._services.settings.now.model)
        button = self._services.window.model_button
        middle = Qt.TextElideMode.ElideMiddle
        short = button.fontMetrics().elidedText(title, middle, _LONGEST_NAME)
        button.setText(f"Model: {short}")
        button.setToolTip(f"The model that reads new photos: {title}")

    @Slot()
    def _fill_menu(self) -> None:
        """Every model, the one in use ticked, and the way to the page of models."""
        window, in_use = self._services.window, self._services.settings.now.model
        menu = window.model_button.menu()
        menu.clear()
        for name in self._services.store.names():
            action = menu.addAction(model_title(name).replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(name == in_use)
            action.triggered.connect(lambda _=False, name=name: self.use(name))
        menu.addSeparator()
        menu.addAction("All models…").triggered.connect(window.models_wanted)

    @Slot(str)
    def _write_out(self, reference: str) -> None:
        from emotion_desktop.jobs.models.specs import export_model_job

        window = self._services.window
        target = window.ask_for_new_place(
            "Export the model", f"{reference}.emodel", "Models (*.emodel)"
        )
        if target is None:
            return
        # The file dialog has asked already whether a file may be replaced.
        job = export_model_job(reference, target, replace=True)
        self._services.jobs.run(job, done=self._was_exported)

    @Slot(str, str)
    def _write_plain(self, reference: str, form: str) -> None:
        from emotion_desktop.domain.model import PLAIN_FORMS
        from emotion_desktop.jobs.models.specs import export_plain_job

        window, title = self._services.window, PLAIN_FORMS[form]
        target = window.ask_for_new_place(
            f"Export for other programs: a folder with {title}", f"{reference}-{form}"
        )
        if target is not None:
            job = export_plain_job(reference, target, form)
            self._services.jobs.run(job, done=self._was_exported)

    @Slot(str)
    def _was_exported(self, path: str) -> None:
        self._services.show_written(f"The model was written to {path}.", Path(path))

    @Slot(str)
    def _ask_to_remove(self, reference: str) -> None:
        in_use = reference == self._services.settings.now.model
        after = " New photos are read with the built-in model afterwards." if in_use else ""
        self._services.window.confirm(
            f"Remove the model “{reference}”?",
            f"Its file is deleted from the store. Export it first if you may want it again.{after}",
            "Remove",
            lambda: self._remove(reference),
            careful=True,
        )

    def _remove(self, reference: str) -> None:
        try:
            self._services.store.remove(reference)
        except AppError as error:
            self._services.show_error(error)
        if self._services.settings.now.model == reference:
            self.use(BUILTIN)
        self.refresh()
