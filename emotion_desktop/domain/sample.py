"""A labelled photo."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Sample:
    """One photo of a data set.

    ``person`` is the name everything of one person shares; a photo nobody is known of is a person
    of its own. ``emotion`` is None for photos without a label.
    """

    path: Path
    emotion: str | None
    person: str
