"""Rules that say who is in a photo: by its name, by a pattern of the user's, or by a column."""

from __future__ import annotations

import os
import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Final

from emotion_desktop.dataset.sources.persons import named_person
from emotion_desktop.domain.errors import UsageError

_TOKEN: Final = re.compile(r"\{(\w+(?::\d{1,2})?)\}|(\*)")
#: What stands for a part of a name. All are lazy: “{person}_*” ends at the first underscore.
_TOKENS: Final = {
    "person": r"(?P<person>.+?)",
    "number": r"\d+",
    "word": r"[^\W_]+",
    "*": r".*?",
}
#: These take as much as they must and no more: any number of them costs nothing.
_FIXED: Final = {"letter": r"[^\W\d_]", "digit": r"\d", "folder": r"[^/]+"}
#: A person of so many signs: “{letter}{person:3}*” is F01 in AF01ANS.
_PERSON_OF: Final = re.compile(r"person:(\d+)")
#: More parts of any length would let a pattern take for ever on some names.
_MOST_TOKENS: Final = 4
_MOST_FIXED: Final = 12
#: So much of the end of a name is looked at, for the same reason.
_LONGEST: Final = 120
_HINT: Final = (
    "Write what names look like with {person} for the person, and {number}, {word} or * for the "
    "rest: {person}_{number}, {letter}{person:3}* for AF01ANS.jpg, {person}/* for a folder per "
    "person, or {folder}/{person}/* for one within each class."
)


class Way(str, Enum):
    """How persons are told apart."""

    NAMES = "names"  # the name before the number, as most data sets have it
    PATTERN = "pattern"
    COLUMN = "column"  # the table says it
    EACH = "each"  # every photo shows another person


@dataclass(frozen=True)
class PhotoPlace:
    """What tells who is in a photo, as its source has it.

    Attributes:
        place: see Listed.place_of.
        column: its cell in the column of persons.
        label: as it is written.
    """

    place: str
    column: str = ""
    label: str = ""

    @cached_property
    def named(self) -> str | None:
        """The person that its name says; None where it says none."""
        return named_person(self.place)


@dataclass(frozen=True)
class PersonRule:
    """Who is in a photo.

    Raises:
        UsageError: the pattern cannot be understood.
    """

    way: Way = Way.NAMES
    pattern: str = ""

    def __post_init__(self) -> None:
        if self.way is Way.PATTERN:
            _ = self._expression

    @classmethod
    def parse(cls, text: str) -> PersonRule:
        """Reads ``names``, ``column``, ``each``, or a pattern.

        Raises:
            UsageError: it is none of these.
        """
        if text in (Way.NAMES.value, Way.COLUMN.value, Way.EACH.value):
            return cls(Way(text))
        return cls(Way.PATTERN, text.replace("\\", "/"))

    @property
    def text(self) -> str:
        """What parse reads."""
        return self.pattern if self.way is Way.PATTERN else self.way.value

    def person(self, photo: PhotoPlace) -> str:
        """The name that all photos of one person share; a photo's own name where there is none."""
        # Not the bare name: im0.png may lie in the folder of every class.
        alone = os.path.splitext(photo.place)[0]  # noqa: PTH122 - for thousands
        if self.way is Way.EACH:
            return alone
        if self.way is Way.COLUMN:
            return photo.column or alone
        if self.way is Way.NAMES:
            return photo.named or alone
        match = self._expression.fullmatch(self._looked_at(alone))
        person = match["person"].strip(" _-./") if match else ""
        return person or alone

    def _looked_at(self, alone: str) -> str:
        """What the pattern is held against: each part's end, for a part may be very long."""
        parts = alone.split("/")[-_MOST_FIXED if "/" in self.pattern else -1 :]
        return "/".join(part[-_LONGEST:] for part in parts)

    @cached_property
    def _expression(self) -> re.Pattern[str]:
        parts = _TOKEN.split(self.pattern)
        tokens = [word or star for word, star in zip(parts[1::3], parts[2::3], strict=True)]
        expressions = [_expression_of(token) for token in tokens]
        if sum(token.startswith("person") for token in tokens) != 1:
            raise UsageError("The pattern does not say once where the person is.", _HINT)
        free = [token for token in tokens if token in _TOKENS]
        fixed = len(tokens) - len(free)
        if len(free) > _MOST_TOKENS or fixed > _MOST_FIXED or tokens.count("*") > 1:
            raise UsageError("The pattern has too many parts.", _HINT)
        texts = [re.escape(text) for text in parts[0::3]]
        joined = texts[0] + "".join(
            expression + text for expression, text in zip(expressions, texts[1:], strict=True)
        )
        return re.compile(joined, re.IGNORECASE)


def _expression_of(token: str) -> str:
    """The regular expression of a token.

    Raises:
        UsageError: there is no such token.
    """
    if known := _TOKENS.get(token) or _FIXED.get(token):
        return known
    if (sized := _PERSON_OF.fullmatch(token)) and int(sized[1]):
        return rf"(?P<person>[^/]{{{int(sized[1])}}})"
    raise UsageError(f"The pattern has an unknown part {{{token}}}.", _HINT)


@dataclass(frozen=True, slots=True)
class PersonSurvey:
    """What a rule makes of a source's photos.

    Attributes:
        examples: (photo, person) of a few photos, those of persons with several photos first.
        alone: photos that are a person of their own.
    """

    photos: int
    persons: int
    alone: int
    examples: tuple[tuple[str, str], ...]


def survey(rule: PersonRule, photos: Collection[PhotoPlace], examples: int = 4) -> PersonSurvey:
    """Counts and examples for people to judge a rule by."""
    by_person: dict[str, list[tuple[str, str]]] = {}
    for photo in photos:
        person = rule.person(photo)
        name = photo.place.rpartition("/")[2]
        by_person.setdefault(person.casefold(), []).append((name, person))
    shown = sorted(by_person, key=lambda key: -len(by_person[key]))
    # The largest and some from the middle: the odd ones are as telling as the plain ones.
    chosen = [*shown[:2], *shown[len(shown) // 2 :][: examples - 2]]
    return PersonSurvey(
        photos=len(photos),
        persons=len(by_person),
        alone=sum(len(found) == 1 for found in by_person.values()),
        examples=tuple(by_person[key][0] for key in dict.fromkeys(chosen)),
    )
