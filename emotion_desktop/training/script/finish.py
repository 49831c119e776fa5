"""The second half of a training on a rented machine: from the weights to a model, here.

Calibrated, exported, checked and scored on the sealed test as any model that is trained here: the
photos never left. Where they are not, on another computer, the model comes without scores.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from emotion_desktop import __version__
from emotion_desktop.domain.errors import AppError, BundleError
from emotion_desktop.domain.job import JobContext, Log, Progress
from emotion_desktop.domain.model import Calibration, ModelCard, Provenance
from emotion_desktop.engines.bundle import write_bundle
from emotion_desktop.training.data.training_data import TrainingData, load_training_data
from emotion_desktop.training.recipe.recipe import Recipe
from emotion_desktop.training.recipe.request import TrainingRequest
from emotion_desktop.training.script.kept import Kept
from emotion_desktop.training.train import note_opening
from emotion_desktop.workspace.paths import Workspace

#: By so much probabilities may differ on average between the machine's arithmetic and ours: what
#: differs more is another net. Graphics cards round their products to 10 bits (TensorFloat-32).
_SAME: Final = 0.05


@dataclass(frozen=True)
class Origin:
    """What is known of the training, beside its weights.

    Attributes:
        labels: the emotions of the net, in order.
        fingerprint: of the photos it was packed from.
        facts: for the model's provenance: the job, the machine, what was paid for.
        data, split: for the provenance where the photos are not here.
        trained_on: hashes of the training photos.
        has_split: whether the split is here, and unchanged.
    """

    labels: tuple[str, ...]
    fingerprint: str
    facts: Mapping[str, Any]
    data: Mapping[str, Any]
    split: Mapping[str, Any]
    trained_on: Sequence[bytes]
    has_split: bool


def finish(
    request: TrainingRequest,
    kept: Kept,
    origin: Origin,
    workspace: Workspace,
    context: JobContext,
) -> Path:
    """Writes the bundle; returns its file.

    Raises:
        AppError: the weights are those of another net, or the bundle cannot be written.
        CancelledError: the user cancelled.
    """
    data = _load(request, origin, workspace, context) if origin.has_split else None
    context.emit(Progress(0, 0, "starting TensorFlow"))
    if data is None:
        context.emit(Log("The photos of its split are not here: it comes without scores."))
        return _write_bare(request, kept, origin, request.recipe)
    from emotion_desktop.training.finish.finish import export_trained
    from emotion_desktop.training.fit.trainer import Fitted, net_logits

    model = _rebuild(request, data.recipe, origin.labels, kept)
    logits = net_logits(model, data.validation.faces)
    gap = _gap(logits, kept.logits)
    context.emit(
        Log(
            f"The rented machine and this computer agree within {gap:.1g} on average on "
            f"{len(logits)} validation photos."
        )
    )
    if data.scored[0] == "test":
        note_opening(request, workspace)
    fitted = Fitted(model, kept.epoch, kept.epochs, kept.metrics, logits, kept.warning)
    facts = {**origin.facts, "parity": {"photos": len(logits), "gap": gap}}
    path, _ = export_trained(request, data, fitted, context, replaces=False, facts=facts)
    return path


def _load(
    request: TrainingRequest, origin: Origin, workspace: Workspace, context: JobContext
) -> TrainingData | None:
    """What it was packed from, if it is still the same."""
    try:
        data = load_training_data(request, workspace, context)
    except AppError as error:
        context.check_cancelled()
        context.emit(Log(f"The photos cannot be read any more. {error}"))
        return None
    if (data.fingerprint, data.labels) != (origin.fingerprint, origin.labels):
        context.emit(Log("The photos or labels are not those any more that it was trained on."))
        return None
    return data


def _rebuild(request: TrainingRequest, recipe: Recipe, labels: Sequence[str], kept: Kept) -> Any:
    """The net with the weights.

    Raises:
        BundleError: they are those of another net.
    """
    from emotion_desktop.training.net.nets import build_net
    from emotion_desktop.training.net.transfer import builder

    start = request.start_bundle
    # All weights are put into it: ImageNet's need not be downloaded.
    plain = replace(recipe, weights="random")
    build: Callable[[], Any] = (
        builder(start, labels, recipe) if start else lambda: build_net(plain, labels, request.seed)
    )
    model = build()
    shapes = [tuple(array.shape) for array in model.get_weights()]
    if shapes != [tuple(array.shape) for array in kept.weights]:
        raise BundleError(
            "The weights that came back are those of another net.",
            "Train again with this version of the program.",
        )
    model.set_weights(list(kept.weights))
    return model


def _gap(here: npt.NDArray[np.float32], there: npt.NDArray[np.float32]) -> float:
    """By how much probabilities differ on average.

    Raises:
        BundleError: so much that it cannot be the same net.
    """
    gap = float("inf")
    if here.shape == there.shape:
        gap = float(np.abs(_softmax(here) - _softmax(there)).mean())
    if not gap <= _SAME:
        raise BundleError(
            "The model does not answer here as it did on the machine it was trained on.",
            "Nothing was written. Train again; if it stays so, report it.",
        )
    return gap


def _softmax(logits: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    raised = np.exp(logits.astype(np.float64) - logits.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))


def _write_bare(request: TrainingRequest, kept: Kept, origin: Origin, recipe: Recipe) -> Path:
    """The bundle of a net whose photos are not here: not calibrated, and without scores."""
    from emotion_desktop.training.finish.export import model_files, versions

    card = ModelCard(
        name=request.name,
        labels=origin.labels,
        preprocessing=recipe.preprocessing,
        calibration=Calibration.none(len(origin.labels)),
        provenance=Provenance(
            created=datetime.now(timezone.utc).isoformat(timespec="seconds"),
            program=f"Emotion Desktop {__version__}",
            recipe={
                **recipe.to_dict(),
                "run": request.run,
                "seed": request.seed,
                "best_epoch": kept.epoch,
                "epochs_run": kept.epochs,
                **origin.facts,
            },
            data=dict(origin.data),
            split=dict(origin.split),
            versions=versions(),
        ),
    )
    files = model_files(_rebuild(request, recipe, origin.labels, kept))
    write_bundle(request.output, card, files, origin.trained_on)
    return request.output
