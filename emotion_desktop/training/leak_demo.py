"""Leak demonstration: the notebooks' procedure and the honest one, on the user's own photos.

This is the one place where photos are synthesised before they are split. Persons are held back
first, whom neither procedure ever sees; then each trains the same net, reports a score on its own
test photos, and is scored on the people held back. Runs in the worker process.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from emotion_desktop.dataset.splitting.split import split_by_person
from emotion_desktop.dataset.synthesis import Edit, plan_copies
from emotion_desktop.domain.balance import Synthesis
from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.domain.errors import DataError
from emotion_desktop.domain.job import JobContext, JobEvent, Progress
from emotion_desktop.domain.sample import Sample
from emotion_desktop.training.data.face_store import FaceStore
from emotion_desktop.training.data.part import Part
from emotion_desktop.training.data.pictures import Pictures, prepare_pictures
from emotion_desktop.training.data.synthesised import SynthesisedFaces
from emotion_desktop.training.recipe.presets import recipe_named
from emotion_desktop.training.recipe.recipe import Recipe
from emotion_desktop.workspace.catalogue.photos import labelled_photos
from emotion_desktop.workspace.paths import Workspace

_Numbers = npt.NDArray[np.intp]
#: Persons whom neither procedure sees.
_UNSEEN: Final = 0.25
#: Training, choice of the epoch, reported test: 60/40, the 40 shared.
_FRACTIONS: Final = (0.6, 0.2, 0.2)
#: Emotions are brought to the count of the commonest one, but to no more than this.
_MOST_COPIES: Final = 600
#: With fewer faces the two scores would differ by chance alone.
_FEWEST: Final = 40


@dataclass(frozen=True, slots=True)
class Figures:
    """Fractions from 0 to 1; the mean recall is over the emotions that are there."""

    accuracy: float
    mean_recall: float


@dataclass(frozen=True, slots=True)
class Procedure:
    """The scores that one procedure reports, and those on people it never saw.

    Attributes:
        known: share of its reported test photos that are copies or edits of a training photo, or
            show somebody who was trained on.
    """

    reported: Figures
    unseen: Figures
    known: float


@dataclass(frozen=True, slots=True)
class _Set:
    """Photos with a face, as arrays; ``original`` numbers the photo that each one is of."""

    part: Part
    original: _Numbers

    def some(self, which: _Numbers) -> _Set:
        part = Part(
            _Some(self.part.faces, which), self.part.emotions[which], self.part.people[which]
        )
        return _Set(part, self.original[which])


class _Some:
    """Some of other faces; see PreparedFaces."""

    def __init__(self, faces: Any, which: _Numbers) -> None:
        self._faces = faces
        self._which = which

    def __len__(self) -> int:
        return len(self._which)

    def __getitem__(self, which: Any) -> npt.NDArray[np.uint8]:
        faces: npt.NDArray[np.uint8] = self._faces[self._which[which]]
        return faces


def compare_procedures(
    context: JobContext, workspace: Workspace, seed: int, photos: int, epochs: int
) -> dict[str, Any]:
    """Trains both ways.

    Args:
        photos: at most so many are used.

    Returns:
        ``notebook`` and ``honest``, each a Procedure as a dict; ``photos``, ``persons`` and
        ``unseen``.

    Raises:
        DataError: there are too few photos or persons.
        CancelledError: the user cancelled.
    """
    context.emit(Progress(0, 0, "reading the labels"))
    with workspace.open_catalogue() as catalogue:
        samples = _limited(labelled_photos(catalogue).samples, photos, seed)
    recipe = replace(recipe_named("notebook"), epochs=epochs, balancing="none")
    cache = FaceStore(workspace.pictures)
    pictures = prepare_pictures(samples, recipe.preprocessing, cache, context)
    seen = [sample for sample, row in zip(samples, pictures.rows, strict=True) if row >= 0]
    if len(seen) < _FEWEST:
        raise DataError(
            f"There are faces in {len(seen)} photos only: too few to show anything by.",
            "Import more labelled photos.",
        )
    everything = _set_of(samples, pictures)
    outer = split_by_person(seen, (1 - _UNSEEN, 0.0, _UNSEEN), seed)
    place = {sample.path: number for number, sample in enumerate(seen)}
    pool = np.array([place[sample.path] for sample in outer.training], np.intp)
    unseen = everything.some(np.array([place[sample.path] for sample in outer.test], np.intp))
    context.emit(Progress(0, 0, "starting TensorFlow"))
    trainer = _Trainer(recipe, _labels(everything, pool), unseen, seed)
    first = _as_notebooks(everything, seen, pool, seed)
    notebook = trainer.run(first, _HalfProgress(context, 0, "as the notebooks do"))
    second = _honestly(everything, seen, outer.training, seed)
    honest = trainer.run(second, _HalfProgress(context, 1, "split by person first"))
    return {
        "notebook": asdict(notebook),
        "honest": asdict(honest),
        "photos": len(seen),
        "persons": len({sample.person for sample in seen}),
        "unseen": len(outer.test),
    }


def _limited(samples: Sequence[Sample], most: int, seed: int) -> list[Sample]:
    """All photos of persons drawn at random, until there are enough."""
    persons = sorted({sample.person for sample in samples})
    order = np.random.default_rng(seed).permutation(len(persons))
    rank = {persons[n]: place for place, n in enumerate(order)}
    drawn = sorted(samples, key=lambda s: (rank[s.person], str(s.path)))
    return drawn[:most]


def _set_of(samples: Sequence[Sample], pictures: Pictures) -> _Set:
    there = np.flatnonzero(pictures.rows >= 0)
    numbers: dict[str, int] = {}
    people = [numbers.setdefault(samples[n].person, len(numbers)) for n in there.tolist()]
    emotions = [EMOTIONS.index(samples[n].emotion or "") for n in there.tolist()]
    faces = pictures.faces.part(pictures.rows[there])
    part = Part(faces, np.array(emotions, np.int8), np.array(people, np.int32))
    return _Set(part, np.arange(len(there)))


def _labels(everything: _Set, pool: _Numbers) -> tuple[str, ...]:
    counts = np.bincount(everything.part.emotions[pool], minlength=len(EMOTIONS))
    labels = tuple(e for e, count in zip(EMOTIONS, counts, strict=True) if count)
    if len(labels) < 2:
        raise DataError("All photos show the same emotion.", "Import photos of others.")
    return labels


def _synthesis(emotions: npt.NDArray[np.int8], seed: int) -> Synthesis:
    most = min(int(np.bincount(emotions).max()), _MOST_COPIES)
    return Synthesis(dict.fromkeys(EMOTIONS, most), seed=seed)


def _with_copies(base: _Set, samples: Sequence[Sample], seed: int) -> _Set:
    """A set with synthesised copies behind it.

    Args:
        samples: those that the set's originals number.
    """
    here = [samples[n] for n in base.original]
    place = {sample.path: number for number, sample in enumerate(here)}
    copies = plan_copies(here, _synthesis(base.part.emotions, seed))
    originals = np.array([place[copy.sample.path] for copy in copies], np.intp)
    edits: list[Edit] = [copy.edit for copy in copies]
    part = Part(
        SynthesisedFaces(base.part.faces, originals, edits),
        np.concatenate([base.part.emotions, base.part.emotions[originals]]),
        np.concatenate([base.part.people, base.part.people[originals]]),
        copies=len(copies),
    )
    return _Set(part, np.concatenate([base.original, base.original[originals]]))


@dataclass(frozen=True, slots=True)
class _Division:
    training: _Set
    validation: _Set
    test: _Set

    @property
    def known(self) -> float:
        """Share of the test photos that training has seen in some form."""
        same = np.isin(self.test.original, self.training.original)
        familiar = np.isin(self.test.part.people, self.training.part.people)
        return float(np.mean(same | familiar))


def _as_notebooks(
    everything: _Set, samples: Sequence[Sample], pool: _Numbers, seed: int
) -> _Division:
    """Synthesise, then split by photo."""
    synthesised = _with_copies(everything.some(pool), samples, seed)
    order = np.random.default_rng(seed).permutation(len(synthesised.original))
    ends = np.cumsum(np.array(_FRACTIONS) * len(order)).round().astype(int)
    training, validation, test = (synthesised.some(part) for part in np.split(order, ends[:2]))
    return _Division(training, validation, test)


def _honestly(
    everything: _Set, samples: Sequence[Sample], pool: Sequence[Sample], seed: int
) -> _Division:
    """Split by person, then synthesise the training part alone."""
    split = split_by_person(pool, _FRACTIONS, seed)
    place = {sample.path: number for number, sample in enumerate(samples)}
    training, validation, test = (
        everything.some(np.array([place[sample.path] for sample in part], np.intp))
        for part in (split.training, split.validation, split.test)
    )
    return _Division(_with_copies(training, samples, seed), validation, test)


@dataclass(frozen=True, slots=True)
class _Trainer:
    """Trains the same net, whatever it is given."""

    recipe: Recipe
    labels: tuple[str, ...]
    unseen: _Set
    seed: int

    def run(self, division: _Division, context: JobContext) -> Procedure:
        from emotion_desktop.training.fit.trainer import Plan, fit, net_logits

        plan_ = Plan(self.recipe, self.labels, self.seed)
        fitted = fit(plan_, division.training.part, division.validation.part, context)
        context.check_cancelled()
        reported, unseen = (
            _figures(net_logits(fitted.model, part.faces), part.targets(self.labels))
            for part in (division.test.part, self.unseen.part)
        )
        return Procedure(reported, unseen, division.known)


def _figures(logits: npt.NDArray[np.float32], targets: npt.NDArray[np.int32]) -> Figures:
    right = logits.argmax(axis=1) == targets
    recalls = [float(right[targets == label].mean()) for label in np.unique(targets)]
    return Figures(float(right.mean()), float(np.mean(recalls)))


class _HalfProgress:
    """Passes on the progress of a training, as one half of the whole and under a name.

    Args:
        half: 0 for the first, 1 for the second.
    """

    def __init__(self, context: JobContext, half: int, name: str) -> None:
        self._context = context
        self._half = half
        self._name = name

    def emit(self, event: JobEvent) -> None:
        """Tells progress; the epochs' figures are nobody's business here."""
        if isinstance(event, Progress) and event.total:
            done = event.done + self._half * event.total
            self._context.emit(Progress(done, 2 * event.total, f"{self._name}: {event.text}"))

    @property
    def cancelled(self) -> bool:
        """True once the user cancelled."""
        return self._context.cancelled

    @property
    def finish_early(self) -> bool:
        """It is short enough to be waited for."""
        return False

    @property
    def pause_wanted(self) -> bool:
        """It is short enough to be done again."""
        return False

    def check_cancelled(self) -> None:
        """Raises CancelledError once the user cancelled."""
        self._context.check_cancelled()

    def wait(self, seconds: float) -> bool:
        """Sleeps, or until cancelled."""
        return self._context.wait(seconds)
