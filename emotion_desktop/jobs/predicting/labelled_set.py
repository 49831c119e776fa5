"""Labelled photos to score models on: a folder, a table, or a part of a frozen split."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emotion_desktop.domain.errors import AppError, UsageError
from emotion_desktop.domain.sample import Sample

if TYPE_CHECKING:
    from emotion_desktop.domain.comparison import PastEvaluation
    from emotion_desktop.domain.scores import Scores
    from emotion_desktop.jobs.running.context import Context
    from emotion_desktop.workspace.catalogue.catalogue import Catalogue
    from emotion_desktop.workspace.paths import Workspace

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LabelledSource:
    """Which photos are meant: those of a path, of a split, or all of the workspace.

    Attributes:
        path: a folder per emotion, or a table of labels beside its photos.
        split: the name of a frozen split.
        part: ``training``, ``validation`` or ``test``; the last one is sealed.
        reading: how the path is to be read, as ReadingOptions.to_dict says it; None as it suits.
    """

    path: str = ""
    split: str = ""
    part: str = "test"
    reading: Mapping[str, Any] | None = field(default=None, hash=False)

    @property
    def title(self) -> str:
        """The set for people."""
        if self.path:
            return Path(self.path).name
        if not self.split:
            return "Labelled photos of the workspace"
        sealed = "sealed test" if self.sealed else f"{self.part} part"
        return f"{self.split}, {sealed}"

    @property
    def sealed(self) -> bool:
        """Whether every look into it is counted."""
        return bool(self.split) and self.part == "test"

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


@dataclass(frozen=True, slots=True)
class SetHistory:
    """What happened to a labelled set.

    Attributes:
        version: of its labels, from 1; also where nothing can be kept.
        openings: how often a sealed test was looked into by now; 0 for other sets.
        earlier: other scores taken on it, the newest first.
    """

    version: int = 1
    openings: int = 0
    earlier: tuple[PastEvaluation, ...] = ()


def load_labelled(source: LabelledSource, catalogue: Catalogue | None) -> LabelledSet:
    """Reads a labelled set; a split's labels are those of now, corrections included.

    Args:
        catalogue: of the workspace; needed for a split.

    Raises:
        DataError: there is no such folder or table, or no labelled photo is in it.
        UsageError: there is no such split.
    """
    if source.path:
        from emotion_desktop.dataset.sources.labels import read_labelled
        from emotion_desktop.dataset.sources.reading_options import ReadingOptions

        data = read_labelled(
            Path(source.path),
            ReadingOptions.from_dict(source.reading or {}),
            workspace=catalogue.root if catalogue is not None else None,
        )
        left_out = {**data.left_out, "unlabelled": len(data.unlabelled)}
        return LabelledSet(
            source.title,
            f"path {data.source}",
            data.samples,
            left_out,
            facts=_protocol(data.protocol),
        )
    if catalogue is None:
        raise UsageError(
            f"There is no “{source.title}”: the workspace cannot be opened.",
            "Choose another workspace folder, or a folder of labelled photos.",
        )
    return _load_part(source, catalogue) if source.split else _load_workspace(source, catalogue)


def find_sources(context: Context) -> list[dict[str, Any]]:
    """Looks for the labelled sets that the workspace offers: sealed tests come first."""
    from emotion_desktop.workspace.catalogue.splits import Splits

    if not context.workspace.catalogue.exists():
        return []
    with open_catalogue(context.workspace) as catalogue:
        if catalogue is None:
            return []
        names = [summary.name for summary in Splits(catalogue).all()]
        with catalogue.reading() as connection:
            (photos,) = connection.execute("SELECT count(*) FROM photos").fetchone()
    parts = ("test", "validation", "training")
    found = [LabelledSource(split=name, part=part) for part in parts for name in names]
    if photos:
        found.append(LabelledSource())
    return [source.to_dict() for source in found]


@contextmanager
def open_catalogue(workspace: Workspace) -> Iterator[Catalogue | None]:
    """A workspace's catalogue; None where it cannot be opened."""
    catalogue = None
    try:
        catalogue = workspace.open_catalogue()
    except AppError as error:
        _log.warning("the catalogue is done without: %s", error)
    try:
        yield catalogue
    finally:
        if catalogue is not None:
            catalogue.close()


def note_evaluation(
    source: LabelledSource,
    labelled: LabelledSet,
    scores: Mapping[str, Scores],
    catalogue: Catalogue | None,
) -> SetHistory:
    """Saves scores, and counts the look into a sealed test; the same scores are one look."""
    if catalogue is None:
        return SetHistory()
    from emotion_desktop.workspace.catalogue.evaluations import Evaluations
    from emotion_desktop.workspace.catalogue.splits import Splits

    kept = Evaluations(catalogue)
    version = kept.version(labelled.key, labelled.fingerprint, labelled.frozen)
    splits = Splits(catalogue)
    before = kept.past(labelled.key)
    earlier = tuple(
        past for past in before if (past.version, dict(past.models)) != (version, dict(scores))
    )
    known = len(earlier) < len(before)
    if not known:
        kept.save(labelled.key, version, scores)
    openings = 0
    if source.sealed and not known:
        openings = splits.note_opening(source.split, f"scored {', '.join(scores)}")
    elif source.sealed:
        openings = next(s.openings for s in splits.all() if s.name == source.split)
    return SetHistory(version, openings, earlier)


def _load_workspace(source: LabelledSource, catalogue: Catalogue) -> LabelledSet:
    from emotion_desktop.workspace.catalogue.photos import labelled_photos
    from emotion_desktop.workspace.catalogue.votes import vote_protocol

    photos = labelled_photos(catalogue)
    with catalogue.reading() as connection:
        facts = _protocol(vote_protocol(connection))
    return LabelledSet(source.title, "workspace", photos.samples, photos.left_out, facts=facts)


def _protocol(words: str) -> tuple[tuple[str, str], ...]:
    """How labels were made of votes, to be told beside the scores."""
    return (("Labels of votes", words),) if words else ()


def _load_part(source: LabelledSource, catalogue: Catalogue) -> LabelledSet:
    from emotion_desktop.workspace.catalogue.photos import current_labels
    from emotion_desktop.workspace.catalogue.splits import Splits

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
                f"“{frozen.name}”, frozen {made}; {shares} by {frozen.split.unit}, seed "
                f"{frozen.split.seed}, fingerprint {frozen.fingerprint}",
            ),
            *_protocol(frozen.protocol),
        ),
    )


def _fingerprint(samples: Sequence[Sample]) -> str:
    # The content says which photo it is, wherever it lies; the name where that is not known.
    rows = sorted(f"{s.digest.hex() if s.digest else s.path.name}\0{s.emotion}" for s in samples)
    text = "\n".join(rows).encode("utf-8", "surrogateescape")
    return blake2b(text, digest_size=16).hexdigest()
