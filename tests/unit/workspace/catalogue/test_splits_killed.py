"""Splits and a program that is killed while it freezes them, or a disk that is full."""

import os
import signal
import subprocess
import sys

import pytest

from emotion_desktop.dataset.sources.files.fingerprint import split_fingerprint
from emotion_desktop.dataset.splitting.freeze import freeze
from emotion_desktop.domain.errors import AppError
from emotion_desktop.domain.split import SplitRequest
from emotion_desktop.workspace.catalogue.catalogue import Catalogue
from emotion_desktop.workspace.catalogue.splits import Splits
from tests.unit.workspace.rows import add_photo, add_source

_PHOTOS = 120
_FREEZE_FOR_EVER = """
import itertools, sys
from pathlib import Path
from emotion_desktop.dataset.splitting.freeze import freeze
from emotion_desktop.domain.split import SplitRequest
from emotion_desktop.workspace.catalogue.catalogue import Catalogue
catalogue = Catalogue(Path(sys.argv[1]))
for number in itertools.count():
    freeze(catalogue, f"split {number}", SplitRequest(seed=number))
    print(f"split {number}", flush=True)
"""


@pytest.fixture
def path(tmp_path):
    with Catalogue(tmp_path / "catalogue.sqlite") as catalogue:
        source = add_source(catalogue)
        for number in range(_PHOTOS):
            emotion = ("fear", "anger", "sadness")[number % 3]
            who = f"P{number // 2}"
            add_photo(catalogue, source, f"/{who}_{number}.jpg", who, emotion)
    return tmp_path / "catalogue.sqlite"


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no such signal here")
def test_what_was_told_is_kept_and_nothing_half_done_is_shown(path):
    program = subprocess.Popen(
        [sys.executable, "-c", _FREEZE_FOR_EVER, str(path)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        text=True,
    )
    told = [program.stdout.readline().strip() for _ in range(8)]
    program.kill()
    told += program.stdout.read().splitlines()
    program.wait()
    program.stdout.close()
    with Catalogue(path) as catalogue:
        with catalogue.reading() as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        splits = Splits(catalogue)
        names = {summary.name for summary in splits.all()}
        assert set(told) <= names
        assert len(names) <= len(told) + 1
        for name in names:
            frozen = splits.load(name)
            assert sum(len(frozen.split.part(p)) for p in ("training", "validation", "test")) == (
                _PHOTOS
            )
            assert split_fingerprint(frozen.split) == frozen.fingerprint
        assert freeze(catalogue, "afterwards", SplitRequest()).fingerprint


def test_a_full_disk_leaves_the_splits_that_were_there(path):
    with Catalogue(path) as catalogue:
        first = freeze(catalogue, "first", SplitRequest())
        with catalogue.reading() as connection:
            pages = connection.execute("PRAGMA page_count").fetchone()[0]
            connection.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(AppError, match="disk is full"):
            for number in range(50):
                freeze(catalogue, f"more {number}", SplitRequest(seed=number))
        splits = Splits(catalogue)
        assert splits.load("first").fingerprint == first.fingerprint
        for summary in splits.all():
            split = splits.load(summary.name).split
            assert split_fingerprint(split) == summary.fingerprint
