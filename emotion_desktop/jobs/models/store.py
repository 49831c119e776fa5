"""The verbs of the model store: list, import, export, remove. Quick, so they are no jobs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from emotion_desktop.domain.errors import AppError, BundleError
from emotion_desktop.domain.model import ModelCard
from emotion_desktop.workspace.files.atomic import write_atomically
from emotion_desktop.workspace.model_store import ModelStore


@dataclass(frozen=True, slots=True)
class StoredModel:
    """A model of the store; ``card`` is None where the file cannot be used, and ``problem`` says
    why."""

    reference: str
    path: Path
    card: ModelCard | None
    problem: str = ""


def list_models(store: ModelStore) -> list[StoredModel]:
    """All models, the built-in one first."""
    return [_describe(store, name) for name in store.names()]


def _describe(store: ModelStore, name: str) -> StoredModel:
    from emotion_desktop.engines.bundle import read_bundle

    path = store.resolve(name)
    try:
        return StoredModel(name, path, read_bundle(path).card)
    except BundleError as error:
        return StoredModel(name, path, None, str(error))


def import_model(store: ModelStore, source: Path, name: str | None = None) -> str:
    """Checks a bundle and takes it into the store; returns the name it got.

    What MXNet saved comes in by jobs.import_mxnet.

    Raises:
        BundleError: it cannot be used.
        UsageError: the name is taken or not allowed.
    """
    from emotion_desktop.engines.bundle import read_bundle
    from emotion_desktop.engines.loading import load_classifier

    bundle = read_bundle(source, verify=True)
    load_classifier(bundle)
    chosen = name or store.free_name(source.stem)
    store.copy_in(source, chosen)
    return chosen


def export_model(store: ModelStore, reference: str, target: Path) -> Path:
    """Writes a copy of a model's bundle; an existing file is not overwritten.

    Raises:
        UsageError: there is no such model.
        AppError: the target exists or cannot be written.
    """
    source = store.resolve(reference)
    if target.is_dir():
        target = target / f"{reference}{source.suffix}"
    if target.exists():
        raise AppError(f"{target.name} is already there.", "Choose another name.")
    try:
        data = source.read_bytes()
    except OSError as error:
        raise BundleError(
            f"The model cannot be read ({error.strerror or type(error).__name__}).",
            "Check that it is still there and that you may read it.",
        ) from None
    write_atomically(target, data)
    return target
