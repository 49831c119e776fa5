"""The figures of an epoch as a line of a log: written on a rented machine, read on this one."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

_LINE: Final = re.compile(r"epoch ([1-9]\d{0,5}): (\{.*\})\s*$")
#: How a figure stands in such a line, for AWS to take it out by itself.
FIGURE: Final = r'"{}": ([0-9.eE+-]+)'


def epoch_line(epoch: int, values: Mapping[str, Any]) -> str:
    """The line of an epoch, counted from 1; read_epoch_line reads it back."""
    return f"epoch {epoch}: {json.dumps(dict(values))}"


def read_epoch_line(line: str) -> tuple[int, dict[str, Any]] | None:
    """The epoch and its figures, whatever stands before them; None for any other line."""
    found = _LINE.search(line)
    if found is None:
        return None
    try:
        values = json.loads(found[2])
    except (ValueError, RecursionError):
        return None
    return int(found[1]), values
