"""What is shown of the gallery: a filter, in words for its chips; no Qt in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from emotion_desktop.ui.gallery.entries import TITLES

#: All of it, per cent.
WHOLE: Final = (0, 100)


@dataclass(frozen=True, slots=True)
class GalleryFilter:
    """What a tile must be to be shown; every part that is not at its default narrows it.

    Attributes:
        text: stands in the photo's name, in whatever case.
        confidence: lowest and highest, whole per cent; photos without a face have none.
        sections: one of these; all where there are none.
        models: read by one of these; all where there are none.
        corrected: by a person, or not; None for both.
        differs: another model that was asked names another emotion.
        several: the photo shows several faces.
    """

    text: str = ""
    confidence: tuple[int, int] = WHOLE
    sections: frozenset[str] = frozenset()
    models: frozenset[str] = frozenset()
    corrected: bool | None = None
    differs: bool = False
    several: bool = False

    def __bool__(self) -> bool:
        """Whether it narrows anything."""
        return self != GalleryFilter()

    def chips(self) -> Iterator[tuple[str, GalleryFilter]]:
        """Each part that narrows, in words, and the filter without it."""
        if self.text:
            yield f"Name has “{self.text}”", replace(self, text="")
        if self.confidence != WHOLE:
            low, high = self.confidence
            yield f"Sure by {low} to {high} %", replace(self, confidence=WHOLE)
        for section in TITLES:
            if section in self.sections:
                yield TITLES[section], replace(self, sections=self.sections - {section})
        for model in sorted(self.models):
            yield f"Read by {model}", replace(self, models=self.models - {model})
        if self.corrected is not None:
            words = "Corrected" if self.corrected else "Not corrected"
            yield words, replace(self, corrected=None)
        if self.differs:
            yield "Models disagree", replace(self, differs=False)
        if self.several:
            yield "Several faces", replace(self, several=False)
