from dataclasses import replace

from emotion_desktop.evaluation.describe import describe
from emotion_desktop.evaluation.metrics import LabelledPrediction, score

ANSWERS = [
    *[LabelledPrediction("anger", f"p{i // 2}", {"anger": 0.75, "fear": 0.25}) for i in range(6)],
    *[
        LabelledPrediction("neutral", f"p{i // 2}", {"anger": 0.75, "fear": 0.25})
        for i in range(10)
    ],
    LabelledPrediction("fear", "p0", {"anger": 0.25, "fear": 0.75}),
    LabelledPrediction("fear", "p1", None),
]
SCORES = score(ANSWERS, ("anger", "fear", "disgust"), {"listed_twice": 2, "odd_thing": 1}, draws=50)


def test_the_balanced_score_stands_first_then_accuracy_beside_its_baseline() -> None:
    first, second, third, *_ = describe(
        replace(SCORES, mean_recall_interval=(0.401, 0.5996), accuracy_interval=(0.2, 0.6))
    ).splitlines()
    assert first == "Balanced score 50.0 % [40.1 – 60.0] (mean recall over 2 emotions)"
    assert second == (
        "Accuracy 38.9 % [20.0 – 60.0]; always naming the commonest emotion gives 55.6 %"
    )
    assert third.startswith("18 photos of 5 persons; ranges are 95 % intervals, drawn by person")


def test_each_emotion_has_its_line() -> None:
    lines = {line.split()[0]: line for line in describe(SCORES).splitlines() if line[:1] == " "}
    assert lines["anger"].split()[1:4] == ["6", "photos", "100.0"]
    assert "[61.0 – 100.0]" in lines["anger"]
    assert lines["neutral"].split()[1:4] == ["10", "photos", "0.0"]
    assert lines["fear"].endswith("50.0 %  too few to judge")
    assert lines["disgust"].split() == ["disgust", "0", "photos"]


def test_what_is_missing_is_said() -> None:
    text = describe(SCORES)
    assert "1 photo without an answer" in text
    assert "  2 listed again with the same label" in text
    assert "  1 odd thing" in text
    silent = describe(replace(SCORES, unanswered=0, left_out={}, calibration_error=None))
    for word in ("without an answer", "Left out", "Confidence"):
        assert word in text
        assert word not in silent


def test_too_few_photos_to_judge() -> None:
    scores = score(ANSWERS[-2:], ("anger", "fear"), {}, draws=10)
    assert describe(scores).startswith("Balanced score: too few photos of each emotion to judge\n")
