"""Imports: what is kept, that it is kept once, and that nothing half-done is shown."""

import os
import shutil
import sqlite3
from pathlib import Path

import pytest

from emotion_desktop.dataset import importing as module
from emotion_desktop.dataset.importing import Imported, import_source
from emotion_desktop.dataset.sources.open_source import open_source
from emotion_desktop.dataset.sources.person_rule import PersonRule
from emotion_desktop.dataset.sources.reading_options import ReadingOptions
from emotion_desktop.dataset.sources.tables.table_columns import Columns
from emotion_desktop.domain.errors import AppError, CancelledError, DataError, UsageError
from emotion_desktop.domain.job import Progress
from emotion_desktop.jobs.running.context import LocalContext
from emotion_desktop.workspace.catalogue.catalogue import Catalogue
from emotion_desktop.workspace.catalogue.counts import photo_counts
from emotion_desktop.workspace.catalogue.photos import labelled_photos
from emotion_desktop.workspace.catalogue.sources import Sources
from tests.unit.dataset.pictures import put_pictures

SHARED = Path(__file__).parents[4] / "shared" / "data" / "facial_expressions"


@pytest.fixture
def table(tmp_path):
    """Six photos, five of them listed, one of these twice and one with two labels."""
    folder = tmp_path / "set"
    names = ("Ann_1", "Ann_2", "Ben_1", "Cleo_1", "d")
    put_pictures(*(folder / "images" / f"{name}.jpg" for name in names))
    (folder / "images" / "e.jpg").write_bytes(b"no picture")
    source = folder / "data" / "legend.csv"
    source.parent.mkdir()
    source.write_text(
        "user.id,image,emotion\n"
        "me,Ann_1.jpg,HAPPY\n"
        "me,Ann_2.jpg,happiness\n"
        "you,Ann_2.jpg,happiness\n"
        "me,Ben_1.jpg,fear\n"
        "you,Ben_1.jpg,anger\n"
        "me,Cleo_1.jpg,bored\n"
        "me,missing.jpg,fear\n"
        ",,fear\n"
        "me,e.jpg,sad\n"
    )
    return source


def bring(catalogue: Catalogue, source: Path, **options) -> Imported:
    """Imports as the verb does."""
    reading = ReadingOptions(columns=options.pop("columns", None))
    copy = options.pop("copy", False)
    context = options.pop("context", None) or LocalContext(lambda _: None)
    incoming = open_source(source, catalogue.root, reading, copy=copy)
    return import_source(catalogue, incoming, context, **options)


def everything(catalogue: Catalogue) -> dict[str, list[tuple]]:
    """All rows that an import writes, without the time it ended."""
    with catalogue.reading() as connection:
        return {
            name: [tuple(row) for row in connection.execute(f"SELECT {columns} FROM {name}")]
            for name, columns in {
                "photos": "path, name, source, ready, digest, person, listed, standing, problem",
                "listings": "source, photo, row, written, annotator, usage, ignored",
                "spellings": "*",
                "rejects": "*",
                "persons": "*",
                "sources": "kind, location, title, settings, complete",
            }.items()
        }


def test_a_table_is_kept_with_all_it_says(catalogue, table):
    told = bring(catalogue, table)
    assert (told.title, told.new, told.gone) == ("legend.csv", 6, 0)
    counts = told.tally
    assert counts.sections == {
        "happiness": 2,
        "contradictory": 1,
        "unknown": 1,
        "unlabelled": 1,
        "sadness": 1,
    }
    assert (counts.photos, counts.persons, counts.unreadable) == (6, 4, 1)
    assert counts.listed_twice == 1
    assert {(s.written, s.count, s.emotion) for s in counts.spellings} == {
        ("HAPPY", 1, "happiness"),
        ("happiness", 2, "happiness"),
        ("fear", 1, "fear"),
        ("anger", 1, "anger"),
        ("bored", 1, None),
        ("sad", 1, "sadness"),
    }
    assert [(r.row, r.reason) for r in counts.rejects] == [
        (8, "its photo is not there"),
        (9, "it names no photo"),
    ]
    samples = labelled_photos(catalogue).samples
    assert [(s.path.name, s.emotion, s.person) for s in samples] == [
        ("Ann_1.jpg", "happiness", "Ann"),
        ("Ann_2.jpg", "happiness", "Ann"),
    ]
    assert all(len(s.digest) == 8 for s in samples)
    with catalogue.reading() as connection:
        origin = connection.execute(
            "SELECT row, annotator FROM listings WHERE photo = 2 ORDER BY row"
        ).fetchall()
    assert [tuple(row) for row in origin] == [(3, "me"), (4, "you")]


def test_importing_again_changes_nothing(catalogue, table):
    bring(catalogue, table)
    before = everything(catalogue)
    told = bring(catalogue, table.parent.parent)  # the folder that holds the table is the same
    assert (told.new, told.gone) == (0, 0)
    assert everything(catalogue) == before


def test_unchanged_photos_are_not_read_again_and_changed_ones_are(catalogue, table, monkeypatch):
    bring(catalogue, table)
    read: list[str] = []
    real = module.facts_of
    monkeypatch.setattr(module, "facts_of", lambda path: read.append(path.name) or real(path))
    bring(catalogue, table)
    assert read == []
    changed = table.parent.parent / "images" / "Ann_1.jpg"
    put_pictures(changed, seed=1)
    os.utime(changed, ns=(1, 1))
    bring(catalogue, table)
    assert read == ["Ann_1.jpg"]


def test_a_source_that_changed_is_brought_up_to_date(catalogue, table):
    bring(catalogue, table)
    put_pictures(table.parent.parent / "images" / "f.jpg")
    table.write_text("image,emotion\nAnn_1.jpg,sad\nf.jpg,fear\n")
    (table.parent.parent / "images" / "Cleo_1.jpg").unlink()
    told = bring(catalogue, table)
    assert (told.new, told.gone) == (1, 1)
    assert told.tally.sections == {"sadness": 1, "fear": 1, "unlabelled": 5}
    assert [s.written for s in told.tally.spellings] == ["fear", "sad"]


def test_numbers_mean_nothing_until_somebody_says_so(catalogue, tmp_path):
    put_pictures(*(tmp_path / "set" / f"{n}.png" for n in range(4)))
    source = tmp_path / "set" / "codes.csv"
    source.write_text("id,code\n0.png,3\n1.png,5\n2.png,3\n3.png,\n")
    with pytest.raises(DataError, match="No column"):
        bring(catalogue, source)
    told = bring(catalogue, source, columns=Columns(0, 1))
    assert told.tally.sections == {"unknown": 3, "unlabelled": 1}
    told = bring(catalogue, source, columns=Columns(0, 1), decided={"3": "happiness", "9": "fear"})
    assert told.tally.sections == {"happiness": 2, "unknown": 1, "unlabelled": 1}
    # What was decided holds the next time.
    told = bring(catalogue, source, columns=Columns(0, 1))
    assert told.tally.sections == {"happiness": 2, "unknown": 1, "unlabelled": 1}


def test_photos_are_copied_in_and_known_again(catalogue, table):
    told = bring(catalogue, table, copy=True)
    assert told.new == 6
    before = everything(catalogue)
    shutil.rmtree(table.parent.parent / "images")
    samples = labelled_photos(catalogue).samples
    assert len(samples) == 2
    assert all(s.path.is_relative_to(catalogue.root) and s.path.is_file() for s in samples)
    put_pictures(*(table.parent.parent / "images" / f"Ann_{n}.jpg" for n in (1, 2)))
    catalogue_rows = everything(catalogue)
    assert catalogue_rows == before


def test_a_workspace_moves_with_the_photos_it_holds(catalogue, table, tmp_path):
    bring(catalogue, table, copy=True)
    catalogue.close()
    moved = tmp_path / "moved"
    catalogue.root.rename(moved)
    with Catalogue(moved / "catalogue.sqlite") as there:
        assert all(sample.path.is_file() for sample in labelled_photos(there).samples)


def test_folders_of_classes_also_within_train_and_test(catalogue, tmp_path):
    place = tmp_path / "set"
    put_pictures(
        place / "train" / "happy" / "a.png",
        place / "train" / "Bored" / "b.png",
        place / "test" / "fear" / "c.png",
        place / "loose.png",
    )
    told = bring(catalogue, place)
    assert told.tally.sections == {"happiness": 1, "unknown": 1, "fear": 1, "unlabelled": 1}
    with catalogue.reading() as connection:
        rows = connection.execute("SELECT written, usage, row FROM listings ORDER BY written")
        assert [tuple(row) for row in rows] == [
            ("Bored", "train", 0),
            ("fear", "test", 0),
            ("happy", "train", 0),
        ]


def test_photos_that_nothing_is_said_of_go_in_without_a_label(catalogue, tmp_path):
    put_pictures(tmp_path / "set" / "a.png", tmp_path / "set" / "deep" / "b.png")
    assert bring(catalogue, tmp_path / "set").tally.sections == {"unlabelled": 2}
    assert bring(catalogue, tmp_path / "set" / "a.png").new == 0
    put_pictures(tmp_path / "other" / "x" / "a.png", tmp_path / "other" / "y" / "b.png")
    told = bring(catalogue, tmp_path / "other")
    assert {s.written for s in told.tally.spellings} == {"x", "y"}
    assert told.tally.sections == {"unknown": 2}


def test_two_sources_may_speak_of_one_photo(catalogue, table):
    bring(catalogue, table)
    second = table.with_name("second.csv")
    second.write_text("image,emotion\nCleo_1.jpg,sad\nAnn_1.jpg,fear\n")
    told = bring(catalogue, second)
    assert told.new == 0
    assert photo_counts(catalogue).photos == 6
    assert photo_counts(catalogue).sections["contradictory"] == 2
    assert photo_counts(catalogue).sections["sadness"] == 2
    # Without it, what the first one says holds again.
    first, later = Sources(catalogue).all()
    Sources(catalogue).remove(first.number)
    assert photo_counts(catalogue).sections == {"sadness": 1, "fear": 1}
    Sources(catalogue).remove(later.number)
    assert photo_counts(catalogue).photos == 0


def test_persons_by_column_by_pattern_and_each(catalogue, tmp_path):
    folder = tmp_path / "set"
    put_pictures(*(folder / who / f"{n}.png" for who in ("anna", "Ben") for n in (1, 2)))
    source = folder / "l.csv"
    rows = [f"{who}/{n}.png,fear,P{n}" for who in ("anna", "Ben") for n in (1, 2)]
    source.write_text("\n".join(["image,emotion,person", *rows]))

    def persons():
        return {s.person for s in labelled_photos(catalogue).samples}

    bring(catalogue, source)
    assert persons() == {"P1", "P2"}
    bring(catalogue, source, rule=PersonRule.parse("{person}/*"))
    assert persons() == {"anna", "Ben"}
    bring(catalogue, source, rule=PersonRule.parse("each"))
    assert len(persons()) == 4


def test_spellings_of_a_name_in_two_sources_are_one_person(catalogue, tmp_path):
    put_pictures(tmp_path / "one" / "fear" / "Anna_1.png", tmp_path / "two" / "fear" / "ANNA_2.png")
    bring(catalogue, tmp_path / "one")
    bring(catalogue, tmp_path / "two")
    assert {s.person for s in labelled_photos(catalogue).samples} == {"Anna"}


def test_another_workspace_is_a_source(catalogue, table, tmp_path):
    with Catalogue(tmp_path / "other" / "catalogue.sqlite") as other:
        bring(other, table)
        with other.writing() as connection:
            connection.execute("UPDATE photos SET given = 'fear' WHERE name = 'd.jpg'")
            connection.execute("UPDATE photos SET excluded = 'x' WHERE name = 'e.jpg'")
    before = (tmp_path / "other" / "catalogue.sqlite").read_bytes()
    told = bring(catalogue, tmp_path / "other")
    assert (tmp_path / "other" / "catalogue.sqlite").read_bytes() == before
    assert told.tally.sections == {
        "happiness": 2,
        "contradictory": 1,
        "unknown": 1,
        "fear": 1,
    }
    assert told.tally.persons == 4
    assert told.tally.listed_twice == 1
    with pytest.raises(UsageError, match="workspace itself"):
        bring(catalogue, catalogue.root)


def test_odd_names_are_kept(catalogue, tmp_path):
    folder = tmp_path / "set" / "fear"
    folder.mkdir(parents=True)
    put_pictures(tmp_path / "a.png")
    for name in (b"\xff\xfe_1.png", "ein Bild 🙂\n_2.png".encode(), b"plain_3.png"):
        shutil.copyfile(os.fsencode(tmp_path / "a.png"), os.fsencode(folder) + b"/" + name)
    for copy in (False, True):
        bring(catalogue, tmp_path / "set", copy=copy)
        samples = labelled_photos(catalogue).samples
        assert len(samples) == 3
        assert all(sample.path.is_file() for sample in samples)
        assert all(s.path.is_relative_to(catalogue.root) is copy for s in samples)


def test_photos_that_are_copied_in_later_stay_the_same_photos(catalogue, table):
    bring(catalogue, table)
    with catalogue.writing() as connection:
        connection.execute("UPDATE photos SET given = 'fear' WHERE name = 'Ann_1.jpg'")
    before = everything(catalogue)["listings"]
    told = bring(catalogue, table, copy=True)
    assert (told.new, told.gone, photo_counts(catalogue).photos) == (0, 0, 6)
    assert everything(catalogue)["listings"] == before
    given = [s for s in labelled_photos(catalogue).samples if s.emotion == "fear"]
    assert [s.path.is_relative_to(catalogue.root) for s in given] == [True]
    # And back again.
    told = bring(catalogue, table)
    assert (told.new, told.gone, photo_counts(catalogue).photos) == (0, 0, 6)
    assert not any(
        s.path.is_relative_to(catalogue.root) for s in labelled_photos(catalogue).samples
    )


def _cancel_at(done: int) -> LocalContext:
    def listen(event):
        if isinstance(event, Progress) and event.done >= done:
            context.cancel()

    context = LocalContext(listen)
    return context


def test_cancelling_leaves_nothing(catalogue, table, monkeypatch):
    monkeypatch.setattr(module, "_CHUNK", 2)
    for copy in (False, True):
        with pytest.raises(CancelledError):
            bring(catalogue, table, context=_cancel_at(2), copy=copy)
        assert not any(everything(catalogue).values())
        assert list(catalogue.root.rglob("*.jpg")) == []
    bring(catalogue, table)
    before = everything(catalogue)
    put_pictures(*(table.parent.parent / "images" / f"new_{n}.jpg" for n in range(4)))
    with pytest.raises(CancelledError):
        bring(catalogue, table, context=_cancel_at(2))
    assert everything(catalogue) == before


def test_the_end_of_the_program_keeps_what_was_read_and_shows_none_of_it(
    catalogue, table, monkeypatch
):
    monkeypatch.setattr(module, "_CHUNK", 2)
    context = _cancel_at(2)
    context.pause()  # what is running is asked to pause, then cancelled
    with pytest.raises(CancelledError):
        bring(catalogue, table, context=context)
    assert photo_counts(catalogue).photos == 0
    assert labelled_photos(catalogue).samples == ()
    read: list[str] = []
    real = module.facts_of
    monkeypatch.setattr(module, "facts_of", lambda path: read.append(path.name) or real(path))
    assert bring(catalogue, table).new == 6
    assert 0 < len(read) < 6


def test_a_full_disk_while_copying_leaves_nothing(catalogue, table, monkeypatch):
    from emotion_desktop.dataset.sources import import_plan

    real, count = import_plan.write_atomically, 0

    def full(path, data, **how):
        nonlocal count
        count += 1
        if count > 3:
            raise AppError("The disk is full: it was not written.", "Free some space.")
        real(path, data, **how)

    monkeypatch.setattr(import_plan, "write_atomically", full)
    monkeypatch.setattr(module, "_CHUNK", 2)
    with pytest.raises(AppError, match="disk is full"):
        bring(catalogue, table, copy=True)
    assert not any(everything(catalogue).values())
    assert list(catalogue.root.rglob("*.jpg")) == []


def test_a_full_disk_while_keeping_rows_leaves_nothing(catalogue, table):
    with table.open("a") as file:
        file.writelines(f"me,missing {number} {'x' * 90}.jpg,fear\n" for number in range(2000))
    with catalogue.reading() as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages + 10}")
    with pytest.raises(AppError, match="disk is full"):
        bring(catalogue, table)
    assert not any(everything(catalogue).values())


def test_what_a_kill_left_is_hidden_and_gone_on_with(catalogue, table, monkeypatch):
    class Killed(BaseException):
        pass

    def die(*_):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(module.ImportRows, "finish", die)
        patch.setattr(module.ImportRows, "discard", die)
        with pytest.raises(Killed):
            bring(catalogue, table)
    (left,) = Sources(catalogue).all()
    assert not left.complete
    assert left.photos == photo_counts(catalogue).photos == 0
    assert labelled_photos(catalogue).samples == ()
    read: list[str] = []
    real = module.facts_of
    monkeypatch.setattr(module, "facts_of", lambda path: read.append(path.name) or real(path))
    assert bring(catalogue, table).new == 6
    assert read == []
    assert [source.complete for source in Sources(catalogue).all()] == [True]


@pytest.mark.parametrize("make", [lambda p: p / "none.csv", lambda p: p / "empty"])
def test_nothing_to_import_is_said(catalogue, tmp_path, make):
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError):
        bring(catalogue, make(tmp_path))
    assert Sources(catalogue).all() == []


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared data set is not there")
def test_a_part_of_the_shared_data_set(tmp_path, catalogue):
    """So that the test is quick; the whole is the benchmark's."""
    rows = (SHARED / "data" / "legend.csv").read_text().splitlines()
    names = {"Avinash_30.jpg", "Kimi_Raikkonen_0001.jpg"}
    some = [row for n, row in enumerate(rows) if n % 40 == 1 or row.split(",")[1] in names]
    for row in some:
        link = tmp_path / "images" / row.split(",")[1]
        link.parent.mkdir(exist_ok=True)
        if not link.exists():
            link.symlink_to(SHARED / "images" / link.name)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "legend.csv").write_text("\n".join([rows[0], *some]))
    told = bring(catalogue, tmp_path / "data" / "legend.csv")
    assert told.tally.photos == len({row.split(",")[1] for row in some})
    assert told.tally.listed_twice == 1
    assert told.tally.sections["contradictory"] == 1
    assert told.tally.unreadable == 0
    assert sqlite3.connect(catalogue.root / "catalogue.sqlite").execute(
        "PRAGMA integrity_check"
    ).fetchall() == [("ok",)]
