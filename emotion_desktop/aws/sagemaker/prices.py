"""What machines and storage cost: a dated table, for estimates alone.

List prices of us-east-1 as published; other regions differ by some tenths. The user can put other
figures in the settings; what was really paid is in AWS's bill.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from emotion_desktop.domain.sagemaker import Machines

DATED: Final = "2025-06"
#: US dollars per gigabyte and month in S3.
STORAGE_PER_GB_MONTH: Final = 0.023
_GB: Final = 1 << 30
#: Photos a second of the slowest of these machines, for the smallest net at 224 pixels: a guess.
_PHOTOS_PER_S: Final = 300.0
_START_S: Final = 300.0


class Availability(Enum):
    """Whether AWS still lets a kind of machine."""

    OFFERED = "offered"
    ENDING = "ending"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class InstanceType:
    """A kind of machine: US dollars an hour, how fast it is against the first, and a remark."""

    name: str
    dollars_per_hour: float
    speed: float
    note: str = ""
    availability: Availability = Availability.OFFERED


INSTANCES: Final[Mapping[str, InstanceType]] = {
    item.name: item
    for item in (
        InstanceType("ml.g4dn.xlarge", 0.736, 1.0, "one T4 GPU; cheapest"),
        InstanceType("ml.g4dn.2xlarge", 0.94, 1.1, "one T4 GPU, more CPU"),
        InstanceType("ml.g5.xlarge", 1.408, 2.2, "one A10G GPU; faster"),
        InstanceType("ml.g5.2xlarge", 1.515, 2.4, "one A10G GPU, more CPU"),
        InstanceType(
            *("ml.p3.2xlarge", 3.825, 2.5, "one V100 GPU; being withdrawn"), Availability.ENDING
        ),
        InstanceType(
            "ml.p2.xlarge",
            1.125,
            0.3,
            "one K80 GPU, as in the original project; withdrawn almost everywhere, so the job "
            "will most likely be refused",
            Availability.WITHDRAWN,
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Estimate:
    """What work will take and cost; US dollars and seconds.

    Attributes:
        expected_s: a guess of the time.
        expected: what that would cost.
        at_most: the price of all machines for the whole time they may run: a hard limit.
    """

    expected_s: float
    expected: float
    at_most: float


def dollars(value: float) -> str:
    """An amount for people; rounded up, so that no limit is shown lower than it is."""
    return f"${math.ceil(value * 100 - 1e-9) / 100:,.2f}"


def price_per_hour(kind: str, own: Mapping[str, float]) -> float | None:
    """Dollars an hour of a machine; None for one that is in no table.

    Args:
        own: the user's prices, which come first.
    """
    if kind in own:
        return own[kind]
    return INSTANCES[kind].dollars_per_hour if kind in INSTANCES else None


def estimate_training(
    machines: Machines,
    *,
    samples: int,
    epochs: int,
    side: int,
    layers: int,
    own: Mapping[str, float],
) -> Estimate | None:
    """What a training will cost; None if the machine's price is not known."""
    effort = max((side / 224) ** 2, 0.04) * layers / 18
    speed = INSTANCES[machines.kind].speed if machines.kind in INSTANCES else 1.0
    seconds = _START_S + samples * epochs * effort / (_PHOTOS_PER_S * speed * machines.count)
    return _estimate(machines, seconds, own)


def estimate_transform(
    machines: Machines, *, photos: int, side: int, own: Mapping[str, float]
) -> Estimate | None:
    """What classifying will cost: a photo a request takes some 50 ms."""
    seconds = _START_S + photos * 0.05 * max((side / 224) ** 2, 0.2) / machines.count
    return _estimate(machines, seconds, own)


def storage_per_month(stored_bytes: int) -> float:
    """US dollars a month for what lies in S3."""
    return stored_bytes / _GB * STORAGE_PER_GB_MONTH


def cost(machines: Machines, seconds: float, own: Mapping[str, float]) -> float | None:
    """US dollars for so many seconds; None if the machine's price is not known."""
    price = price_per_hour(machines.kind, own)
    return None if price is None else price * machines.count * seconds / 3600


def _estimate(machines: Machines, seconds: float, own: Mapping[str, float]) -> Estimate | None:
    limit = machines.max_hours * 3600
    expected = cost(machines, min(seconds, limit), own)
    at_most = cost(machines, limit, own)
    if expected is None or at_most is None:
        return None
    return Estimate(min(seconds, limit), expected, at_most)
