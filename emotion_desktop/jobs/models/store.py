"""The verbs of the model store: list, import, export. Strangers' bundles are tried in a process of
their own before they come into the store."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from emotion_desktop.domain.errors import AppError, BundleError, CancelledError
from emotion_desktop.domain.files.model_files import MODEL_SUFFIX
from emotion_desktop.domain.job import JobContext, Progress
from emotion_desktop.domain.model import ModelCard
from emotion_desktop.jobs.models.specs import check_bundle_job
from emotion_desktop.workspace.files.atomic import written_atomically
from emotion_desktop.workspace.model_store import PROGRAMS, ModelStore
from emotion_desktop.workspace.runs.runs import Runs

if TYPE_CHECKING:
    from emotion_desktop.jobs.running.context import Context
    from emotion_desktop.workspace.paths import Workspace

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
    return import_model(context.workspace, Path(source), name, context)


def export_bundle(context: Context, *, reference: str, target: str, replace: bool) -> str:
    """Writes a copy of a model's bundle; returns where it is."""
    store = context.resources.store
    return str(export_model(store, reference, Path(target), context, replace=replace))


def rename_model(context: Context, *, name: str, new: str) -> str:
    """Gives a model of the store another name; returns where it lies then."""
    store, workspace = context.resources.store, context.workspace
    old = store.folder / f"{name}{MODEL_SUFFIX}"
    path = store.rename(name, new)
    if workspace.catalogue.is_file():
        with workspace.open_catalogue() as catalogue:
            Runs(catalogue).rename_model(str(old), str(path))
    return str(path)


def import_model(workspace: Workspace, source: Path, name: str | None, context: JobContext) -> str:
    """Checks a bundle and takes it into the store; returns the name it got.

    What MXNet saved comes in by jobs.models.import_mxnet.

    Raises:
        BundleError: it cannot be used.
        UsageError: the name is taken or not allowed.
        AppError: the store cannot be written.
        CancelledError: the user cancelled; the store is as it was.
    """
    store = ModelStore(workspace.models)
    if name is not None:
        store.path_for(name)  # before the long work
    context.emit(Progress(0, 0, "checking the model"))
    check_bundle(workspace, source, context)
    context.check_cancelled()
    chosen = name or store.free_name(source.stem)
    _copy(source, store.path_for(chosen), context)
    return chosen


def resolve_checked(workspace: Workspace, reference: str) -> Path:
    """The file a name means; a bundle that is not of the store is tried before it is used.

    Raises:
        UsageError: no such model.
        BundleError: it cannot be used.
    """
    path = ModelStore(workspace.models).resolve(reference)
    if path not in PROGRAMS.values() and path.parent != workspace.models:
        check_bundle(workspace, path)
    return path


def check_bundle(workspace: Workspace, source: Path, context: JobContext | None = None) -> None:
    """Loads a bundle in a worker process, which a damaged net may crash, and asks it.

    Raises:
        BundleError: it cannot be used.
        CancelledError: the user cancelled.
    """
    from emotion_desktop.engines.bundle import read_bundle
    from emotion_desktop.jobs.running.context import LocalContext
    from emotion_desktop.jobs.running.guarded import run_guarded

    read_bundle(source)  # most that is wrong is said without a process
    context = context or LocalContext(lambda _: None)
    try:
        run_guarded(check_bundle_job(source), context, workspace.root)
    except (BundleError, CancelledError):
        raise
    except AppError as error:  # it is a sentence alone that comes from a process
        raise BundleError(error.message, error.hint) from None


def load_bundle(_: Context, *, source: str) -> None:
    """Reads all of a bundle and asks its net.

    Raises:
        BundleError: it cannot be used.
    """
    from emotion_desktop.engines.bundle import read_bundle
    from emotion_desktop.engines.loading import load_classifier

    load_classifier(read_bundle(Path(source), verify=True))


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
