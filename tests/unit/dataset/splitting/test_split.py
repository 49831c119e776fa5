import random
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emotion_desktop.dataset.sources.labels import read_labelled
from emotion_desktop.dataset.splitting.split import split_by_person
from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.domain.errors import DataError, UsageError
from emotion_desktop.domain.sample import Sample
from emotion_desktop.domain.split import PARTS, Split

SHARED = Path(__file__).parents[5] / "shared" / "data" / "facial_expressions"
THIRDS = (0.7, 0.15, 0.15)


def photos(person: str, emotion: str, count: int = 1) -> list[Sample]:
    return [Sample(Path(f"/{person}_{emotion}_{i}.jpg"), emotion, person) for i in range(count)]


def parts_of(split: Split) -> list[tuple[Sample, ...]]:
    return [getattr(split, name) for name in PARTS]


def persons_by_emotion(samples: tuple[Sample, ...] | list[Sample]) -> dict[str | None, set[str]]:
    persons: dict[str | None, set[str]] = defaultdict(set)
    for sample in samples:
        persons[sample.emotion].add(sample.person)
    return persons


samples_strategy = st.lists(
    st.tuples(st.integers(0, 20), st.sampled_from(EMOTIONS)), min_size=1, max_size=80
).map(lambda rows: [Sample(Path(f"/{i}.jpg"), e, f"p{p}") for i, (p, e) in enumerate(rows)])


@given(samples_strategy, st.sampled_from([THIRDS, (0.5, 0.5, 0.0), (0.6, 0.0, 0.4), (1.0, 0, 0)]))
def test_each_photo_is_in_one_part_and_each_person_too(
    samples: list[Sample], fractions: tuple[float, float, float]
) -> None:
    active = sum(fraction > 0 for fraction in fractions)
    if len({sample.person for sample in samples}) < active:
        with pytest.raises(DataError, match="too few to split"):
            split_by_person(samples, fractions, seed=0)
        return
    parts = parts_of(split_by_person(samples, fractions, seed=0))
    assert sorted(s.path for part in parts for s in part) == sorted(s.path for s in samples)
    assert [bool(part) for part in parts] == [fraction > 0 for fraction in fractions]
    persons = [{sample.person for sample in part} for part in parts]
    assert sum(map(len, persons)) == len(set.union(*persons))


def test_order_does_not_matter_and_the_seed_does() -> None:
    samples = [s for i in range(60) for s in photos(f"p{i}", EMOTIONS[i % 8], 1 + i % 3)]
    shuffled = random.Random(1).sample(samples, len(samples))
    split = split_by_person(samples, THIRDS, seed=3)
    assert split_by_person(shuffled, THIRDS, seed=3) == split
    assert split_by_person(samples, THIRDS, seed=4).test != split.test


@pytest.mark.parametrize("seed", range(10))
def test_an_emotion_of_three_persons_is_in_all_three_parts(seed: int) -> None:
    samples = [s for i in range(200) for s in photos(f"n{i}", "neutral", 1 + i % 4)]
    samples += [s for i in range(3) for s in photos(f"f{i}", "fear", 1 + i * 3)]
    split = split_by_person(samples, (0.8, 0.1, 0.1), seed)
    assert all("fear" in persons_by_emotion(part) for part in parts_of(split))


@pytest.mark.parametrize("seed", range(5))
def test_one_person_with_many_photos_does_not_wreck_the_fractions(seed: int) -> None:
    samples = photos("many", "neutral", 520) + photos("many", "anger", 20)
    samples += [s for i in range(1500) for s in photos(f"n{i}", EMOTIONS[i % 8])]
    split = split_by_person(samples, THIRDS, seed)
    for part, fraction in zip(parts_of(split), THIRDS, strict=True):
        assert len(part) / len(samples) == pytest.approx(fraction, abs=0.02)


def test_the_counts_are_told() -> None:
    samples = photos("a", "fear", 3) + photos("b", "fear", 2) + photos("c", "anger", 4)
    split = split_by_person(samples, (0.5, 0.5, 0.0), seed=0)
    told = split.to_dict()
    assert told["by"] == "person"
    assert (told["seed"], told["fractions"]) == (0, [0.5, 0.5, 0.0])
    for name, part in zip(PARTS, parts_of(split), strict=True):
        counts = told["parts"][name]
        assert counts["photos"] == len(part)
        assert counts["persons"] == len({sample.person for sample in part})
        for emotion in EMOTIONS:
            assert counts["emotions"][emotion] == sum(s.emotion == emotion for s in part)
    lines = {line.split()[0]: line.split()[1:] for line in split.report().splitlines()}
    assert lines["training"] == ["validation", "test"]
    assert lines["photos"] == [str(len(part)) for part in parts_of(split)]
    assert lines["fear"] == [str(told["parts"][name]["emotions"]["fear"]) for name in PARTS]
    assert "sadness" not in lines


@pytest.mark.parametrize(
    "fractions", [(0.5, 0.2, 0.2), (0.0, 0.5, 0.5), (1.2, -0.1, -0.1), (float("nan"), 0.5, 0.5)]
)
def test_shares_that_make_no_whole_are_refused(fractions: tuple[float, float, float]) -> None:
    with pytest.raises(UsageError, match="add up"):
        split_by_person(photos("a", "fear") + photos("b", "fear"), fractions, seed=0)


def test_photos_without_a_label_are_refused() -> None:
    with pytest.raises(ValueError, match="has no emotion"):
        split_by_person([Sample(Path("/a.jpg"), None, "a")], (1.0, 0.0, 0.0), seed=0)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared data set is not there")
@pytest.mark.parametrize("fractions", [THIRDS, (0.8, 0.1, 0.1), (0.6, 0.2, 0.2)])
@pytest.mark.parametrize("seed", [0, 1])
def test_the_shared_data_set(fractions: tuple[float, float, float], seed: int) -> None:
    samples = read_labelled(SHARED).samples
    everyone = persons_by_emotion(list(samples))
    split = split_by_person(samples, fractions, seed)
    for part, fraction in zip(parts_of(split), fractions, strict=True):
        assert len(part) / len(samples) == pytest.approx(fraction, abs=0.002)
        here = persons_by_emotion(part)
        for emotion, persons in everyone.items():
            assert here[emotion], emotion
            share = sum(s.emotion == emotion for s in part) / sum(
                s.emotion == emotion for s in samples
            )
            if len(persons) > 20:
                assert share == pytest.approx(fraction, abs=0.02), emotion
