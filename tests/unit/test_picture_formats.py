"""Picture formats: one table, and everything that must know them agrees with it."""

import io
import re

import numpy as np
import pytest
from PIL import Image

from emotion_desktop.domain.files.photo_files import is_photo_name
from emotion_desktop.domain.files.picture_formats import (
    PICTURE_FORMATS,
    PICTURE_SUFFIXES,
    dialog_filter,
    readable_formats,
)
from emotion_desktop.imaging.decode import decode
from emotion_desktop.jobs.predicting.photos import find_photos
from emotion_desktop.launcher import freedesktop, windows
from emotion_desktop.launcher.program import running_program

ROWS = pytest.mark.parametrize("row", PICTURE_FORMATS, ids=lambda row: row.title)


@ROWS
def test_every_row_is_complete(row):
    assert row.title
    assert row.readers
    assert re.fullmatch(r"image/[a-z-]+", row.media_type)
    assert all(re.fullmatch(r"\.[a-z0-9]+", suffix) for suffix in row.suffixes)


def test_no_suffix_and_no_media_type_is_in_two_rows():
    suffixes = [suffix for row in PICTURE_FORMATS for suffix in row.suffixes]
    assert sorted(suffixes) == sorted(PICTURE_SUFFIXES)
    assert len({row.media_type for row in PICTURE_FORMATS}) == len(PICTURE_FORMATS)


@ROWS
def test_what_a_row_names_is_read(row):
    if row.plugin:
        import pillow_heif

        pillow_heif.register_heif_opener()
    picture = Image.fromarray(np.full((40, 60), 90, np.uint8))
    written = io.BytesIO()
    (picture if row.title == "PGM" else picture.convert("RGB")).save(written, row.readers[0])
    assert decode(written.getvalue()).pixels.shape == (40, 60, 3)


def test_dialog_launchers_and_folders_agree(tmp_path):
    offered = set(re.findall(r"\*(\.\w+)", dialog_filter()))
    script = windows.powershell_script(running_program(), tmp_path / "a.lnk", tmp_path / "a.ico")
    registered = set(re.findall(r"Classes\\(\.\w+)\\OpenWithProgids", script))
    assert offered == registered == set(PICTURE_SUFFIXES)
    entry = freedesktop.desktop_entry(running_program())
    for row in PICTURE_FORMATS:
        assert f"{row.media_type};" in entry
        assert row.title in readable_formats()
    for suffix in PICTURE_SUFFIXES:
        (tmp_path / f"photo{suffix}").touch()
        assert is_photo_name(f"photo{suffix.upper()}")
    assert {path.suffix for path in find_photos([tmp_path]).photos} == offered
