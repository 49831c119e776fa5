"""Tables of pixels: each row becomes a picture in the workspace."""

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emotion_desktop.dataset.importing import import_source
from emotion_desktop.dataset.sources.labels import read_labelled
from emotion_desktop.dataset.sources.open_source import open_source
from emotion_desktop.dataset.sources.pixels import is_pixel_table, read_pixels
from emotion_desktop.domain.errors import DataError
from emotion_desktop.jobs.running.context import LocalContext
from emotion_desktop.workspace.catalogue.catalogue import Catalogue
from emotion_desktop.workspace.catalogue.photos import labelled_photos


def picture(seed: int, side: int = 48) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (side, side), np.uint8)


def row(label: str, pixels: np.ndarray, usage: str) -> str:
    return f"{label},{' '.join(map(str, pixels.ravel().tolist()))},{usage}"


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "fer2013.csv"
    lines = [
        "emotion,pixels,Usage",
        row("0", picture(0), "Training"),
        row("3", picture(1), "PublicTest"),
        "",
        row("happy", picture(2, 10), "Training"),
        "5,1 2 3 4 5,Training",
        "5,1 2 x 4,Training",
        "5",
        "5,,Training",
        row("3", picture(0), "Training"),
    ]
    path.write_text("\r\n".join(lines))
    return path


def test_rows_become_pictures_of_their_pixels(table, tmp_path):
    with Catalogue(tmp_path / "w" / "catalogue.sqlite") as catalogue:
        for _ in range(2):
            incoming = open_source(table, catalogue.root)
            told = import_source(catalogue, incoming, LocalContext(lambda _: None))
        samples = labelled_photos(catalogue).samples
        with catalogue.reading() as connection:
            usage = connection.execute("SELECT row, usage FROM listings ORDER BY row").fetchall()
    assert told.tally.sections == {"anger": 1, "happiness": 3}
    assert [tuple(u) for u in usage] == [
        (2, "Training"),
        (3, "PublicTest"),
        (5, "Training"),
        (10, "Training"),
    ]
    assert [s.emotion for s in samples] == ["anger", "happiness", "happiness", "happiness"]
    for sample, seed, side in zip(samples, (0, 1, 2, 0), (48, 48, 10, 48), strict=True):
        found = cv2.imread(str(sample.path), cv2.IMREAD_UNCHANGED)
        assert np.array_equal(found, picture(seed, side))
    assert len({sample.person for sample in samples}) == 4
    assert [(r.row, r.reason) for r in told.tally.rejects] == [
        (6, "its 5 pixels make no square"),
        (7, "its 4 pixels make no square"),
        (8, "it cannot be read"),
        (9, "its 0 pixels make no square"),
    ]


def test_what_is_none_is_told_apart(tmp_path, table):
    assert is_pixel_table(table)
    labels = tmp_path / "labels.csv"
    labels.write_text("image,emotion\na.jpg,fear\n")
    assert not is_pixel_table(labels)
    assert not is_pixel_table(tmp_path / "none.csv")
    empty = tmp_path / "empty.csv"
    empty.write_text("emotion,pixels\n")
    with pytest.raises(DataError, match="no picture in empty"):
        read_pixels(empty, tmp_path)


def test_a_table_that_changed_in_between_is_noticed(table, tmp_path):
    incoming = read_pixels(table, tmp_path / "w")
    table.write_text("emotion,pixels,Usage\n")
    with pytest.raises(DataError, match="changed while"):
        incoming.put_photo(incoming.listed.listings[0].photo)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_pictures_or_a_sentence(tmp_path, data):
    path = tmp_path / "any.csv"
    path.write_bytes(b"emotion,pixels,Usage\n" + data)
    try:
        incoming = read_pixels(path, tmp_path / "w")
    except DataError as error:
        assert error.hint
        return
    assert all(listing.row >= 2 for listing in incoming.listed.listings)


def test_a_label_table_whose_lines_end_in_cr_alone_is_none(tmp_path):
    path = tmp_path / "labels.csv"
    path.write_bytes(b"image,emotion\ra_1.jpg,happy\rb_1.jpg,sad\r")
    assert not is_pixel_table(path)


def _wide(pixels: np.ndarray) -> list[str]:
    return [str(level) for level in pixels.ravel().tolist()]


@pytest.mark.parametrize("side", [48, 200])
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize(
    ("head", "form"),
    [
        ("emotion,pixels,Usage", lambda p: f"3,{' '.join(_wide(p))},Training"),
        ("emotion;pixels;Usage", lambda p: f"3;{' '.join(_wide(p))};Training"),
        ("emotion, Usage, pixels", lambda p: f"3,Training,{' '.join(_wide(p))}"),
        ('"emotion","pixels"', lambda p: f'"3","{" ".join(_wide(p))}"'),
        ("emotion,pixels", lambda p: f'3,"[{", ".join(_wide(p))}]"'),
        ("emotion,pixels", lambda p: f"3.0,{'.0 '.join(_wide(p))}.0"),
        ("label\tpixels", lambda p: f"happy\t{' '.join(_wide(p))}"),
        (None, lambda p: f"3,{','.join(_wide(p))}"),
    ],
)
def test_tables_of_pixels_in_every_form(tmp_path, head, form, side, channels):
    rng = np.random.default_rng(side)
    shape = (side, side) if channels == 1 else (side, side, channels)
    pixels = rng.integers(0, 256, shape, np.uint8)
    table = tmp_path / "any.csv"
    names = ["emotion", *(f"pixel{n}" for n in range(pixels.size))]
    table.write_text(f"{head or ','.join(names)}\n{form(pixels)}\n", encoding="utf-8-sig")
    assert is_pixel_table(table)
    (sample,) = read_labelled(table, workspace=tmp_path / "w").samples
    assert sample.emotion == "happiness"
    stored = cv2.imread(str(sample.path), cv2.IMREAD_UNCHANGED)
    assert np.array_equal(stored if channels == 1 else stored[..., ::-1], pixels)


def test_pixels_without_labels_and_a_folder_with_such_a_table(tmp_path):
    table = tmp_path / "set" / "test.csv"
    table.parent.mkdir()
    table.write_text(f"pixels\n{' '.join(_wide(picture(0)))}\n")
    listed = open_source(table.parent, tmp_path / "w").listed
    assert (len(listed.listings), len(listed.unlisted)) == (0, 1)


def test_ck_plus_in_the_form_of_fer2013_has_contempt(tmp_path):
    table = tmp_path / "ck.csv"
    rows = [f"{n},{' '.join(_wide(picture(n, 8)))},Training" for n in range(8)]
    table.write_text("\n".join(["emotion,pixels,Usage", *rows]))
    assert {s.emotion for s in read_labelled(table, workspace=tmp_path / "w").samples} >= {
        "contempt",
        "neutral",
    }
