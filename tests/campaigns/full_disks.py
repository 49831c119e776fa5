"""The program, on a disk that is full at a random point of every kind of work.

    python -m tests.campaigns.full_disks [--tries N] [--seed S] [--only KIND,KIND]

The work is done on a small disk of its own (tmpfs, which only root may mount), in which a random
part of the room that the work needs is free. Survived means: a sentence, no traceback; what the
program shows then is all that it showed before, or all that the work makes; the databases are
whole, nothing half-written is left; and once there is room, doing it again makes the same as if
there had always been. Exit status 1 if anything did not survive.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.campaigns.trials import Tally, options, print_tallies
from tests.campaigns.works import (
    WORKS,
    Place,
    TroubleError,
    Work,
    check_again,
    check_databases,
    check_leftovers,
    put_photos,
    run_work,
)

_SIZE = 96 << 20
#: A full disk leaves no room, a nearly full one some pages.
_PAGE = 4096
KINDS = tuple(kind for kind, work in WORKS.items() if not work.worker)


def may_mount() -> bool:
    """Whether this user may mount disks here."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            with _small_disk(Path(folder)):
                return True
        except (OSError, subprocess.CalledProcessError):
            return False


def campaign(tries: int, seed: int, kinds: Sequence[str], folder: Path) -> dict[str, Tally]:
    """Runs it; the tally of every kind.

    Args:
        folder: for the disk and what is prepared; empty.
    """
    found = {}
    (folder / "disk").mkdir()
    for kind in kinds:
        tally = found[kind] = Tally()
        chance = random.Random(f"{seed} {kind}")
        with _small_disk(folder / "disk") as disk:
            place, kept = Place(disk / "place"), folder / f"kept {kind}"
            place.root.mkdir()
            put_photos(place)
            work = WORKS[kind]
            work.prepare(place)
            before = work.state(place)
            shutil.copytree(place.root, kept)
            taken = shutil.disk_usage(disk).used
            done = run_work(work, place, work.verb(place), {})
            if done.status != 0:
                raise RuntimeError(f"{kind}, left alone, failed: {done.said}")
            states = before, work.state(place)
            need = shutil.disk_usage(disk).used - taken
            for number in range(tries):
                shutil.rmtree(place.root)
                shutil.copytree(kept, place.root)
                # While it is done more may be needed than stays.
                free = chance.randrange(int(need * 1.2) // _PAGE + 2) * _PAGE
                what = f"{number} of seed {seed}, with {free // 1024} KB"
                started = time.monotonic()
                trouble = _trouble(work, place, disk, states, free)
                tally.add(what, trouble, time.monotonic() - started)
                print(f"{kind} {what}: {trouble or 'survived'}", flush=True)
    return found


@contextmanager
def _small_disk(folder: Path) -> Iterator[Path]:
    mount = ["mount", "-t", "tmpfs", "-o", f"size={_SIZE}", "tmpfs", str(folder)]
    subprocess.run(mount, check=True, capture_output=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def _trouble(work: Work, place: Place, disk: Path, states: tuple[Any, Any], free: int) -> str:
    """What did not survive; empty for nothing."""
    before, after = states
    filler = disk / "filler"
    try:
        left = shutil.disk_usage(disk).free - free
        with filler.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, left)
        try:
            done = run_work(work, place, work.verb(place), {})
        finally:
            filler.unlink()
        if done.trouble():
            raise TroubleError(f"{done.trouble()}: {done.said[-300:]}")
        state = work.state(place)
        if not (state <= after if work.parts else state in (before, after)):
            raise TroubleError(f"half of it is shown: {str(state)[:300]}")
        if done.status == 0 and state != after:
            raise TroubleError("it was told to be done, and is not there")
        check_databases(place)
        check_leftovers(place)
        check_again(work, place, state, after)
        check_databases(place)
        check_leftovers(place)
    except TroubleError as trouble:
        return str(trouble)
    return ""


def main() -> int:
    """The program."""
    given = options(__doc__, 10, KINDS)
    if not may_mount():
        print("Nothing was tried: only root may mount a disk of its own.")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        return print_tallies(campaign(given.tries, given.seed, given.only, Path(folder)))


if __name__ == "__main__":
    sys.exit(main())
