"""What jobs find in the process that they run in."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Any, Final

from emotion_desktop.domain.errors import UsageError
from emotion_desktop.jobs.predicting.explainers import Explainers
from emotion_desktop.jobs.predicting.loaded_models import LoadedModels
from emotion_desktop.jobs.sagemaker.cloud_services import CloudServices
from emotion_desktop.workspace.model_store import ModelStore

if TYPE_CHECKING:
    from emotion_desktop.workspace.paths import Workspace

#: Objects that stay; some hold the predictions for all photos of a large set.
_OBJECTS: Final = 8


class Objects:
    """What one job made or the window has, and another job needs, and is no JSON: the latest few.

    For any thread.
    """

    def __init__(self) -> None:
        self._objects: dict[str, Any] = {}
        self._lock = threading.Lock()

    def add(self, value: object, key: str = "") -> str:
        """Adds an object in place of the oldest; returns its key, a new one if none is given."""
        key = key or os.urandom(8).hex()
        with self._lock:
            self._objects[key] = value
            for oldest in list(self._objects)[:-_OBJECTS]:
                del self._objects[oldest]
        return key

    def get(self, key: str) -> Any:
        """The object of that key.

        Raises:
            UsageError: it is not among the latest any more.
        """
        with self._lock:
            if key not in self._objects:
                raise UsageError("What this is about is gone meanwhile.", "Do it once more.")
            return self._objects[key]


class Resources:
    """The workspace, and what stays loaded from one job to the next. For any thread.

    Attributes:
        workspace: the folder that jobs work in.
        models: the face finder and the models used last.
        store: the models of the workspace.
        cloud: what jobs at AWS need of the workspace.
        objects: what specs name because it is no JSON.
        explainers: the processes that know a net's gradients.
    """

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.models = LoadedModels(workspace.predictions)
        self.store = ModelStore(workspace.models)
        self.cloud = CloudServices(workspace, self.models, self.store)
        self.objects = Objects()
        self.explainers = Explainers()

    def close(self) -> None:
        """Ends the processes that models answer in."""
        self.explainers.close()
        self.models.close()
