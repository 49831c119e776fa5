"""How right the models are, on public photos that none of them learnt from.

    python -m tests.benchmarks.accuracy [--data FOLDER] [--model FILE ...] [--set FOLDER ...]

FOLDER of --data holds `facial_expressions` (muxspace/facial_expressions; scored are the test
persons of the built-in models' split) and `ferplus` (scored is its validation part, by both
protocols that papers use); what is not there is passed over. --set adds labelled photos of one's
own, read as the import reads them. --model adds models beside the two that come with the program.

Photos in which no face is found, or that cannot be read, count as missed. Photos that a model
learnt from are not scored. Intervals are 95 % (see evaluation.resampling).
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from emotion_desktop.assets import BUILTIN_MODEL, FAST_MODEL
from emotion_desktop.dataset.sources.labels import ReadingOptions, read_labelled
from emotion_desktop.dataset.sources.tables.table import parse_table
from emotion_desktop.dataset.splitting.split import split_by_person
from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.domain.prediction import PhotoStatus, Prediction
from emotion_desktop.domain.sample import Sample
from emotion_desktop.domain.scores import Scores
from emotion_desktop.domain.votes import VoteRule, label_of
from emotion_desktop.engines.bundle import Bundle, read_bundle
from emotion_desktop.engines.loading import load_classifier
from emotion_desktop.engines.pipeline import predict
from emotion_desktop.evaluation.metrics import LabelledPrediction, score
from emotion_desktop.imaging.faces import make_face_finder
from emotion_desktop.imaging.prepare import FaceMode

_DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
#: Of the built-in models' split: see packaging/make_builtin_model.py.
_FRACTIONS, _SEED = (0.75, 0.125, 0.125), 0


@dataclass(frozen=True)
class Photos:
    """Labelled photos to score on.

    Attributes:
        protocol: how their labels came about.
    """

    name: str
    protocol: str
    samples: Sequence[Sample]


def main(arguments: Sequence[str] | None = None) -> int:
    """Scores and prints the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=_DATA)
    parser.add_argument("--model", type=Path, action="append", default=[])
    parser.add_argument("--set", type=Path, action="append", default=[], dest="sets")
    parser.add_argument("--limit", type=int, default=0, help="photos of each set; 0 for all")
    chosen = parser.parse_args(arguments)
    sets = [*public_sets(chosen.data), *map(own_set, chosen.sets)]
    if not sets:
        print(f"There are no public photos in {chosen.data.name}: give --data or --set.")
        return 0
    if chosen.limit:
        sets = [
            Photos(s.name, s.protocol, s.samples[:: -(-len(s.samples) // chosen.limit)])
            for s in sets
        ]
    print("| photos | protocol | model | scored | accuracy | mean recall | calibration error |")
    print("|---|---|---|---|---|---|---|")
    recalls = []
    for path in (BUILTIN_MODEL, FAST_MODEL, *chosen.model):
        bundle = read_bundle(path)
        for photos, scores in scored(bundle, sets):
            print(row(photos, bundle.card.name + f" ({path.stem})", scores), flush=True)
            recalls.append((photos, path.stem, scores))
    print("\n| photos | model | " + " | ".join(EMOTIONS) + " |")
    print("|" + "---|" * (2 + len(EMOTIONS)))
    for photos, model, scores in recalls:
        by = {one.emotion: one for one in scores.per_emotion}
        cells = [
            f"{by[e].recall:.0%} of {by[e].count}" if by[e].recall is not None else "–"
            for e in EMOTIONS
        ]
        print(f"| {photos.name}, {photos.protocol} | {model} | " + " | ".join(cells) + " |")
    return 0


def public_sets(data: Path) -> Iterator[Photos]:
    """The public sets that are there."""
    if (data / "facial_expressions").is_dir():
        found = read_labelled(data / "facial_expressions")
        test = split_by_person(found.samples, _FRACTIONS, _SEED).part("test")
        yield Photos("facial_expressions, test persons", "labels as published", test)
    table = data / "ferplus" / "valid" / "label.csv"
    if table.is_file():
        rows = parse_table(table.read_bytes()).rows
        for protocol, rule in (
            ("majority of FER+'s authors", VoteRule.MAJORITY),
            ("largest vote", VoteRule.LARGEST),
        ):
            samples = [
                Sample(table.parent / each.photo, label, each.photo)
                for each in rows
                if (label := label_of(dict(each.votes), rule)) in EMOTIONS
            ]
            yield Photos("FER+ validation", protocol, samples)


def own_set(folder: Path) -> Photos:
    """Labelled photos of the user's."""
    return Photos(folder.name, "labels as read", read_labelled(folder, ReadingOptions()).samples)


def scored(bundle: Bundle, sets: Sequence[Photos]) -> Iterator[tuple[Photos, Scores]]:
    """A model's scores on each set; a photo that is in several is classified once."""
    classifier, finder = load_classifier(bundle), make_face_finder()
    known: dict[str, Prediction] = {}
    for photos in sets:
        missing = [s.path for s in photos.samples if str(s.path) not in known]
        began = time.perf_counter()
        for batch in predict(missing, classifier, finder, FaceMode.FIND):
            known.update({prediction.path: prediction for prediction in batch})
        if missing:
            rate = len(missing) / (time.perf_counter() - began)
            print(f"{bundle.path.stem}: {rate:.0f} photos/s", file=sys.stderr)
        answers = [(sample, known[str(sample.path)]) for sample in photos.samples]
        fresh = [
            (s, p) for s, p in answers if p.digest is None or p.digest not in bundle.trained_on
        ]
        left_out = {"trained_on": len(answers) - len(fresh)}
        yield photos, score([labelled(s, p) for s, p in fresh], bundle.card.labels, left_out)


def labelled(sample: Sample, prediction: Prediction) -> LabelledPrediction:
    """What was said of the largest face."""
    answered = prediction.status is PhotoStatus.OK and prediction.faces
    probabilities = prediction.faces[0].probabilities if answered else None
    return LabelledPrediction(sample.emotion or "", sample.person, probabilities)


def row(photos: Photos, model: str, scores: Scores) -> str:
    """A line of the table."""
    recall, between = scores.mean_recall, scores.mean_recall_interval
    mean = "too few to judge"
    if recall is not None and between is not None:
        mean = f"{recall:.1%} of {len(scores.mean_recall_over)} ({between[0]:.1%}–{between[1]:.1%})"
    accuracy = scores.accuracy_interval
    return (
        f"| {photos.name} | {photos.protocol} | {model} | {scores.photos:,} | "
        f"{scores.accuracy:.1%} ({accuracy[0]:.1%}–{accuracy[1]:.1%}) | {mean} | "
        f"{scores.calibration_error:.3f} |"
    )


if __name__ == "__main__":
    sys.exit(main())
