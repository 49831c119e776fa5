"""The verb “evaluate”: scores models on labelled photos that none of them was trained on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emotion_desktop.domain.errors import DataError
from emotion_desktop.domain.job import Batch, JobContext, JobFunction, JobSpec, Lane, Progress
from emotion_desktop.domain.rekognition import REFERENCE, cost
from emotion_desktop.jobs.predicting.labelled_set import (
    LabelledSource,
    load_labelled,
    note_evaluation,
    open_catalogue,
)
from emotion_desktop.jobs.predicting.loaded_models import LoadedModels
from emotion_desktop.jobs.predicting.model_choice import ModelChoice

if TYPE_CHECKING:
    from emotion_desktop.domain.prediction import Prediction
    from emotion_desktop.domain.sample import Sample
    from emotion_desktop.evaluation.comparison import ModelPredictions
    from emotion_desktop.workspace.catalogue.catalogue import Catalogue


def evaluate_job(
    loaded: LoadedModels,
    models: Sequence[ModelChoice],
    data: LabelledSource,
    faces: str,
    *,
    include_trained_on: bool = False,
    catalogue: Path | None = None,
) -> tuple[JobSpec, JobFunction]:
    """The job that scores one model, or compares several.

    Its only Batch holds the evaluation.comparison.Comparison, whose photos are too many for a
    job's record; its result is ``{"scores": {name: Scores.to_dict()}}``.

    Args:
        data: the labelled photos.
        faces: a value of imaging.prepare.FaceMode.
        include_trained_on: also score photos a model was trained on, which flatters it.
        catalogue: the workspace's: it has the splits, and keeps the scores. None keeps nothing.
    """
    what = "Evaluate" if len(models) == 1 else f"Compare {len(models)} models"
    spec = JobSpec(
        kind="evaluate",
        title=f"{what} on {data.title}",
        lane=Lane.CLASSIFY,
        parameters={
            "models": [[model.name, model.reference] for model in models],
            "data": data.to_dict(),
            "faces": faces,
            "include_trained_on": include_trained_on,
            "catalogue": None if catalogue is None else str(catalogue),
        },
    )
    return spec, partial(_evaluate, loaded)


def _evaluate(loaded: LoadedModels, spec: JobSpec, context: JobContext) -> dict[str, Any]:
    with open_catalogue(spec.parameters["catalogue"]) as catalogue:
        return _evaluate_in(loaded, spec, context, catalogue)


def _evaluate_in(
    loaded: LoadedModels, spec: JobSpec, context: JobContext, catalogue: Catalogue | None
) -> dict[str, Any]:
    from emotion_desktop.evaluation.comparison import compare
    from emotion_desktop.jobs.predicting.photo_attributes import traits_of

    parameters = spec.parameters
    models = [ModelChoice(*pair) for pair in parameters["models"]]
    context.emit(Progress(0, 0, "reading the labels"))
    source = LabelledSource.from_dict(parameters["data"])
    labelled = load_labelled(source, catalogue)
    left_out = dict(labelled.left_out)
    samples = list(labelled.samples)
    if not parameters["include_trained_on"]:
        samples = _unseen(loaded, models, samples, context)
        left_out["trained_on"] = len(labelled.samples) - len(samples)
    if not samples:
        raise DataError(
            "The model was trained on every one of these photos: they cannot judge it."
            if len(models) == 1
            else "Every one of these photos is one that a model was trained on.",
            "Use photos of other people.",
        )
    panel = _Panel(loaded, parameters["faces"], samples, len(models), context)
    entrants = [panel.ask(model, number) for number, model in enumerate(models)]
    context.emit(Progress(1, 1, "scoring"))
    traits = traits_of(samples, entrants[0].predictions, loaded.cache, lambda: context.cancelled)
    comparison = compare(entrants, samples, data=source.title, left_out=left_out, attributes=traits)
    # From here on the figures will be seen: a look into a sealed test is counted.
    context.check_cancelled()
    scores = {model.name: model.scores for model in comparison.scores.models}
    history = note_evaluation(source, labelled, scores, catalogue)
    told = replace(
        comparison.scores,
        version=history.version,
        corrected=labelled.corrected,
        openings=history.openings,
    )
    facts = (*labelled.facts, ("Fingerprint of photos and labels", labelled.fingerprint))
    told_all = replace(comparison, scores=told, facts=facts, earlier=history.earlier)
    context.emit(Batch((told_all,)))
    return {"scores": {name: one.to_dict() for name, one in scores.items()}}


@dataclass(frozen=True)
class _Panel:
    """Asks one model after the other about the same photos."""

    loaded: LoadedModels
    faces: str
    samples: Sequence[Sample]
    models: int
    context: JobContext

    def ask(self, model: ModelChoice, number: int) -> ModelPredictions:
        """What a model says of every photo; what it said before is not asked again."""
        from emotion_desktop.evaluation.comparison import ModelPredictions

        predictor = self.loaded.predictor(model.reference, self.faces)
        photos = [sample.path for sample in self.samples]
        total = len(photos)
        results: list[Prediction] = []
        for batch in predictor.predict(photos, lambda: self.context.cancelled):
            results += batch
            text = f"{len(results):,} of {total:,} photos"
            if self.models > 1:
                text += f", {model.name}"
            self.context.emit(Progress(number * total + len(results), self.models * total, text))
        self.context.check_cancelled()
        return ModelPredictions(
            name=model.name,
            reference=model.reference,
            labels=predictor.labels,
            predictions=results,
            calibrated=predictor.calibrated,
            speed=self.loaded.cache.speed(predictor),
            cost=cost(total) if model.reference == REFERENCE else 0.0,
        )


def _unseen(
    loaded: LoadedModels,
    models: Sequence[ModelChoice],
    samples: list[Sample],
    context: JobContext,
) -> list[Sample]:
    """The samples no model was trained on, by content; all of them if the models do not say."""
    from emotion_desktop.jobs.predicting.digests import known_digests

    trained_on = frozenset[bytes]().union(*(loaded.trained_on(model.reference) for model in models))
    if not trained_on:
        return samples
    context.emit(Progress(0, 0, "looking for photos that were trained on"))
    photos = [sample.path for sample in samples]
    digests = known_digests(photos, loaded.cache, lambda: context.cancelled)
    context.check_cancelled()
    # A photo that cannot be read is answered, and counted as missed, like any other.
    return [sample for sample in samples if digests.get(sample.path) not in trained_on]
