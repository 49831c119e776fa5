"""The form of the recipes' schema: a sentence, a sane range and a place for everything that can be
chosen. The advanced drawer is drawn from it, and ``train --set`` is checked by it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, field
from types import MappingProxyType
from typing import Any, Final

from emotion_desktop.domain.errors import UsageError

#: The parts of the drawer, in order, with their headings.
GROUPS: Final = MappingProxyType(
    {
        "net": "Net",
        "picture": "Picture",
        "run": "Run",
        "balance": "Balance and loss",
        "augment": "Random changes",
    }
)

Value = bool | int | float | str
_KEY: Final = "option"
_YES: Final = ("yes", "true", "on", "1")
_NO: Final = ("no", "false", "off", "0")


@dataclass(frozen=True, slots=True)
class Option:
    """One thing about a recipe that can be chosen.

    Attributes:
        key: its name, ``learning_rate`` or ``augment.turn``.
        title, help: for people; the help is one sentence.
        group: a key of GROUPS.
        kind: bool, int, float or str.
        low, high: the range of a number, both ends in it.
        choices: what a text or a number may be instead of a range, with titles.
        unit: shown behind a number.
        only_if: another option's key, and the values of it that this one has a meaning with.
    """

    key: str
    title: str
    help: str
    group: str
    kind: type
    low: float = 0.0
    high: float = 0.0
    choices: Mapping[Any, str] = field(default_factory=dict)
    unit: str = ""
    only_if: tuple[str, tuple[Any, ...]] | None = None

    def parse(self, given: Any) -> Value:
        """Reads a value, from its text or as it is.

        Raises:
            UsageError: it is none, or out of range; the hint says what is possible.
        """
        try:
            value = self._convert(given)
        except (TypeError, ValueError):
            value = None
        if value is None or not self._allows(value):
            raise UsageError(f"{self.title} ({self.key}) cannot be “{given}”.", self.possible)
        return value

    @property
    def possible(self) -> str:
        """What may be chosen, as a sentence."""
        if self.choices:
            return f"Choose one of: {', '.join(str(choice) for choice in self.choices)}."
        if self.kind is bool:
            return "Choose yes or no."
        whole = "whole " if self.kind is int else ""
        return f"Choose a {whole}number from {self.low:g} to {self.high:g}."

    def applies(self, values: Mapping[str, Any]) -> bool:
        """Whether it has a meaning beside the other values."""
        return self.only_if is None or values[self.only_if[0]] in self.only_if[1]

    def _convert(self, given: Any) -> Value | None:
        if self.kind is bool:
            if isinstance(given, bool):
                return given
            word = str(given).strip().casefold()
            return True if word in _YES else False if word in _NO else None
        if isinstance(given, bool):
            return None
        if self.kind is int:
            number = float(given)
            return int(number) if number.is_integer() else None
        return self.kind(given) if self.kind is float else str(given).strip()

    def _allows(self, value: Value) -> bool:
        if self.choices:
            return value in self.choices
        if self.kind is bool:
            return True
        number = float(value)
        return math.isfinite(number) and self.low <= number <= self.high


def option(
    title: str,
    sentence: str,
    group: str,
    *,
    low: float = 0.0,
    high: float = 0.0,
    choices: Mapping[Any, str] | None = None,
    unit: str = "",
    only_if: tuple[str, tuple[Any, ...]] | None = None,
    default: Any = MISSING,
) -> Any:
    """A dataclass field that can be chosen; its key and kind are the field's own."""
    about = {
        "title": title,
        "help": sentence,
        "group": group,
        "low": low,
        "high": high,
        "choices": choices or {},
        "unit": unit,
        "only_if": only_if,
    }
    return field(default=default, metadata={_KEY: about})


def option_of(item: Field[Any], prefix: str = "") -> Option | None:
    """The option that a field was made as, or None."""
    about = item.metadata.get(_KEY)
    if about is None:
        return None
    kinds = {"bool": bool, "int": int, "float": float, "str": str}
    return Option(key=prefix + item.name, kind=kinds[str(item.type)], **about)
