"""The verbs of the model store: list, import, export."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from emotion_desktop.domain.errors import AppError, BundleError
from emotion_desktop.domain.job import JobContext, Progress
from emotion_desktop.domain.model import ModelCard
from emotion_desktop.workspace.files.atomic import written_atomically
from emotion_desktop.workspace.model_store import ModelStore

if TYPE_CHECKING:
    from emotion_desktop.jobs.running.context import Context

#: Bytes copied between two chances to cancel.
_PIECE: Final = 1 << 22


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


def import_bundle(context: Context, *, source: str, name: str | None) -> str:
    """Checks a bundle and takes it into the store; returns the name it got."""
    return import_model(context.resources.store, Path(source), name, context)


def export_bundle(context: Context, *, reference: str, target: str, replace: bool) -> str:
    """Writes a copy of a model's bundle; returns where it is."""
    store = context.resources.store
    return str(export_model(store, reference, Path(target), context, replace=replace))


def import_model(store: ModelStore, source: Path, name: str | None, context: JobContext) -> str:
    """Checks a bundle and takes it into the store; returns the name it got.

    What MXNet saved comes in by jobs.models.import_mxnet.

    Raises:
        BundleError: it cannot be used.
        UsageError: the name is taken or not allowed.
        AppError: the store cannot be written.
        CancelledError: the user cancelled; the store is as it was.
    """
    from emotion_desktop.engines.bundle import read_bundle
    from emotion_desktop.engines.loading import load_classifier

    if name is not None:
        store.path_for(name)  # before the long work
    context.emit(Progress(0, 0, "checking the model"))
    bundle = read_bundle(source, verify=True)
    context.check_cancelled()
    context.emit(Progress(0, 0, "loading the model"))
    load_classifier(bundle)
    context.check_cancelled()
    chosen = name or store.free_name(source.stem)
    _copy(source, store.path_for(chosen), context)
    return chosen


def export_model(
    store: ModelStore,
    reference: str,
    target: Path,
    context: JobContext,
    *,
    replace: bool = False,
) -> Path:
    """Writes a copy of a model's bundle; returns where it is.

    Args:
        replace: a file that is there is replaced, once the copy is whole; else that is refused.

    Raises:
        UsageError: there is no such model.
        AppError: the target exists or cannot be written.
        CancelledError: the user cancelled; nothing was written.
    """
    source = store.resolve(reference)
    if target.is_dir():
        target = target / f"{reference}{source.suffix}"
    if target.exists() and not replace:
        raise AppError(f"{target.name} is already there.", "Choose another name.")
    _copy(source, target, context)
    return target


def _copy(source: Path, target: Path, context: JobContext) -> None:
    """Copies a file; the target is there whole or not at all."""
    try:
        total, done = source.stat().st_size, 0
        with source.open("rb") as opened, written_atomically(target) as copy:
            while piece := _read(opened):
                context.check_cancelled()
                copy.write(piece)
                done += len(piece)
                context.emit(Progress(done, total, f"writing {target.name}"))
            context.check_cancelled()
    except OSError as error:
        raise _cannot_read(error) from None


def _read(file: BinaryIO) -> bytes:
    try:
        return file.read(_PIECE)
    except OSError as error:  # not the target's trouble, which is told in other words
        raise _cannot_read(error) from None


def _cannot_read(error: OSError) -> BundleError:
    return BundleError(
        f"The model cannot be read ({error.strerror or type(error).__name__}).",
        "Check that it is still there and that you may read it.",
    )
