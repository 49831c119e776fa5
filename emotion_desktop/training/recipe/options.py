"""All options of a recipe, and recipes changed by them: the one place for both, used by the
advanced drawer and by ``train --set`` alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from types import MappingProxyType
from typing import Any, Final

from emotion_desktop.domain.errors import UsageError
from emotion_desktop.training.recipe.augment import Augment
from emotion_desktop.training.recipe.recipe import Recipe, with_current_names
from emotion_desktop.training.recipe.schema import Option, option_of

_INNER: Final = "augment."


def _collect() -> Iterable[Option]:
    for cls, prefix in ((Recipe, ""), (Augment, _INNER)):
        for item in fields(cls):
            found = option_of(item, prefix)
            if found is not None:
                yield found


#: By key.
OPTIONS: Final = MappingProxyType({option.key: option for option in _collect()})


def values_of(recipe: Recipe) -> dict[str, Any]:
    """The value of every option in a recipe, by key."""
    return {
        key: getattr(recipe.augment, key.removeprefix(_INNER))
        if key.startswith(_INNER)
        else getattr(recipe, key)
        for key in OPTIONS
    }


def changed(recipe: Recipe, changes: Mapping[str, Any]) -> Recipe:
    """The recipe with other values.

    Args:
        changes: values, or their texts, by key; the names of earlier versions will do.

    Raises:
        UsageError: there is no such option, or a value is none or out of range.
    """
    outer: dict[str, Any] = {}
    inner: dict[str, Any] = {}
    for key, given in with_current_names(changes).items():
        if key not in OPTIONS:
            raise UsageError(f"A recipe has no “{key}”.", f"It has: {', '.join(OPTIONS)}.")
        value = OPTIONS[key].parse(given)
        if key.startswith(_INNER):
            inner[key.removeprefix(_INNER)] = value
        else:
            outer[key] = value
    return replace(recipe, augment=replace(recipe.augment, **inner), **outer)


def differences(recipe: Recipe, other: Recipe) -> dict[str, tuple[Any, Any]]:
    """The options in which two recipes differ: both values by key."""
    first, second = values_of(recipe), values_of(other)
    return {key: (first[key], second[key]) for key in OPTIONS if first[key] != second[key]}


def value_words(option: Option, value: Any) -> str:
    """A value for people."""
    if option.choices:
        return option.choices[value]
    if option.kind is bool:
        return "yes" if value else "no"
    return f"{value:g} {option.unit}".strip()
