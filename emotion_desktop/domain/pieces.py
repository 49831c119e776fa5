"""A long list in pieces."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

_T = TypeVar("_T")


def pieces(values: Sequence[_T], most: int) -> Iterator[Sequence[_T]]:
    """The values in order, so many at a time; fewer in the last piece."""
    return (values[i : i + most] for i in range(0, len(values), most))
