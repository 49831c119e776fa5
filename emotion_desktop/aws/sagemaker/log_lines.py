"""What a job's log says of an epoch: that of image classification, or of a recipe of ours."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from emotion_desktop.domain.epoch_lines import read_epoch_line

_ACCURACY: Final = re.compile(r"Epoch\[(\d+)\] (Train|Validation)-accuracy=([0-9.eE+-]+|nan)\b")
_TIME: Final = re.compile(r"Epoch\[(\d+)\] Time cost=([0-9.]+)")


def figures(line: str) -> tuple[int, str, float] | None:
    """(epoch, name, value) of a line; None for one that has no figure.

    Names are ``train_accuracy``, ``validation_accuracy`` (0 to 1) and ``seconds``.
    """
    try:
        if found := _ACCURACY.search(line):
            figure = int(found[1]), f"{found[2].lower()}_accuracy", float(found[3])
        elif found := _TIME.search(line):
            figure = int(found[1]), "seconds", float(found[2])
        else:
            return None
    except ValueError:
        return None
    # With fewer photos than a batch the algorithm counts none, and says nan.
    return figure if math.isfinite(figure[2]) else None


def merge(history: Iterable[Mapping[str, Any]], lines: Iterable[str]) -> tuple[dict[str, Any], ...]:
    """A history with what lines add to it: a row per epoch, in order."""
    rows = {int(row["epoch"]): dict(row) for row in history}
    for line in lines:
        told = read_epoch_line(line)
        if told is not None:
            number, values = told
            # An epoch that was done again, after a machine was taken away, is the later one.
            rows[number - 1] = {"epoch": number - 1, **values}
            continue
        found = figures(line)
        if found is not None:
            epoch, name, value = found
            rows.setdefault(epoch, {"epoch": epoch})[name] = value
    return tuple(rows[epoch] for epoch in sorted(rows))
