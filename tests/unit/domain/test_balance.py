"""Ways to balance: values that are either sensible or refused, and survive a file."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emotion_desktop.domain.balance import EDITS, Balance, Method, Synthesis
from emotion_desktop.domain.emotions import EMOTIONS

SYNTHESES = st.builds(
    Synthesis,
    st.dictionaries(st.sampled_from(EMOTIONS), st.integers(0, 10_000)),
    st.lists(st.sampled_from(EDITS), min_size=1).map(tuple),
    st.floats(0, 1),
    st.integers(),
)
BALANCES = st.one_of(
    st.builds(Balance, st.sampled_from([Method.NONE, Method.WEIGHTS])),
    st.builds(Balance, st.just(Method.SAMPLING), st.floats(0, 1)),
    st.builds(Balance, st.just(Method.SYNTHESIS), synthesis=SYNTHESES),
)


@given(BALANCES)
def test_it_comes_back_from_json_as_it_was(balance):
    assert Balance.from_dict(json.loads(json.dumps(balance.to_dict()))) == balance


def test_edits_stand_in_one_order_and_once():
    made = Synthesis({}, ("flip", "contrast", "flip"))
    assert made.edits == ("contrast", "flip")


@pytest.mark.parametrize(
    "make",
    [
        lambda: Synthesis({"boredom": 5}),
        lambda: Synthesis({"fear": -1}),
        lambda: Synthesis({"fear": 1.5}),
        lambda: Synthesis({"fear": 10**9}),
        lambda: Synthesis({}, edits=("sepia",)),
        lambda: Synthesis({}, edits=()),
        lambda: Synthesis({}, strength=1.5),
        lambda: Synthesis({}, strength=float("nan")),
        lambda: Synthesis({}, seed="x"),
        lambda: Balance(Method.SAMPLING, power=2),
        lambda: Balance(Method.SYNTHESIS),
        lambda: Balance(Method.NONE, synthesis=Synthesis({})),
    ],
)
def test_nonsense_is_refused(make):
    with pytest.raises(ValueError):
        make()


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"method": "magic", "power": 0, "synthesis": None},
        {"method": "none", "power": "0", "synthesis": None},
        {"method": "synthesis", "power": 0, "synthesis": {"targets": [], "edits": []}},
        {"method": "synthesis", "power": 0, "synthesis": 5},
        {"method": [], "power": 0, "synthesis": None},
    ],
)
def test_a_file_that_holds_none_is_refused(data):
    with pytest.raises(ValueError):
        Balance.from_dict(data)
