"""The attributes of MXNet's steps, read and checked, and the windows of its poolings."""

from __future__ import annotations

import ast
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from emotion_desktop.domain.errors import BundleError
from emotion_desktop.engines.mxnet.symbol import Node

_LARGEST: Final = 1 << 20


def refuse(node: Node, why: str) -> BundleError:
    """The sentence for a step that cannot be carried out."""
    return BundleError(
        f"The MXNet model cannot be used: {why} (step {node.op} “{node.name}”).",
        "Only image classifiers of convolutions, such as SageMaker trains, can be read.",
    )


class Attributes:
    """The attributes of one step; MXNet writes all of them as text."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._values: Mapping[str, str] = node.attributes

    def text(self, name: str, default: str) -> str:
        """A word."""
        return self._values.get(name, default)

    def flag(self, name: str, default: bool) -> bool:
        """True or False."""
        text = self._values.get(name, str(default)).strip().casefold()
        if text not in ("true", "false", "1", "0"):
            raise refuse(self._node, f"its {name} is {text[:20]}")
        return text in ("true", "1")

    def number(self, name: str, default: float) -> float:
        """A finite number."""
        text = self._values.get(name, str(default))
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            raise refuse(self._node, f"its {name} is {text[:20]}")
        return value

    def whole(self, name: str, default: int) -> int:
        """A whole number that is not absurd."""
        value = self.number(name, default)
        if value != int(value) or abs(value) > _LARGEST:
            raise refuse(self._node, f"its {name} is {value}")
        return int(value)

    def pair(self, name: str, default: tuple[int, int], least: int) -> tuple[int, int]:
        """Two whole numbers, for down and across."""
        text = self._values.get(name, "").strip()
        if text in ("", "()", "[]", "None"):
            return default
        try:
            value = ast.literal_eval(text)
            down, across = (value, value) if isinstance(value, int) else value
            good = all(type(v) is int and least <= v <= _LARGEST for v in (down, across))
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
            good = False
        if not good:
            raise refuse(self._node, f"its {name} is {text[:20]}")
        return down, across


@dataclass(frozen=True, slots=True)
class Window:
    """A window that moves over a picture in one direction.

    Attributes:
        length: of the picture.
        before, after: empty rows put before and behind the picture; ``after`` may be more than
            the padding asked for, where MXNet's convention ``full`` looks beyond it.
        count: how often the window stops.
    """

    length: int
    kernel: int
    stride: int
    before: int
    after: int
    count: int

    def counted(self, within: bool) -> npt.NDArray[np.float64]:
        """(count,): how many rows a mean divides by at each stop.

        Args:
            within: those of the picture alone; else those of the padding, too, but none beyond.
        """
        begin = np.arange(self.count) * self.stride - self.before
        low, high = (0, self.length) if within else (-self.before, self.length + self.before)
        inside = np.minimum(begin + self.kernel, high) - np.maximum(begin, low)
        # Where there is nothing to add up, what it is divided by does not matter.
        return np.asarray(np.maximum(inside, 1), np.float64)


def slide(length: int, kernel: int, stride: int, pad: int, convention: str) -> Window | None:
    """Where a window stops (MXNet's ``pooling.cc``); None where it does not fit at all.

    Args:
        convention: ``valid`` rounds the number of stops down, ``full`` up.
    """
    room = length + 2 * pad - kernel
    if room < 0:
        return None
    count = (math.ceil(room / stride) if convention == "full" else room // stride) + 1
    beyond = max(0, (count - 1) * stride + kernel - (length + 2 * pad))
    return Window(length, kernel, stride, pad, pad + beyond, count)
