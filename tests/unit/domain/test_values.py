"""What the program's values promise."""

import pickle

import pytest

from emotion_desktop.domain.emotions import EMOTIONS, parse_emotion
from emotion_desktop.domain.errors import AppError, BundleError, CancelledError
from emotion_desktop.domain.geometry import Box, Frame
from emotion_desktop.domain.job import JobSpec, JobState, Lane
from emotion_desktop.domain.prediction import FacePrediction, PhotoStatus, Prediction


def reading(**probabilities: float) -> FacePrediction:
    return FacePrediction(Box(1, 2, 3, 4), Frame(1, 2, 3, 4), probabilities)


def test_the_first_eight_emotions_keep_their_places_and_keys():
    """New ones come after them: nobody's fingers, and no model's labels, change their order."""
    assert EMOTIONS[:8] == (
        *("anger", "contempt", "disgust", "fear"),
        *("happiness", "neutral", "sadness", "surprise"),
    )


@pytest.mark.parametrize(
    ("label", "emotion"),
    [
        ("anger", "anger"),
        (" DISGUST", "disgust"),
        ("Happy\n", "happiness"),
        ("Scared", "fear"),
        ("", None),
        ("angerr", None),
        ("none", None),
    ],
)
def test_spellings(label, emotion):
    assert parse_emotion(label) == emotion


def test_a_reading_names_its_most_probable_emotion():
    face = reading(anger=0.2, fear=0.5, neutral=0.3)
    assert face.emotion == "fear"
    assert face.confidence == 0.5
    assert face.ranking == [("fear", 0.5), ("neutral", 0.3), ("anger", 0.2)]


def test_a_tie_goes_to_the_label_that_stands_first():
    face = reading(neutral=0.5, anger=0.5)
    assert face.emotion == face.ranking[0][0] == "neutral"


@pytest.mark.parametrize(("confidence", "sure"), [(0.55, True), (0.55 - 1e-9, False), (1.0, True)])
def test_sure_begins_at_its_threshold(confidence, sure):
    assert reading(fear=confidence, anger=0.0).sure is sure


def test_results_have_the_form_the_command_line_promises():
    face = reading(anger=0.25, fear=0.75)
    model = "/models/my model.v1.emodel"
    result = Prediction("a.jpg", PhotoStatus.OK, (face,), size=(10, 20), model=model)
    assert result.to_dict() == {
        "path": "a.jpg",
        "status": "ok",
        "error": None,
        "faces": [
            {
                "box": [1, 2, 3, 4],
                "emotion": "fear",
                "confidence": 0.75,
                "sure": True,
                "probabilities": {"anger": 0.25, "fear": 0.75},
            }
        ],
        "model": "my model.v1",
    }


def test_errors_read_as_sentences_and_survive_pickling():
    error = BundleError("It is broken.", "Get another.")
    assert str(error) == "It is broken. Get another."
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), again.message, again.hint) == (BundleError, error.message, error.hint)
    assert str(AppError("Only this.")) == "Only this."
    assert str(pickle.loads(pickle.dumps(CancelledError()))) == "Cancelled."


def test_the_final_states():
    final = {
        *(JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED),
        *(JobState.PAUSED, JobState.DETACHED),
    }
    assert {state for state in JobState if state.is_over} == final


def test_every_job_has_an_id_of_its_own():
    first, second = (JobSpec("k", "t", Lane.COMPUTE) for _ in range(2))
    assert first.id != second.id
