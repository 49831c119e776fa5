"""The user's changes: made whole, undone in order, and kept for good."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from emotion_desktop.domain.errors import UsageError
from emotion_desktop.workspace.catalogue.catalogue import Catalogue
from emotion_desktop.workspace.catalogue.edits import Change, Edits
from tests.unit.workspace.rows import add_photo, add_source


def fill(catalogue):
    """Four photos, the first of which is listed with a label that is not known."""
    source = add_source(catalogue)
    for number in range(4):
        add_photo(catalogue, source, f"/p/{number}.jpg", "Ann", "fear")
    with catalogue.writing() as connection:
        connection.execute("INSERT INTO spellings VALUES (1, 'bored', NULL)")
        connection.execute(
            "INSERT INTO listings (source, photo, row, written) VALUES (1, 1, 2, 'bored')"
        )
        connection.execute("UPDATE photos SET listed = NULL, standing = 'unknown' WHERE id = 1")


@pytest.fixture
def catalogue(tmp_path):
    with Catalogue(tmp_path / "workspace" / "catalogue.sqlite") as made:
        fill(made)
        yield made


def state(catalogue):
    with catalogue.reading() as connection:
        return {
            table: [tuple(row) for row in connection.execute(f"SELECT {columns} FROM {table}")]
            for table, columns in {
                "photos": "id, given, excluded, ready, section",
                "spellings": "*",
                "classes": "*",
                "options": "*",
                "listings": "ignored",
                "corrections": "*",
            }.items()
        }


CHANGES = [
    Change("given", [1, 2], "anger"),
    Change("given", [2], None),
    Change("excluded", [2, 3], "blurred"),
    Change("excluded", [3], None),
    Change("shown", [4], 0),
    Change("ignored", [[1, 2, 1]], 1),
    Change("class", ["fear"], ["merge", "anger"]),
    Change("class", ["fear"], ["keep", None]),
    Change("option", ["grey"], True),
    Change("option", ["grey"], None),
    Change("correction", [["0a0b", 1, 2, 3, 4], ["0a0b", 9, 2, 3, 4]], "fear"),
    Change("correction", [["0a0b", 1, 2, 3, 4]], None),
    Change("import", [[1]], 0),
]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.one_of(st.integers(0, len(CHANGES) - 1), st.sampled_from("ur")), max_size=14))
@example([12, 5])  # the listing is gone with its source
def test_undo_and_redo_lead_through_the_same_states(tmp_path_factory, steps):
    """Against a stack of states, as an editor's text would be."""
    with Catalogue(tmp_path_factory.mktemp("w") / "catalogue.sqlite") as catalogue:
        fill(catalogue)
        edits = Edits(catalogue)
        before, after = [], []
        for step in steps:
            now = state(catalogue)
            if step == "u":
                if before:
                    edits.undo()
                    after.append(now)
                    assert state(catalogue) == before.pop()
                else:
                    with pytest.raises(UsageError, match="nothing to undo"):
                        edits.undo()
            elif step == "r":
                if after:
                    edits.redo()
                    before.append(now)
                    assert state(catalogue) == after.pop()
                else:
                    with pytest.raises(UsageError, match="nothing to redo"):
                        edits.redo()
            elif edits.apply(f"change {step}", [CHANGES[step]]) is not None:
                assert state(catalogue) != now
                before.append(now)
                after.clear()
            else:
                assert state(catalogue) == now


def test_a_new_change_forgets_what_was_undone(catalogue):
    edits = Edits(catalogue)
    edits.apply("first", [Change("given", [1], "anger")])
    edits.undo()
    edits.apply("second", [Change("given", [2], "fear")])
    assert [edit.title for edit in edits.all()] == ["second"]
    with pytest.raises(UsageError, match="nothing to redo"):
        edits.redo()


def test_what_is_so_already_is_no_change(catalogue):
    edits = Edits(catalogue)
    made = edits.apply("Label 2 photos", [Change("given", [1, 2], "anger")])
    assert (made.title, made.photos) == ("Label 2 photos", (1, 2))
    assert edits.apply("again", [Change("given", [1, 2], "anger")]) is None
    half = edits.apply("more", [Change("given", [2, 3], "anger")])
    assert half.photos == (3,)
    assert [edit.title for edit in edits.all()] == ["Label 2 photos", "more"]


def test_changes_outlive_the_program(catalogue):
    path = catalogue.root / "catalogue.sqlite"
    before = state(catalogue)
    Edits(catalogue).apply("out", [Change("excluded", [1, 2, 3], "blurred")])
    with Catalogue(path) as again:
        Edits(again).undo()
        assert state(again) == before
        Edits(again).redo()
        assert [row[2] for row in state(again)["photos"]] == ["blurred"] * 3 + [None]


def test_only_so_many_are_kept(catalogue, monkeypatch):
    from emotion_desktop.workspace.catalogue import edits as module

    monkeypatch.setattr(module, "_KEPT", 2)
    edits = Edits(catalogue)
    for emotion in ("anger", "fear", "sadness", "surprise"):
        edits.apply(emotion, [Change("given", [1], emotion)])
    assert [edit.title for edit in edits.all()] == ["sadness", "surprise"]


def test_more_photos_than_one_statement_takes(catalogue):
    made = Edits(catalogue).apply("many", [Change("given", list(range(1, 3000)), "anger")])
    assert len(made.photos) == 2999
    assert [row[1] for row in state(catalogue)["photos"]] == ["anger"] * 4
