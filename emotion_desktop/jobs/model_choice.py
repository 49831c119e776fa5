"""Which models are meant by the names a user gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from emotion_desktop.domain.errors import UsageError
from emotion_desktop.workspace.model_store import TITLES, ModelStore


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """A model to be asked.

    Attributes:
        name: for people.
        reference: what a job's parameters call it: the path of its bundle.
    """

    name: str
    reference: str


def choose_models(store: ModelStore, names: Sequence[str]) -> list[ModelChoice]:
    """The models of these names; paths to bundles are taken as they are.

    Raises:
        UsageError: there is no such model, or one is named twice.
    """
    chosen: list[ModelChoice] = []
    for name in names:
        path = store.resolve(name)
        stored = TITLES.get(name, name)
        title = stored if name in store.names() else Path(name).stem
        if any(other.reference == str(path) for other in chosen):
            raise UsageError(f"“{name}” is named twice.", "Name each model once.")
        taken = {other.name for other in chosen}
        # Two bundles from different folders may share their file's name.
        chosen.append(ModelChoice(str(path) if title in taken else title, str(path)))
    return chosen
