"""Behind the training page: reads what there is, and shows the run, or the two, that are chosen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal, Slot

from emotion_desktop.domain.job import JobEvent, StateChanged
from emotion_desktop.ui.idle_queue import imports
from emotion_desktop.ui.theme import Theme
from emotion_desktop.ui.training.run_registry import RunRegistry
from emotion_desktop.ui.widgets.lazy_page import LazyPage

if TYPE_CHECKING:
    from emotion_desktop.jobs.training.overview import Overview
    from emotion_desktop.ui.services import Services
    from emotion_desktop.ui.training.page import TrainingPage
    from emotion_desktop.ui.training.run_view import RunView
    from emotion_desktop.ui.training.setup_controller import SetupController

#: What the page and its cards are made of, in the order in which its parts are imported.
_PARTS: Final = (
    "ui.training.editors",
    "training.recipe.presets",
    "ui.training.drawer",
    "ui.training.setup",
    "ui.training.compare",
    "ui.training.run_view",
    "ui.training.page",
    "ui.training.setup_controller",
    "jobs.training.specs",
    "jobs.training.expected_time",
    "aws.sagemaker.prices",
    "aws.sagemaker.hyperparameters",
    "ui.sagemaker.card",
    "ui.sagemaker.card_controller",
)


class TrainingController(QObject):
    """Puts the page, the runs and the setting up of new ones together."""

    #: A model, by its reference, to read new photos with.
    model_wanted = Signal(str)
    #: The TrainingPage, once, when it is made: other places to train in add their card to it.
    page_made = Signal(object)

    def __init__(self, services: Services, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._theme = theme
        self._shown: tuple[str, ...] = ()
        self._setup: SetupController | None = None
        self._begun: TrainingPage | None = None
        self._lazy_page = LazyPage(self._make_page, self._prepare_page)
        self.registry = RunRegistry(services, self)
        self.registry.listed.connect(self._list_runs)
        self.registry.begun.connect(self._choose_run)
        self.registry.run_changed.connect(self._on_run_changed)
        services.window.add_page(self._lazy_page, "Train")
        services.window.tabs.currentChanged.connect(self._tab_changed)
        services.jobs.data_set_changed.connect(self._data_changed)

    @property
    def is_made(self) -> bool:
        """Whether the page is there."""
        return self._lazy_page.is_made

    @property
    def page(self) -> TrainingPage:
        """The page, made when it is first asked for."""
        return self._lazy_page.page

    @Slot()
    def show(self) -> None:
        """Brings the page to the front."""
        self._services.window.show_page(self._lazy_page)

    def use_data(self, data: Path) -> None:
        """Chooses labelled photos, a folder or a label file, to train on."""
        _ = self.page
        assert self._setup is not None
        self._setup.use_data(data)

    def set_theme(self, theme: Theme) -> None:
        """Paints in other colours."""
        self._theme = theme
        if self._lazy_page.is_made:
            self.page.set_theme(theme)

    @Slot()
    def refresh(self) -> None:
        """Reads again what there is."""
        from emotion_desktop.jobs.training.specs import overview_job

        self._services.jobs.run(overview_job(), done=self._show_overview)

    def get_ready(self) -> None:
        """Loads what the page is made of, before somebody wants to see it."""
        self._prepare_page(lambda: None)
        self._services.plots.want(lambda: None)

    # -- the page ------------------------------------------------------------------------------

    def _prepare_page(self, then: Callable[[], object]) -> None:
        self._services.idle_queue.add(*imports(_PARTS), self._begin_page, then)

    def _begin_page(self) -> None:
        """The page without what belongs beside it: a turn of the event loop's worth."""
        from emotion_desktop.ui.training.page import TrainingPage

        if self._begun is None:
            self._begun = TrainingPage(self._theme, self._make_run_view, self._lazy_page)
            self._begun.hide()

    def _make_page(self) -> TrainingPage:
        from emotion_desktop.ui.training.setup_controller import SetupController

        self._begin_page()
        assert self._begun is not None
        page = self._begun
        page.set_theme(self._theme)
        page.show()
        page.runs.new_wanted.connect(self._show_setup)
        page.runs.chosen.connect(self._show_runs)
        self._setup = SetupController(self._services, self.registry, page.setup, self)
        self._setup.show_facts()
        self.page_made.emit(page)
        return page

    def _make_run_view(self) -> RunView:
        from emotion_desktop.ui.training.run_view import RunView

        view, registry = RunView(self._theme), self.registry
        view.finish_wanted.connect(registry.finish)
        view.pause_wanted.connect(registry.pause)
        view.cancel_wanted.connect(registry.cancel)
        view.go_on_wanted.connect(registry.go_on)
        view.change_wanted.connect(self._change)
        view.repeat_wanted.connect(registry.repeat)
        view.use_wanted.connect(self._use)
        view.remove_wanted.connect(self._ask_to_remove)
        return view

    @Slot(int)
    def _tab_changed(self, _: int) -> None:
        if not self._services.window.is_shown(self._lazy_page):
            return
        if self._setup is not None:
            self._setup.show_facts()
        self._services.idle_queue.add(
            self.refresh, lambda: self._services.plots.want(self._plots_there)
        )

    @Slot()
    def _show_setup(self) -> None:
        self._shown = ()
        self.page.show_view(self.page.setup)

    @Slot(str)
    def _change(self, run: str) -> None:
        """A new training with a run's settings, for the user to change."""
        assert self._setup is not None
        self._setup.show_settings_of(self.registry[run].run)
        self.page.runs.list.clearSelection()
        self._show_setup()

    @Slot(list)
    def _show_runs(self, ids: list[str]) -> None:
        known = [self.registry[run] for run in ids if run in self.registry]
        self._shown = tuple(live.run.id for live in known)
        if not self._services.plots.is_loaded:
            return  # shown as soon as it is: the window does not wait for a library
        page = self.page
        if len(known) == 2:
            page.compare.page.show_runs(known[0], known[1])
            page.show_view(page.compare)
        elif known:
            page.run.page.show_run(known[0])
            page.show_view(page.run)

    def _plots_there(self) -> None:
        """The view of a run is made before there is one: starting it is quicker then."""
        _ = self.page.run.page
        self._show_again()

    def _show_again(self) -> None:
        if self._shown:
            self._show_runs(list(self._shown))

    @Slot(str)
    def _use(self, run: str) -> None:
        self.model_wanted.emit(self.registry.model_of(run))

    @Slot(str)
    def _ask_to_remove(self, run: str) -> None:
        self._services.window.confirm(
            f"Remove the run “{self.registry[run].run.name}”?",
            "Its figures, its log and the state it could go on from are deleted. "
            "The model it made stays.",
            "Remove",
            lambda: self._remove(run),
            careful=True,
        )

    def _remove(self, run: str) -> None:
        self.registry.remove(run)
        self._show_setup()

    # -- what is told --------------------------------------------------------------------------

    @Slot()
    def _list_runs(self) -> None:
        if self._lazy_page.is_made:
            self.page.runs.show_runs(list(self.registry))

    @Slot(str)
    def _choose_run(self, run: str) -> None:
        self.page.runs.choose(run)

    @Slot(str, object)
    def _on_run_changed(self, run: str, event: JobEvent | None) -> None:
        if not self._lazy_page.is_made:
            return
        live = self.registry[run]
        self.page.runs.update_run(live)
        if self._shown == (run,) and self.page.run.is_made:
            if event is None:
                self.page.run.page.show_run(live)
            else:
                self.page.run.page.heard(event)
        if isinstance(event, StateChanged) and event.state.is_over:
            self.refresh()

    def _show_overview(self, overview: Overview) -> None:
        self.registry.update(overview.runs)
        if self._setup is not None:
            self._setup.show_overview(overview)
        self._show_again()

    @Slot()
    def _data_changed(self) -> None:
        if self._lazy_page.is_made:
            self.refresh()
