"""The verb “doubtful”: labels contradicted by models that never saw the photo's person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.domain.errors import DataError
from emotion_desktop.domain.job import Progress
from emotion_desktop.domain.labels import LabelIssue, LabelIssues
from emotion_desktop.engines.extractors import GeneralFeatures
from emotion_desktop.evaluation.label_issues import (
    geometric_mean,
    out_of_fold_probabilities,
    rank_labels,
)
from emotion_desktop.jobs.predicting.copies import codes_for
from emotion_desktop.jobs.predicting.digests import known_digests
from emotion_desktop.jobs.predicting.features import features_of
from emotion_desktop.jobs.predicting.labelled_set import (
    LabelledSource,
    load_labelled,
    open_catalogue,
)
from emotion_desktop.jobs.predicting.loaded_models import LoadedModels

if TYPE_CHECKING:
    from emotion_desktop.domain.sample import Sample
    from emotion_desktop.evaluation.label_issues import RankedLabels
    from emotion_desktop.jobs.running.context import Context

#: Fewer labels cannot be judged by each other.
_LEAST: Final = 40


def find_label_issues(
    context: Context, *, models: Sequence[Sequence[str]], data: Mapping[str, Any]
) -> LabelIssues:
    """Ranks labels by how far models that never saw the photo's person contradict them."""
    loaded = context.resources.models
    context.emit(Progress(0, 0, "reading the labels"))
    with open_catalogue(context.workspace) as catalogue:
        everything = load_labelled(LabelledSource.from_dict(data), catalogue).samples
    digests = known_digests([s.path for s in everything], loaded.cache, lambda: context.cancelled)
    context.check_cancelled()
    features = _features(loaded, digests, context)
    samples = [sample for sample in everything if sample.path in features]
    labels = [e for e in EMOTIONS if any(sample.emotion == e for sample in samples)]
    if len(samples) < _LEAST or len(labels) < 2:
        raise DataError(
            f"There are too few labelled photos with a face ({len(samples)}) to judge the labels "
            "by each other.",
            f"Choose a set of at least {_LEAST} photos with two emotions.",
        )
    trial = _Trial(loaded, samples, labels, digests, context)
    context.emit(Progress(0, 0, "judging every person by the others"))
    opinions = [
        out_of_fold_probabilities(
            np.stack([features[sample.path] for sample in samples]).astype(np.float64),
            trial.given,
            [sample.person for sample in samples],
            len(labels),
            context.check_cancelled,
        )
    ]
    judged_by = ["a model of general features, cross-validated over persons"]
    for name, reference in models:
        opinion = trial.opinion(reference)
        if opinion is not None:
            opinions.append(opinion)
            judged_by.append(f"{name}, on the photos it was not trained on")
    together = geometric_mean(opinions)
    issues = rank_labels(together, trial.given)
    return trial.verdict(together, issues, tuple(judged_by), len(everything) - len(samples))


def _features(
    loaded: LoadedModels, digests: dict[Path, bytes], context: Context
) -> dict[Path, npt.NDArray[np.float32]]:
    total = len(digests)
    found = features_of(
        digests,
        GeneralFeatures(),
        loaded.finder(),
        loaded.cache,
        stop=lambda: context.cancelled,
        tell=lambda done: context.emit(
            Progress(done, total, f"looking at faces, {done:,} of {total:,}")
        ),
    )
    context.check_cancelled()
    return found


@dataclass(frozen=True)
class _Trial:
    """The labels that are checked, and the models that check them."""

    loaded: LoadedModels
    samples: Sequence[Sample]
    labels: Sequence[str]
    digests: dict[Path, bytes]
    context: Context

    @cached_property
    def given(self) -> npt.NDArray[np.intp]:
        """(photos,) the labels as numbers."""
        return np.array([self.labels.index(s.emotion or "") for s in self.samples], np.intp)

    def opinion(self, reference: str) -> npt.NDArray[np.float64] | None:
        """(photos, labels) of a model; NaN for photos it was trained on or has no answer for.

        None where nothing is left, or it does not know all of the labels.
        """
        predictor = self.loaded.predictor(reference, "find")
        if not set(self.labels) <= set(predictor.labels):
            return None
        known = self.loaded.training_photos(reference)
        digests = {sample.path: self.digests[sample.path] for sample in self.samples}
        codes = codes_for(known, digests, self.loaded.finder(), self.loaded.cache, self.context)
        seen = known.among(list(digests.values()), codes)
        rows = {
            path: number
            for number, (path, copy) in enumerate(zip(digests, seen, strict=True))
            if not copy
        }
        opinion = np.full((len(self.samples), len(self.labels)), np.nan)
        done = 0
        for batch in predictor.predict(list(rows), lambda: self.context.cancelled, self.digests):
            for result in batch:
                if result.faces:
                    shares = result.faces[0].probabilities
                    opinion[rows[Path(result.path)]] = [shares[label] for label in self.labels]
            done += len(batch)
            text = f"asking a model, {done:,} of {len(rows):,}"
            self.context.emit(Progress(done, len(rows), text))
        self.context.check_cancelled()
        return None if np.isnan(opinion).all() else opinion

    def verdict(
        self,
        together: npt.NDArray[np.float64],
        issues: RankedLabels,
        judged_by: tuple[str, ...],
        not_judged: int,
    ) -> LabelIssues:
        """The labels as values, the most doubtful first."""
        import math

        labels = tuple(
            LabelIssue(
                sample=self.samples[number],
                suggestion=self.labels[issues.suggestion[number]],
                label_probability=float(together[number, self.given[number]]),
                suggestion_probability=float(together[number, issues.suggestion[number]]),
                suspect=bool(issues.suspect[number]),
            )
            for number in issues.order
        )
        shares = {
            label: None if math.isnan(share) else float(share)
            for label, share in zip(self.labels, issues.wrong_rate, strict=True)
        }
        return LabelIssues(labels, shares, judged_by, not_judged)
