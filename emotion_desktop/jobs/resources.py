"""What jobs find in the process that they run in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emotion_desktop.domain.errors import UsageError
from emotion_desktop.jobs.predicting.loaded_models import LoadedModels
from emotion_desktop.jobs.sagemaker.cloud_services import CloudServices
from emotion_desktop.workspace.model_store import ModelStore

if TYPE_CHECKING:
    from emotion_desktop.evaluation.comparison import Comparison
    from emotion_desktop.workspace.paths import Workspace

#: Comparisons that stay for a report to be written of them; each holds answers for all photos.
_COMPARISONS: Final = 3


class Resources:
    """The workspace, and what stays loaded from one job to the next. For any thread.

    Attributes:
        workspace: the folder that jobs work in.
        models: the face finder and the models used last.
        store: the models of the workspace.
        cloud: what jobs at AWS need of the workspace.
    """

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.models = LoadedModels(workspace.predictions)
        self.store = ModelStore(workspace.models)
        self.cloud = CloudServices(workspace, self.models, self.store)
        self._comparisons: dict[str, Comparison] = {}

    def add_comparison(self, job: str, comparison: Comparison) -> None:
        """Keeps what an evaluation came to, in place of the oldest one."""
        self._comparisons[job] = comparison
        for oldest in list(self._comparisons)[:-_COMPARISONS]:
            del self._comparisons[oldest]

    def comparison(self, job: str) -> Comparison:
        """What an evaluation came to.

        Raises:
            UsageError: it is not among the latest any more.
        """
        if job not in self._comparisons:
            raise UsageError("These scores are gone meanwhile.", "Compare the models once more.")
        return self._comparisons[job]

    def close(self) -> None:
        """Ends the processes that models answer in."""
        self.models.close()
