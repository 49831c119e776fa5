"""Makes the built-in models again, from the public data sets.

    python packaging/make_builtin_model.py FACIAL_EXPRESSIONS FERPLUS [WORKSPACE]

FACIAL_EXPRESSIONS holds the data set muxspace/facial_expressions (Apache-2.0), FERPLUS the training
and validation parts of FER+ (`train` and `valid`, each with its label.csv; labels MIT). Run inside
the program's environment. A run that was stopped goes on where it was if the same WORKSPACE is
given, a folder for prepared faces and checkpoints.

The net learns from the training persons of the first and from the training part of the second, by
the votes of its ten annotators. Epoch, calibration and temperature are chosen on the validation
persons of the first and the validation part of the second, as one. The scores in the bundles are
those of the first one's test persons.

Both models have the same net. The fast one is the net alone; the built-in one adds what face-api's
net says (see resources/experts/README.md), whose prior on the first one's training persons is taken
out.
"""

from __future__ import annotations

import logging
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

from emotion_desktop.dataset.sources.tables.table import parse_table
from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.domain.job import JobEvent, Log, Metrics, Progress
from emotion_desktop.domain.sample import Sample
from emotion_desktop.domain.votes import OTHER_ANSWERS, VoteRule, label_of, without_single_votes
from emotion_desktop.evaluation.describe import describe
from emotion_desktop.training.data.expert_features import extract_expert_features
from emotion_desktop.training.data.expert_rows import ExpertRows
from emotion_desktop.training.data.face_store import FaceStore
from emotion_desktop.training.data.joined import join
from emotion_desktop.training.data.part import Part
from emotion_desktop.training.data.pictures import prepare_pictures
from emotion_desktop.training.data.training_data import TrainingData, load_training_data
from emotion_desktop.training.recipe.augment import Augment
from emotion_desktop.training.recipe.presets import recipe_named
from emotion_desktop.training.recipe.recipe import Recipe
from emotion_desktop.training.recipe.request import TrainingRequest
from emotion_desktop.workspace.paths import Workspace
from emotion_desktop.workspace.predictions.cache import PredictionCache

ROOT: Final = Path(__file__).resolve().parent.parent
FOLDER: Final = ROOT / "resources" / "models"
NOTES: Final = (
    "Training data: the public sets muxspace/facial_expressions (Apache-2.0) and FER+ (faces of "
    "FER2013, labels by Microsoft, MIT), the latter by the votes of its ten annotators."
)
EXPERTS: Final = " Heard beside the net: the expression net of face-api 1.7.15 (MIT)."
#: The largest size of a bundle, bytes.
LARGEST: Final = 6_000_000
#: Share of the draws of each source.
SHARES: Final = (0.35, 0.65)


def builtin_recipe() -> Recipe:
    """How the built-in model is trained."""
    return replace(
        recipe_named("quick"),
        name="built-in",
        title="Built-in",
        summary="A wide net on small grey faces, from two sources and from votes.",
        net="wide",
        width=32,
        size=48,
        epochs=14,
        learning_rate=2e-3,
        warm_up=1,
        weight_decay=0.03,
        dropout=0.2,
        label_smoothing=0.03,
        accuracy_allowed=0.02,
        ema=0.999,
        fractions=(0.75, 0.125, 0.125),
        augment=Augment(
            flip=True,
            turn=12.0,
            zoom=0.12,
            stretch=0.05,
            shear=0.06,
            shift=0.06,
            blur=0.6,
            contrast=0.3,
            brightness=25.0,
            noise=4.0,
            coarse=0.15,
            gamma=0.3,
            shade=0.2,
            cutout=0.25,
        ),
    )


def with_experts(recipe: Recipe) -> Recipe:
    """The same net with face-api's beside it (docs/decisions/0028-two-sources.md)."""
    return replace(recipe, face_api_weight=0.12)


class Told:
    """A JobContext that prints."""

    cancelled = finish_early = pause_wanted = False

    def __init__(self) -> None:
        self._printed = 0.0

    def emit(self, event: JobEvent) -> None:
        """Prints what matters."""
        if isinstance(event, Log):
            print(event.line, flush=True)
        elif isinstance(event, Metrics):
            recalls = {e: v["recall"] for e, v in event.values["recall"].items()}
            figures = {n: event.values[n] for n in ("loss", "accuracy", "mean_recall", "seconds")}
            print(event.epoch, figures, recalls, flush=True)
        elif isinstance(event, Progress) and time.monotonic() - self._printed > 30:
            self._printed = time.monotonic()
            print(event, flush=True)

    def check_cancelled(self) -> None:
        """Nobody cancels."""

    def wait(self, seconds: float) -> bool:
        """Sleeps."""
        time.sleep(seconds)
        return False


@dataclass(frozen=True)
class FerPlus:
    """A part of FER+.

    Attributes:
        part: its faces, the votes for them, and the emotion that got most.
        digests: of the files with a face.
    """

    part: Part
    digests: tuple[bytes, ...]


def fer_plus(
    folder: Path, recipe: Recipe, workspace: Workspace, told: Told, *, majority: bool
) -> FerPlus:
    """Reads a part of FER+ and prepares its faces.

    Args:
        majority: only photos of which one emotion has more than half of the votes, after single
            votes are dropped, as the data set's authors score. Else those on which no other
            answer ("unknown", "not a face") got as many votes as an emotion.
    """
    samples: list[Sample] = []
    votes = []
    for row in parse_table((folder / "label.csv").read_bytes()).rows:
        kept = without_single_votes(dict(row.votes))
        named = np.array([kept.get(emotion, 0.0) for emotion in EMOTIONS], np.float32)
        most = EMOTIONS[int(named.argmax())]
        others = max(kept.get(answer, 0.0) for answer in OTHER_ANSWERS)
        chosen = label_of(kept, VoteRule.MAJORITY) == most if majority else named.max() > others
        if chosen:
            samples.append(Sample(folder / row.photo, most, row.photo))
            votes.append(named / named.sum())
    pictures = prepare_pictures(samples, recipe.preprocessing, FaceStore(workspace.pictures), told)
    there = np.flatnonzero(pictures.rows >= 0)
    experts = None
    if majority:  # the ensemble is fitted on the other source
        with PredictionCache(workspace.predictions) as cache:
            features = extract_expert_features(samples, pictures, cache, told)
        experts = ExpertRows(features, there)
    print(f"{folder.name}: {len(samples):,} photos, {len(there):,} with a face", flush=True)
    emotions = np.array([EMOTIONS.index(sample.emotion or "") for sample in samples], np.int8)
    part = Part(
        pictures.faces.part(pictures.rows[there]),
        emotions[there],
        np.arange(len(there), dtype=np.int32),
        expert_features=experts,
        votes=np.array(votes, np.float32)[there],
    )
    return FerPlus(part, tuple(digest.tobytes() for digest in pictures.digests[there]))


def both_sources(
    request: TrainingRequest, ferplus: Path, workspace: Workspace, told: Told
) -> TrainingData:
    """The training data of both sources; the test part is the first's alone."""
    first = load_training_data(request, workspace, told)
    recipe = request.recipe
    training = fer_plus(ferplus / "train", recipe, workspace, told, majority=False)
    validation = fer_plus(ferplus / "valid", recipe, workspace, told, majority=True)
    learnt = {*first.trained_on, *training.digests}
    # The same file in both parts of FER+ is in the training part alone.
    unseen = [n for n, digest in enumerate(validation.digests) if digest not in learnt]
    photos = Counter(first.data["photos"])
    for part in (training.part, validation.part):
        photos.update(part.counts())
    return replace(
        first,
        training=join([first.training, training.part], SHARES),
        validation=join([first.validation, some(validation.part, unseen)], SHARES),
        data={
            **first.data,
            "source": "facial_expressions and FER+",
            "photos": {emotion: photos[emotion] for emotion in EMOTIONS},
        },
        trained_on=tuple(sorted(learnt)),
    )


def some(part: Part, which: list[int]) -> Part:
    """Some of the photos of a part of FER+."""
    assert part.votes is not None
    assert part.expert_features is not None
    numbers, experts = np.array(which, np.int32), part.expert_features
    return replace(
        part,
        faces=part.faces[numbers],
        emotions=part.emotions[numbers],
        people=part.people[numbers],
        expert_features=ExpertRows(experts.table, experts.rows[numbers]),
        votes=part.votes[numbers],
    )


def main() -> int:
    """Trains, writes the bundle in the place of the one that comes with the program."""
    if len(sys.argv) not in (3, 4):
        print(__doc__)
        return 2
    logging.basicConfig(level=logging.WARNING)
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(Path(sys.argv[3] if len(sys.argv) == 4 else folder))
        make(Path(sys.argv[1]), Path(sys.argv[2]), workspace)
    return 0


def alone(data: TrainingData, recipe: Recipe) -> TrainingData:
    """The same without experts."""
    training, validation, test = (
        replace(part, expert_features=None) for part in (data.training, data.validation, data.test)
    )
    return replace(data, recipe=recipe, training=training, validation=validation, test=test)


def make(facial_expressions: Path, ferplus: Path, workspace: Workspace) -> None:
    """Trains the net and writes both bundles."""
    from emotion_desktop.training.finish.finish import export_trained
    from emotion_desktop.training.fit.trainer import Plan, fit

    told, recipe = Told(), builtin_recipe()
    request = TrainingRequest(
        with_experts(recipe),
        FOLDER / "builtin.emodel",
        "Built-in",
        data=facial_expressions,
        notes=NOTES + EXPERTS,
    )
    data = both_sources(request, ferplus, workspace, told)
    checkpoint = workspace.root / f"{recipe.name}.checkpoint"
    plan = Plan(recipe, data.labels, request.seed, checkpoint=checkpoint)
    fitted = fit(plan, data.training, data.validation, told)
    fast = replace(request, recipe=recipe, output=FOLDER / "builtin-fast.emodel", notes=NOTES)
    for asked, known in ((request, data), (fast, alone(data, recipe))):
        written, card = export_trained(asked, known, fitted, told, replaces=True)
        assert written.stat().st_size <= LARGEST, f"{written.name} is larger than it may be"
        if card.scores is not None:
            print(written.name, describe(card.scores), sep="\n", flush=True)


if __name__ == "__main__":
    sys.exit(main())
