"""What a report consists of, whatever it is written as."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph; ``kind`` is empty, ``lead``, ``muted`` or ``note``."""

    text: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list of sentences."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """Names with their texts."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table; ``faint`` are the numbers of rows that too few photos stand behind, and a
    ``folded`` one is shown on request."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    faint: frozenset[int] = frozenset()
    folded: bool = False


@dataclass(frozen=True, slots=True)
class Matrix:
    """Counts by two answers; the last row and column hold photos without one."""

    title: str
    labels: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Plot:
    """A picture (SVG) whose figures stand in a table as well."""

    title: str
    svg: str


@dataclass(frozen=True, slots=True)
class Panels:
    """Small pictures side by side."""

    title: str
    plots: tuple[Plot, ...]


Block = Text | Bullets | Facts | Table | Matrix | Plot | Panels


@dataclass(frozen=True)
class Section:
    """A heading and what stands below it."""

    title: str
    blocks: Sequence[Block]


@dataclass(frozen=True)
class Document:
    """A report."""

    title: str
    subtitle: str
    sections: Sequence[Section] = field(default_factory=tuple)
    footer: str = ""
