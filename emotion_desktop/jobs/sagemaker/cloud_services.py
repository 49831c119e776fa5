"""What the verbs of the cloud share: where things are kept, and how often AWS is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from emotion_desktop.jobs.predicting.loaded_models import LoadedModels
from emotion_desktop.workspace.model_store import ModelStore
from emotion_desktop.workspace.paths import Workspace
from emotion_desktop.workspace.runs.cloud_runs import CloudRuns

if TYPE_CHECKING:
    from emotion_desktop.domain.model import ModelCard
    from emotion_desktop.domain.split import FrozenSplit


@dataclass(frozen=True, slots=True)
class CloudServices:
    """Where things are.

    Attributes:
        prices: the user's own, US dollars an hour by kind of machine.
        poll_s: how often a job is asked after; the pause doubles while AWS cannot be reached.
        longest_s: the longest of these pauses.
    """

    workspace: Workspace
    models: LoadedModels
    prices: Mapping[str, float] = field(default_factory=dict)
    poll_s: float = 10.0
    longest_s: float = 60.0

    @property
    def runs(self) -> CloudRuns:
        """The records of runs."""
        return CloudRuns(self.workspace.cloud_runs)

    @property
    def store(self) -> ModelStore:
        """The model store."""
        return ModelStore(self.workspace.models)

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
        from emotion_desktop.workspace.catalogue.catalogue import Catalogue
        from emotion_desktop.workspace.catalogue.splits import Splits

        with Catalogue(self.workspace.catalogue) as catalogue:
            return Splits(catalogue).load(name)
