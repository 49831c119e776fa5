"""From a finished job's ``model.tar.gz`` to a model in the store: converted, calibrated, judged."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from emotion_desktop import __version__
from emotion_desktop.domain.balance import Balance, Method
from emotion_desktop.domain.errors import AppError, UsageError
from emotion_desktop.domain.job import JobContext, Log, Progress
from emotion_desktop.domain.model import Calibration, ModelCard, Provenance
from emotion_desktop.domain.sagemaker import CloudRun, SageMakerTrainingRequest
from emotion_desktop.engines.bundle import read_bundle
from emotion_desktop.jobs.predicting.loaded_models import LoadedModels
from emotion_desktop.jobs.sagemaker.cloud_services import CloudServices
from emotion_desktop.jobs.sagemaker.records import preprocessing_of

if TYPE_CHECKING:
    from emotion_desktop.domain.prediction import Prediction
    from emotion_desktop.domain.sample import Sample
    from emotion_desktop.domain.split import FrozenSplit
    from emotion_desktop.engines.bundle import Bundle
    from emotion_desktop.workspace.model_store import ModelStore

#: So many of the user's photos are read by both engines to see that they agree.
_PARITY_PHOTOS: Final = 64
#: By so much a probability may differ between the engines.
_SAME: Final = 1e-3


def import_trained(
    cloud: CloudServices,
    run: CloudRun,
    archive: Path,
    trained_on: Sequence[bytes],
    context: JobContext,
) -> str:
    """Makes a bundle of a job's model and puts it into the store.

    On the computer that has the split's photos, its confidence is fitted on the validation part and
    it is scored on the sealed test part, as a model trained here would be. Elsewhere it comes
    without scores.

    Returns:
        The model's name in the store.

    Raises:
        AppError: the archive cannot be used, or the store cannot be written.
        CancelledError: the user cancelled.
    """
    from emotion_desktop.engines.bundle import write_bundle
    from emotion_desktop.engines.mxnet.files import read_mxnet_files
    from emotion_desktop.engines.mxnet.model_files import model_files

    made = already_imported(cloud.store, run.name)
    if made:
        return made
    request = SageMakerTrainingRequest.from_dict(run.request)
    context.emit(Progress(0, 0, "converting the model"))
    preprocessing = preprocessing_of(request.side, request.grey)
    files = read_mxnet_files(archive, _accuracies(run))
    contents = model_files(files, len(run.labels), preprocessing)
    name = cloud.store.free_name(request.model)
    card = ModelCard(
        name=name,
        labels=run.labels,
        preprocessing=preprocessing,
        calibration=Calibration.none(len(run.labels)),
        provenance=_provenance(run, request),
    )
    split = split_of(cloud, run, request)
    with tempfile.TemporaryDirectory() as folder:
        staged = Path(folder, "staged.emodel")
        bundle = write_bundle(staged, card, contents, trained_on)
        if split is not None:
            # Without a cache: nothing of a model that is half made is kept.
            loaded = LoadedModels()
            try:
                judge = _CalibratorAndScorer(cloud, loaded, split, frozenset(trained_on), context)
                card = judge.calibrated(bundle, run)
                bundle = write_bundle(staged, card, contents, trained_on)
                card = judge.scored(bundle, run)
            finally:
                loaded.close()
        else:
            context.emit(Log("The photos of its split are not here: it comes without scores."))
    context.check_cancelled()
    write_bundle(cloud.store.path_for(name), card, contents, trained_on)
    return name


def _accuracies(run: CloudRun) -> dict[int, float]:
    """How good the model was after each epoch, by its checkpoint's number: they count from 1."""
    return {
        int(row["epoch"]) + 1: row["validation_accuracy"]
        for row in run.history
        if "validation_accuracy" in row
    }


def already_imported(store: ModelStore, job: str) -> str:
    """The model of a job that is in the store: a program died before it could record that."""
    for name in store.names():
        try:
            card = read_bundle(store.resolve(name)).card
        except AppError:
            continue
        if card.provenance.recipe.get("job") == job:
            return name
    return ""


def split_of(
    cloud: CloudServices, run: CloudRun, request: SageMakerTrainingRequest
) -> FrozenSplit | None:
    """The split it was trained on, if it is in this workspace and unchanged."""
    if not cloud.workspace.catalogue.exists():
        return None
    try:
        frozen = cloud.split(request.split)
    except UsageError:
        return None
    return frozen if frozen.fingerprint == run.facts.get("fingerprint") else None


class _CalibratorAndScorer:
    """Asks a model about photos of its split, through the same way as photos of the gallery."""

    def __init__(
        self,
        cloud: CloudServices,
        loaded: LoadedModels,
        frozen: FrozenSplit,
        trained_on: frozenset[bytes],
        context: JobContext,
    ) -> None:
        self._cloud = cloud
        self._loaded = loaded
        self._frozen = frozen
        self._trained_on = trained_on
        self._context = context

    def calibrated(self, bundle: Bundle, run: CloudRun) -> ModelCard:
        """The card with a calibration fitted on validation persons, and the engines compared."""
        import numpy as np

        from emotion_desktop.engines.calibration import logits_from_probabilities
        from emotion_desktop.training.data.sampling import shares
        from emotion_desktop.training.finish.calibrate import choose_calibration

        samples = [s for s in self._unseen("validation") if s.emotion in run.labels]
        results = self._read(bundle, samples, "calibrating")
        seen = [(s, r) for s, r in zip(samples, results, strict=True) if r.faces]
        labels = run.labels
        logits = logits_from_probabilities(
            [[r.faces[0].probabilities[e] for e in labels] for _, r in seen]
        ).reshape(len(seen), len(labels))
        counts = np.array([run.facts["faces"][label] for label in labels], np.float64)
        power = _power(self._frozen.balance)
        calibration, tau = choose_calibration(
            logits,
            np.array([labels.index(s.emotion or "") for s, _ in seen], np.int32),
            [s.person for s, _ in seen],
            counts=counts,
            learnt=shares(counts, power),
            seed=self._frozen.split.seed,
        )
        origin = bundle.card.provenance
        recipe = {**origin.recipe, "tau": tau, "parity": self._parity(bundle, [s for s, _ in seen])}
        return replace(
            bundle.card, calibration=calibration, provenance=replace(origin, recipe=recipe)
        )

    def scored(self, bundle: Bundle, run: CloudRun) -> ModelCard:
        """The card with scores on the sealed test part; that it was opened is noted."""
        from emotion_desktop.evaluation.labelled_predictions import labelled_prediction
        from emotion_desktop.evaluation.metrics import score
        from emotion_desktop.workspace.catalogue.catalogue import Catalogue
        from emotion_desktop.workspace.catalogue.splits import Splits

        part = "test" if self._unseen("test") else "validation"
        samples = self._unseen(part)
        if not samples:
            return bundle.card
        if part == "test":
            with Catalogue(self._cloud.workspace.catalogue) as catalogue:
                # One that was interrupted is scored anew, but for the same purpose.
                purpose = f"SageMaker: {bundle.card.provenance.recipe['job']}"
                Splits(catalogue).note_opening(self._frozen.name, purpose, once=True)
        results = self._read(bundle, samples, "scoring")
        answers = [labelled_prediction(s, r) for s, r in zip(samples, results, strict=True)]
        self._context.emit(Progress(0, 0, "scoring"))
        held_back = len(self._frozen.split.validation) + len(self._frozen.split.test)
        copies = held_back - len(self._unseen("validation")) - len(self._unseen("test"))
        left_out = {**self._frozen.left_out, **({"trained_on": copies} if copies else {})}
        scores = score(answers, run.labels, left_out)
        origin = bundle.card.provenance
        return replace(
            bundle.card,
            scores=scores,
            provenance=replace(origin, split={**origin.split, "scored_on": part}),
        )

    def _unseen(self, part: str) -> list[Sample]:
        """A part's photos without those that were trained on."""
        return [s for s in self._frozen.split.part(part) if s.digest not in self._trained_on]

    def _read(
        self, bundle: Bundle, samples: Sequence[Sample], what: str, engine: str = ""
    ) -> list[Prediction]:
        predictor = self._loaded.predictor(str(bundle.path), "find", engine)
        results: list[Prediction] = []
        photos = [sample.path for sample in samples]
        for batch in predictor.predict(photos, lambda: self._context.cancelled):
            results += batch
            self._context.emit(Progress(len(results), len(samples), what))
        self._context.check_cancelled()
        return results

    def _parity(self, bundle: Bundle, samples: Sequence[Sample]) -> dict[str, Any]:
        """The largest difference between what MXNet and ONNX Runtime say of the user's photos."""
        some = samples[:_PARITY_PHOTOS]
        try:
            by_engine = [
                self._read(bundle, some, "comparing the engines", engine)
                for engine in ("onnx", "mxnet")
            ]
        except AppError as error:
            self._context.check_cancelled()
            self._context.emit(Log(f"The engines were not compared: {error.message}"))
            return {"photos": 0, "problem": error.message}
        gaps = [
            abs(one.probabilities[label] - other.probabilities[label])
            for a, b in zip(*by_engine, strict=True)
            for one, other in zip(a.faces, b.faces, strict=True)
            for label in one.probabilities
        ]
        gap = max(gaps, default=0.0)
        agree = "agree within" if gap <= _SAME else "DISAGREE by up to"
        self._context.emit(
            Log(f"MXNet and ONNX Runtime {agree} {gap:.1g} on {len(some)} of your photos.")
        )
        return {"photos": len(some), "gap": gap}


def _power(balance: Balance) -> float:
    """The power of the counts in which emotions were shown; see showing.repeated."""
    return balance.power if balance.method in (Method.WEIGHTS, Method.SAMPLING) else 1.0


def _provenance(run: CloudRun, request: SageMakerTrainingRequest) -> Provenance:
    job = run.job
    machines = request.machines
    return Provenance(
        created=datetime.now(timezone.utc).isoformat(timespec="seconds"),
        program=f"Emotion Desktop {__version__}",
        recipe={
            "name": "SageMaker image classification",
            "job": run.name,
            "hyperparameters": dict(run.facts.get("hyperparameters", request.hyperparameters)),
            "instance": f"{machines.count} × {machines.kind}{', spot' if machines.spot else ''}",
            "billable_s": job.billable if job else None,
            "validation_accuracy": job.metrics.get("validation:accuracy") if job else None,
        },
        data={
            "source": request.split,
            "fingerprint": run.facts.get("fingerprint", ""),
            "photos": dict(run.facts.get("faces", {})),
            "missing": dict(run.facts.get("missing", {})),
        },
        split={"name": request.split, **run.facts.get("split", {})},
        versions={"image": "image-classification:1"},
    )
