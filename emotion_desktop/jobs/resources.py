"""What jobs find in the process that they run in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emotion_desktop.jobs.predicting.loaded_models import LoadedModels
from emotion_desktop.jobs.sagemaker.cloud_services import CloudServices
from emotion_desktop.workspace.model_store import ModelStore

if TYPE_CHECKING:
    from emotion_desktop.workspace.paths import Workspace


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

    def close(self) -> None:
        """Ends the processes that models answer in."""
        self.models.close()
