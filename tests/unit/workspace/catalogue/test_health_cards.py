"""The queries behind health cards: whom they name, and that none of them works row by row."""

import pytest

from emotion_desktop.dataset.splitting.freeze import freeze
from emotion_desktop.domain.errors import UsageError
from emotion_desktop.domain.split import SplitRequest
from emotion_desktop.workspace.catalogue.health_cards import PHOTO_CARDS, condition
from tests.unit.workspace.rows import add_photo, add_source


def behind(catalogue, card):
    where, values = condition(card)
    with catalogue.reading() as connection:
        rows = connection.execute(f"SELECT id FROM photos WHERE {where} ORDER BY id", values)
        return [row["id"] for row in rows]


@pytest.mark.parametrize("card", [*PHOTO_CARDS, "tiny:fear", "shortcut:colour:disgust", "split:S"])
def test_nothing_is_looked_for_again_for_every_photo(catalogue, card):
    """With 10,000 photos that took half a minute, and the page waited for it."""
    where, values = condition(card)
    with catalogue.reading() as connection:
        plan = connection.execute(
            f"EXPLAIN QUERY PLAN SELECT count(*) FROM photos WHERE {where}", values
        ).fetchall()
    assert plan
    assert not [row["detail"] for row in plan if "CORRELATED" in row["detail"]]


def test_a_split_names_who_is_trained_on_and_what_is_copied(catalogue):
    source = add_source(catalogue)
    people = [f"P{number}" for number in range(12)]
    photos = {who: add_photo(catalogue, source, f"/{who}_1.jpg", who, "fear") for who in people}
    by_person = freeze(catalogue, "S", SplitRequest())
    freeze(catalogue, "other", SplitRequest(seed=1))
    assert behind(catalogue, "split:S") == []
    parts = by_person.split
    trained, held, copied, alone = (
        next(s.person for s in parts.training),
        *(sample.person for sample in (*parts.validation, *parts.test)[:3]),
    )
    with catalogue.writing() as connection:
        connection.execute(
            "UPDATE split_photos SET person = (SELECT person FROM split_photos WHERE photo = ? "
            "LIMIT 1) WHERE photo = ? AND split = (SELECT id FROM splits WHERE name = 'S')",
            (photos[trained], photos[held]),
        )
        connection.execute(
            "INSERT INTO near_copies SELECT a.digest, b.digest, 1.0 FROM photos a, photos b "
            "WHERE a.id = ? AND b.id = ?",
            (photos[copied], photos[trained]),
        )
    assert behind(catalogue, "split:S") == sorted((photos[held], photos[copied]))
    assert photos[alone] not in behind(catalogue, "split:S")
    assert behind(catalogue, "split:none") == []


@pytest.mark.parametrize("card", ["", "nothing", "split:", "tiny:"])
def test_a_card_that_is_none_is_refused(card):
    with pytest.raises(UsageError, match="no health card"):
        condition(card)
