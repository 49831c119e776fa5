"""What all campaigns share: counting, running the program and watching it, and the table."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

_LIMIT_S = 120.0
#: The most memory that the program and its children may take, bytes.
LARGEST = 2_200_000_000


@dataclass
class Tally:
    """What was tried of a kind, and what did not survive."""

    tried: int = 0
    failed: int = 0
    troubles: list[str] = field(default_factory=list)
    slowest_s: float = 0.0
    largest: int = 0

    @property
    def survived(self) -> int:
        return self.tried - self.failed

    def add(self, what: str, trouble: str, seconds: float = 0.0, memory: int = 0) -> None:
        """Counts a trial.

        Args:
            trouble: why it did not survive; empty where it did.
            memory: bytes.
        """
        self.tried += 1
        self.slowest_s = max(self.slowest_s, seconds)
        self.largest = max(self.largest, memory)
        if trouble:
            self.failed += 1
            self.troubles.append(f"{what}: {trouble}")


@dataclass
class Verb:
    """How a run of the program ended.

    Attributes:
        status: None where it had to be ended.
        memory: the most that it and its children took, bytes.
    """

    status: int | None
    said: str
    seconds: float
    memory: int

    def trouble(self) -> str:
        """What is wrong with it; empty for nothing."""
        if self.status is None:
            return "hung"
        if self.status not in (0, 1, 2):
            return f"crashed with {self.status}"
        if "Traceback" in self.said or "Something unexpected" in self.said:
            return "traceback"
        if self.memory > LARGEST:
            return f"took {self.memory / 1e9:.1f} GB"
        return "" if self.status == 0 or "Error:" in self.said else "said nothing"


def run_verb(
    workspace: Path,
    *arguments: object,
    module: str = "emotion_desktop",
    environment: Mapping[str, str] | None = None,
    limit_s: float = _LIMIT_S,
) -> Verb:
    """Runs the program and watches it and its children.

    Args:
        module: what is run in place of the program.
        limit_s: it and its children are killed then.
    """
    command = [sys.executable, "-m", module, *map(str, arguments)]
    started = time.monotonic()
    largest = 0
    with tempfile.TemporaryFile("w+", errors="replace") as said:
        process = subprocess.Popen(
            [*command, "--workspace", str(workspace)],
            stdout=said,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **(environment or {})},
        )
        watched = psutil.Process(process.pid)
        while process.poll() is None and (left := started + limit_s - time.monotonic()) > 0:
            with suppress(psutil.Error):
                family = [watched, *watched.children(recursive=True)]
                largest = max(largest, sum(one.memory_info().rss for one in family))
            with suppress(subprocess.TimeoutExpired):
                process.wait(min(0.1, left))
        status = process.poll()
        if status is None:
            _kill_family(watched)
            process.wait()
        said.seek(0)
        return Verb(status, said.read(), time.monotonic() - started, largest)


def _kill_family(process: psutil.Process) -> None:
    family = [process]
    with suppress(psutil.Error):
        family += process.children(recursive=True)
    for one in reversed(family):
        with suppress(psutil.Error):
            one.kill()


def options(about: str | None, tries: int, kinds: tuple[str, ...]) -> argparse.Namespace:
    """What a campaign is called with: ``tries``, ``seed`` and ``only``, a tuple of kinds.

    Args:
        about: the program's docstring.
        tries: of each kind, where nothing else is said.
    """
    parser = argparse.ArgumentParser(
        description=about, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tries", type=int, default=tries, help=f"of each kind ({tries})")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default=",".join(kinds), help="kinds, with commas between")
    given = parser.parse_args()
    # Ended from outside, it takes its temporary folder (and disk) away as well.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    given.only = tuple(given.only.split(","))
    if unknown := set(given.only) - set(kinds):
        parser.error(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(kinds)}")
    return given


def print_tallies(found: Mapping[str, Tally]) -> int:
    """Prints the table; returns the exit status, 1 if anything did not survive."""
    width = max(10, *map(len, found))
    print(f"{'kind':{width}}  tried  survived  slowest  most memory")
    for kind, tally in found.items():
        memory = f"{tally.largest / 1e9:8.2f} GB" if tally.largest else ""
        print(
            f"{kind:{width}}  {tally.tried:5}  {tally.survived:8}  {tally.slowest_s:5.1f} s"
            f"  {memory}".rstrip()
        )
        for trouble in tally.troubles:
            print(f"    {trouble}")
    return int(any(tally.failed for tally in found.values()))
