"""Wrong labels planted in a data set: how many of them stand among the most doubted ones.

    python -m tests.benchmarks.doubtful [--data IMAGES] [--photos 10000] [--share 0.05] [--json -]

The planted labels are drawn in two ways: like mistakes (common emotions are written more often),
and evenly (any other emotion). Of as many labels as were planted, the most doubted ones are taken;
beside them a random order, and an order by plain loss of the same judge.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from emotion_desktop.dataset.sources.labels import read_labelled
from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.domain.sample import Sample
from emotion_desktop.engines.extractors import GeneralFeatures
from emotion_desktop.evaluation.label_issues import out_of_fold_probabilities, rank_labels
from emotion_desktop.imaging.faces import make_face_finder
from emotion_desktop.jobs.predicting.digests import known_digests
from emotion_desktop.jobs.predicting.features import features_of
from emotion_desktop.workspace.predictions.cache import PredictionCache
from tests.benchmarks.measure import Figure, parser, report

LIKE_MISTAKES, EVENLY = "like mistakes", "evenly"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures and reports; returns the exit status."""
    options = parser(str(__doc__), photos=10_000, rounds=1)
    options.add_argument("--share", type=float, default=0.05, help="of the labels, planted wrong")
    options.add_argument("--readings", type=Path, help="keep features here for the next time")
    chosen = options.parse_args(arguments)
    samples = list(read_labelled(chosen.data.parent).samples)[: chosen.photos]
    features, samples = face_features(samples, chosen.readings)
    figures = [
        figure
        for way in (LIKE_MISTAKES, EVENLY)
        for figure in measure(features, samples, chosen.share, way)
    ]
    report(f"{chosen.share:.0%} wrong labels among {len(samples):,}", figures, chosen.json)
    return 0


def face_features(samples: list[Sample], kept: Path | None) -> tuple[np.ndarray, list[Sample]]:
    """(photos, features) of the photos that have a face, and these photos."""
    with (
        tempfile.TemporaryDirectory() as folder,
        PredictionCache(kept or Path(folder) / "readings.sqlite") as cache,
    ):
        digests = known_digests([s.path for s in samples], cache)
        found = features_of(digests, GeneralFeatures(), make_face_finder(), cache)
    seen = [sample for sample in samples if sample.path in found]
    return np.stack([found[s.path] for s in seen]).astype(np.float64), seen


def measure(features: np.ndarray, samples: list[Sample], share: float, way: str) -> list[Figure]:
    """The share of planted labels among the most doubted, by three orders."""
    labels = [e for e in EMOTIONS if any(sample.emotion == e for sample in samples)]
    truth = np.array([labels.index(sample.emotion or "") for sample in samples])
    given, planted = plant(truth, len(labels), share, way)
    judged = out_of_fold_probabilities(features, given, [s.person for s in samples], len(labels))
    count = int(planted.sum())
    rows = np.arange(len(given))
    orders = {
        "confident learning": rank_labels(judged, given).order,
        "plain loss": np.argsort(judged[rows, given], kind="stable"),
        "random order": np.random.default_rng(7).permutation(len(given)),
    }
    return [
        Figure(f"planted {way}, {name}", max(float(planted[order[:count]].mean()), 1e-3), "share")
        for name, order in orders.items()
    ]


def plant(truth: np.ndarray, labels: int, share: float, way: str) -> tuple[np.ndarray, np.ndarray]:
    """Labels with wrong ones among them, and where those are; the seed is fixed."""
    rng = np.random.default_rng(1)
    chosen = rng.choice(len(truth), max(1, round(share * len(truth))), replace=False)
    common = np.bincount(truth, minlength=labels) / len(truth)
    given = truth.copy()
    for photo in chosen:
        weights = common.copy() if way == LIKE_MISTAKES else np.ones(labels)
        weights[truth[photo]] = 0
        given[photo] = rng.choice(labels, p=weights / weights.sum())
    planted = np.zeros(len(truth), dtype=bool)
    planted[chosen] = True
    return given, planted


if __name__ == "__main__":
    sys.exit(main())
