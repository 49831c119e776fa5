"""The nets that can be trained: one row each.

A net of keras.applications is a row and nothing else; a net of our own is a row, and its layers in
training/net/nets.py. Importable without TensorFlow.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from emotion_desktop.training.recipe.recipe import Recipe


@dataclass(frozen=True, slots=True)
class Architecture:
    """A net.

    Attributes:
        name: in recipes.
        title: for people.
        cost: milliseconds of one core per photo and epoch at 64 × 64 pixels, measured on one
            machine: what a training is expected to take where none was done before.
        application: its function in keras.applications, which have ImageNet's weights; empty for
            a net of our own.
    """

    name: str
    title: str
    cost: float
    application: str = ""


_ROWS: Final = (
    Architecture("notebook", "Notebook's CNN", 1.3),
    Architecture("residual", "Small residual net", 3.5),
    Architecture("wide", "Wide residual net", 12.0),
    Architecture("mobilenetv3-small", "MobileNetV3 Small", 4.0, "MobileNetV3Small"),
    Architecture("mobilenetv3-large", "MobileNetV3 Large", 12.0, "MobileNetV3Large"),
    Architecture("efficientnetv2-b0", "EfficientNetV2 B0", 25.0, "EfficientNetV2B0"),
)
#: By name, in the order in which they are offered.
ARCHITECTURES: Final[Mapping[str, Architecture]] = MappingProxyType(
    {row.name: row for row in _ROWS}
)


def core_seconds_per_photo(recipe: Recipe) -> float:
    """What one core takes for a photo in an epoch, measured on one machine."""
    return ARCHITECTURES[recipe.net].cost * (recipe.size / 64) ** 2 / 1000


#: Those for which there are ImageNet weights.
BACKBONES: Final = tuple(row.name for row in _ROWS if row.application)
