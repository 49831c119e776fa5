import json
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from sklearn import metrics as reference

from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.domain.errors import DataError
from emotion_desktop.domain.scores import TOO_FEW, Scores
from emotion_desktop.evaluation.metrics import LabelledPrediction, score

SEVEN = tuple(emotion for emotion in EMOTIONS if emotion != "contempt")


def sure(
    truth: str, named: str | None, person: str = "", confidence: float = 0.9
) -> LabelledPrediction:
    if named is None:
        return LabelledPrediction(truth, person or "one", None)
    rest = (1 - confidence) / (len(EMOTIONS) - 1)
    probabilities = dict.fromkeys(EMOTIONS, rest) | {named: confidence}
    return LabelledPrediction(truth, person or "one", probabilities)


def random_answers(count: int = 600, seed: int = 0) -> list[LabelledPrediction]:
    """Answers of a mediocre model: contempt is rare, surprise absent, some are missing."""
    rng = np.random.default_rng(seed)
    predictions = []
    for _ in range(count):
        truth = rng.choice(EMOTIONS[:8], p=[0.1, 0.003, 0.05, 0.047, 0.3, 0.4, 0.1, 0.0])
        logits = rng.normal(size=len(SEVEN)) + 2 * (np.array(SEVEN) == truth)
        shares = np.exp(logits) / np.exp(logits).sum()
        answered = rng.random() > 0.05
        probabilities = dict(zip(SEVEN, map(float, shares), strict=True)) if answered else None
        predictions.append(LabelledPrediction(str(truth), f"p{rng.integers(80)}", probabilities))
    return predictions


def arrays(predictions: list[LabelledPrediction]) -> tuple[np.ndarray, np.ndarray]:
    def named(answer: LabelledPrediction) -> str:
        shares = answer.probabilities
        return max(shares, key=lambda emotion: shares[emotion]) if shares else "none"

    return np.array([a.truth for a in predictions]), np.array([named(a) for a in predictions])


def test_every_figure_agrees_with_scikit_learn() -> None:
    predictions = random_answers()
    scores = score(predictions, SEVEN, {"missing_file": 3}, draws=50)
    truth, named = arrays(predictions)
    assert 0 < np.sum(truth == "contempt") < TOO_FEW, "the data no longer has a tiny emotion"

    assert scores.labels == EMOTIONS  # contempt is in the photos, surprise in the model
    assert (scores.photos, scores.persons) == (600, len({a.person for a in predictions}))
    assert scores.accuracy == pytest.approx(reference.accuracy_score(truth, named))
    assert scores.unanswered == np.sum(named == "none")
    assert scores.baseline == pytest.approx(np.mean(truth == "neutral"))
    assert scores.left_out == {"missing_file": 3}

    columns = [*EMOTIONS, "none"]
    matrix = reference.confusion_matrix(truth, named, labels=columns)
    assert np.array_equal(scores.confusion, matrix[:-1])

    over = [e for e in EMOTIONS if np.sum(truth == e) >= TOO_FEW]
    assert scores.mean_recall_over == tuple(over)
    assert "contempt" not in over
    assert "surprise" not in over
    recalls = reference.recall_score(truth, named, labels=over, average=None)
    assert scores.mean_recall == pytest.approx(recalls.mean())
    f1 = reference.f1_score(truth, named, labels=over, average="macro")
    assert scores.macro_f1 == pytest.approx(f1)

    precisions = reference.precision_score(
        truth, named, labels=EMOTIONS, average=None, zero_division=0
    )
    for row, precision in zip(scores.per_emotion, precisions, strict=True):
        here = truth == row.emotion
        assert row.count == here.sum()
        assert row.too_few == (here.sum() < TOO_FEW)
        if here.any():
            assert row.recall == pytest.approx(np.mean(named[here] == row.emotion))
            assert row.recall_interval is not None
            assert row.recall_interval[0] <= row.recall <= row.recall_interval[1]
        else:
            assert (row.recall, row.recall_interval) == (None, None)
        if np.any(named == row.emotion):
            assert row.precision == pytest.approx(precision)
        else:
            assert row.precision is None


def test_an_emotion_the_model_has_no_label_for_counts_as_missed() -> None:
    shares = {"anger": 0.6, "fear": 0.4}
    predictions = [LabelledPrediction("anger", "one", shares)] * 6 + [
        LabelledPrediction("contempt", "one", shares)
    ] * 6
    scores = score(predictions, ("anger", "fear"), {}, draws=10)
    assert scores.labels == ("anger", "contempt", "fear")
    assert scores.mean_recall == pytest.approx(0.5)
    assert [row.recall for row in scores.per_emotion] == [1.0, 0.0, None]


def test_the_last_column_holds_photos_without_an_answer() -> None:
    shares = {"anger": 0.6, "fear": 0.4}
    predictions = [sure("fear", None)] * 2 + [LabelledPrediction("fear", "one", shares)] * 3
    predictions += [LabelledPrediction("anger", "one", shares)]
    scores = score(predictions, ("anger", "fear"), {}, draws=10)
    assert scores.confusion == ((1, 0, 0), (3, 0, 2))
    assert (scores.unanswered, scores.accuracy) == (2, pytest.approx(1 / 6))


def test_four_photos_are_shown_but_not_in_the_mean_and_five_are() -> None:
    base = [sure("anger", "anger")] * 5
    four = score(base + [sure("fear", "anger")] * 4, EMOTIONS, {}, draws=10)
    five = score(base + [sure("fear", "anger")] * 5, EMOTIONS, {}, draws=10)
    assert (four.mean_recall, five.mean_recall) == (1.0, 0.5)
    assert [row.too_few for row in four.per_emotion if row.emotion == "fear"] == [True]
    assert [row.recall for row in four.per_emotion if row.emotion == "fear"] == [0.0]


def test_nothing_but_tiny_emotions_has_no_balanced_score() -> None:
    scores = score([sure("anger", "anger"), sure("fear", "anger")], EMOTIONS, {}, draws=10)
    assert scores.accuracy == 0.5
    assert (scores.mean_recall, scores.mean_recall_interval, scores.macro_f1) == (None, None, None)
    assert scores.mean_recall_over == ()


def test_one_emotion_alone() -> None:
    scores = score([sure("anger", "anger", f"p{i}") for i in range(9)], EMOTIONS, {}, draws=100)
    assert (scores.accuracy, scores.mean_recall, scores.baseline) == (1.0, 1.0, 1.0)
    assert scores.accuracy_interval == (1.0, 1.0)


def test_a_model_that_never_answers() -> None:
    scores = score([sure("anger", None)] * 6, EMOTIONS, {}, draws=10)
    assert (scores.accuracy, scores.mean_recall, scores.unanswered) == (0.0, 0.0, 6)
    assert scores.calibration_error is None


def test_no_answers_is_an_error_with_a_hint() -> None:
    with pytest.raises(DataError, match="no labelled photos") as caught:
        score([], EMOTIONS, {})
    assert caught.value.hint


def test_labels_out_of_place_are_refused() -> None:
    with pytest.raises(ValueError, match="not one of the emotions"):
        score([sure("bored", "anger")], EMOTIONS, {})
    with pytest.raises(ValueError, match="model's labels"):
        score([sure("anger", "anger")], ("anger", "fear"), {})


def test_calibration_error_by_its_definition() -> None:
    predictions = random_answers(seed=1)
    truth, named = arrays(predictions)
    answered = named != "none"
    confidence = np.array([max((a.probabilities or {"": 0.0}).values()) for a in predictions])
    edges = np.linspace(0, 1, 16)
    expected = 0.0
    for low, high in pairwise(edges):
        inside = answered & (confidence > low) & (confidence <= high)
        if inside.any():
            gap = abs(np.mean(truth[inside] == named[inside]) - confidence[inside].mean())
            expected += gap * inside.sum() / answered.sum()
    assert score(predictions, SEVEN, {}, draws=10).calibration_error == pytest.approx(expected)


def test_gaps_of_different_bins_do_not_cancel_each_other_out() -> None:
    low = [sure("anger", "anger", confidence=0.62)] * 10
    high = [sure("anger", "fear", confidence=0.69)] * 10  # the next fifteenth, the same tenth
    error = score(low + high, EMOTIONS, {}, draws=10).calibration_error
    assert error == pytest.approx((0.38 + 0.69) / 2)


def test_an_emotion_that_a_draw_does_not_hold_is_not_in_its_mean() -> None:
    predictions = [sure("fear", "fear", "one person")] * 5
    predictions += [sure("anger", "anger", f"p{number}") for number in range(20)] * 2
    assert score(predictions, EMOTIONS, {}).mean_recall_interval == (1, 1)


def test_a_model_as_sure_as_it_is_right_is_calibrated() -> None:
    right = [sure("anger", "anger", confidence=0.7)] * 70
    wrong = [sure("anger", "fear", confidence=0.7)] * 30
    assert score(right + wrong, EMOTIONS, {}, draws=10).calibration_error == pytest.approx(0)
    assert score(right, EMOTIONS, {}, draws=10).calibration_error == pytest.approx(0.3)


def test_what_is_drawn_is_told() -> None:
    def by(persons: list[str]) -> str:
        predictions = [sure("anger", "anger", person) for person in persons]
        return score(predictions, EMOTIONS, {}, draws=10).interval_by

    assert by(["a", "a", "b", "b", "c"]) == "person"
    assert by(["a", "b", "c", "d", "e"]) == "photo"
    assert by(["a", "a", "a", "a", "a"]) == "photo"


def slow_intervals(predictions: list[LabelledPrediction], draws: int) -> np.ndarray:
    """The same bootstrap, one draw after the other."""
    truth, named = arrays(predictions)
    persons = np.array([a.person for a in predictions])
    rows = [np.flatnonzero(persons == person) for person in np.unique(persons)]
    over = [e for e in EMOTIONS if np.sum(truth == e) >= TOO_FEW]
    rng = np.random.default_rng(99)
    values = []
    for _ in range(draws):
        drawn = np.concatenate([rows[i] for i in rng.integers(len(rows), size=len(rows))])
        right = truth[drawn] == named[drawn]
        recalls = [right[truth[drawn] == e].mean() for e in over if np.any(truth[drawn] == e)]
        values.append((right.mean(), np.mean(recalls)))
    return np.percentile(values, (2.5, 97.5), axis=0)


def test_intervals_agree_with_a_plain_bootstrap() -> None:
    predictions = random_answers(seed=2)
    scores = score(predictions, SEVEN, {}, draws=4000)
    accuracy, mean_recall = slow_intervals(predictions, 2000).T
    assert scores.interval_by == "person"
    assert scores.accuracy_interval == pytest.approx(accuracy, abs=0.006)
    assert scores.mean_recall_interval == pytest.approx(mean_recall, abs=0.008)
    assert score(predictions, SEVEN, {}, draws=4000) == scores
    assert score(predictions, SEVEN, {}, draws=4000, seed=1) != scores


def simulated(rng: np.random.Generator) -> list[LabelledPrediction]:
    """60 persons; a model is good at some and bad at others. True recalls: 0.8 and 0.5."""
    predictions = []
    for number in range(60):
        ease = rng.choice([-0.2, 0.2])
        for emotion, recall in (("happiness", 0.8), ("anger", 0.5)):
            rights = rng.random(rng.integers(1, 9)) < recall + ease
            predictions += [sure(emotion, emotion if r else "fear", f"p{number}") for r in rights]
    return predictions


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    rng = np.random.default_rng(5)
    by_person, by_photo = [], []
    for _ in range(200):
        predictions = simulated(rng)
        strangers = [replace(answer, person=str(i)) for i, answer in enumerate(predictions)]
        for held, sample in ((by_person, predictions), (by_photo, strangers)):
            interval = score(sample, EMOTIONS, {}, draws=300).mean_recall_interval
            assert interval is not None
            held.append(interval[0] <= 0.65 <= interval[1])
    assert 0.90 <= np.mean(by_person) <= 0.99
    # Taking the photos of a person for independent promises too much.
    assert np.mean(by_photo) < np.mean(by_person) - 0.05


def test_scores_survive_json() -> None:
    tiny = score([sure("anger", None)], EMOTIONS, {}, draws=10)
    for scores in (score(random_answers(), SEVEN, {"listed_twice": 1}, draws=20), tiny):
        assert Scores.from_dict(json.loads(json.dumps(scores.to_dict()))) == scores


def test_a_model_that_names_everything_alike_is_told_from_one_that_does_not():
    alike = [sure("fear", "anger"), sure("anger", "anger"), sure("anger", None)]
    assert score(alike, EMOTIONS, {}).only_prediction == "anger"
    assert score([*alike, sure("fear", "fear")], EMOTIONS, {}).only_prediction is None
    assert score(alike[1:], EMOTIONS, {}).only_prediction is None  # nothing else was shown
    assert score([sure("fear", None), alike[2]], EMOTIONS, {}).only_prediction is None
