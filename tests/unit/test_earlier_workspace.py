"""A workspace of an earlier version is opened, and means what it meant."""

import shutil

import pytest

from emotion_desktop.dataset.audit.audit import audit
from emotion_desktop.dataset.audit.cards import health
from emotion_desktop.jobs.running.context import LocalContext
from emotion_desktop.workspace.catalogue.catalogue import Catalogue
from emotion_desktop.workspace.catalogue.health_cards import condition
from emotion_desktop.workspace.catalogue.moving import move_photos
from tests.earlier_workspace import earlier_workspace
from tests.faces import make_data_set


@pytest.fixture
def place(tmp_path):
    return earlier_workspace(tmp_path / "workspace")


@pytest.fixture
def catalogue(place):
    with Catalogue(place.catalogue) as catalogue:
        yield catalogue


def photos(catalogue, card):
    where, values = condition(card)
    with catalogue.reading() as connection:
        rows = connection.execute(f"SELECT name FROM photos WHERE {where} ORDER BY name", values)
        return [row["name"] for row in rows]


def test_what_is_wrong_with_its_photos_is_known_by_code(catalogue):
    assert photos(catalogue, "missing") == ["Subject_01_0002.jpg"]
    assert photos(catalogue, "unreadable") == ["Subject_04_0001.jpg"]
    with catalogue.reading() as connection:
        rows = connection.execute("SELECT problem_code, count(*) FROM photos GROUP BY 1").fetchall()
    assert dict(map(tuple, rows)) == {None: 4, "missing": 1, "unreadable": 1}


def test_faces_that_nobody_knows_who_counted_are_counted_anew(place, catalogue):
    assert photos(catalogue, "no_face") == []
    assert {card.key: card.stale for card in health(catalogue)}["no_face"]
    made = make_data_set(
        place.root / "made", 1, 2, emotions=("anger", "fear"), faceless=1, broken=1
    )
    shutil.copytree(made / "images", place.root / "data" / "images")
    found = {card.key: card for card in audit(catalogue, LocalContext(lambda _: None))}
    assert photos(catalogue, "no_face") == ["Subject_03_0001.jpg"]
    assert not found["no_face"].stale
    assert found["missing"].count == 0


def test_its_photos_are_found_in_the_folder_they_were_moved_to(place, catalogue, tmp_path):
    given = {"emotions": ("anger", "fear"), "faceless": 1, "broken": 1, "bent": False}
    make_data_set(tmp_path / "moved", 1, 2, **given)
    moved = move_photos(catalogue, tmp_path / "moved")
    assert moved.found >= 5
    assert photos(catalogue, "missing") == []
    assert photos(catalogue, "unreadable") == ["Subject_04_0001.jpg"]
