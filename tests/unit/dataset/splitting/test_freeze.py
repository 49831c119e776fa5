"""Splits of the workspace's photos: honest by default, and said where they are not."""

import pytest

from emotion_desktop.dataset.sources.files import fingerprint
from emotion_desktop.dataset.splitting.freeze import freeze, plan_split
from emotion_desktop.dataset.splitting.leaks import leak_report
from emotion_desktop.domain.errors import UsageError
from emotion_desktop.domain.split import PARTS, SplitRequest
from emotion_desktop.workspace.catalogue.catalogue import Catalogue
from tests.unit.workspace.rows import add_photo, add_source


@pytest.fixture
def catalogue(tmp_path):
    """Thirty persons with four photos each, half of them afraid; contempt of two persons."""
    with Catalogue(tmp_path / "workspace" / "catalogue.sqlite") as made:
        source = add_source(made)
        for number in range(120):
            emotion = "fear" if number % 4 < 2 else "anger"
            add_photo(made, source, f"/p/{number:08}.jpg", f"P{number // 4:02}", emotion)
        for number in (1, 2):
            add_photo(made, source, f"/p/c{number:07}.jpg", f"C{number}", "contempt")
        yield made


def digest(number: int) -> bytes:
    """As rows.add_photo makes it."""
    return fingerprint.digest(f"{number:08}.jpg".encode())


def near(catalogue, *pairs):
    with catalogue.writing() as connection:
        connection.executemany(
            "INSERT INTO near_copies VALUES (?, ?, 0.995)",
            [tuple(sorted((digest(a), digest(b)))) for a, b in pairs],
        )


def part_of(split, number):
    (name,) = [
        name
        for name in PARTS
        for sample in split.part(name)
        if sample.path.name == f"{number:08}.jpg"
    ]
    return name


def test_nobody_is_on_two_sides_and_the_impossible_is_said(catalogue):
    drafted = plan_split(catalogue, SplitRequest())
    persons = [{s.person for s in drafted.split.part(name)} for name in PARTS]
    assert sum(map(len, persons)) == 32
    assert (drafted.leaks.persons, drafted.leaks.copies) == (0, 0)
    assert "No photo held back" in drafted.leaks.sentence
    (sentence,) = drafted.leaks.impossible
    assert sentence.startswith("Contempt is not in")
    assert "2 photos of 2 persons" in sentence


@pytest.mark.parametrize("seed", range(4))
def test_copies_stay_on_one_side_with_all_who_are_in_them(catalogue, seed):
    # P00 and P05 share a copy, P05 and P09 another one: all three stay together.
    near(catalogue, (0, 20), (21, 36))
    together = plan_split(catalogue, SplitRequest(seed=seed))
    assert len({part_of(together.split, n) for n in (0, 1, 20, 21, 36, 37)}) == 1
    assert together.leaks.copies == 0
    apart = [
        plan_split(catalogue, SplitRequest(seed=s, copies_together=False)).leaks.copies
        for s in range(6)
    ]
    assert max(apart) > 0


@pytest.mark.parametrize("seed", range(4))
def test_copies_in_different_sources_stay_on_one_side(catalogue, seed):
    other = add_source(catalogue, "other")
    for number in range(200, 240):
        emotion = "fear" if number % 2 else "anger"
        add_photo(catalogue, other, f"/q/{number:08}.jpg", f"Q{number}", emotion)
    pairs = [(n - 200, n) for n in range(200, 240, 4)]
    near(catalogue, *pairs)
    drafted = plan_split(catalogue, SplitRequest(seed=seed))
    assert all(part_of(drafted.split, a) == part_of(drafted.split, b) for a, b in pairs)
    assert drafted.leaks.copies == 0
    sources = [{s.source for s in drafted.split.part(name)} for name in PARTS]
    assert sources == [{"source", "other"}] * 3


def test_split_by_photo_leaks_and_says_how_much(catalogue):
    near(catalogue, (0, 20))
    order = SplitRequest(unit="photo", copies_together=False, seed=1)
    drafted = plan_split(catalogue, order)
    trained = {s.person for s in drafted.split.training}
    held_back = [*drafted.split.validation, *drafted.split.test]
    assert drafted.leaks.persons == sum(s.person in trained for s in held_back) > 10
    assert f"{drafted.leaks.persons:,} show a person" in drafted.leaks.sentence
    assert drafted.split.to_dict()["by"] == "photo"
    with pytest.raises(UsageError, match="cannot keep"):
        plan_split(catalogue, SplitRequest(unit="house"))


def test_the_same_file_twice_counts_as_a_copy(catalogue):
    with catalogue.writing() as connection:
        connection.execute("UPDATE photos SET digest = ? WHERE digest = ?", (digest(0), digest(40)))
    together = plan_split(catalogue, SplitRequest())
    assert part_of(together.split, 0) == part_of(together.split, 40)
    split = plan_split(catalogue, SplitRequest(copies_together=False, seed=3)).split
    expected = part_of(split, 0) != part_of(split, 40) and "training" in (
        part_of(split, 0),
        part_of(split, 40),
    )
    assert (leak_report(split, []).copies > 0) == expected


def test_what_is_frozen_is_what_was_drafted(catalogue):
    order = SplitRequest((0.7, 0.3, 0.0), 5, "photo")
    assert freeze(catalogue, "x", order).split == plan_split(catalogue, order).split


def test_the_users_choice_of_grey_is_frozen_with_it(catalogue):
    assert not freeze(catalogue, "in colour", SplitRequest()).grey
    with catalogue.writing() as connection:
        connection.execute("INSERT INTO options VALUES ('grey', 'true')")
    assert freeze(catalogue, "in grey", SplitRequest()).grey
