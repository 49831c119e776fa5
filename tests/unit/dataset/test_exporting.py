"""Exports: read back as they were, whole or not there at all."""

import csv
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from emotion_desktop.dataset.export_formats import FORMATS, ExportFormat, PhotoWriter, csv_table
from emotion_desktop.dataset.exporting import Item, export, items_of
from emotion_desktop.dataset.importing import import_source
from emotion_desktop.dataset.recordio import parse_record
from emotion_desktop.dataset.sources.files.fingerprint import digest
from emotion_desktop.dataset.sources.labels import read_labelled
from emotion_desktop.dataset.sources.open_source import open_source
from emotion_desktop.dataset.sources.reading_options import ReadingOptions
from emotion_desktop.dataset.synthesis import plan_copies
from emotion_desktop.domain.balance import Synthesis
from emotion_desktop.domain.errors import AppError, CancelledError, DataError, UsageError
from emotion_desktop.domain.sample import Sample
from emotion_desktop.imaging.decode import decode
from emotion_desktop.jobs.running.context import LocalContext
from emotion_desktop.workspace.catalogue.catalogue import Catalogue
from emotion_desktop.workspace.catalogue.photos import labelled_photos
from tests.record_files import read_records
from tests.unit.dataset.pictures import put_pictures


def quiet() -> LocalContext:
    return LocalContext(lambda _: None)


@pytest.fixture
def items(tmp_path):
    """Two of fear, one of anger; two names alike, one WebP file that says it is a JPEG."""
    paths = [tmp_path / "p" / name for name in ("Ann_1.png", "x/Ann_1.png", "Ben_1.png")]
    put_pictures(paths[0], paths[2])
    put_pictures(paths[1], seed=1)
    webp = tmp_path / "p" / "Cleo_1.jpg"
    Image.open(paths[0]).convert("RGB").save(webp, "WEBP", lossless=True)
    samples = [
        Sample(path, emotion, person, digest(path.read_bytes()), "set")
        for path, emotion, person in zip(
            [*paths, webp], ("fear", "fear", "anger", "surprise"), "AABC", strict=True
        )
    ]
    parts = [("training", samples[:2]), ("validation", samples[2:3]), ("test", samples[3:])]
    return items_of(parts)


def manifest(folder: Path) -> list[dict[str, str]]:
    with (folder / "dataset.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def test_folders_of_classes_are_imported_again_with_all_that_was_known(items, tmp_path):
    told = export(items, tmp_path / "out", FORMATS["folders"], quiet())
    assert (told.photos, told.copies, told.skipped) == (4, 0, ())
    names = sorted(
        p.relative_to(tmp_path / "out").as_posix()
        for p in (tmp_path / "out").rglob("*")
        if p.is_file()
    )
    assert names == [
        "dataset.csv",
        "test/metadata.csv",
        "test/surprise/Cleo_1.jpg",
        "training/fear/Ann_1 (2).png",
        "training/fear/Ann_1.png",
        "training/metadata.csv",
        "validation/anger/Ben_1.png",
        "validation/metadata.csv",
    ]
    with Catalogue(tmp_path / "w" / "catalogue.sqlite") as catalogue:
        import_source(catalogue, open_source(tmp_path / "out", catalogue.root), quiet())
        back = {(s.digest, s.emotion, s.person) for s in labelled_photos(catalogue).samples}
        with catalogue.reading() as connection:
            usage = {row[0] for row in connection.execute("SELECT usage FROM listings")}
    assert back == {(i.sample.digest, i.sample.emotion, i.sample.person) for i in items}
    assert usage == {"training", "validation", "test"}


def test_folders_have_a_table_as_hugging_face_reads_it(items, tmp_path):
    export(items, tmp_path / "out", FORMATS["folders"], quiet())
    with (tmp_path / "out" / "training" / "metadata.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows == [
        {"file_name": "fear/Ann_1.png", "label": "fear", "person": "A"},
        {"file_name": "fear/Ann_1 (2).png", "label": "fear", "person": "A"},
    ]
    export(items_of([("", [i.sample for i in items])]), tmp_path / "o", FORMATS["folders"], quiet())
    assert (tmp_path / "o" / "metadata.csv").is_file()
    # Without our own manifest the tables say the same.
    (tmp_path / "out" / "dataset.csv").unlink()
    for folder in ("training", "validation", "test"):
        for photo in (tmp_path / "out" / folder).glob("*/*"):
            photo.rename(tmp_path / "out" / folder / photo.name)
            photo.parent.rmdir() if not any(photo.parent.iterdir()) else None
    table = tmp_path / "out" / "training" / "metadata.csv"
    table.write_text(table.read_text().replace("fear/", ""))
    assert {s.person for s in read_labelled(tmp_path / "out" / "training").samples} == {"A"}


@pytest.mark.parametrize("name", ["folders", "lst", "recordio"])
def test_photos_are_written_upright_for_readers_that_ignore_exif(name, tmp_path):
    photo = tmp_path / "p" / "a.jpg"
    put_pictures(photo, side=96, colour=True)
    image = Image.open(photo).crop((0, 0, 96, 64))
    exif = Image.Exif()
    exif[0x0112] = 6
    image.save(photo, exif=exif, quality=95)
    items = items_of([("", [Sample(photo, "fear", "A", digest(photo.read_bytes()))])])
    export(items, tmp_path / "out", FORMATS[name], quiet())
    if name == "recordio":
        (record,) = read_records(tmp_path / "out" / "photos.rec")
        stored = cv2.imdecode(np.frombuffer(record.picture, np.uint8), cv2.IMREAD_COLOR)
    else:
        (place,) = (p for p in (tmp_path / "out").rglob("a.*"))
        stored = cv2.imread(str(place), cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION)
    assert np.array_equal(stored[..., ::-1], decode(photo).pixels)


def test_records_have_an_index_and_are_imported_again_with_all_that_was_known(items, tmp_path):
    # A photo beside the export that has the name of one in it is none of its photos.
    put_pictures(tmp_path / "training" / "Ann_1.png", seed=9)
    export(items, tmp_path / "out", FORMATS["recordio"], quiet())
    data = (tmp_path / "out" / "training.rec").read_bytes()
    lines = (tmp_path / "out" / "training.idx").read_text().splitlines()
    for line, item in zip(lines, items[:2], strict=True):
        number, place = (int(text) for text in line.split("\t"))
        record = parse_record(data[place:])
        assert record.id == number
        assert record.picture == item.sample.path.read_bytes()
    with Catalogue(tmp_path / "w" / "catalogue.sqlite") as catalogue:
        for _ in range(2):
            told = import_source(catalogue, open_source(tmp_path / "out", catalogue.root), quiet())
            assert told.tally.photos == 4
        samples = labelled_photos(catalogue).samples
        plan = open_source(tmp_path / "out" / "training.rec", catalogue.root)
        assert {item.written for item in plan.listed.listings} == {"fear"}
    assert sorted((s.emotion, s.person) for s in samples) == sorted(
        (i.sample.emotion, i.sample.person) for i in items
    )
    contents = {s.path.read_bytes() for s in samples}
    assert {i.sample.path.read_bytes() for i in items[:3]} <= contents
    assert all(s.path.is_relative_to(tmp_path / "w") for s in samples)


def test_records_without_a_manifest_have_numbers_for_labels(items, tmp_path):
    export(items, tmp_path / "out", FORMATS["recordio"], quiet())
    (tmp_path / "out" / "dataset.csv").unlink()
    labels = [s.emotion for s in read_labelled(tmp_path / "out", workspace=tmp_path / "w").samples]
    assert sorted(labels) == ["anger", "fear", "fear", "surprise"]
    (tmp_path / "out" / "classes.txt").unlink()
    options = ReadingOptions(numbers="fer2013")
    found = read_labelled(tmp_path / "out", options, workspace=tmp_path / "w").samples
    assert sorted(s.emotion for s in found) == ["anger", "disgust", "disgust", "fear"]
    (tmp_path / "out" / "training.rec").write_bytes(b"no record")
    with pytest.raises(DataError, match="damaged"):
        read_labelled(tmp_path / "out", options, workspace=tmp_path / "w")


def test_copies_are_written_with_where_they_come_from(items, tmp_path):
    training = [item.sample for item in items if item.part == "training"]
    copies = plan_copies(training, Synthesis({"fear": 5}, ("flip", "contrast"), 1.0, seed=1))
    made = [*items, *items_of([], copies)]
    for name in ("one", "two"):
        told = export(made, tmp_path / name, FORMATS["folders"], quiet())
        assert (told.photos, told.copies) == (4, 3)
    rows = [row for row in manifest(tmp_path / "one") if row["made_from"]]
    assert len(rows) == 3
    for row, copy in zip(rows, copies, strict=True):
        assert row["part"] == "training"
        assert row["made_from"] == copy.sample.path.name
        assert row["person"] == copy.sample.person
        pixels = decode(tmp_path / "one" / row["image"]).pixels
        assert np.array_equal(pixels, copy.picture())
        assert row["digest"] == digest((tmp_path / "one" / row["image"]).read_bytes()).hex()
    # Reproducible to the byte.
    for path in (tmp_path / "one").rglob("*"):
        if path.is_file():
            other = tmp_path / "two" / path.relative_to(tmp_path / "one")
            assert path.read_bytes() == other.read_bytes()


def test_a_table_leaves_the_photos_where_they_are(items, tmp_path):
    export(items, tmp_path / "labels.csv", FORMATS["csv"], quiet())
    with Catalogue(tmp_path / "w" / "catalogue.sqlite") as catalogue:
        import_source(catalogue, open_source(tmp_path / "labels.csv", catalogue.root), quiet())
        back = {(s.path, s.emotion, s.person) for s in labelled_photos(catalogue).samples}
    assert back == {(i.sample.path, i.sample.emotion, i.sample.person) for i in items}


def test_lists_name_photos_that_every_reader_takes(items, tmp_path):
    export(items, tmp_path / "out", FORMATS["lst"], quiet())
    assert (tmp_path / "out" / "classes.txt").read_text() == "anger\nfear\nsurprise\n"
    lines = (tmp_path / "out" / "training.lst").read_text().splitlines()
    assert [line.split("\t") for line in lines] == [
        ["0", "1", "training/Ann_1.png"],
        ["1", "1", "training/Ann_1 (2).png"],
    ]
    (line,) = (tmp_path / "out" / "test.lst").read_text().splitlines()
    place = tmp_path / "out" / line.split("\t")[2]
    # The WebP file became what its new name says.
    assert place.name == "Cleo_1.png"
    assert cv2.imread(str(place)) is not None


_MXNET = """
import sys
from emotion_desktop.engines.mxnet.module import load_mxnet
mx = load_mxnet()
reader = mx.recordio.MXRecordIO(sys.argv[1], "r")
while (record := reader.read()) is not None:
    header, picture = mx.recordio.unpack_img(record, iscolor=1)
    print(int(header.label), *picture.shape, int(picture.sum()))
"""


def test_recordio_is_read_by_mxnets_own_reader(items, tmp_path):
    export(items, tmp_path / "out", FORMATS["recordio"], quiet())
    parts = {"training": items[:2], "validation": items[2:3], "test": items[3:]}
    for part, expected in parts.items():
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", _MXNET, str(tmp_path / "out" / f"{part}.rec")],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-2000:]
        rows = [tuple(map(int, line.split())) for line in done.stdout.splitlines()]
        classes = ["anger", "fear", "surprise"]
        pixels = [decode(item.sample.path).pixels for item in expected]
        assert rows == [
            (classes.index(item.sample.emotion), *p.shape, int(p.astype(np.int64).sum()))
            for item, p in zip(expected, pixels, strict=True)
        ]
        assert len(list(read_records(tmp_path / "out" / f"{part}.rec"))) == len(expected)


def test_a_photo_that_cannot_be_read_is_left_out_and_told(items, tmp_path):
    gone = replace(items[0].sample, path=tmp_path / "gone.png")
    told = export([Item(gone), *items], tmp_path / "out", FORMATS["folders"], quiet())
    assert told.photos == 4
    assert told.skipped == (str(tmp_path / "gone.png"),)


def test_nothing_is_overwritten(items, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").touch()
    (tmp_path / "file").touch()
    for name, form in (
        ("full", FORMATS["folders"]),
        ("file", FORMATS["lst"]),
        ("file", FORMATS["csv"]),
    ):
        with pytest.raises(UsageError, match="there already"):
            export(items, tmp_path / name, form, quiet())
    (tmp_path / "empty").mkdir()
    assert export(items, tmp_path / "empty", FORMATS["folders"], quiet()).photos == 4
    with pytest.raises(DataError):
        export([], tmp_path / "none", FORMATS["folders"], quiet())


def left(folder: Path) -> list[str]:
    return [p.name for p in folder.iterdir() if ".part-" in p.name]


def test_what_is_broken_off_leaves_nothing(items, tmp_path, monkeypatch):
    context = LocalContext(lambda _: context.cancel())
    with pytest.raises(CancelledError):
        export(items, tmp_path / "out", FORMATS["folders"], context)
    assert not (tmp_path / "out").exists()

    real, count = Path.write_bytes, 0

    def full(path, data):
        nonlocal count
        count += 1
        if count == 3:
            raise OSError(28, "No space left on device")
        return real(path, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(AppError, match="disk is full"):
        export(items, tmp_path / "out", FORMATS["folders"], quiet())
    assert not (tmp_path / "out").exists()
    assert left(tmp_path) == []


def test_a_row_is_enough_for_a_format(items, tmp_path):
    class Flat(PhotoWriter):
        """All photos in one folder."""

        def folders_of(self, part, emotion):
            return []

    flat = ExportFormat("flat", "One folder", "All photos in one folder.", photos=Flat)
    assert export(items, tmp_path / "out", flat, quiet()).photos == 4
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {
        *("Ann_1.png", "Ann_1 (2).png", "Ben_1.png", "Cleo_1.png"),
        *("classes.txt", "dataset.csv"),
    }


def test_every_row_of_the_table_is_complete():
    for name, row in FORMATS.items():
        assert row.name == name
        assert name.isascii()
        assert row.title
        assert row.explanation.endswith(".")
        assert row.file_name
        assert row.is_table == (row.photos is None)
    for photos, table in ((None, None), (PhotoWriter, csv_table)):
        with pytest.raises(ValueError, match="either"):
            ExportFormat("x", "X", "X.", photos=photos, table=table)
