"""ZIP archives: read like the folder they were packed from, and trusted in nothing."""

import stat
import struct
import zipfile
from pathlib import Path

import pytest

from emotion_desktop.dataset.importing import import_source
from emotion_desktop.dataset.sources.archive import read_archive
from emotion_desktop.dataset.sources.labels import read_labelled
from emotion_desktop.dataset.sources.open_source import open_source
from emotion_desktop.dataset.sources.reading_options import ReadingOptions
from emotion_desktop.domain.errors import DataError
from emotion_desktop.jobs.running.context import LocalContext
from emotion_desktop.workspace.catalogue.catalogue import Catalogue
from emotion_desktop.workspace.catalogue.photos import labelled_photos
from tests.unit.dataset.pictures import put_pictures


@pytest.fixture
def photo(tmp_path) -> bytes:
    put_pictures(tmp_path / "photo.png")
    return (tmp_path / "photo.png").read_bytes()


def pack(path: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def outside(tmp_path: Path, workspace: Path) -> set[Path]:
    return {p for p in tmp_path.rglob("*") if not p.is_relative_to(workspace)}


def test_an_archive_is_imported_as_the_folder_would_be(tmp_path, photo):
    members = {
        f"data/{part}/{e}/Ann_{n}.png": photo + bytes([n])
        for n, (part, e) in enumerate((p, e) for p in ("train", "test") for e in ("happy", "sad"))
    }
    litter = {"__MACOSX/data/train/happy/._Ann_0.png": b"x", "data/train/happy/.DS_Store": b"x"}
    source = pack(tmp_path / "set.zip", **members, **litter)
    with Catalogue(tmp_path / "w" / "catalogue.sqlite") as catalogue:
        before = outside(tmp_path, catalogue.root)
        for _ in range(2):
            plan = open_source(source, catalogue.root)
            told = import_source(catalogue, plan, LocalContext(lambda _: None))
        samples = labelled_photos(catalogue).samples
    assert told.tally.sections == {"happiness": 2, "sadness": 2}
    assert (told.tally.persons, told.title) == (1, "set.zip")
    assert {s.path.read_bytes() for s in samples} == set(members.values())
    assert all(s.path.is_relative_to(tmp_path / "w" / "photos") for s in samples)
    assert outside(tmp_path, tmp_path / "w") == before


def test_a_table_in_an_archive_is_read(tmp_path, photo):
    table = b"image,emotion\na.png,happy\nb.png,sad\nc.png,fear\n"
    source = pack(tmp_path / "set.zip", **{"labels.csv": table, "a.png": photo, "b.png": photo})
    data = read_labelled(source, workspace=tmp_path / "w")
    assert {s.path.name: s.emotion for s in data.samples} == {
        "a.png": "happiness",
        "b.png": "sadness",
    }
    assert data.left_out == {"missing_file": 1}
    with pytest.raises(DataError, match="must be unpacked"):
        read_labelled(source)


def test_a_table_of_pixels_in_an_archive_is_read(tmp_path):
    rows = [f"{n},{' '.join(str(n * 9 + k % 7) for k in range(64))},Training" for n in (0, 3)]
    table = "\n".join(["emotion,pixels,Usage", *rows]).encode()
    source = pack(
        tmp_path / "fer2013.zip", **{"fer2013/fer2013.csv": table, "fer2013/README": b"x"}
    )
    data = read_labelled(source, workspace=tmp_path / "w")
    assert [s.emotion for s in data.samples] == ["anger", "happiness"]
    assert all(s.path.is_file() for s in data.samples)
    assert data.source == str(source)


def test_nothing_is_written_outside_and_links_are_left_out(tmp_path, photo):
    (tmp_path / "in").mkdir()
    source = tmp_path / "in" / "evil.zip"
    link = zipfile.ZipInfo("happy/link.png")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(source, "w") as archive:
        for name in ("../../up.png", "/tmp/abs.png", "happy/../../up.png", "C:/x.png"):
            archive.writestr(zipfile.ZipInfo(name), photo)
        archive.writestr(link, "/etc/passwd")
        archive.writestr("happy/a.png", photo)
        archive.writestr("sad/b.png", photo)
    workspace = tmp_path / "in" / "w"
    before = outside(tmp_path, workspace)
    plan = read_archive(source, workspace, ReadingOptions())
    for item in plan.listed.listings:
        plan.put_photo(item.photo)
    assert sorted(item.photo.name for item in plan.listed.listings) == ["a.png", "b.png"]
    reasons = sorted((row.text, row.reason) for row in plan.listed.bad)
    assert [text for text, _ in reasons] == [
        *("../../up.png", "/tmp/abs.png", "C:/x.png", "happy/../../up.png", "happy/link.png")
    ]
    assert {reason for _, reason in reasons} == {
        "its path leads out of the archive",
        "it is a link or a device, no file",
    }
    assert outside(tmp_path, workspace) == before


def test_what_would_fill_the_disk_is_refused_before_it_is_unpacked(tmp_path, photo):
    source = pack(
        tmp_path / "bomb.zip",
        **{"happy/a.png": photo, "sad/b.png": photo, "sad/bomb.png": bytes(40 << 20)},
    )
    plan = read_archive(source, tmp_path / "w", ReadingOptions())
    assert [row.reason for row in plan.listed.bad] == ["it would grow too much to be a photo"]
    # A size that is a lie: no more is unpacked than it says.
    data = bytearray(source.read_bytes())
    entry = data.rindex(b"sad/bomb.png") - 46
    data[entry + 24 : entry + 28] = struct.pack("<I", 1000)
    source.write_bytes(data)
    plan = read_archive(source, tmp_path / "w2", ReadingOptions())
    samples = read_labelled(source, workspace=tmp_path / "w2").samples
    assert "bomb.png" not in {s.path.name for s in samples}


def test_parts_on_top_of_one_another_are_refused(tmp_path, photo):
    source = pack(tmp_path / "quine.zip", **{f"happy/{n}.png": photo for n in range(4)})
    data = bytearray(source.read_bytes())
    first = data.index(b"PK\x01\x02")
    place = first
    while (place := data.find(b"PK\x01\x02", place)) >= 0:
        data[place + 20 : place + 24] = struct.pack("<I", len(data) // 2)
        place += 4
    source.write_bytes(data)
    with pytest.raises(DataError, match="on top of one another"):
        read_archive(source, tmp_path / "w", ReadingOptions())


def test_damaged_locked_and_empty_archives_are_said(tmp_path, photo):
    (tmp_path / "no.zip").write_bytes(b"PK nothing")
    with pytest.raises(DataError, match="damaged"):
        read_archive(tmp_path / "no.zip", tmp_path / "w", ReadingOptions())
    source = pack(tmp_path / "locked.zip", **{"happy/a.png": photo})
    data = bytearray(source.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    source.write_bytes(data)
    with pytest.raises(DataError, match="locked with a password"):
        read_archive(source, tmp_path / "w", ReadingOptions())
    with pytest.raises(DataError, match="no photos"):
        read_archive(pack(tmp_path / "e.zip", notes=b"x"), tmp_path / "w", ReadingOptions())


def test_a_damaged_photo_costs_itself_alone(tmp_path, photo):
    source = tmp_path / "set.zip"
    with zipfile.ZipFile(source, "w") as archive:
        archive.writestr("happy/a.png", photo)
        archive.writestr("sad/b.png", photo[::-1])
    data = bytearray(source.read_bytes())
    data[data.index(photo[::-1]) + 50] ^= 255
    source.write_bytes(data)
    with Catalogue(tmp_path / "w" / "catalogue.sqlite") as catalogue:
        plan = open_source(source, catalogue.root)
        told = import_source(catalogue, plan, LocalContext(lambda _: None))
    assert (told.tally.photos, told.tally.unreadable) == (2, 1)
