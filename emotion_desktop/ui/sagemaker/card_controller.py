"""Behind the card: what a training there takes and costs, agreeing to it, the start."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, Slot

from emotion_desktop.aws.sagemaker.hyperparameters import Preset, default_layers, preset_nearest_to
from emotion_desktop.aws.sagemaker.prices import (
    INSTANCES,
    Estimate,
    Prices,
    dollars,
    estimate_recipe,
    estimate_training,
)
from emotion_desktop.domain.errors import AppError
from emotion_desktop.domain.sagemaker import (
    SageMakerTrainingRequest,
    runs_algorithm,
    runs_container,
)
from emotion_desktop.jobs.sagemaker.specs import training_offer_job
from emotion_desktop.training.recipe.architectures import core_seconds_per_photo
from emotion_desktop.ui.describe import sentence
from emotion_desktop.ui.sagemaker.run_starter import RunStarter

if TYPE_CHECKING:
    from emotion_desktop.domain.split import SplitSummary
    from emotion_desktop.ui.sagemaker.account_controller import AccountController
    from emotion_desktop.ui.sagemaker.card import SageMakerCard
    from emotion_desktop.ui.sagemaker.run_registry import CloudRunRegistry
    from emotion_desktop.ui.services import Services
    from emotion_desktop.ui.training.setup import SetupView


_NO_SPLIT: Final = "Choose a split first: what is sent must be fixed before it goes."
_NO_PRESET: Final = (
    "Amazon's algorithm has nothing like this preset: choose another one, or this recipe itself."
)


class CardController(RunStarter):
    """Serves a SageMakerCard."""

    def __init__(
        self,
        services: Services,
        account: AccountController,
        registry: CloudRunRegistry,
        *,
        setup: SetupView,
        card: SageMakerCard,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(services, account, registry, parent)
        self._setup = setup
        self._card = card
        self._offer_kinds()
        card.algorithm.currentIndexChanged.connect(self._offer_kinds)
        card.train_wanted.connect(self._train)
        card.machines_changed.connect(self.show_facts)
        setup.changed.connect(self.show_facts)
        services.settings.changed.connect(self.show_facts)

    @Slot()
    def show_facts(self) -> None:
        """Time and cost on the card: arithmetic alone, nothing is asked of AWS."""
        card, split = self._card, self._setup.split
        fits = card.by_recipe or self._preset is not None
        if split is None or not fits:
            card.show_facts([("Time", "–"), ("Cost", "–"), ("Leaves this computer", "Nothing yet")])
            card.allow(_NO_SPLIT if split is None else _NO_PRESET)
            return
        parts = split.report["parts"]
        photos = int(parts["training"]["photos"])
        known = INSTANCES.get(card.machines.kind)
        about_machine = known.note if known is not None else card.machines.kind
        time, price = self._time_and_price(photos)
        sent = photos + int(parts["validation"]["photos"])
        card.show_facts(
            [
                ("Time", time),
                ("Cost", price),
                ("Leaves this computer", f"The faces on {sent:,} photos, once you agree"),
                ("Runs on", sentence(_each(card.machines.count, about_machine))),
            ]
        )
        card.allow("")

    @Slot()
    def _offer_kinds(self) -> None:
        """Offers the machines that run what is chosen."""
        fits = runs_container if self._card.by_recipe else runs_algorithm
        self._card.offer_kinds({k: item.note for k, item in INSTANCES.items() if fits(k)})

    def _estimate(self, photos: int, prices: Prices) -> Estimate | None:
        """What is chosen will take and cost so much; None where a price is not known."""
        machines, recipe = self._card.machines, self._setup.recipe
        if self._card.by_recipe:
            shown = photos * recipe.epochs
            return estimate_recipe(
                machines,
                core_seconds=shown * core_seconds_per_photo(recipe),
                photos=shown,
                prices=prices,
            )
        preset = self._preset
        assert preset is not None
        return estimate_training(
            machines,
            samples=photos,
            epochs=int(preset.values["epochs"]),
            side=preset.side,
            layers=int(preset.values.get("num_layers", default_layers(preset.side))),
            prices=prices,
        )

    def _time_and_price(self, photos: int) -> tuple[str, str]:
        """How long a training will take, and its price; where that is not known, another one."""
        now = self._services.settings.now
        preset = None if self._card.by_recipe else self._preset
        here = Prices(self._account.choice.region or now.aws_region, now.machine_prices)
        place = ""
        for prices in (here, here.elsewhere):
            estimate = self._estimate(photos, prices)
            if estimate is not None:
                minutes = max(1, round(estimate.expected_s / 60))
                cost = f"about {dollars(estimate.expected)}, at most {dollars(estimate.at_most)}"
                what = f"preset “{preset.title}”" if preset is not None else "this recipe"
                return f"About {minutes} min, {what}", sentence(place + cost)
            where = f"not known in {here.region}; " if here.region else ""
            place = f"{where}in {here.elsewhere.region} "
        return "Not known", "No price is known for this machine"

    @property
    def _preset(self) -> Preset | None:
        return preset_nearest_to(self._setup.recipe.name)

    @Slot()
    def _train(self) -> None:
        """Works out the offer; nothing is sent before the user agrees."""
        if not self._check_account():
            return
        request = self._request()
        if request is not None:
            self._services.jobs.run(
                training_offer_job(request, self._account.choice.region),
                done=lambda offer: self._confirm(request, offer),
                owner=self,
            )

    def _request(self) -> SageMakerTrainingRequest | None:
        card, setup, preset = self._card, self._setup, self._preset
        split, now = setup.split, self._services.settings.now
        if split is not None and card.by_recipe:
            return self._recipe_request(split)
        if split is None or preset is None:
            return None
        earlier = str(card.earlier.currentData() or "")
        values, side, grey = dict(preset.values), preset.side, setup.recipe.channels == 1
        for run in self._registry:
            if earlier and run.job is not None and run.job.artefact == earlier:
                before = SageMakerTrainingRequest.from_dict(run.request)
                # The same kind of net, or it cannot be gone on with.
                side, grey = before.side, before.grey
                values = {**before.hyperparameters, "use_pretrained_model": "0"}
        return SageMakerTrainingRequest(
            model=setup.name or f"SageMaker {split.name}",
            split=split.name,
            side=side,
            grey=grey or split.grey,
            hyperparameters=values,
            machines=card.machines,
            role=now.aws_role,
            bucket=now.aws_bucket,
            earlier=earlier,
        )

    def _recipe_request(self, split: SplitSummary) -> SageMakerTrainingRequest | None:
        """A request to train the recipe as it stands on the page."""
        setup, services = self._setup, self._services
        recipe, now = setup.recipe, services.settings.now
        try:
            start = services.store.resolve(setup.start_from) if setup.start_from else None
        except AppError as error:  # it was removed meanwhile
            services.show_error(error)
            return None
        return SageMakerTrainingRequest(
            model=setup.name or f"SageMaker {split.name}",
            split=split.name,
            side=recipe.size,
            grey=recipe.channels == 1 or split.grey,
            hyperparameters={},
            machines=self._card.machines,
            role=now.aws_role,
            bucket=now.aws_bucket,
            recipe=recipe.to_dict(),
            seed=setup.drawer.seed,
            start_from=str(start.absolute()) if start is not None else "",
        )

    def _confirm(self, request: SageMakerTrainingRequest, offer: dict[str, Any]) -> None:
        from emotion_desktop.ui.sagemaker.confirm_dialog import ConfirmDialog

        run = self._prepare(request)
        dialog = ConfirmDialog(offer, run.account, self._account.arn, self._services.window)
        dialog.accepted.connect(lambda: self._registry.begin(run))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()


def _each(count: int, what: str) -> str:
    return what if count == 1 else f"{count} machines, each {what}"
