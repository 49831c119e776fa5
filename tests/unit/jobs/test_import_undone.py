"""An import is a change like any other: undone, made again; and what is here already is known."""

import shutil

import pytest

from emotion_desktop.dataset.splitting.freeze import freeze
from emotion_desktop.domain.errors import DataError, UsageError
from emotion_desktop.domain.split import SplitRequest
from emotion_desktop.jobs.dataset import specs
from emotion_desktop.jobs.resources import Resources
from emotion_desktop.jobs.running.context import Context
from emotion_desktop.jobs.running.execute import call
from emotion_desktop.workspace.catalogue.counts import photo_counts
from emotion_desktop.workspace.catalogue.edits import Edits
from emotion_desktop.workspace.catalogue.sources import Sources
from emotion_desktop.workspace.paths import Workspace
from tests.unit.dataset.pictures import put_pictures


@pytest.fixture
def place(tmp_path):
    return Workspace(tmp_path / "workspace")


@pytest.fixture
def data(tmp_path):
    """Twenty photos of ten people."""
    names = [f"Per{chr(65 + n)}_{k}.png" for n in range(10) for k in range(2)]
    for emotion, part in (("fear", names[:10]), ("happy", names[10:])):
        put_pictures(*(tmp_path / "data" / emotion / name for name in part))
    return tmp_path / "data"


def run(place, spec):
    return call(spec, Context(lambda _: None, Resources(place), spec))


def bring_in(place, source, **more):
    return run(place, specs.import_job(specs.ImportRequest(str(source), **more)))


def look_at(place, source, **more):
    return run(place, specs.preview_import_job(specs.ImportRequest(str(source), **more)))


def shown(place):
    with place.open_catalogue() as catalogue:
        return photo_counts(catalogue)


def test_an_import_is_undone_and_made_again(place, data):
    result = bring_in(place, data)
    assert result["edit"]["title"] == "Import data"
    before = shown(place)
    assert before.photos == 20
    run(place, specs.undo_job())
    assert (shown(place).photos, shown(place).spellings) == (0, ())
    with place.open_catalogue() as catalogue:
        assert not Sources(catalogue).all()[0].complete
    run(place, specs.redo_job())
    assert shown(place) == before
    assert run(place, specs.history_job()) == [["Import data", False]]


def test_one_that_was_undone_is_imported_anew(place, data):
    bring_in(place, data)
    run(place, specs.undo_job())
    again = bring_in(place, data)
    assert (again["new"], again["edit"]["title"]) == (20, "Import data")
    assert run(place, specs.history_job()) == [["Import data", False]]
    assert bring_in(place, data)["edit"] is None  # it was brought up to date


def test_photos_of_another_source_stay_with_the_labels_it_gives_them(place, data, tmp_path):
    table = tmp_path / "labels.csv"
    rows = "".join(f"{p.relative_to(tmp_path)},sad\n" for p in sorted(data.rglob("*.png"))[:5])
    table.write_text(f"image,emotion\n{rows}")
    bring_in(place, data)
    first = shown(place)
    bring_in(place, table)
    assert shown(place).sections["contradictory"] == 5
    run(place, specs.undo_job())
    assert shown(place) == first
    run(place, specs.redo_job())
    assert shown(place).sections["contradictory"] == 5
    # As if the table had been there first: its five photos are its own then.
    with place.open_catalogue() as catalogue:
        number = Sources(catalogue).at(str(data)).number
        Edits(catalogue).record_import("Import data", number)
    run(place, specs.undo_job())
    assert shown(place).sections == {"sadness": 5}


def test_an_import_that_a_frozen_split_rests_on_is_not_undone(place, data):
    bring_in(place, data)
    with place.open_catalogue() as catalogue:
        freeze(catalogue, "mine", SplitRequest((0.5, 0.2, 0.3), 0))
    with pytest.raises(UsageError, match="“mine” holds photos of it"):
        run(place, specs.undo_job())
    assert shown(place).photos == 20
    assert run(place, specs.history_job()) == [["Import data", False]]


def test_a_source_that_is_removed_takes_its_import_out_of_the_history(place, data):
    bring_in(place, data, copy=True)
    run(place, specs.remove_source_job(str(data), "data"))
    assert run(place, specs.history_job()) == []
    assert shown(place).photos == 0
    assert not list((place.root / "photos").glob("*"))


@pytest.mark.parametrize("form", ["folders", "csv"])
def test_the_programs_own_export_is_known_by_its_content(place, data, tmp_path, form):
    bring_in(place, data)
    target = tmp_path / ("out.csv" if form == "csv" else "out")
    run(place, specs.export_job(specs.ExportRequest(str(target), form)))
    if form == "csv":  # a table of the photos where they are: no photo is there twice
        assert look_at(place, target).already == 0
        return
    assert look_at(place, target).already == 20
    assert look_at(place, target, copy=True).already == 20
    with pytest.raises(DataError, match="all of them are in the data set"):
        bring_in(place, target, skip_known=True)
    with place.open_catalogue() as catalogue:
        assert len(Sources(catalogue).all()) == 1
    assert bring_in(place, target)["new"] == 20  # who wants them twice may have them


def test_only_what_is_new_comes_in(place, data, tmp_path):
    bring_in(place, data)
    more = tmp_path / "more"
    shutil.copytree(data, more)
    put_pictures(more / "sad" / "Zoe_1.png")
    assert look_at(place, more).already == 20
    result = bring_in(place, more, skip_known=True, copy=True)
    assert (result["new"], result["known"]) == (1, 20)
    assert shown(place).photos == 21
    assert look_at(place, more).already == 20  # its own photo is no other source's
