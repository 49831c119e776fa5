"""Who is in a photo: by names, by a pattern, by a column."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emotion_desktop.dataset.sources.person_rule import PersonRule, PhotoPlace, survey
from emotion_desktop.domain.errors import UsageError


@pytest.mark.parametrize(
    ("pattern", "place", "person"),
    [
        ("{person}_{number}", "Alain_Cervantes_0001.jpg", "Alain_Cervantes"),
        ("{person}_{number}", "A_12_0003.jpg", "A_12"),
        ("{person}_*", "Anna_happy_3.jpg", "Anna"),
        ("{number}-{person}-{word}", "0001-Anna Lee-fear.png", "Anna Lee"),
        ("{person}/*", "S010/004/frame.png", "S010"),
        ("*/{person}/{number}", "train/Anna/7.png", "Anna"),
        ("{person}\\*", "Anna/7.png", "Anna"),
        ("img.{person}.(1)", "IMG.anna.(1).jpg", "anna"),
        ("{person}_{number}", "nothing.jpg", "nothing"),
        ("{person}{number}", "0001.jpg", "0"),
        ("names", "Alain_Cervantes_0001.jpg", "Alain_Cervantes"),
        ("each", "fear/Alain_1.jpg", "fear/Alain_1"),
        ("column", "Alain_1.jpg", "Alain_1"),
    ],
)
def test_persons(pattern, place, person):
    rule = PersonRule.parse(pattern)
    assert rule.person(PhotoPlace(place)) == person
    assert PersonRule.parse(rule.text) == rule


def test_a_column_that_says_nothing_leaves_the_photo_alone():
    rule = PersonRule.parse("column")
    assert rule.person(PhotoPlace("a_1.jpg", "Anna")) == "Anna"
    assert rule.person(PhotoPlace("a_1.jpg", "")) == "a_1"


@pytest.mark.parametrize(
    "pattern",
    ["", "x", "{person}_{person}", "{name}", "{number}", "{person}**", "{person}" + "{word}" * 4],
)
def test_what_is_no_pattern_is_refused_with_an_example(pattern):
    with pytest.raises(UsageError) as caught:
        PersonRule.parse(pattern)
    assert "{person}_{number}" in caught.value.hint


@given(st.text(max_size=30), st.text(min_size=1, max_size=40).filter(lambda n: "\0" not in n))
def test_any_text_is_a_pattern_or_refused(pattern, name):
    try:
        rule = PersonRule.parse(pattern)
    except UsageError:
        return
    assert isinstance(rule.person(PhotoPlace(name)), str)


@pytest.mark.parametrize("name", ["a" * 255, "_" * 255, "1" * 255, "a_1" * 85])
def test_no_pattern_takes_for_ever(name):
    """Steps are counted, not seconds: a search that multiplies would not end in this life."""
    begin = time.process_time()
    for pattern in ("*{person}{number}{word}x", "{person}{word}{word}{word}x"):
        PersonRule.parse(pattern).person(PhotoPlace(name))
    assert time.process_time() - begin < 30


def test_a_survey_shows_the_large_ones_first():
    photos = [PhotoPlace(f"Anna_{n}.jpg") for n in range(5)]
    photos += [PhotoPlace("Ben_1.jpg"), PhotoPlace("ANNA_9.jpg")]
    told = survey(PersonRule(), photos)
    assert (told.photos, told.persons, told.alone) == (7, 2, 1)
    assert told.examples == (("Anna_0.jpg", "Anna"), ("Ben_1.jpg", "Ben"))
    assert survey(PersonRule(), []).examples == ()
