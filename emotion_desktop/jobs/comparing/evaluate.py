"""The verb “evaluate”: scores models on labelled photos that none of them was trained on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from emotion_desktop.domain.errors import DataError
from emotion_desktop.domain.job import Log, Progress
from emotion_desktop.domain.rekognition import REFERENCE, cost
from emotion_desktop.domain.text import counted
from emotion_desktop.evaluation.comparison import Comparison, ModelPredictions, compare
from emotion_desktop.jobs.predicting.copies import copies_of_training_photos
from emotion_desktop.jobs.predicting.labelled_set import (
    LabelledSource,
    load_labelled,
    note_evaluation,
    open_catalogue,
)
from emotion_desktop.jobs.predicting.loaded_models import LoadedModels
from emotion_desktop.jobs.predicting.model_choice import ModelChoice
from emotion_desktop.jobs.predicting.photo_attributes import traits_of

if TYPE_CHECKING:
    from pathlib import Path

    from emotion_desktop.domain.prediction import Prediction
    from emotion_desktop.domain.sample import Sample
    from emotion_desktop.jobs.running.context import Context
    from emotion_desktop.workspace.catalogue.catalogue import Catalogue


def evaluate(
    context: Context,
    *,
    models: Sequence[Sequence[str]],
    data: Mapping[str, Any],
    faces: str,
    include_trained_on: bool,
) -> Comparison:
    """Scores a model on labelled photos it was not trained on, or compares several."""
    source = LabelledSource.from_dict(data)
    chosen = [ModelChoice(*pair) for pair in models]
    with open_catalogue(context.workspace) as catalogue:
        return _evaluate(
            context, chosen, source, catalogue, faces=faces, include_trained_on=include_trained_on
        )


def _evaluate(
    context: Context,
    models: Sequence[ModelChoice],
    source: LabelledSource,
    catalogue: Catalogue | None,
    *,
    faces: str,
    include_trained_on: bool,
) -> Comparison:
    loaded = context.resources.models
    context.emit(Progress(0, 0, "reading the labels"))
    labelled = load_labelled(source, catalogue)
    left_out = dict(labelled.left_out)
    samples = list(labelled.samples)
    digests = loaded.cache.digests([sample.path for sample in samples])
    if not include_trained_on:
        samples = _unseen(loaded, models, samples, digests, context)
        left_out["trained_on"] = len(labelled.samples) - len(samples)
    if not samples:
        raise DataError(
            "The model was trained on every one of these photos: they cannot judge it."
            if len(models) == 1
            else "Every one of these photos is one that a model was trained on.",
            "Use photos of other people.",
        )
    asked = _Asked(loaded, faces, samples, digests, len(models), context)
    predictions = [asked.predict(model, number) for number, model in enumerate(models)]
    context.emit(Progress(1, 1, "scoring"))
    attributes = traits_of(
        samples, predictions[0].predictions, loaded.cache, lambda: context.cancelled
    )
    comparison = compare(
        predictions, samples, data=source.title, left_out=left_out, attributes=attributes
    )
    # From here on the figures will be seen: a look into a sealed test is counted.
    context.check_cancelled()
    scores = {model.name: model.scores for model in comparison.scores.models}
    history = note_evaluation(source, labelled, scores, catalogue)
    scored = replace(
        comparison.scores,
        version=history.version,
        corrected=labelled.corrected,
        openings=history.openings,
    )
    facts = (*labelled.facts, ("Fingerprint of photos and labels", labelled.fingerprint))
    complete = replace(comparison, scores=scored, facts=facts, earlier=history.earlier)
    context.resources.objects.add(complete, context.job)
    return complete


@dataclass(frozen=True)
class _Asked:
    """The photos that one model after the other is asked about, and what is in them."""

    loaded: LoadedModels
    faces: str
    samples: Sequence[Sample]
    digests: dict[Path, bytes]
    models: int
    context: Context

    def predict(self, model: ModelChoice, number: int) -> ModelPredictions:
        """What a model says of every photo; what it said before is not asked again."""
        predictor = self.loaded.predictor(model.reference, self.faces)
        photos = [sample.path for sample in self.samples]
        total = len(photos)
        results: list[Prediction] = []
        for batch in predictor.predict(photos, lambda: self.context.cancelled, self.digests):
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
    digests: dict[Path, bytes],
    context: Context,
) -> list[Sample]:
    """The samples that are no copies of photos a model was trained on; all if no model says.

    Args:
        digests: of the samples, as far as they are known; others are added.
    """
    known = reduce(or_, (loaded.training_photos(model.reference) for model in models))
    if not known.digests and not known.codes:
        return samples
    # A photo that cannot be read is answered, and counted as missed, like any other.
    seen = copies_of_training_photos([s.path for s in samples], digests, known, loaded, context)
    if any(seen):
        context.emit(
            Log(
                f"{sum(seen):,} of {counted(len(seen), 'photo')} are training photos or copies of "
                "such: not counted."
            )
        )
    return [sample for sample, copy in zip(samples, seen, strict=True) if not copy]
