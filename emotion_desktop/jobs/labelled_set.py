"""Labelled photos to score models on: a folder, a table, or a part of a frozen split."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emotion_desktop.domain.errors import UsageError
from emotion_desktop.domain.sample import Sample

if TYPE_CHECKING:
    from emotion_desktop.domain.scores import Scores
    from emotion_desktop.workspace.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class LabelledSource:
    """Which photos are meant. Either a path or a split is given.

    Attributes:
        path: a folder per emotion, or a table of labels beside its photos.
        split: the name of a frozen split.
        part: ``training``, ``validation`` or ``test``; the last one is sealed.
    """

    path: str = ""
    split: str = ""
    part: str = "test"

    @property
    def title(self) -> str:
        """The set for people."""
        if self.path:
            return Path(self.path).name
        sealed = "sealed test" if self.sealed else f"{self.part} part"
        return f"{self.split}, {sealed}"

    @property
    def sealed(self) -> bool:
        """Whether every look into it is counted."""
        return not self.path and self.part == "test"

    def to_dict(self) -> dict[str, Any]:
        """JSON values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> LabelledSource:
        """Reads what to_dict wrote."""
        return cls(**data)


@dataclass(frozen=True)
class LabelledSet:
    """The photos themselves.

    Attributes:
        key: names the set whatever its labels are; its versions are counted under it.
        frozen: the fingerprint of the labels a split was frozen with; None for a folder or table.
        corrected: photos that were corrected or left out since.
        facts: what else is to be told, as names and texts.
    """

    title: str
    key: str
    samples: tuple[Sample, ...]
    left_out: Mapping[str, int]
    frozen: str | None = None
    corrected: int = 0
    facts: tuple[tuple[str, str], ...] = field(default=())

    @property
    def fingerprint(self) -> str:
        """32 hexadecimal digits that change with any photo or label."""
        return _fingerprint(self.samples)


def load_labelled(source: LabelledSource, catalogue: Catalogue | None) -> LabelledSet:
    """Reads a labelled set; a split's labels are those of now, corrections included.

    Args:
        catalogue: of the workspace; needed for a split.

    Raises:
        DataError: there is no such folder or table, or no labelled photo is in it.
        UsageError: there is no such split.
    """
    if source.path:
        from emotion_desktop.dataset.labels import read_labelled

        data = read_labelled(Path(source.path))
        left_out = {**data.left_out, "unlabelled": len(data.unlabelled)}
        return LabelledSet(source.title, f"path {data.source}", data.samples, left_out)
    if catalogue is None:
        raise UsageError(
            f"There is no split “{source.split}”: the workspace cannot be opened.",
            "Choose another workspace folder, or a folder of labelled photos.",
        )
    return _load_part(source, catalogue)


def note_evaluation(
    source: LabelledSource,
    labelled: LabelledSet,
    scores: Mapping[str, Scores],
    catalogue: Catalogue | None,
) -> tuple[int, int]:
    """Keeps scores, and counts the look into a sealed test; the same scores are one look.

    Returns:
        The version of the set's labels, from 1, and how often the sealed test was opened by now
        (0 for a set that is not sealed). Where nothing can be kept it is version 1.
    """
    if catalogue is None:
        return 1, 0
    from emotion_desktop.workspace.evaluations import Evaluations
    from emotion_desktop.workspace.splits import Splits

    kept = Evaluations(catalogue)
    version = kept.version(labelled.key, labelled.fingerprint, labelled.frozen)
    splits = Splits(catalogue)
    known = any(
        past.version == version and dict(past.models) == dict(scores)
        for past in kept.of(labelled.key)
    )
    if not known:
        kept.keep(labelled.key, version, scores)
    if not source.sealed:
        return version, 0
    if not known:
        return version, splits.open_test(source.split, f"scored {', '.join(scores)}")
    return version, next(s.openings for s in splits.all() if s.name == source.split)


def _load_part(source: LabelledSource, catalogue: Catalogue) -> LabelledSet:
    from emotion_desktop.workspace.evaluations import current_labels
    from emotion_desktop.workspace.splits import Splits

    frozen = Splits(catalogue).load(source.split)
    samples = frozen.split.part(source.part)
    now, corrected = current_labels(catalogue, source.split, samples)
    made = time.strftime("%Y-%m-%d", time.localtime(frozen.created))
    shares = "/".join(f"{share:.0%}".rstrip("%") for share in frozen.split.fractions)
    return LabelledSet(
        title=source.title,
        key=f"split {frozen.fingerprint} {source.part}",
        samples=now,
        left_out={},
        frozen=_fingerprint(samples),
        corrected=corrected,
        facts=(
            (
                "Split",
                f"“{frozen.name}”, frozen {made}; {shares} by {frozen.split.kept_whole}, seed "
                f"{frozen.split.seed}, fingerprint {frozen.fingerprint}",
            ),
        ),
    )


def _fingerprint(samples: Sequence[Sample]) -> str:
    # The content says which photo it is, wherever it lies; the name where that is not known.
    rows = sorted(
        f"{s.digest.hex() if s.digest else s.path.name}\0{s.emotion}" for s in samples
    )
    text = "\n".join(rows).encode("utf-8", "surrogateescape")
    return blake2b(text, digest_size=16).hexdigest()
