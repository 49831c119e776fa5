"""Behind the training page: what there is to train on, and trainings started and watched."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QFileDialog

from emotion_desktop.domain.errors import AppError
from emotion_desktop.domain.job import Batch, JobEvent, JobFunction, JobSpec, JobState, StateChanged
from emotion_desktop.domain.run import RunState
from emotion_desktop.training.recipes import BACKBONES, Recipe
from emotion_desktop.ui.theme import Theme
from emotion_desktop.ui.widgets.deferred import Deferred
from emotion_desktop.ui.words import model_title

if TYPE_CHECKING:
    from emotion_desktop.jobs.manager import JobManager
    from emotion_desktop.jobs.training_overview import LabelledFolder, Overview
    from emotion_desktop.ui.services import Services
    from emotion_desktop.ui.training.live import LiveRun
    from emotion_desktop.ui.training.page import TrainingPage
    from emotion_desktop.ui.training.run_view import RunView

_KIND: Final = "train"
_CURVES: Final = "emotion_desktop.ui.training.curves"


class TrainingController(QObject):
    """Starts trainings and shows how they go."""

    model_wanted = Signal(str)
    """A model, by its reference, to read new photos with."""
    page_made = Signal(object)
    """The TrainingPage, once, when it is made: other places to train in add their card to it."""

    def __init__(self, services: Services, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._theme = theme
        self._runs: dict[str, LiveRun] = {}
        self._shown: tuple[str, ...] = ()
        self._folders: dict[Path, LabelledFolder] = {}
        self._loading = ""
        self._curves_are_loaded = False
        self._place = Deferred(self._make_page)
        services.window.add_page(self._place, "Train")
        services.window.tabs.currentChanged.connect(self._tab_changed)
        services.bridge.happened.connect(self._told)

    @property
    def page(self) -> TrainingPage:
        """The page, made when it is first asked for."""
        return self._place.page

    @Slot()
    def show(self) -> None:
        """Brings the page to the front."""
        self._services.window.show_page(self._place)

    @property
    def newest(self) -> str:
        """The run that was started last."""
        return next(iter(self._runs))

    def live(self, run: str) -> LiveRun:
        """What is known of a run by now."""
        return self._runs[run]

    def set_theme(self, theme: Theme) -> None:
        """Paints in other colours."""
        self._theme = theme
        if self._place.is_made:
            self.page.set_theme(theme)

    @Slot()
    def refresh(self) -> None:
        """Reads again what there is."""
        from emotion_desktop.jobs.training_overview import overview_job

        services = self._services
        services.manager.submit(*overview_job(services.workspace, services.store))

    # -- the page ------------------------------------------------------------------------------

    def _make_page(self) -> TrainingPage:
        from emotion_desktop.ui.training.page import TrainingPage

        page = TrainingPage(self._theme, self._make_run_view)
        page.runs.new_wanted.connect(self._show_setup)
        page.runs.chosen.connect(self._show_runs)
        setup = page.setup
        setup.changed.connect(self._show_facts)
        setup.folder_wanted.connect(self._choose_folder)
        setup.table_wanted.connect(self._choose_table)
        setup.split_wanted.connect(self._split)
        setup.import_wanted.connect(self._services.window.choose_data_kind)
        setup.train_here_wanted.connect(self._train)
        self.page_made.emit(page)
        return page

    def _make_run_view(self) -> RunView:
        from emotion_desktop.ui.training.run_view import RunView

        view = RunView(self._theme)
        view.finish_wanted.connect(self._finish)
        view.pause_wanted.connect(self._pause)
        view.cancel_wanted.connect(self._cancel)
        view.go_on_wanted.connect(self._go_on)
        view.repeat_wanted.connect(self._repeat)
        view.use_wanted.connect(self._use)
        view.remove_wanted.connect(self._ask_to_remove)
        return view

    def get_ready(self) -> None:
        """Loads in the background what the page is made of."""
        from emotion_desktop.jobs.warm_up import load_job

        self._manager.submit(*load_job("emotion_desktop.ui.training.page"))

    @Slot(int)
    def _tab_changed(self, _: int) -> None:
        if not self._services.window.is_shown(self._place):
            return
        from emotion_desktop.jobs.warm_up import load_job

        if not self._loading:
            self._loading = self._manager.submit(*load_job(_CURVES))
        self._show_facts()
        self.refresh()

    @Slot()
    def _show_setup(self) -> None:
        self._shown = ()
        self.page.bring(self.page.setup)

    @Slot(list)
    def _show_runs(self, ids: list[str]) -> None:
        known = [self._runs[run] for run in ids if run in self._runs]
        self._shown = tuple(live.run.id for live in known)
        if not self._curves_are_loaded:
            return  # shown as soon as they are: the window does not wait for a library
        page = self.page
        if len(known) == 2:
            page.compare.page.show_runs(known[0], known[1])
            page.bring(page.compare)
        elif known:
            page.run.page.show_run(known[0])
            page.bring(page.run)

    @Slot()
    def _show_facts(self) -> None:
        """Time, cost and what leaves the machine, on the card of this computer."""
        from emotion_desktop.jobs.expected_time import expected_seconds
        from emotion_desktop.ui.training.words import expected

        if not self._place.is_made:
            return
        setup = self.page.setup
        photos = self._photos_to_learn_from()
        seconds, measured = None, False
        if photos:
            runs = (live.run for live in self._runs.values())
            seconds, measured = expected_seconds(setup.recipe, photos, runs)
        setup.here.show_facts(
            [
                ("Time", expected(seconds, measured) if setup.photos else "Choose photos first"),
                ("Cost", "Nothing"),
                ("Leaves this computer", _leaves(setup.recipe)),
                ("Runs on", self._device()),
            ]
        )
        setup.here.allow("" if setup.photos else "Choose labelled photos first.")

    def _photos_to_learn_from(self) -> int | None:
        setup = self.page.setup
        if setup.split is not None:
            return int(setup.split.report["parts"]["training"]["photos"])
        photos = setup.photos
        if photos is not None and photos.data in self._folders:
            return round(self._folders[photos.data].photos * setup.recipe.fractions[0])
        return None

    def _device(self) -> str:
        """What trainings run on, as the last one told; before that, what there is for sure."""
        known = [live.run.device for live in self._runs.values() if live.run.device]
        cores = os.cpu_count() or 1
        return known[0] if known else f"Processor, {cores} {'core' if cores == 1 else 'cores'}"

    # -- choosing photos -----------------------------------------------------------------------

    @Slot()
    def _choose_folder(self) -> None:
        window = self._services.window
        name = QFileDialog.getExistingDirectory(window, "Labelled photos, a folder per emotion")
        if name:
            self.use_data(Path(name))

    @Slot()
    def _choose_table(self) -> None:
        window = self._services.window
        kinds = "Label files (*.csv *.tsv *.txt);;All files (*)"
        name, _ = QFileDialog.getOpenFileName(window, "A label file beside its photos", "", kinds)
        if name:
            self.use_data(Path(name))

    def use_data(self, data: Path) -> None:
        """Looks into a folder or label file; where labelled photos are found it is chosen."""
        from emotion_desktop.jobs.training_overview import labelled_folder_job

        self._services.manager.submit(*labelled_folder_job(data))

    @Slot()
    def _split(self) -> None:
        from emotion_desktop.dataset.freezing import SplitOrder
        from emotion_desktop.jobs.dataset.splitting import split_job

        root = self._services.workspace.root
        self._manager.submit(*split_job(root, "By person", SplitOrder()))

    # -- what is wanted of runs ----------------------------------------------------------------

    @Slot()
    def _train(self) -> None:
        from emotion_desktop.jobs.train import Training, train_job

        services, setup = self._services, self.page.setup
        photos = setup.photos
        if photos is None:
            return
        source = photos.split or (photos.data.stem if photos.data else "")
        wanted = setup.name or services.store.free_name(f"{setup.recipe.title} {source}")
        name = self._free_name(wanted)
        try:
            training = Training(
                setup.recipe,
                services.store.path_for(name),
                name,
                data=photos.data,
                split=photos.split,
                seed=setup.drawer.seed,
                start_from=services.store.resolve(setup.start_from) if setup.start_from else None,
            )
        except AppError as error:
            services.say(error)
            return
        self._start(*train_job(services.workspace, training))

    def _start(self, spec: JobSpec, function: JobFunction) -> None:
        from emotion_desktop.jobs.runs import enlist_job
        from emotion_desktop.jobs.train import queued_run
        from emotion_desktop.ui.training.live import LiveRun

        services = self._services
        run = queued_run(spec)
        known = self._runs.get(run.id)
        if known is None:
            # On top: the newest comes first.
            self._runs = {run.id: LiveRun(run), **self._runs}
            services.manager.submit(*enlist_job(services.workspace, spec))
        self._runs[run.id].job = spec.id
        self._runs[run.id].can_go_on = False
        services.manager.submit(spec, function)
        self._list_runs()
        self.page.runs.choose(run.id)

    def _free_name(self, wanted: str) -> str:
        """A name that no model has, and none will have once every run that can go on is done."""
        taken = {live.run.name for live in self._runs.values()}
        free_name = self._services.store.free_name
        name, number = free_name(wanted), 2
        while name in taken:
            name, number = free_name(f"{wanted}-{number}"), number + 1
        return name

    @Slot(str)
    def _finish(self, run: str) -> None:
        self._ask(run, "Stopping after this step, keeping the best", self._manager.finish_early)

    @Slot(str)
    def _pause(self, run: str) -> None:
        self._ask(run, "Pausing", self._manager.pause)

    @Slot(str)
    def _cancel(self, run: str) -> None:
        self._ask(run, "Stopping", self._manager.cancel)

    @property
    def _manager(self) -> JobManager:
        return self._services.manager

    def _ask(self, run: str, words: str, act: Callable[[str], None]) -> None:
        live = self._runs[run]
        if live.job:
            live.asked = words
            act(live.job)
            self._refresh_view(live)

    @Slot(str)
    def _go_on(self, run: str) -> None:
        from emotion_desktop.jobs.train import go_on_job

        try:
            self._start(*go_on_job(self._services.workspace, self._runs[run].run))
        except AppError as error:
            self._services.say(error)

    @Slot(str)
    def _repeat(self, run: str) -> None:
        from emotion_desktop.jobs.train import repeat_job

        services, known = self._services, self._runs[run].run
        try:
            output = services.store.path_for(self._free_name(f"{known.name[:50]} again"))
        except AppError as error:
            services.say(error)
            return
        self._start(*repeat_job(services.workspace, known, output))

    @Slot(str)
    def _use(self, run: str) -> None:
        model = Path(self._runs[run].run.model)
        # A model that was written elsewhere is known by its path.
        in_store = model.parent == self._services.store.folder
        self.model_wanted.emit(model.stem if in_store else str(model))

    @Slot(str)
    def _ask_to_remove(self, run: str) -> None:
        self._services.window.ask(
            f"Remove the run “{self._runs[run].run.name}”?",
            "Its figures, its log and the state it could go on from are deleted. "
            "The model it made stays.",
            "Remove",
            lambda: self._remove(run),
        )

    def _remove(self, run: str) -> None:
        from emotion_desktop.jobs.runs import remove_run_job

        live = self._runs.pop(run, None)
        if live is not None:
            self._manager.submit(*remove_run_job(self._services.workspace, live.run))
            self._list_runs()
            self._show_setup()

    # -- what is told --------------------------------------------------------------------------

    @Slot(object, object)
    def _told(self, spec: JobSpec, event: JobEvent) -> None:
        if spec.kind == _KIND and "run" in spec.parameters:
            self._told_of_run(spec, event)
        elif spec.id == self._loading and isinstance(event, StateChanged) and event.state.final:
            self._curves_are_loaded = True
            if self._shown:
                self._show_runs(list(self._shown))
        elif spec.kind == "training-overview" and isinstance(event, Batch):
            self._take_overview(event.items[0])
        elif spec.kind == "labelled-folder" and isinstance(event, Batch):
            (found,) = event.items
            self._folders[found.data] = found
            self.page.setup.choose_data(found.data)
        elif spec.kind == "split" and _succeeded(event):
            self.refresh()

    def _told_of_run(self, spec: JobSpec, event: JobEvent) -> None:
        from emotion_desktop.jobs.train import queued_run
        from emotion_desktop.ui.training.live import LiveRun

        run = str(spec.parameters["run"])
        live = self._runs.get(run)
        if live is None:  # started elsewhere, or removed since
            live = self._runs[run] = LiveRun(queued_run(spec), job=spec.id)
        began = live.run.state is not RunState.QUEUED
        live.hear(event)
        if live.run.state.over and not began:
            from emotion_desktop.jobs.runs import keep_run_job

            self._manager.submit(*keep_run_job(self._services.workspace, live.run))
        if not self._place.is_made:
            return
        self.page.runs.tell(live)
        if self._shown == (run,) and self.page.run.is_made:
            self.page.run.page.heard(event)
        if isinstance(event, StateChanged) and event.state.final:
            self.refresh()

    def _take_overview(self, overview: Overview) -> None:
        from emotion_desktop.ui.training.live import LiveRun

        listed = {known.run.id for known in overview.runs}
        # Those started a moment ago are not written down yet.
        runs = {run: r for run, r in self._runs.items() if run not in listed and r.job}
        for known in overview.runs:
            before = self._runs.get(known.run.id)
            if before is not None and before.job:
                runs[known.run.id] = before  # what it tells is newer
                continue
            live = LiveRun.known(known.run, known.history, known.can_go_on)
            if before is not None:
                live.steps = before.steps
            runs[known.run.id] = live
        self._runs = runs
        if not self._place.is_made:
            return
        setup = self.page.setup
        setup.show_splits(overview.splits, overview.labelled)
        setup.show_models([(name, model_title(name)) for name in overview.models])
        self._list_runs()
        self._show_facts()
        if self._shown:
            self._show_runs(list(self._shown))

    def _list_runs(self) -> None:
        self.page.runs.show_runs(list(self._runs.values()))

    def _refresh_view(self, live: LiveRun) -> None:
        self.page.runs.tell(live)
        if self._shown == (live.run.id,) and self.page.run.is_made:
            self.page.run.page.show_run(live)


def _succeeded(event: JobEvent) -> bool:
    return isinstance(event, StateChanged) and event.state is JobState.SUCCEEDED


def _leaves(recipe: Recipe) -> str:
    if recipe.weights == "imagenet" and recipe.net in BACKBONES:
        return "Nothing. Keras downloads ImageNet's weights once, if they are not here yet"
    return "Nothing"
