"""Putting together what belongs together: pairs, pairs of pairs, and so on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

_T = TypeVar("_T", bound=Any)


def group(things: Iterable[_T], pairs: Iterable[tuple[_T, _T]]) -> dict[_T, _T]:
    """For each thing the least one of its group, whatever order they come in.

    Pairs of which one is not among the things are passed over.
    """
    leader = {thing: thing for thing in things}

    def find(thing: _T) -> _T:
        while leader[thing] != thing:
            leader[thing] = leader[leader[thing]]
            thing = leader[thing]
        return thing

    for a, b in pairs:
        if a in leader and b in leader:
            first, second = sorted((find(a), find(b)))
            leader[second] = first
    return {thing: find(thing) for thing in leader}


def chained(groups: Iterable[Sequence[_T]]) -> list[tuple[_T, _T]]:
    """Pairs that hold each group together."""
    return [(group[0], other) for group in groups for other in group[1:]]
