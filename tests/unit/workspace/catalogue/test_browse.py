"""Looking through the photos: filters, order, rows, histogram."""

from dataclasses import replace

import pytest

from emotion_desktop.dataset.splitting.freeze import freeze
from emotion_desktop.domain.errors import UsageError
from emotion_desktop.domain.split import SplitRequest
from emotion_desktop.workspace.catalogue.browse import (
    SECTIONS,
    Filter,
    filter_photos,
    histogram,
    photo_detail,
    photo_rows,
)
from emotion_desktop.workspace.catalogue.catalogue import Catalogue
from tests.unit.workspace.rows import add_photo, add_source


@pytest.fixture
def catalogue(tmp_path):
    with Catalogue(tmp_path / "workspace" / "catalogue.sqlite") as made:
        first, second = add_source(made, "first"), add_source(made, "second")
        for number in range(12):
            emotion = "fear" if number % 2 else "anger"
            add_photo(made, first, f"/p/{11 - number:02}.jpg", f"P{number}", emotion)
        add_photo(made, second, "/p/bare.jpg", "Zoë", None)
        add_photo(made, second, "/p/out.jpg", "Zoë", "fear", excluded="blurred")
        add_photo(made, second, "/p/given.jpg", "Zoë", "fear", given="surprise")
        add_photo(made, second, "/p/hidden.jpg", "Zoë", "fear", ready=0)
        yield made


def names(catalogue, wanted):
    numbers = filter_photos(catalogue, wanted).numbers
    found = photo_rows(catalogue, numbers)
    return [found[number].name for number in numbers]


def test_photos_come_by_section_and_name(catalogue):
    found = filter_photos(catalogue, Filter())
    assert list(found.sections.items()) == [
        ("anger", 6),
        ("fear", 6),
        ("surprise", 1),
        ("unlabelled", 1),
        ("excluded", 1),
    ]
    assert list(found.sections) == [s for s in SECTIONS if s in found.sections]
    listed = names(catalogue, Filter())
    assert listed == [
        *(f"{n:02}.jpg" for n in range(1, 12, 2)),
        *(f"{n:02}.jpg" for n in range(0, 12, 2)),
        "given.jpg",
        "bare.jpg",
        "out.jpg",
    ]
    assert found.numbers.itemsize == 8


def test_filters(catalogue):
    assert names(catalogue, Filter(section="surprise")) == ["given.jpg"]
    assert len(names(catalogue, Filter(source=1))) == 12
    assert names(catalogue, Filter(source=2, section="excluded")) == ["out.jpg"]
    assert len(names(catalogue, Filter(person="ZO"))) == 3
    assert names(catalogue, Filter(person="%")) == []
    assert names(catalogue, Filter(card="unlabelled")) == ["bare.jpg"]
    with pytest.raises(UsageError):
        filter_photos(catalogue, Filter(card="nothing"))


def test_parts_of_a_split(catalogue):
    frozen = freeze(catalogue, "one", SplitRequest((0.5, 0.25, 0.25)))
    wanted = Filter(split="one")
    by_part = {
        part: names(catalogue, replace(wanted, part=part))
        for part in ("training", "validation", "test", "none")
    }
    assert sorted(by_part["test"]) == sorted(s.path.name for s in frozen.split.test)
    assert sorted(by_part["none"]) == ["bare.jpg", "out.jpg"]
    assert len(names(catalogue, wanted)) == 13
    counts = histogram(catalogue, "one")
    for section, of_section in counts.items():
        for part, count in of_section.items():
            found = filter_photos(
                catalogue, Filter(section=section, split="one", part=part or "none")
            )
            assert len(found.numbers) == count
    assert histogram(catalogue) == {
        s: {"": n} for s, n in filter_photos(catalogue, Filter()).sections.items()
    }
    number = filter_photos(catalogue, Filter(section="surprise")).numbers[0]
    assert photo_detail(catalogue, number).parts["one"] in ("training", "validation", "test")


def test_all_that_is_known_of_a_photo(catalogue):
    with catalogue.writing() as connection:
        connection.execute("INSERT INTO spellings VALUES (2, 'AFRAID', 'fear')")
        connection.execute(
            "INSERT INTO listings (source, photo, row, written, annotator, usage) "
            "SELECT 2, id, 7, 'AFRAID', 'me', 'Training' FROM photos WHERE name = 'given.jpg'"
        )
    number = filter_photos(catalogue, Filter(section="surprise")).numbers[0]
    told = photo_detail(catalogue, number)
    assert (told.row.emotion, told.row.by_hand, told.row.person) == ("surprise", True, "Zoë")
    (said,) = told.source_labels
    assert (said.source, said.row, said.written, said.emotion) == ("second", 7, "AFRAID", "fear")
    assert (told.width, told.height) == (9, 9)
    assert photo_detail(catalogue, 999) is None


def test_no_filter_sorts_anything(catalogue):
    """The index gives the order: opening stays quick with very many photos."""
    with catalogue.reading() as connection:
        plan = connection.execute(
            "EXPLAIN QUERY PLAN SELECT id FROM photos WHERE ready = 1 AND section = ? "
            "ORDER BY name, id",
            ("fear",),
        ).fetchall()
    (step,) = [row["detail"] for row in plan]
    assert "USING INDEX photos_by_section" in step.replace("COVERING ", "")
