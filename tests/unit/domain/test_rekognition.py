from hypothesis import given
from hypothesis import strategies as st

from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.domain.rekognition import MAPPINGS, cost, labels, map_emotions

NAMES = (
    "HAPPY",
    "SAD",
    "ANGRY",
    "CONFUSED",
    "DISGUSTED",
    "SURPRISED",
    "CALM",
    "UNKNOWN",
    "FEAR",
)


def test_the_table_names_every_emotion_of_the_service_and_only_ours():
    for mapping in MAPPINGS.values():
        assert set(mapping) == set(NAMES)
        assert {e for e in mapping.values() if e} <= set(EMOTIONS)
    eight = EMOTIONS[:8]
    assert labels(MAPPINGS["plain"]) == tuple(e for e in eight if e != "contempt")
    assert labels(MAPPINGS["notebooks"]) == eight


def test_confused_is_contempt_in_the_notebooks_alone():
    said = {"CONFUSED": 60.0, "CALM": 30.0, "UNKNOWN": 10.0}
    ours, other = map_emotions(said, MAPPINGS["plain"])
    assert (ours["neutral"], other) == (0.3, {"CONFUSED": 0.6, "UNKNOWN": 0.1})
    ours, other = map_emotions(said, MAPPINGS["notebooks"])
    assert (ours["contempt"], other) == (0.6, {"UNKNOWN": 0.1})


@given(st.dictionaries(st.sampled_from((*NAMES, "NEW")), st.floats(-10, 200, allow_nan=False)))
def test_whatever_it_says_is_shares_of_ours_and_the_rest(said):
    for mapping in MAPPINGS.values():
        ours, other = map_emotions(said, mapping)
        assert tuple(ours) == labels(mapping)
        assert all(0 <= share <= 1 for share in (*ours.values(), *other.values()))
        assert set(other) == {name for name in said if mapping.get(name) is None}


def test_cost():
    assert cost(1000) == 1.0
