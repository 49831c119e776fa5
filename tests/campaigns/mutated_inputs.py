"""All that the program reads, damaged: each is refused in a sentence, or read as what it is.

    python -m tests.campaigns.mutated_inputs [--tries N] [--seed S] [--only KIND,KIND]

Bits are flipped, bytes changed, cut out, put in, moved, or cut off; in texts numbers become odd
ones, in JSON any value another. The files are read in a process that is watched. Survived means: an
AppError or a right value, no other exception, no traceback or “Something unexpected” printed, no
crash, no more than 10 s of processor time, and no more than 2.2 GB. Exit status 1 if anything did
not survive.

Models in the forms of other programs, and LiteRT models in bundles, may crash the libraries that
read them: they are tried through the real verb by tests.campaigns.hostile_models.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import shutil
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from importlib.util import find_spec
from multiprocessing.connection import Connection
from pathlib import Path

import psutil

from tests.campaigns.inputs import KINDS, Kind
from tests.campaigns.trials import LARGEST, Tally, options, print_tallies

#: Processor time that reading one file may take, seconds.
_LIMIT_S = 10.0
#: What takes so long hangs, however busy the machine is, seconds.
_HANGS_S = 300.0
#: Loading libraries and making good files is not what is timed.
_START_S = 180.0
PARQUET = "Parquet"


def campaign(tries: int, seed: int, kinds: Sequence[str], folder: Path) -> dict[str, Tally]:
    """Runs it; the tally of every kind.

    Args:
        folder: for the files; empty.
    """
    if PARQUET in kinds and find_spec("pyarrow") is None:
        print(f"{PARQUET} is not tried: the package pyarrow is not installed.")
        kinds = [kind for kind in kinds if kind != PARQUET]
    found = {kind: Tally() for kind in kinds}
    left = [(kind, number) for kind in kinds for number in range(tries)]
    while left:
        done = _in_a_process(left, seed, folder, found)
        left = left[done:]
    return found


def _in_a_process(
    trials: Sequence[tuple[str, int]], seed: int, folder: Path, found: dict[str, Tally]
) -> int:
    """Runs trials until one hangs or crashes; returns how many were run."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_run, args=(theirs, trials, seed, folder))
    process.start()
    theirs.close()
    for number, (kind, mutant) in enumerate(trials):
        what = f"{kind} {mutant} of seed {seed}"
        started = time.monotonic()
        trouble, seconds, memory = "crashed", 0.0, 0
        try:
            if ours.poll(_START_S) and (unready := ours.recv()):
                raise RuntimeError(unready)
            if ours.poll(_HANGS_S):
                trouble, seconds, memory = ours.recv()
            else:
                trouble, seconds = "hung", time.monotonic() - started
        except EOFError:
            process.join()
            trouble = f"crashed with {process.exitcode}"
        found[kind].add(what, trouble, seconds, memory)
        if trouble:
            print(f"{what}: {trouble}", flush=True)
        if trouble == "hung" or trouble.startswith("crashed"):
            process.kill()
            process.join()
            return number + 1
    process.join()
    return len(trials)


def _run(pipe: Connection, trials: Sequence[tuple[str, int]], seed: int, folder: Path) -> None:
    """The other process: tells when a trial begins, and how it ended."""
    printed = os.open(folder / "printed", os.O_RDWR | os.O_CREAT | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(printed, stream)
    originals: dict[str, Sequence[bytes]] = {}
    for name, number in trials:
        kind = KINDS[name]
        if name not in originals:
            try:
                originals[name] = _good_files(kind, folder)
            except Exception as error:  # noqa: BLE001 - the other process raises it
                traceback.print_exc()
                pipe.send(f"good files of the kind {name}: {type(error).__name__}: {error}")
                return
        chance = random.Random(f"{seed} {name} {number}")
        path = _put(folder / "trial", kind, kind.damage(chance.choice(originals[name]), chance))
        os.ftruncate(printed, 0)
        pipe.send("")
        started = time.process_time()
        trouble = _trouble(name, path)
        seconds = time.process_time() - started
        sys.stdout.flush()
        said = (folder / "printed").read_text(encoding="utf-8", errors="replace")
        if not trouble and ("Traceback" in said or "Something unexpected" in said):
            trouble = f"printed {said[-600:]}"
        if not trouble and seconds > _LIMIT_S:
            trouble = f"took {seconds:.0f} s"
        memory = _most_memory()
        if not trouble and memory > LARGEST:
            trouble = f"took {memory / 1e9:.1f} GB"
        pipe.send((trouble, seconds, memory))


def _most_memory() -> int:
    """The most that this process has taken, bytes."""
    status = Path("/proc/self/status")
    if status.exists():  # Linux: the other figure is no less than that of who started the process
        (line,) = [each for each in status.read_text().splitlines() if each.startswith("VmHWM")]
        return int(line.split()[1]) * 1024
    try:
        import resource
    except ImportError:  # Windows
        return int(psutil.Process().memory_info().peak_wset)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _good_files(kind: Kind, folder: Path) -> Sequence[bytes]:
    """Files that are not damaged, and are not refused."""
    place = folder / "good"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    found = kind.originals(place)
    for data in found:
        kind.read(_put(folder / "trial", kind, data))
    return found


def _put(place: Path, kind: Kind, data: bytes) -> Path:
    """A file in a folder of its own."""
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    path = place / f"odd{kind.suffix}"
    path.write_bytes(data)
    return path


def _trouble(name: str, path: Path) -> str:
    from emotion_desktop.domain.errors import AppError

    try:
        KINDS[name].read(path)
    except (AppError, *KINDS[name].refusals) as error:
        return "" if str(error).strip() else "said nothing"
    except Exception as error:  # noqa: BLE001 - that is what is looked for
        frames = traceback.extract_tb(error.__traceback__)
        places = (f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames[-3:])
        return f"{type(error).__name__}: {str(error)[:200]} ({', '.join(places)})"
    return ""


def main() -> int:
    """The program."""
    given = options(__doc__, 200, tuple(KINDS))
    with tempfile.TemporaryDirectory() as folder:
        return print_tallies(campaign(given.tries, given.seed, given.only, Path(folder)))


if __name__ == "__main__":
    sys.exit(main())
