"""Which rule for persons is proposed, why, and how many persons it gives."""

from dataclasses import asdict
from pathlib import PurePosixPath
from types import SimpleNamespace

import pytest

from emotion_desktop.dataset.sources.person_proposal import propose
from emotion_desktop.dataset.sources.person_rule import PhotoPlace
from emotion_desktop.jobs.dataset.import_preview import preview_import
from emotion_desktop.jobs.dataset.specs import ImportRequest
from emotion_desktop.workspace.paths import Workspace
from tests.unit.dataset.pictures import put_pictures


def places(*names: str) -> list[PhotoPlace]:
    """Photos whose label is the folder they lie in."""
    return [PhotoPlace(n, label=PurePosixPath(n).parent.name) for n in names]


@pytest.mark.parametrize(
    ("names", "rule"),
    [
        (("happy/Ann_1.jpg", "sad/Ann_2.jpg", "sad/Ben_1.jpg"), "names"),
        # One person with a name is one person; one with none is a way to count photos.
        (tuple(f"{e}/Ann_{n}.jpg" for e in ("happy", "sad") for n in range(9)), "names"),
        (tuple(f"{e}/S005_{n}.jpg" for e in ("happy", "sad") for n in range(9)), "names"),
        (tuple(f"{e}/qq_{n}.jpg" for e in ("happy", "sad") for n in range(9)), "each"),
        (("happy/1.jpg", "happy/2.jpg", "sad/1.jpg"), "each"),
        (tuple(f"session{s}/happy/{n}.jpg" for s in (1, 2) for n in range(4)), "each"),
        (tuple(f"train/happy/{n}.jpg" for n in range(4)), "each"),
        # As AffectNet piles its photos: the folders' numbers mean nothing.
        (tuple(f"{k}/{n:032x}.jpg" for k in (101, 102) for n in range(4)), "each"),
        (tuple(f"subject_{k}/{n}.jpg" for k in (1, 2) for n in range(4)), "{person}/*"),
    ],
)
def test_the_rule_that_explains_the_most(names, rule):
    assert propose(places(*names)).rule.text == rule


def test_a_column_says_it_best():
    photos = [PhotoPlace(f"Ann_{n}.jpg", column="p") for n in range(3)]
    assert propose(photos).rule.text == "column"


@pytest.mark.parametrize(
    ("names", "rule", "persons", "reason"),
    [
        (
            [
                f"P{p:03}/{e}/{n:03}.png"
                for p in (1, 2, 3)
                for e in ("Fear", "Anger")
                for n in (0, 1)
            ],
            *("{person}/*", 3, "folders are named after"),
        ),
        (
            [f"{e}/im{n}.png" for e in ("fear", "anger") for n in range(4)],
            *("each", 8, "say nothing of persons"),
        ),
        (
            [
                f"{e}/{s}{p}{c}S.png"
                for e, c in (("fear", "AF"), ("anger", "AN"))
                for s in "AB"
                for p in ("F01", "M02")
            ],
            *("names", 2, "read from the photos' names"),
        ),
    ],
)
def test_the_import_shows_the_proposal_and_how_many_persons_it_gives(
    tmp_path, names, rule, persons, reason
):
    put_pictures(*(tmp_path / "set" / name for name in names), side=8)
    context = SimpleNamespace(workspace=Workspace(tmp_path / "w"), emit=lambda _: None)
    shown = preview_import(context, request=asdict(ImportRequest(str(tmp_path / "set"))))
    assert shown.persons["rule"] == shown.persons["proposed"]["rule"] == rule
    assert shown.persons["persons"] == persons
    assert reason in shown.persons["proposed"]["reason"]
    other = asdict(ImportRequest(str(tmp_path / "set"), persons="each"))
    again = preview_import(context, request=other).persons
    assert (again["rule"], again["persons"]) == ("each", len(names))
    assert again["proposed"]["rule"] == rule
