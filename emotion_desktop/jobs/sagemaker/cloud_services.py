"""What the jobs at AWS share: where things are kept, the user's prices, how often AWS is asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from emotion_desktop.aws.sagemaker.prices import Prices
    from emotion_desktop.domain.model import ModelCard
    from emotion_desktop.domain.split import FrozenSplit
    from emotion_desktop.jobs.predicting.loaded_models import LoadedModels
    from emotion_desktop.workspace.model_store import ModelStore
    from emotion_desktop.workspace.paths import Workspace
    from emotion_desktop.workspace.runs.cloud_runs import CloudRuns
    from emotion_desktop.workspace.settings import Settings


@dataclass(frozen=True, slots=True)
class CloudServices:
    """Where things are. For any thread.

    Attributes:
        workspace: the folder that jobs work in.
        models: the face finder and the models used last.
        store: the models of the workspace.
        poll_s: how often a job is asked after; the pause doubles while AWS cannot be reached.
        longest_s: the longest of these pauses.
    """

    workspace: Workspace
    models: LoadedModels
    store: ModelStore
    poll_s: float = 10.0
    longest_s: float = 60.0

    @property
    def settings(self) -> Settings:
        """The settings as they are now."""
        from emotion_desktop.workspace.settings import load_settings

        return load_settings(self.workspace.settings)

    def prices(self, region: str) -> Prices:
        """What machines cost in a region, by the user's own prices where there are any."""
        from emotion_desktop.aws.sagemaker.prices import Prices

        return Prices(region, self.settings.machine_prices)

    @property
    def runs(self) -> CloudRuns:
        """The records of runs."""
        from emotion_desktop.workspace.runs.cloud_runs import CloudRuns

        return CloudRuns(self.workspace.cloud_runs)

    def card(self, model: str) -> ModelCard:
        """The description of a model of the store.

        Raises:
            AppError: there is none of that name, or it cannot be read.
        """
        return self.models.bundle(self.store.resolve(model)).card

    def split(self, name: str) -> FrozenSplit:
        """A frozen split of the workspace.

        Raises:
            UsageError: there is none of that name.
        """
        from emotion_desktop.workspace.catalogue.splits import Splits

        with self.workspace.open_catalogue() as catalogue:
            return Splits(catalogue).load(name)
