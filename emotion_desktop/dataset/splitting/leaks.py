"""What a split lets through: people and copies on both sides, and emotions missing from a part."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.domain.split import PARTS, Split
from emotion_desktop.domain.text import counted, join_words


@dataclass(frozen=True, slots=True)
class LeakReport:
    """How honest a split is.

    Attributes:
        held_back: photos in validation and test.
        persons: of these, photos of a person who is in training as well.
        copies: of these, photos that are copies, or nearly, of a training photo.
        impossible: emotions that are not in every part, each in a sentence.
    """

    held_back: int
    persons: int
    copies: int
    impossible: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """JSON values."""
        return asdict(self)

    @property
    def sentence(self) -> str:
        """The leaks in words."""
        if not self.persons and not self.copies:
            return "No photo held back shows a person, or a copy of a photo, that is trained on."
        return (
            f"Of {counted(self.held_back, 'photo')} held back, {self.persons:,} show a person who "
            f"is trained on, and {self.copies:,} are copies of a training photo."
        )


def leak_report(split: Split, copies: Iterable[tuple[bytes, bytes]]) -> LeakReport:
    """Looks at a split.

    Args:
        copies: pairs of digests of photos that are nearly the same picture.
    """
    twins: dict[bytes, set[bytes]] = {}
    for a, b in copies:
        twins.setdefault(a, set()).add(b)
        twins.setdefault(b, set()).add(a)
    persons = {sample.person for sample in split.training}
    contents = {sample.digest for sample in split.training if sample.digest is not None}
    held_back = (*split.validation, *split.test)
    return LeakReport(
        held_back=len(held_back),
        persons=sum(sample.person in persons for sample in held_back),
        copies=sum(
            sample.digest in contents or bool(twins.get(sample.digest, set()) & contents)
            for sample in held_back
            if sample.digest is not None
        ),
        impossible=tuple(_impossible(split)),
    )


def _impossible(split: Split) -> Iterable[str]:
    used = [name for name, share in zip(PARTS, split.fractions, strict=True) if share > 0]
    everybody = (*split.training, *split.validation, *split.test)
    counts: Mapping[str, Mapping[str, Any]] = split.counts()
    for emotion in EMOTIONS:
        lacking = [name for name in used if not counts[name]["emotions"][emotion]]
        if not lacking or len(lacking) == len(used):
            continue
        persons = len({sample.person for sample in everybody if sample.emotion == emotion})
        photos = sum(counts[name]["emotions"][emotion] for name in used)
        yield (
            f"{emotion.capitalize()} is not in {join_words(lacking)}: there are only "
            f"{counted(photos, 'photo')} of {counted(persons, 'person')}."
        )
