"""Several models on the same photos, recomputed with scikit-learn, and intervals that hold."""

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binomtest
from sklearn import metrics as reference

from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.domain.errors import DataError
from emotion_desktop.domain.geometry import Box, Frame
from emotion_desktop.domain.prediction import FacePrediction, PhotoStatus, Prediction
from emotion_desktop.domain.sample import Sample
from emotion_desktop.domain.scores import TOO_FEW
from emotion_desktop.evaluation.comparison import Comparison, ModelPredictions, compare
from emotion_desktop.evaluation.groups import PhotoAttributes, size_range
from emotion_desktop.evaluation.labelled_predictions import (
    LabelledPrediction,
    PredictionTable,
    labelled_prediction,
    restricted_to,
)
from emotion_desktop.evaluation.paired import mcnemar
from emotion_desktop.evaluation.resampling import resample

SEVEN = tuple(emotion for emotion in EMOTIONS if emotion != "contempt")


def said(path, shares=None, *, other=None, size=(90, 60)) -> Prediction:
    if shares is None:
        return Prediction(str(path), PhotoStatus.NO_FACE, size=size)
    face = FacePrediction(Box(0, 0, 9, 9), Frame(4, 4, 9, 9), shares, other=other or {})
    return Prediction(str(path), PhotoStatus.OK, (face,), size=size)


def test_of_several_faces_the_largest_is_what_a_label_is_about():
    path = Path("two.jpg")
    large, small = (said(path, {emotion: 1.0}).faces[0] for emotion in ("fear", "anger"))
    both = Prediction(str(path), PhotoStatus.OK, (large, small))  # the largest comes first
    assert labelled_prediction(Sample(path, "anger", "a"), both).probabilities == {"fear": 1.0}


def make_samples(count: int, seed: int = 0) -> list[Sample]:
    rng = np.random.default_rng(seed)
    chances = [0.1, 0.01, 0.05, 0.04, 0.3, 0.4, 0.1, 0.0]
    return [
        Sample(
            Path(f"{n:04}.jpg"), str(rng.choice(EMOTIONS[:8], p=chances)), f"p{rng.integers(80)}"
        )
        for n in range(count)
    ]


def make_model(name: str, labels, samples, skill: float, seed: int) -> ModelPredictions:
    """A model that finds the truth the better the more skill it has; 5 % are not answered."""
    rng = np.random.default_rng(seed)
    results = []
    for sample in samples:
        logits = rng.normal(size=len(labels)) + skill * (np.array(labels) == sample.emotion)
        shares = np.exp(logits) / np.exp(logits).sum()
        answered = rng.random() > 0.05
        shares_of = dict(zip(labels, map(float, shares), strict=True)) if answered else None
        results.append(said(sample.path, shares_of))
    return ModelPredictions(name, f"/{name}", tuple(labels), results)


@pytest.fixture(scope="module")
def samples() -> list[Sample]:
    return make_samples(700)


@pytest.fixture(scope="module")
def models(samples) -> list[ModelPredictions]:
    return [
        make_model("eight", EMOTIONS, samples, 2.5, 1),
        make_model("seven", SEVEN, samples, 2.0, 2),
        make_model("shuffled", SEVEN[::-1], samples, 0.5, 3),
    ]


@pytest.fixture(scope="module")
def comparison(samples, models) -> Comparison:
    attributes = [
        PhotoAttributes(s.person, "studio" if n % 3 else "street", (60 + n, 400), n % 5 == 0)
        for n, s in enumerate(samples)
    ]
    return compare(
        models, samples, data="d", left_out={"x": 0, "y": 2}, attributes=attributes, draws=300
    )


def plainly(samples, model) -> tuple[np.ndarray, np.ndarray]:
    """Truth and predictions on the emotions all three know, by other means than the program's."""
    truth, named = [], []
    for sample, result in zip(samples, model.predictions, strict=True):
        if sample.emotion == "contempt":
            continue
        truth.append(sample.emotion)
        shares = result.faces[0].probabilities if result.faces else {}
        ranked = sorted((p, e) for e, p in shares.items() if e != "contempt")
        named.append(ranked[-1][1] if ranked else "none")
    return np.array(truth), np.array(named)


def test_only_what_all_know_is_scored_and_it_is_said(comparison, samples):
    contempt = sum(sample.emotion == "contempt" for sample in samples)
    scores = comparison.scores
    assert contempt > 0
    assert (scores.emotions, scores.unshared) == (SEVEN, ("contempt",))
    assert scores.left_out == {"y": 2, "unshared_emotion": contempt}
    assert scores.photos == len(comparison.samples) == 700 - contempt
    assert [model.labels for model in scores.models] == [EMOTIONS, SEVEN, SEVEN[::-1]]


def test_every_score_agrees_with_scikit_learn(comparison, samples, models):
    for figures, model in zip(comparison.scores.models, models, strict=True):
        truth, named = plainly(samples, model)
        over = [e for e in SEVEN if np.sum(truth == e) >= TOO_FEW]
        recalls = reference.recall_score(truth, named, labels=over, average=None)
        assert figures.scores.accuracy == pytest.approx(reference.accuracy_score(truth, named))
        assert figures.scores.mean_recall == pytest.approx(recalls.mean())
        assert figures.scores.macro_f1 == pytest.approx(
            reference.f1_score(truth, named, labels=over, average="macro")
        )
        answered = named != "none"
        assert figures.answered == pytest.approx(answered.mean())
        assert figures.right_of_answered == pytest.approx((truth == named)[answered].mean())
        low, high = figures.scores.mean_recall_interval
        assert low < figures.scores.mean_recall < high
        assert sum(b.count for b in figures.curve) == answered.sum()
        error = sum(b.count * abs(b.confidence - b.right) for b in figures.curve) / answered.sum()
        assert figures.scores.calibration_error == pytest.approx(error)


def test_pairs_agree_with_scipy_and_scikit_learn(comparison, samples, models):
    predictions = [plainly(samples, model) for model in models]
    pairs = comparison.scores.pairs
    assert [(p.first, p.second) for p in pairs] == list(combinations(range(3), 2))
    for pair in pairs:
        (truth, first), (_, second) = predictions[pair.first], predictions[pair.second]
        only_first = np.sum((truth == first) & (truth != second))
        only_second = np.sum((truth != first) & (truth == second))
        assert (pair.only_first, pair.only_second) == (only_first, only_second)
        exact = binomtest(int(only_first), int(only_first + only_second), 0.5).pvalue
        assert pair.chance == pytest.approx(exact)
        assert pair.agreement == pytest.approx(np.mean(first == second))
        assert pair.kappa == pytest.approx(reference.cohen_kappa_score(first, second))
        gap = np.mean(truth == first) - np.mean(truth == second)
        assert pair.accuracy == pytest.approx(gap)
        assert pair.accuracy_interval[0] <= gap <= pair.accuracy_interval[1]
        scores = comparison.scores.models
        assert pair.mean_recall == pytest.approx(
            scores[pair.first].scores.mean_recall - scores[pair.second].scores.mean_recall
        )
    assert comparison.scores.pair(2, 0) is comparison.scores.pair(0, 2) is pairs[1]


def test_matrices_and_the_photos_in_their_cells(comparison, samples, models):
    columns = [*SEVEN, "none"]
    predictions = [plainly(samples, model) for model in models]
    for rows, column in ((None, 0), (None, 2), (0, 1), (2, 1)):
        by = predictions[0][0] if rows is None else predictions[rows][1]
        expected = reference.confusion_matrix(by, predictions[column][1], labels=columns)
        assert np.array_equal(comparison.matrix(rows, column), expected)
        for r in range(8):
            for c in range(8):
                photos = comparison.cell(rows, column, r, c)
                assert len(photos) == expected[r, c]
                assert all(by[photos] == columns[r])
                assert all(predictions[column][1][photos] == columns[c])
                sure = comparison.confidence[column, photos]
                assert np.all(np.diff(np.nan_to_num(sure)) <= 0)


def test_photos_nobody_gets_right_and_photos_two_differ_on(comparison, samples, models):
    predictions = [plainly(samples, model) for model in models]
    wrong = np.all([truth != named for truth, named in predictions], axis=0)
    assert set(comparison.all_wrong) == set(np.flatnonzero(wrong))
    assert comparison.scores.all_wrong == wrong.sum() > 0
    differ = np.flatnonzero(predictions[0][1] != predictions[2][1])
    assert set(comparison.differing(0, 2)) == set(differ)


def test_groups_agree_with_scikit_learn(comparison, samples, models):
    groups = comparison.scores.groups
    kinds = {group.kind for group in groups}
    assert kinds == {"person", "origin", "size", "colour"}
    attributes = [(s, n) for n, s in enumerate(samples) if s.emotion != "contempt"]
    member = {
        ("origin", "street"): [n % 3 == 0 for _, n in attributes],
        ("colour", "grey"): [n % 5 == 0 for _, n in attributes],
        ("size", "under 80 px"): [60 + n < 80 for _, n in attributes],
        ("size", "200–499 px"): [n >= 140 for _, n in attributes],
        ("person", "p7"): [s.person == "p7" for s, _ in attributes],
    }
    for (kind, value), inside in member.items():
        (group,) = [g for g in groups if (g.kind, g.value) == (kind, value)]
        assert group.photos == sum(inside)
        for number, model in enumerate(models):
            truth, named = plainly(samples, model)
            part = np.array(inside)
            assert group.accuracy[number] == pytest.approx(np.mean(truth[part] == named[part]))
            over = [e for e in SEVEN if np.sum(truth[part] == e) >= TOO_FEW]
            if over:
                assert group.mean_recall[number] == pytest.approx(
                    reference.recall_score(
                        truth[part], named[part], labels=over, average=None
                    ).mean()
                )
            low, high = group.accuracy_interval[number]
            assert low <= group.accuracy[number] <= high
    ranges = [group.value for group in groups if group.kind == "size"]
    assert ranges == ["under 80 px", "80–199 px", "200–499 px"]
    sizes = [group.photos for group in groups if group.kind == "person"]
    assert sizes == sorted(sizes, reverse=True)
    assert min(sizes) >= TOO_FEW


def test_a_group_of_one_person_has_an_interval_with_a_width(samples, models):
    attributes = [
        PhotoAttributes(s.person, "mine" if s.person == "p7" else "street") for s in samples
    ]
    scores = compare(models, samples, data="d", left_out={}, attributes=attributes, draws=20).scores
    group = next(group for group in scores.groups if group.value == "mine")
    assert group.persons == 1
    for accuracy, (low, high) in zip(group.accuracy, group.accuracy_interval, strict=True):
        assert low < high
        assert low <= accuracy <= high


def test_a_model_alone_answers_for_every_emotion(samples, models):
    alone = compare(models[1:2], samples, data="d", left_out={}, draws=20)
    assert alone.scores.emotions == EMOTIONS
    assert alone.scores.photos == 700
    assert alone.scores.pairs == ()
    row = next(r for r in alone.scores.models[0].scores.per_emotion if r.emotion == "contempt")
    assert row.recall == 0


def test_models_without_common_ground_are_refused(samples):
    few = [
        make_model("a", ("anger", "fear"), samples, 1, 0),
        make_model("b", ("fear", "neutral"), samples, 1, 0),
    ]
    with pytest.raises(DataError, match="in common"):
        compare(few, samples, data="d", left_out={})


def test_photos_of_no_common_emotion_are_refused(samples):
    few = [make_model(n, ("fear", "neutral"), samples, 1, 0) for n in "ab"]
    with pytest.raises(DataError, match="no labelled photos"):
        angry = [n for n, s in enumerate(samples) if s.emotion == "anger"]
        compare(
            [
                ModelPredictions(e.name, e.reference, e.labels, [e.predictions[n] for n in angry])
                for e in few
            ],
            [samples[n] for n in angry],
            data="d",
            left_out={},
        )


def test_what_a_service_says_beyond_the_emotions_is_no_answer():
    sample = Sample(Path("a.jpg"), "neutral", "p")
    calm = {"neutral": 0.3, "anger": 0.2}
    assert (
        labelled_prediction(sample, said("a.jpg", calm, other={"CONFUSED": 0.5})).probabilities
        is None
    )
    assert (
        labelled_prediction(sample, said("a.jpg", calm, other={"CONFUSED": 0.25})).probabilities
        == calm
    )
    assert labelled_prediction(sample, said("a.jpg")).probabilities is None


def test_other_emotions_give_theirs_to_those_that_stay():
    answer = LabelledPrediction("anger", "p", {"anger": 0.2, "fear": 0.2, "contempt": 0.6})
    kept = restricted_to(answer, ("anger", "fear")).probabilities
    assert kept == pytest.approx({"anger": 0.5, "fear": 0.5})
    assert restricted_to(answer, EMOTIONS) is answer
    assert (
        restricted_to(LabelledPrediction("anger", "p", {"contempt": 1.0}), ("anger",)).probabilities
        is None
    )
    nothing_left = restricted_to(
        LabelledPrediction("anger", "p", {"contempt": 1.0, "anger": 0.0}), ("anger",)
    )
    assert nothing_left.probabilities is None
    # A service's own shares that never added up to 1 still do not.
    partly = restricted_to(
        LabelledPrediction("anger", "p", {"anger": 0.3, "contempt": 0.3}), ("anger",)
    )
    assert partly.probabilities == pytest.approx({"anger": 0.6})


@pytest.mark.parametrize(("b", "c"), [(0, 0), (1, 0), (5, 5), (3, 20), (310, 280), (2600, 2400)])
def test_mcnemar_is_the_exact_binomial_test(b, c):
    expected = binomtest(b, b + c, 0.5).pvalue if b + c else 1.0
    assert mcnemar(b, c) == mcnemar(c, b) == pytest.approx(expected, rel=1e-9)


def test_sizes_in_words():
    sizes = [(79, 500), (500, 80), (300, 250), (499, 600), (500, 900)]
    assert [size_range(size) for size in sizes] == [
        "under 80 px",
        "80–199 px",
        "200–499 px",
        "200–499 px",
        "500 px and more",
    ]


def simulated_pair(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """60 persons, two models: who is in each photo, and which of the models has it right.

    Some persons are hard for both, and each model has its favourites. True accuracies: 0.65, 0.60.
    """
    persons = np.repeat(np.arange(60), rng.integers(1, 9, 60))
    ease = rng.choice([-0.1, 0.1], 60)
    favour = rng.choice([-0.25, 0.25], (2, 60))
    chances = np.array([[0.65], [0.60]]) + ease[persons] + favour[:, persons]
    return persons, rng.random(chances.shape) < chances


def test_intervals_of_differences_hold_the_truth_about_as_often_as_they_say():
    rng = np.random.default_rng(11)
    held, by_photo = [], []
    for _ in range(200):
        persons, right = simulated_pair(rng)
        truth = rng.integers(2, size=len(persons))  # recalls are as good as accuracies
        for kept, groups in ((held, persons), (by_photo, np.arange(len(persons)))):
            tables = [
                PredictionTable(
                    ("anger", "fear"),
                    truth,
                    np.where(r, truth, 1 - truth),
                    r * 1.0,
                    groups,
                    "person",
                    60,
                )
                for r in right
            ]
            found = resample(tables, np.arange(2), draws=300)
            intervals = (*found.accuracy_difference, *found.mean_recall_difference)
            kept.append([low <= 0.05 <= high for low, high in intervals])
    assert np.all((np.mean(held, axis=0) >= 0.90) & (np.mean(held, axis=0) <= 0.99))
    # Photos of a person are alike: taking them for independent promises too much.
    assert np.all(np.mean(by_photo, axis=0) < np.mean(held, axis=0) - 0.05)


def test_it_can_be_written_as_json(comparison):
    import json

    data = json.loads(json.dumps(comparison.scores.to_dict()))
    assert data["models"][0]["scores"]["photos"] == data["photos"]
    assert len(data["pairs"]) == 3
