"""How far models are apart on a face, and the gallery's order by it."""

import pytest

from emotion_desktop.domain.geometry import Box, Frame
from emotion_desktop.domain.prediction import FacePrediction, PhotoStatus, Prediction
from emotion_desktop.ui.gallery.entries import Arrangement, SortOrder, entries_of
from emotion_desktop.ui.gallery.opinions import Opinions


def face(x=0, **shares) -> FacePrediction:
    return FacePrediction(Box(x, 0, 10, 10), Frame(x + 5, 5, 10, 10), shares)


def photo(path, *faces) -> Prediction:
    status = PhotoStatus.OK if faces else PhotoStatus.NO_FACE
    return Prediction(path, status, faces, size=(100, 10))


def test_disagreement_is_half_the_sum_of_differences():
    (entry,) = entries_of(photo("a", face(anger=0.7, fear=0.3)))
    opinions = Opinions()
    assert not opinions
    assert opinions.disagreement(entry) == -1
    opinions.add("same", [photo("a", face(anger=0.7, fear=0.3))])
    assert opinions
    assert opinions.disagreement(entry) == pytest.approx(0)
    opinions.add("other", [photo("a", face(anger=0.2, fear=0.8))])
    assert opinions.disagreement(entry) == pytest.approx(0.25)
    assert set(opinions.for_entry(entry)) == {"same", "other"}


def test_emotions_that_one_of_them_does_not_know_are_left_out():
    (entry,) = entries_of(photo("a", face(anger=0.4, fear=0.4, contempt=0.2)))
    opinions = Opinions()
    opinions.add("seven", [photo("a", face(anger=0.5, fear=0.5))])
    assert opinions.disagreement(entry) == pytest.approx(0)


def test_faces_are_told_apart_by_where_they_are():
    faces = face(0, anger=1.0, fear=0.0), face(50, anger=0.0, fear=1.0)
    left, right = entries_of(photo("a", *faces))
    opinions = Opinions()
    opinions.add("other", [photo("a", face(52, anger=0.0, fear=1.0))])
    assert opinions.for_entry(right)["other"].box.x == 52
    assert opinions.for_entry(left) == {"other": None}
    assert (opinions.disagreement(left), opinions.disagreement(right)) == (1.0, pytest.approx(0))


def test_models_that_disagree_come_first_and_what_nobody_else_saw_last():
    results = [photo(name, face(anger=0.9, fear=0.1)) for name in "abc"]
    entries = [entry for result in results for entry in entries_of(result)]
    opinions = Opinions()
    near, far = face(anger=0.8, fear=0.2), face(anger=0.1, fear=0.9)
    opinions.add("other", [photo("b", near), photo("c", far)])
    arranged = Arrangement.sort(entries, SortOrder.DISAGREE, opinions.disagreement)
    assert [entries[row].prediction.path for row in arranged.rows("anger")] == ["c", "b", "a"]
    opinions.clear()
    arranged = Arrangement.sort(entries, SortOrder.DISAGREE, opinions.disagreement)
    assert [entries[row].prediction.path for row in arranged.rows("anger")] == ["a", "b", "c"]
