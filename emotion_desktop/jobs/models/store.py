"""The verbs of the model store: list, import, export. Strangers' bundles are tried in a process of
their own before they come into the store."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from emotion_desktop.domain.errors import AppError, BundleError, CancelledError
from emotion_desktop.domain.job import JobContext, JobFunction, JobSpec, Lane
from emotion_desktop.domain.model import ModelCard
from emotion_desktop.workspace.files.atomic import write_atomically
from emotion_desktop.workspace.model_store import PROGRAMS, ModelStore


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


def import_bundle_job(
    store: ModelStore, source: Path, name: str | None = None
) -> tuple[JobSpec, JobFunction]:
    """The job that checks a bundle and takes it into the store; its result is the name it got."""

    def run(_: JobSpec, context: JobContext) -> str:
        return import_model(store, source, name, context)

    spec = JobSpec(
        "import-bundle",
        f"Import {source.name}",
        Lane.CATALOGUE,
        {"source": str(source.absolute()), "name": name},
    )
    return spec, run


def import_model(
    store: ModelStore, source: Path, name: str | None = None, context: JobContext | None = None
) -> str:
    """Checks a bundle and takes it into the store; returns the name it got.

    Raises:
        BundleError: it cannot be used.
        UsageError: the name is taken or not allowed.
    """
    if name is not None:
        store.path_for(name)
    check_bundle(source, context)
    chosen = name or store.free_name(source.stem)
    store.copy_in(source, chosen)
    return chosen


def resolve_checked(store: ModelStore, reference: str) -> Path:
    """The file a name means; a bundle that is not of the store is tried before it is used.

    Raises:
        UsageError: no such model.
        BundleError: it cannot be used.
    """
    path = store.resolve(reference)
    if path not in PROGRAMS.values() and path.parent != store.folder:
        check_bundle(path)
    return path


def check_bundle(source: Path, context: JobContext | None = None) -> None:
    """Loads a bundle in a worker process, which a damaged net may crash, and asks it.

    Raises:
        BundleError: it cannot be used.
        CancelledError: the user cancelled.
    """
    from emotion_desktop.engines.bundle import read_bundle
    from emotion_desktop.jobs.models.guarded import run_guarded
    from emotion_desktop.jobs.running.context import LocalContext

    read_bundle(source)  # most that is wrong is said without a process
    parameters = {"source": str(source.absolute())}
    spec = JobSpec("check-bundle", f"Check {source.name}", Lane.CATALOGUE, parameters)
    try:
        run_guarded(spec, context or LocalContext(lambda _: None))
    except (BundleError, CancelledError):
        raise
    except AppError as error:  # it is a sentence alone that comes from a process
        raise BundleError(error.message, error.hint) from None


def load_bundle(spec: JobSpec, _: JobContext) -> None:
    """Reads all of a bundle and asks its net; in the worker process.

    Raises:
        BundleError: it cannot be used.
    """
    from emotion_desktop.engines.bundle import read_bundle
    from emotion_desktop.engines.loading import load_classifier

    load_classifier(read_bundle(Path(spec.parameters["source"]), verify=True))


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
