"""Several sources in one training."""

from dataclasses import replace

import numpy as np
import pytest

from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.domain.experts import EXPERT_FEATURES
from emotion_desktop.training.data.expert_rows import ExpertRows
from emotion_desktop.training.data.joined import join
from emotion_desktop.training.data.part import Part

FEAR, ANGER = EMOTIONS.index("fear"), EMOTIONS.index("anger")


def part(first: int, emotions: list[int], votes: np.ndarray | None = None) -> Part:
    faces = np.arange(first, first + len(emotions), dtype=np.uint8)
    return Part(
        np.broadcast_to(faces[:, None, None, None], (len(emotions), 4, 4, 1)),
        np.array(emotions, np.int8),
        np.arange(len(emotions), dtype=np.int32),
        (("fear", len(emotions)),),
        votes=votes,
    )


def votes_of(*rows: dict[str, float]) -> np.ndarray:
    return np.array([[row.get(e, 0.0) for e in EMOTIONS] for row in rows], np.float32)


def test_faces_of_all_sources_are_found_by_number():
    joined = join([part(0, [FEAR] * 3), part(10, [ANGER] * 2)], [0.5, 0.5])
    assert len(joined.faces) == 5
    assert joined.faces[np.array([4, 0, 3])][:, 0, 0, 0].tolist() == [11, 0, 10]
    assert joined.faces[1:4][:, 0, 0, 0].tolist() == [1, 2, 10]


def test_nobody_is_in_two_sources():
    joined = join([part(0, [FEAR] * 3), part(10, [ANGER] * 2)], [0.5, 0.5])
    everybody = [*joined.people, *(person for _, person in joined.missing)]
    assert len(set(everybody)) == 7


def test_each_source_has_its_share():
    joined = join([part(0, [FEAR] * 3), part(10, [ANGER] * 2)], [0.25, 0.75])
    assert joined.draws is not None
    assert joined.draws[:3].sum() == pytest.approx(0.25)
    assert joined.draws[3:].sum() == pytest.approx(0.75)


def test_votes_are_what_the_net_is_to_answer_and_a_label_is_a_unanimous_vote():
    votes = votes_of({"fear": 0.7, "surprise": 0.3}, {"anger": 1.0})
    joined = join([part(0, [FEAR]), part(10, [FEAR, ANGER], votes)], [0.5, 0.5])
    soft = joined.soft_targets(("anger", "fear", "surprise"))
    assert soft.tolist() == pytest.approx(np.array([[0, 1, 0], [0, 0.7, 0.3], [1, 0, 0]]))


def test_votes_for_what_is_no_label_are_left_out():
    soft = part(0, [FEAR], votes_of({"fear": 0.6, "surprise": 0.4})).soft_targets(("anger", "fear"))
    assert soft.tolist() == [[0, 1]]


def with_experts(made: Part, value: float) -> Part:
    table = np.full((len(made.emotions), EXPERT_FEATURES), value, np.float32)
    return replace(made, expert_features=ExpertRows(table, np.arange(len(table))))


def test_expert_features_are_kept_of_the_sources_from_the_first_on_that_have_them():
    first, second = with_experts(part(0, [FEAR]), 1.0), part(10, [ANGER, FEAR])
    both = join([first, with_experts(second, 2.0)], [0.5, 0.5])
    assert both.expert_features is not None
    assert both.expert_features[:][:, 0].tolist() == [1, 2, 2]
    one = join([first, second], [0.5, 0.5])
    assert one.expert_features is not None
    assert len(one.expert_features) == 1
    assert join([second, first], [0.5, 0.5]).expert_features is None
