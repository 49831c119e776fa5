"""Which models are meant by the names a user gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from emotion_desktop.domain.errors import UsageError
from emotion_desktop.domain.rekognition import REFERENCE, TITLE
from emotion_desktop.jobs.models.store import resolve_checked
from emotion_desktop.workspace.model_store import TITLES, ModelStore

if TYPE_CHECKING:
    from emotion_desktop.workspace.paths import Workspace


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """A model to be asked.

    Attributes:
        name: for people.
        reference: what a job's parameters call it: the path of its bundle, or ``rekognition``.
    """

    name: str
    reference: str


def choose_models(workspace: Workspace, names: Sequence[str]) -> list[ModelChoice]:
    """The models of these names; paths to bundles are taken as they are.

    Raises:
        UsageError: there is no such model, or one is named twice.
        BundleError: a bundle that is not of the store cannot be used.
    """
    store = ModelStore(workspace.models)
    chosen: list[ModelChoice] = []
    for name in names:
        if name == REFERENCE:
            choice = ModelChoice(TITLE, REFERENCE)
        else:
            path = resolve_checked(workspace, name)
            title = TITLES.get(name, name) if name in store.names() else path.stem
            # Two bundles from different folders may share their file's name.
            known = any(other.name == title for other in chosen)
            choice = ModelChoice(str(path) if known else title, str(path))
        if any(other.reference == choice.reference for other in chosen):
            raise UsageError(f"“{name}” is named twice.", "Name each model once.")
        chosen.append(choice)
    return chosen
