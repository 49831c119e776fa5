"""Votes through an import: what is kept of them, which rule makes labels, and kills meanwhile."""

import os
import signal
import subprocess
import sys

import pytest

from emotion_desktop.dataset.audit.cards import health
from emotion_desktop.dataset.export_formats import FORMATS
from emotion_desktop.dataset.exporting import export, items_of
from emotion_desktop.dataset.importing import import_source
from emotion_desktop.dataset.sources.labels import read_labelled
from emotion_desktop.dataset.sources.open_source import open_source
from emotion_desktop.dataset.sources.reading_options import ReadingOptions
from emotion_desktop.dataset.splitting.freeze import freeze
from emotion_desktop.domain.errors import UsageError
from emotion_desktop.domain.split import PARTS, SplitRequest
from emotion_desktop.jobs.dataset.importing import open_request
from emotion_desktop.jobs.dataset.specs import ImportRequest, import_job, preview_import_job
from emotion_desktop.jobs.running.context import LocalContext
from emotion_desktop.workspace.catalogue.browse import (
    Filter,
    filter_photos,
    photo_detail,
    photo_rows,
)
from emotion_desktop.workspace.catalogue.catalogue import Catalogue
from emotion_desktop.workspace.catalogue.edits import Change, Edits
from emotion_desktop.workspace.catalogue.photos import labelled_photos
from emotion_desktop.workspace.catalogue.splits import Splits
from emotion_desktop.workspace.paths import Workspace
from tests.unit.dataset.pictures import put_pictures
from tests.unit.jobs.asking import result_of

HEAD = "neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF"
COUNTS = {
    "fer0": (8, 1, 0, 0, 1),
    "fer1": (4, 4, 0, 0, 0, 0, 1, 1),
    "fer2": (0, 0, 3, 0, 1, 1, 4, 1),
    "fer3": (0, 0, 0, 0, 0, 0, 0, 0, 7, 3),
}


@pytest.fixture
def table(tmp_path):
    """Four photos: one clear, one with two emotions as often, one without a majority, no face."""
    folder = tmp_path / "fer"
    put_pictures(*(folder / f"{name}.png" for name in COUNTS))
    rows = [
        ",".join([f"{name}.png", *map(str, (*votes, *[0] * (10 - len(votes))))])
        for name, votes in COUNTS.items()
    ]
    (folder / "label.csv").write_text("\n".join([f"Image name,{HEAD}", *rows]))
    return folder / "label.csv"


@pytest.fixture
def annotated(tmp_path):
    """Three photos with three annotators each."""
    folder = tmp_path / "rated"
    put_pictures(*(folder / f"{name}.png" for name in "abc"))
    said = {"a": ("happy", "Happiness", "fear"), "b": ("sad",) * 3, "c": ("anger", "fear", "sad")}
    rows = [f"{p}.png,{label},r{n}" for p, who in said.items() for n, label in enumerate(who)]
    (folder / "labels.csv").write_text("\n".join(["image,label,rater", *rows]))
    return folder / "labels.csv"


@pytest.fixture
def workspace(tmp_path):
    return Workspace(tmp_path / "workspace")


def bring(workspace, source, **options):
    return result_of(import_job(ImportRequest(str(source), **options)), workspace)


def samples(workspace):
    with workspace.open_catalogue() as catalogue:
        found = labelled_photos(catalogue).samples
    return {sample.path.stem: sample for sample in found}


def labels(workspace):
    return {name: sample.emotion for name, sample in samples(workspace).items()}


def test_votes_are_kept_and_the_largest_makes_the_label(workspace, table):
    outcome = bring(workspace, table)
    assert labels(workspace) == {"fer0": "neutral", "fer2": "fear"}
    assert dict(samples(workspace)["fer2"].votes) == {
        "surprise": 3,
        "anger": 1,
        "disgust": 1,
        "fear": 4,
        "contempt": 1,
    }
    (note,) = [note for note in outcome["notes"] if "votes" in note]
    assert "2 by the largest vote (largest), 2 by more than half" in note
    assert note.endswith("Taken: largest.")


def test_the_users_rule_holds_until_another_is_chosen(workspace, table):
    bring(workspace, table, votes="majority")
    # Without the single votes, four for fear are more than half of seven.
    assert labels(workspace) == {"fer0": "neutral", "fer2": "fear"}
    bring(workspace, table)
    assert open_request(ImportRequest(str(table)), workspace).rule.value == "majority"
    bring(workspace, table, votes="distribution")
    assert labels(workspace) == {"fer0": "neutral", "fer1": "happiness", "fer2": "fear"}
    assert open_request(ImportRequest(str(table)), workspace).rule.value == "distribution"


def test_the_preview_tells_what_each_rule_gives(workspace, table):
    preview = result_of(preview_import_job(ImportRequest(str(table))), workspace)
    assert preview.rule == "largest"
    assert [(rule["rule"], rule["photos"], rule["aside"]) for rule in preview.votes] == [
        ("largest", 2, {"tied votes": 1, "unknown": 1}),
        ("majority", 2, {"no majority": 1, "unknown": 1}),
        ("distribution", 3, {"unknown": 1}),
    ]


def test_rows_of_annotators_are_votes(workspace, annotated):
    outcome = bring(workspace, annotated)
    assert labels(workspace) == {"a": "happiness", "b": "sadness"}
    assert outcome["tally"]["sections"]["contradictory"] == 1
    assert outcome["tally"]["listed_twice"] == 0
    assert dict(samples(workspace)["a"].votes) == {"happiness": 2, "fear": 1}
    bring(workspace, annotated, votes="written")
    assert labels(workspace) == {"b": "sadness"}
    bring(workspace, annotated, votes="distribution")
    assert labels(workspace) == {"a": "happiness", "b": "sadness", "c": "anger"}


def test_labels_are_read_alike_without_an_import(table, annotated):
    def read(source, rule):
        data = read_labelled(source, ReadingOptions(votes=rule))
        return {sample.path.stem: sample.emotion for sample in data.samples}

    assert read(table, "") == {"fer0": "neutral", "fer2": "fear"}
    assert read(table, "distribution") == {"fer0": "neutral", "fer1": "happiness", "fer2": "fear"}
    assert read(annotated, "") == {"a": "happiness", "b": "sadness"}
    assert read(annotated, "written") == {"b": "sadness"}
    votes = {s.path.stem: dict(s.votes) for s in read_labelled(annotated).samples}
    assert votes == {"a": {"happiness": 2, "fear": 1}, "b": {"sadness": 3}}


def test_a_rule_without_votes_is_refused(tmp_path, workspace):
    put_pictures(tmp_path / "set" / "fear" / "a.jpg", tmp_path / "set" / "anger" / "b.jpg")
    with pytest.raises(UsageError, match="does not tell several people's votes"):
        open_source(tmp_path / "set", workspace.root, ReadingOptions(votes="majority"))
    with pytest.raises(UsageError, match="no rule “best”"):
        ReadingOptions(votes="best")


def test_a_table_of_a_one_per_class_holds_no_votes(tmp_path, workspace):
    put_pictures(*(tmp_path / "set" / f"{name}.jpg" for name in "ab"))
    (tmp_path / "set" / "_classes.csv").write_text("filename,anger,fear\na.jpg,1,0\nb.jpg,0,1\n")
    outcome = bring(workspace, tmp_path / "set")
    assert labels(workspace) == {"a": "anger", "b": "fear"}
    assert not any(sample.votes for sample in samples(workspace).values())
    assert not any("votes" in note for note in outcome["notes"])


def test_the_users_own_label_is_above_the_votes(workspace, table):
    bring(workspace, table)
    with workspace.open_catalogue() as catalogue:
        photos = labelled_photos(catalogue)
        number = dict(zip([s.path.stem for s in photos.samples], photos.numbers, strict=True))
        Edits(catalogue).apply("Correct", [Change("given", [number["fer2"]], "surprise")])
    assert samples(workspace)["fer2"].emotion == "surprise"
    assert samples(workspace)["fer2"].votes == ()


def test_a_frozen_split_keeps_the_votes(workspace, table):
    bring(workspace, table, votes="distribution")
    with workspace.open_catalogue() as catalogue:
        freeze(catalogue, "S", SplitRequest((0.4, 0.3, 0.3), unit="photo"))
        loaded = Splits(catalogue).load("S").split
    kept = {s.path.stem: s.votes for part in PARTS for s in loaded.part(part)}
    assert kept == {name: sample.votes for name, sample in samples(workspace).items()}


def test_another_workspace_brings_its_votes(workspace, table, tmp_path):
    bring(workspace, table, votes="distribution")
    other = Workspace(tmp_path / "other")
    bring(other, workspace.root)
    assert {n: (s.emotion, dict(s.votes)) for n, s in samples(other).items()} == {
        n: (s.emotion, dict(s.votes)) for n, s in samples(workspace).items()
    }


_KILLED = """
import os, signal, sys
from pathlib import Path
from emotion_desktop.dataset import importing
from emotion_desktop.workspace.catalogue import import_rows
from emotion_desktop.dataset.sources.open_source import open_source
from emotion_desktop.jobs.running.context import LocalContext
from emotion_desktop.workspace.catalogue.catalogue import Catalogue
root, source, place, after = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], sys.argv[4]
module = {"update_label_status": import_rows, "_add_photos": importing, "photo_counts": importing}
real = getattr(module[place], place)
def killed(*arguments):
    if after == "after":
        real(*arguments)
    os.kill(os.getpid(), signal.SIGKILL)
setattr(module[place], place, killed)
catalogue = Catalogue(root / "catalogue.sqlite")
importing.import_source(catalogue, open_source(source, root), LocalContext(lambda _: None))
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no such signal here")
@pytest.mark.parametrize(
    ("place", "when", "shown"),
    [
        ("_add_photos", "before", 0),
        ("_add_photos", "after", 0),
        ("update_label_status", "before", 0),
        ("update_label_status", "after", 0),
        ("photo_counts", "before", 2),
    ],
)
def test_a_kill_at_any_moment_leaves_all_votes_or_none(tmp_path, table, place, when, shown):
    root = tmp_path / "workspace"
    root.mkdir()
    program = subprocess.run(
        [sys.executable, "-c", _KILLED, str(root), str(table), place, when],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        check=False,
    )
    assert program.returncode == -signal.SIGKILL
    with Catalogue(root / "catalogue.sqlite") as catalogue:
        with catalogue.reading() as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        found = labelled_photos(catalogue).samples
        assert len(found) == shown
        assert all(sample.votes for sample in found)
        import_source(catalogue, open_source(table, root), LocalContext(lambda _: None))
        assert [s.emotion for s in labelled_photos(catalogue).samples] == ["neutral", "fear"]


def test_the_card_on_agreement_opens_the_photos_people_agree_on_least(workspace, tmp_path):
    folder = tmp_path / "fer"
    votes = {"a": "9,0,1", "b": "0,10,0", "c": "4,3,3", "d": "5,5,0", "e": "0,1,9"}
    put_pictures(*(folder / f"{name}.png" for name in votes))
    rows = [f"{name}.png,{counts}" for name, counts in votes.items()]
    (folder / "label.csv").write_text("\n".join(["image,fear,anger,sadness", *rows]))
    bring(workspace, folder, votes="distribution")
    with workspace.open_catalogue() as catalogue:
        (card,) = [card for card in health(catalogue) if card.key == "agreement"]
        shown = filter_photos(catalogue, Filter(card="agreement"))
        rows = photo_rows(catalogue, shown.numbers)
        detail = photo_detail(catalogue, shown.numbers[0])
    assert card.count == 2
    # Least first, within each section.
    assert [rows[number].name for number in shown.numbers] == ["d.png", "c.png"]
    assert shown.sections == {"anger": 1, "fear": 1}
    assert card.details["photos"] == 5
    assert "On 5 photos 10 people each voted" in card.sentence
    assert f"alpha is {card.details['alpha']:.2f}" in card.sentence
    assert set(card.details["emotions"]) == {"anger", "fear", "sadness"}
    assert detail.votes == {"fear": 5, "anger": 5}
    assert detail.agreement == pytest.approx(40 / 90)


def test_without_votes_there_is_no_card_on_agreement(workspace, tmp_path):
    put_pictures(tmp_path / "set" / "fear" / "a.jpg", tmp_path / "set" / "anger" / "b.jpg")
    bring(workspace, tmp_path / "set")
    with workspace.open_catalogue() as catalogue:
        assert "agreement" not in [card.key for card in health(catalogue)]
        assert not filter_photos(catalogue, Filter(card="agreement")).numbers


@pytest.mark.parametrize("name", FORMATS)
def test_an_export_keeps_the_votes(workspace, table, tmp_path, name):
    bring(workspace, table, votes="distribution")
    # Photos of another source, which nobody voted on, come first in the table.
    put_pictures(*(tmp_path / "plain" / "anger" / f"a{n}.png" for n in range(3)))
    bring(workspace, tmp_path / "plain")
    with workspace.open_catalogue() as catalogue:
        before = sorted(labelled_photos(catalogue).samples, key=lambda s: bool(s.votes))
    target = tmp_path / ("out.csv" if FORMATS[name].is_table else "out")
    export(items_of([("", before)]), target, FORMATS[name], LocalContext(lambda _: None))
    other = Workspace(tmp_path / "other")
    bring(other, target)
    with other.open_catalogue() as catalogue:
        after = labelled_photos(catalogue).samples
    assert sorted((s.emotion, sorted(s.votes)) for s in after) == sorted(
        (s.emotion, sorted(s.votes)) for s in before
    )
    assert sum(bool(sample.votes) for sample in after) == 3
