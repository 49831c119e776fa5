"""A labelled photo."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Sample:
    """One photo of a data set.

    Attributes:
        path: absolute.
        emotion: None for photos without a label.
        person: the name everything of one person shares; a photo nobody is known of is a person
            of its own.
        digest: of its content (see dataset.sources.files.fingerprint), where that is known.
        source: the title of where it comes from; empty where there is but one.
        votes: how many people gave which answer (see domain.votes); empty where that is not known,
            or where the user gave the label.
    """

    path: Path
    emotion: str | None
    person: str
    digest: bytes | None = None
    source: str = ""
    votes: tuple[tuple[str, float], ...] = ()
