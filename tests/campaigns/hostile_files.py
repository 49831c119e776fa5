"""Files that are made to do harm, given to the verbs that read such files.

    python -m tests.campaigns.hostile_files [--tries N] [--only KIND,KIND]

Pipes, devices and loops of links where photos, tables, settings and databases are expected;
archives and pictures that are small and burst; tables that ask for much; names that no other file
has. All goes through the real verb in a process of its own. Nothing is drawn by lot: ``--tries N``
takes the first of each kind. Survived means: it ended by itself within two minutes, with a status
that the verb documents, without a traceback or “Something unexpected”, its processes took no more
than 2.2 GB together, and nothing was written outside the workspace. Exit status 1 if anything did
not survive. Models are tried by tests.campaigns.hostile_models.
"""

from __future__ import annotations

import io
import os
import shutil
import struct
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from tests.campaigns.trials import Tally, options, print_tallies, run_verb

#: A file to be given to a verb: what it is, the file, and the verb before and after it.
Trap = tuple[str, Path, Sequence[object], Sequence[object]]
_IMPORT = ("dataset", "import")
_CLASSIFY = ("classify",)
_PIXELS = "emotion,pixels\n"


def _photo(path: Path) -> Path:
    from tests.unit.dataset.pictures import put_pictures

    put_pictures(path, side=32)
    return path


def pipes(place: Path) -> Iterator[Trap]:
    """What is no file, where one is expected."""
    for name in ("a.jpg", "a.csv", "a.zip", "a.rec", "a.parquet", "a.json"):
        os.mkfifo(place / name)
        yield f"a pipe called {name}", place / name, _IMPORT, ()
    (place / "zero.csv").symlink_to("/dev/zero")
    yield "/dev/zero as a table", place / "zero.csv", _IMPORT, ()
    (place / "zero.jpg").symlink_to("/dev/zero")
    yield "/dev/zero as a photo", place / "zero.jpg", _CLASSIFY, ()
    folder = place / "set"
    _photo(folder / "fear" / "a.png")
    _photo(folder / "anger" / "b.png")
    os.mkfifo(folder / "fear" / "pipe.png")
    (folder / "fear" / "random.png").symlink_to("/dev/urandom")
    yield "pipes and devices among photos", folder, _IMPORT, ()
    yield "pipes and devices among photos, copied", folder, _IMPORT, ("--copy",)
    yield "pipes and devices to be classified", folder, _CLASSIFY, ("--faces", "whole")
    table = _photo(place / "beside" / "a.png").with_name("labels.csv")
    os.mkfifo(table)
    yield "a pipe beside photos, called labels.csv", table.parent, _IMPORT, ()
    rows = place / "rows" / "labels.csv"
    rows.parent.mkdir()
    rows.write_text("image,emotion\n/dev/zero,fear\n/dev/stdin,fear\n../../../etc/passwd,anger\n")
    yield "rows that name devices", rows, _IMPORT, ("--copy",)
    loop = place / "loop"
    _photo(loop / "fear" / "a.png")
    (loop / "fear" / "again").symlink_to(loop)
    (loop / "anger").symlink_to("anger")
    yield "links in a circle", loop, _IMPORT, ()


def names(place: Path) -> Iterator[Trap]:
    """Names that no other file has."""
    odd = (
        "new\nline",
        "\x1b[31mred",
        "-rf",
        "--workspace",
        "a" * 240,
        "%s%n",
        "$(touch x)",
        "\u202egpj",
    )
    folder = place / "names"
    for emotion in ("fear", "anger"):
        for name in odd:
            _photo(folder / emotion / f"{name}.png")
        copy = os.fsencode(folder / emotion) + b"/\xff\xfe.png"
        shutil.copyfile(folder / emotion / "-rf.png", copy)
    yield "odd names", folder, _IMPORT, ("--copy",)
    yield "odd names, sorted", folder, _CLASSIFY, ("--faces", "whole", "--sort-into", place / "out")
    yield "odd names, as CSV", folder, _CLASSIFY, ("--faces", "whole", "--csv", place / "out.csv")
    deep = place / "deep"
    path = deep
    for _ in range(100):
        path /= "d" * 30
    path.mkdir(parents=True)
    yield "folders in folders", deep, _IMPORT, ()


# -- pictures --------------------------------------------------------------------------------------


def _png(path: Path, width: int, height: int, *, colour: int = 2) -> Path:
    """A PNG of nothing but zeros, a thousandth of its size."""
    row = bytes(1 + width * (3 if colour == 2 else 1))
    packer = zlib.compressobj(9)
    data = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0)
    parts = [chunk(b"IHDR", head), chunk(b"IDAT", data), chunk(b"IEND", b"")]
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(parts))
    return path


def pictures(place: Path) -> Iterator[Trap]:
    """Pictures that are small as files."""
    import pillow_heif
    from PIL import Image

    pillow_heif.register_heif_opener()
    # As large as is read, and larger than that.
    for side in (10_000, 14_400, 30_000):
        path = _png(place / f"{side}.png", side, side if side < 20_000 else 8)
        yield f"a PNG {side} pixels wide", path, _CLASSIFY, ("--faces", "whole")
    for form, side in (("AVIF", 10_400), ("AVIF", 14_100), ("WEBP", 16_000), ("JPEG", 14_400)):
        path = place / f"{side}.{form.lower()}"
        more = {"speed": 10} if form == "AVIF" else {}
        Image.new("RGB", (side, side), (90, 90, 90)).save(path, form, **more)
        yield f"{form} of {side} pixels square", path, _CLASSIFY, ("--faces", "whole")
    for mode, form in (("CMYK", "JPEG"), ("F", "TIFF"), ("P", "GIF")):
        path = place / f"{mode}.{form.lower()}"
        more = {"compression": "tiff_deflate"} if form == "TIFF" else {}
        Image.new(mode, (10_400, 10_400)).save(path, form, **more)
        yield f"{form} in the mode {mode}", path, _CLASSIFY, ("--faces", "whole")


# -- archives and tables ---------------------------------------------------------------------------


def archives(place: Path) -> Iterator[Trap]:
    """Archives that burst, or lead elsewhere."""
    zeros = place / "zeros.zip"
    with zipfile.ZipFile(zeros, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("set/fear/a.png", "w", force_zip64=True) as file:
            for _ in range(40):
                file.write(bytes(64 << 20))
        archive.writestr("set/anger/b.png", b"x")
    yield "a photo of zeros", zeros, _IMPORT, ()
    many = place / "many.zip"
    with zipfile.ZipFile(many, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(100_000):
            archive.writestr(f"set/fear/{number}.png", b"")
    yield "very many photos", many, _IMPORT, ()
    out = place / "out.zip"
    with zipfile.ZipFile(out, "w") as archive:
        for name in ("../canary.png", f"{place}/canary.png", "set/fear/../../../canary.png"):
            archive.writestr(name, b"x")
    yield "names that lead out", out, _IMPORT, ()
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.zip", bytes(100 << 20))
    nested = place / "nested.zip"
    with zipfile.ZipFile(nested, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(50):
            archive.writestr(f"{number}.zip", inner.getvalue())
    yield "archives in an archive", nested, _IMPORT, ()


def tables(place: Path) -> Iterator[Trap]:
    """Tables and records that ask for much."""
    wide = "image,emotion" + ",x" * 1_000_000
    for name, text in (
        ("blanks.csv", " " * 60_000_000),
        ("wide.csv", f"{wide}\n{wide}\n"),
        ("quote.csv", 'image,emotion\n"' + "a,fear\n" * 3_000_000),
        ("deep.json", "[" * 3_000_000),
        ("object.json", '{"a":' * 1_000_000),
        ("commas.csv", ",\n" * 5_000_000),
        ("levels.csv", _PIXELS + "0," + "1 " * 20_000_000),
        ("levels2.csv", _PIXELS + ("0," + "9" * 100_000 + "\n") * 300),
        ("numbers.csv", _PIXELS + ("0," + "7 " * 64 + "\n") * 100_000),
    ):
        (place / name).write_text(text)
        yield name, place / name, _IMPORT, ()
    record = place / "long.rec"
    record.write_bytes(struct.pack("<II", 0xCED7230A, (1 << 29) - 1) + bytes(1000))
    yield "a record that claims half a gigabyte", record, _IMPORT, ()
    parts = (
        struct.pack("<II", 0xCED7230A, 1 << 29)
        + struct.pack("<II", 0xCED7230A, 2 << 29) * 3_000_000
    )
    (place / "parts.rec").write_bytes(parts)
    yield "a record of very many parts", place / "parts.rec", _IMPORT, ()


def workspaces(place: Path) -> Iterator[Trap]:
    """What lies where the workspace has its own files."""
    photo = _photo(place / "a.png")
    workspace = place.parent / "workspace"
    for name in ("settings.json", "catalogue.sqlite", "readings.sqlite", "logs", "models"):
        shutil.rmtree(workspace, ignore_errors=True)
        workspace.mkdir()
        os.mkfifo(workspace / name)
        yield f"a pipe in place of {name}", photo, _CLASSIFY, ("--faces", "whole")
        shutil.rmtree(workspace)
        workspace.mkdir()
        (workspace / name).symlink_to("/dev/full")
        yield f"/dev/full in place of {name}", photo, _CLASSIFY, ("--faces", "whole")
    shutil.rmtree(workspace)


KINDS: dict[str, Callable[[Path], Iterator[Trap]]] = {
    "pipes": pipes,
    "names": names,
    "pictures": pictures,
    "archives": archives,
    "tables": tables,
    "workspaces": workspaces,
}


def campaign(tries: int, kinds: Sequence[str], folder: Path) -> dict[str, Tally]:
    """Runs it; the tally of every kind.

    Args:
        tries: the first of each kind.
        folder: for the files; empty.
    """
    found = {}
    for kind in kinds:
        tally = found[kind] = Tally()
        place = folder / kind
        place.mkdir()
        for what, path, before, after in islice(KINDS[kind](place), tries):
            done = run_verb(folder / "workspace", *before, path, *after)
            written = [*folder.glob("canary*"), *place.glob("canary*")]
            trouble = f"{written[0]} was written" if written else done.trouble()
            tally.add(what, trouble, done.seconds, done.memory)
            print(f"{kind}, {what}: {trouble or 'survived'}, {done.seconds:.0f} s", flush=True)
            if trouble:
                print(done.said[-500:], flush=True)
    return found


def main() -> int:
    """The program."""
    given = options(__doc__, 1000, tuple(KINDS))
    with tempfile.TemporaryDirectory() as folder:
        return print_tallies(campaign(given.tries, given.only, Path(folder)))


if __name__ == "__main__":
    sys.exit(main())
