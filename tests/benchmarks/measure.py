"""What the benchmarks share: rounds in turn, medians, a table of ratios, photos to measure with.

A figure of one machine says little about another one, so ratios come first: both sides of a ratio
are measured in turn, round by round, in one run; what slows the machine for a while slows both.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any, Final

_REPOSITORY: Final = Path(__file__).resolve().parents[2]
DATA: Final = _REPOSITORY.parent / "shared" / "data" / "facial_expressions" / "images"


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table.

    Attributes:
        unit: ``times`` for a ratio.
        at_most, at_least: the goal, if there is one.
    """

    name: str
    value: float
    unit: str = "times"
    at_most: float | None = None
    at_least: float | None = None

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None where there is none."""
        if self.at_most is not None:
            return self.value <= self.at_most
        if self.at_least is not None:
            return self.value >= self.at_least
        return None

    @property
    def goal(self) -> str:
        """The goal in words; empty where there is none."""
        if self.at_most is not None:
            return f"at most {self.at_most:g}"
        return f"at least {self.at_least:g}" if self.at_least is not None else ""


class Rounds:
    """Seconds by name, one figure per round."""

    def __init__(self, seconds: Mapping[str, Sequence[float]]) -> None:
        self.seconds = {name: list(values) for name, values in seconds.items()}

    def median(self, name: str) -> float:
        """The median of a way's rounds, seconds."""
        return median(self.seconds[name])

    def ratio(self, numerator: str, denominator: str) -> float:
        """The median, over the rounds, of one way's seconds by another's in the same round."""
        pairs = zip(self.seconds[numerator], self.seconds[denominator], strict=True)
        return median(a / b for a, b in pairs)


def in_turn(ways: Mapping[str, Callable[[], float]], rounds: int) -> Rounds:
    """Runs each way once a round; every round begins with another one.

    Args:
        ways: functions that do the work and return how long it took, seconds.
    """
    names = list(ways)
    seconds: dict[str, list[float]] = {name: [] for name in names}
    for number in range(rounds):
        first = number % len(names)
        for name in names[first:] + names[:first]:
            seconds[name].append(ways[name]())
    return Rounds(seconds)


def timed(work: Callable[[], object]) -> Callable[[], float]:
    """The work as a way for in_turn: by the wall clock, from call to return."""

    def run() -> float:
        begin = time.perf_counter()
        work()
        return time.perf_counter() - begin

    return run


def percentile(values: Iterable[float], percent: float) -> float:
    """The smallest value that so many percent of all values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


def parser(description: str, photos: int, rounds: int | None = None) -> argparse.ArgumentParser:
    """The options that benchmarks have in common, with this one's defaults."""
    made = argparse.ArgumentParser(description=description)
    made.add_argument("--data", type=Path, default=DATA, help="a folder of photos")
    made.add_argument("--photos", type=int, default=photos, help="how many of them to use")
    made.add_argument("--json", metavar="FILE", help="write the figures there; - for here")
    if rounds is not None:
        made.add_argument("--rounds", type=int, default=rounds)
    return made


def photos_in(folder: Path, count: int) -> list[Path]:
    """Photos spread evenly over a folder's names, so that no person or source prevails.

    With fewer photos than asked for all are taken. An empty list means that there are none: the
    benchmark has nothing to measure.
    """
    found = sorted(folder.glob("*.jpg")) if folder.is_dir() else []
    if not found:
        print(f"Skipped: there are no photos in {folder}.", file=sys.stderr)
        return []
    count = min(count, len(found))
    return [found[number * len(found) // count] for number in range(count)]


def report(title: str, figures: Sequence[Figure], target: str | None) -> None:
    """Prints the table, or writes the figures as JSON.

    Args:
        target: None for the table; a file, or ``-`` for standard output, for JSON.
    """
    if target is None:
        print(table(title, figures))
        return
    text = json.dumps({"title": title, "figures": [_values(figure) for figure in figures]})
    if target == "-":
        print(text)
    else:
        Path(target).write_text(text + "\n", encoding="utf-8")


def table(title: str, figures: Sequence[Figure]) -> str:
    """The figures for people: name, value, goal, and whether it is met."""
    rows = [
        (f.name, f"{f.value:,.2f} {f.unit}", f.goal, {True: "met", False: "MISSED"}.get(f.met, ""))  # type: ignore[arg-type]
        for f in figures
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = [
        f"{name:<{widths[0]}}  {value:>{widths[1]}}  {goal:<{widths[2]}}  {met}".rstrip()
        for name, value, goal, met in rows
    ]
    return "\n".join([title, *lines])


def _values(figure: Figure) -> dict[str, Any]:
    return {**asdict(figure), "met": figure.met}
