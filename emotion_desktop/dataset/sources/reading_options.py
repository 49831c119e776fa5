"""How labelled photos are to be read, as the user says: the same for every verb and dialog."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from emotion_desktop.dataset.sources.listing import FROM_FOLDERS, FROM_TABLE, Listed
from emotion_desktop.dataset.sources.person_rule import PersonRule
from emotion_desktop.dataset.sources.tables.label_spellings import NUMBERINGS, meanings, plain_label
from emotion_desktop.dataset.sources.tables.table_columns import Columns
from emotion_desktop.domain.errors import UsageError
from emotion_desktop.domain.votes import VoteRule

_COLUMNS: Final = ("photo", "label", "person", "annotator", "usage")


@dataclass(frozen=True, slots=True)
class ReadingOptions:
    """What the user says of a source; whatever is left out is found out.

    Attributes:
        columns: those of a table.
        decided: what labels mean; None keeps a label aside.
        numbers: the name of the numbering that labels are of (see label_spellings.NUMBERINGS).
        persons: see PersonRule.parse; empty for what explains the names best.
        labels_from: FROM_FOLDERS or FROM_TABLE, where a folder says labels both ways.
        votes: the VoteRule that makes labels of votes; empty for the usual one.

    Raises:
        UsageError: there is no such numbering or rule, or nothing such to take labels from.
    """

    columns: Columns | None = None
    decided: tuple[tuple[str, str | None], ...] = ()
    numbers: str = ""
    persons: str = ""
    labels_from: str = ""
    votes: str = ""

    def __post_init__(self) -> None:
        if self.numbers and self.numbers not in NUMBERINGS:
            raise UsageError(
                f"There is no numbering “{self.numbers}”.", f"Use {', '.join(NUMBERINGS)}."
            )
        if self.labels_from not in ("", FROM_FOLDERS, FROM_TABLE):
            raise UsageError(
                f"Labels cannot be taken from “{self.labels_from}”.",
                f"Use {FROM_FOLDERS} or {FROM_TABLE}.",
            )
        rules = [rule.value for rule in VoteRule]
        if self.votes and self.votes not in rules:
            raise UsageError(
                f"There is no rule “{self.votes}” for votes.", f"Use {', '.join(rules)}."
            )
        if self.persons:
            PersonRule.parse(self.persons)

    def to_dict(self) -> dict[str, Any]:
        """JSON values."""
        columns = None
        if self.columns is not None:
            columns = {name: getattr(self.columns, name) for name in _COLUMNS}
        return {**asdict(self), "columns": columns, "decided": dict(self.decided)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> ReadingOptions:
        """Reads what to_dict wrote, or a part of it."""
        columns = data.get("columns")
        return cls(
            columns=None
            if columns is None
            else Columns(
                photo=columns["photo"] or 0,
                label=columns["label"] or 0,
                person=columns.get("person"),
                annotator=columns.get("annotator"),
                usage=columns.get("usage"),
            ),
            decided=tuple((data.get("decided") or {}).items()),
            numbers=data.get("numbers") or "",
            persons=data.get("persons") or "",
            labels_from=data.get("labels_from") or "",
            votes=data.get("votes") or "",
        )

    @property
    def decisions(self) -> dict[str, str | None]:
        """What labels mean by the user's decision, numbers as they are kept."""
        numbers = NUMBERINGS[self.numbers] if self.numbers else {}
        return {**numbers, **{plain_label(label): meant for label, meant in self.decided}}

    def emotions(self, listed: Listed) -> dict[str, str | None]:
        """What each label of a source counts as; None keeps it aside."""
        written = {item.written for item in listed.listings if item.written}
        found = {
            label: meaning.emotion if meaning.sure else None
            for label, meaning in meanings(written, listed.known).items()
        }
        decided = self.decisions
        return {label: decided.get(label, emotion) for label, emotion in found.items()}
