"""The emotions of a net's classes, found out on photos."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.training.external.label_order import likeliest_order


def answers(order, truth, wrong=()):
    """What a net with its classes in this order says: the truth, but for a few photos."""
    said = np.zeros((len(truth), len(order)), np.float32)
    for row, emotion in enumerate(truth):
        said[row, (order.index(emotion) + (row in wrong)) % len(order)] = 1
    return said


@given(st.permutations(EMOTIONS), st.integers(2, 8), st.permutations(EMOTIONS))
@settings(max_examples=25, deadline=None)
def test_any_order_is_found(order, classes, believed):
    order = tuple(order[:classes])
    truth = [emotion for emotion in order for _ in range(5)]
    wrong = set(range(0, len(truth), 7))
    found = likeliest_order(answers(order, truth, wrong), truth, believed[:classes])
    assert found == order


def test_where_photos_say_nothing_what_was_given_stands():
    order = ("surprise", "fear", "anger")
    said = np.zeros((0, 3), np.float32)
    assert likeliest_order(said, [], order) == order
    truth = ["surprise"] * 4
    assert likeliest_order(answers(order, truth), truth, order) == order
