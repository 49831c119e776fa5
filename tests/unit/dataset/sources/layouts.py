"""Data sets laid out in a folder, and what is read of them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from emotion_desktop.dataset.sources.labels import read_labelled
from emotion_desktop.dataset.sources.reading_options import ReadingOptions

CLASSES = ("angry", "disgust", "fear", "happy", "neutral", "sad", "surprise")


def put(root: Path, *names: str) -> None:
    """Photos: reading labels looks at names alone, so empty files do."""
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def write(path: Path, *rows: str, encoding: str = "utf-8") -> Path:
    """A table."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(rows) + "\n", encoding=encoding)
    return path


def labels(source: Path, **options) -> dict[str, str | None]:
    """The emotion of each photo that has one, by its name."""
    data = read_labelled(source, ReadingOptions.from_dict(options))
    return {sample.path.name: sample.emotion for sample in data.samples}


def persons(source: Path, rule: str = "") -> Counter:
    """How many photos each person has."""
    data = read_labelled(source, ReadingOptions(persons=rule))
    return Counter(sample.person for sample in data.samples)
