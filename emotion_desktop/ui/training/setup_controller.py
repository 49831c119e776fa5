"""Behind the setting up of a training: photos looked for, the card of this computer, the start."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Slot

from emotion_desktop.domain.errors import AppError
from emotion_desktop.domain.packages import training_problem
from emotion_desktop.domain.text import counted, processor_words
from emotion_desktop.training.recipe.architectures import BACKBONES
from emotion_desktop.training.recipe.recipe import Recipe
from emotion_desktop.ui.describe import model_title

if TYPE_CHECKING:
    from emotion_desktop.domain.run import Run
    from emotion_desktop.jobs.training.overview import LabelledFolder, Overview
    from emotion_desktop.ui.services import Services
    from emotion_desktop.ui.training.run_registry import RunRegistry
    from emotion_desktop.ui.training.setup import SetupView

#: With fewer people not every part of a split by person has any.
_LEAST: Final = 3


class SetupController(QObject):
    """Serves a SetupView; what it starts is in the registry from then on."""

    def __init__(
        self,
        services: Services,
        registry: RunRegistry,
        view: SetupView,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._services = services
        self._registry = registry
        self._view = view
        self._folders: dict[Path, LabelledFolder] = {}
        view.changed.connect(self.show_facts)
        view.folder_wanted.connect(self._choose_folder)
        view.table_wanted.connect(self._choose_table)
        view.split_wanted.connect(self._split)
        view.import_wanted.connect(services.window.choose_data_kind)
        view.train_here_wanted.connect(self._train)

    def show_overview(self, overview: Overview) -> None:
        """Offers the splits and models there are."""
        self._view.show_splits(overview.splits, overview.labelled)
        self._view.show_models([(name, model_title(name)) for name in overview.models])
        self.show_facts()

    def use_data(self, data: Path) -> None:
        """Looks into a folder or label file; where labelled photos are found it is chosen."""
        from emotion_desktop.jobs.training.specs import labelled_folder_job

        self._services.jobs.run(labelled_folder_job(data), done=self._found)

    def show_settings_of(self, run: Run) -> None:
        """Sets a new training up as a run was, with its photos where they are still offered."""
        from emotion_desktop.ui.training.describe import recipe_of

        recipe, parameters, store = recipe_of(run), run.parameters, self._services.store
        if recipe is None:
            return
        start = parameters.get("start_from")
        named = [name for name in store.names() if str(store.resolve(name)) == start]
        self._view.show_settings_of(
            recipe, int(parameters.get("seed") or 0), named[0] if named else ""
        )
        if parameters.get("split"):
            self._view.choose_split(str(parameters["split"]))
        elif parameters.get("data"):
            self.use_data(Path(parameters["data"]))

    @Slot()
    def show_facts(self) -> None:
        """Time, cost and what leaves the machine, on the card of this computer."""
        from emotion_desktop.jobs.training.expected_time import expected_seconds
        from emotion_desktop.ui.training.describe import expected

        view = self._view
        photos = self._photos_to_learn_from()
        seconds, measured = None, False
        if photos:
            runs = (live.run for live in self._registry)
            seconds, measured = expected_seconds(view.recipe, photos, runs)
        view.here.show_facts(
            [
                ("Time", expected(seconds, measured) if view.photos else "Choose photos first"),
                ("Cost", "Nothing"),
                ("Leaves this computer", _leaves(view.recipe)),
                ("Runs on", self._device()),
            ]
        )
        view.here.allow(self._problem())

    def _problem(self) -> str:
        """Why no training can be started; empty if one can."""
        view, photos = self._view, self._view.photos
        missing = training_problem()
        if missing is not None:
            return " ".join(missing)
        if photos is None:
            return "Choose labelled photos first."
        found = self._folders.get(photos.data) if photos.data is not None else None
        if view.split is not None:
            emotions, people = dict(view.split.report["parts"]["training"]["emotions"]), _LEAST
        elif found is not None:
            emotions, people = dict(found.emotions), found.persons
        else:
            return ""
        shown = [emotion for emotion, count in emotions.items() if count]
        if len(shown) < 2:
            which = f"show {shown[0]} alone" if shown else "show no emotion"
            return f"These photos {which}: a model learns to tell emotions apart. Choose others."
        if people < _LEAST:
            return (
                f"These photos are of {counted(people, 'person')}: at least {_LEAST} are needed, "
                "some to learn from, others to choose the best epoch by and for the score."
            )
        return ""

    def _photos_to_learn_from(self) -> int | None:
        view = self._view
        if view.split is not None:
            return int(view.split.report["parts"]["training"]["photos"])
        photos = view.photos
        if photos is not None and photos.data in self._folders:
            return round(self._folders[photos.data].photos * view.recipe.fractions[0])
        return None

    def _device(self) -> str:
        """The device of the last training; before the first one, the processor."""
        known = [live.run.device for live in self._registry if live.run.device]
        return known[0] if known else processor_words()

    @Slot()
    def _choose_folder(self) -> None:
        title = "Labelled photos, a folder per emotion"
        folder = self._services.window.ask_for_folder(title, "data")
        if folder is not None:
            self.use_data(folder)

    @Slot()
    def _choose_table(self) -> None:
        file = self._services.window.ask_for_label_file("A label file beside its photos")
        if file is not None:
            self.use_data(file)

    @Slot()
    def _split(self) -> None:
        from emotion_desktop.domain.split import SplitRequest
        from emotion_desktop.jobs.dataset.specs import split_job

        self._services.jobs.run(split_job("By person", SplitRequest()))

    @Slot()
    def _train(self) -> None:
        from emotion_desktop.training.recipe.request import TrainingRequest

        services, view = self._services, self._view
        photos = view.photos
        if photos is None:
            return
        source = photos.split or (photos.data.stem if photos.data else "")
        name = self._registry.free_name(view.name or f"{view.recipe.title} {source}")
        try:
            request = TrainingRequest(
                view.recipe,
                services.store.path_for(name),
                name,
                data=photos.data,
                split=photos.split,
                seed=view.drawer.seed,
                start_from=services.store.resolve(view.start_from) if view.start_from else None,
            )
        except AppError as error:
            services.show_error(error)
            return
        view.forget_name()
        self._registry.start(request)

    def _found(self, found: LabelledFolder) -> None:
        self._folders[found.data] = found
        self._view.choose_data(found.data)


def _leaves(recipe: Recipe) -> str:
    if recipe.weights == "imagenet" and recipe.net in BACKBONES:
        return "Nothing. Keras downloads ImageNet's weights once, if they are not here yet"
    return "Nothing"
