"""What machines and storage cost: a dated table, for estimates alone.

List prices as published, of the regions they are the same in. Elsewhere a machine may cost half as
much again: there no price is known unless the user puts one into the settings. What was really paid
is in AWS's bill.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from emotion_desktop.domain.sagemaker import Machines

DATED: Final = "2025-06"
#: Whose prices the table has: those of the first are those of the others.
PRICED_REGIONS: Final = ("us-east-1", "us-east-2", "us-west-2")
#: US dollars per gigabyte and month in S3.
STORAGE_PER_GB_MONTH: Final = 0.023
_GB: Final = 1 << 30
#: Photos a second of the slowest of these machines, for the smallest net at 224 pixels: a guess.
_PHOTOS_PER_S: Final = 300.0
_START_S: Final = 300.0
#: Photos a second that are made ready for a net, however fast it is: a guess.
_READY_PER_S: Final = 2000.0


class Availability(Enum):
    """Whether AWS still lets a kind of machine."""

    OFFERED = "offered"
    ENDING = "ending"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class InstanceType:
    """A kind of machine.

    Attributes:
        speed: at image classification, against the first machine; 0 for one that cannot do it.
        cores: of a processor, as many as it is worth in training a recipe: a guess.
        note: a remark.
    """

    name: str
    dollars_per_hour: float
    speed: float
    cores: float
    note: str = ""
    availability: Availability = Availability.OFFERED


INSTANCES: Final[Mapping[str, InstanceType]] = {
    item.name: item
    for item in (
        InstanceType("ml.g4dn.xlarge", 0.736, 1.0, 40.0, "one T4 GPU; the cheapest GPU"),
        InstanceType("ml.g4dn.2xlarge", 0.94, 1.1, 45.0, "one T4 GPU, more CPU"),
        InstanceType("ml.g5.xlarge", 1.408, 2.2, 90.0, "one A10G GPU; faster"),
        InstanceType("ml.g5.2xlarge", 1.515, 2.4, 95.0, "one A10G GPU, more CPU"),
        InstanceType("ml.m5.xlarge", 0.23, 0.0, 2.0, "four processors, no GPU: for small nets"),
        InstanceType("ml.c5.2xlarge", 0.408, 0.0, 4.0, "eight processors, no GPU: for small nets"),
        InstanceType(
            *("ml.p3.2xlarge", 3.825, 2.5, 90.0, "one V100 GPU; being withdrawn"),
            Availability.ENDING,
        ),
        InstanceType(
            "ml.p2.xlarge",
            1.125,
            0.3,
            12.0,
            "one K80 GPU, as in the original project; withdrawn almost everywhere, so the job "
            "will most likely be refused",
            Availability.WITHDRAWN,
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Prices:
    """What machines cost in a region, US dollars an hour.

    Attributes:
        own: the user's prices by kind of machine, which come first.
    """

    region: str
    own: Mapping[str, float] = field(default_factory=dict)

    def per_hour(self, kind: str) -> float | None:
        """The price of a machine; None where it is not known."""
        if kind in self.own:
            return self.own[kind]
        if self.region not in PRICED_REGIONS or kind not in INSTANCES:
            return None
        return INSTANCES[kind].dollars_per_hour

    @property
    def elsewhere(self) -> Prices:
        """The prices of a region that is in the table, for comparison."""
        return Prices(PRICED_REGIONS[0], self.own)


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


def estimate_training(
    machines: Machines,
    *,
    samples: int,
    epochs: int,
    side: int,
    layers: int,
    prices: Prices,
) -> Estimate | None:
    """What a training will cost; None if the machine's price is not known."""
    effort = max((side / 224) ** 2, 0.04) * layers / 18
    known = INSTANCES.get(machines.kind)
    speed = known.speed if known is not None and known.speed else 1.0
    seconds = _START_S + samples * epochs * effort / (_PHOTOS_PER_S * speed * machines.count)
    return _estimate(machines, seconds, prices)


def estimate_recipe(
    machines: Machines, *, core_seconds: float, photos: int, prices: Prices
) -> Estimate | None:
    """What a training of a recipe will cost; None if the machine's price is not known.

    Args:
        core_seconds: what one core of a processor would take.
        photos: shown, over all epochs: they have to be made ready, too.
    """
    cores = INSTANCES[machines.kind].cores if machines.kind in INSTANCES else 1.0
    seconds = _START_S + max(core_seconds / cores, photos / _READY_PER_S)
    return _estimate(machines, seconds, prices)


def estimate_transform(
    machines: Machines, *, photos: int, side: int, prices: Prices
) -> Estimate | None:
    """What classifying will cost: a photo a request takes some 50 ms."""
    seconds = _START_S + photos * 0.05 * max((side / 224) ** 2, 0.2) / machines.count
    return _estimate(machines, seconds, prices)


def storage_per_month(stored_bytes: int) -> float:
    """US dollars a month for what lies in S3."""
    return stored_bytes / _GB * STORAGE_PER_GB_MONTH


def cost(machines: Machines, seconds: float, prices: Prices) -> float | None:
    """US dollars for so many seconds; None if the machine's price is not known."""
    price = prices.per_hour(machines.kind)
    return None if price is None else price * machines.count * seconds / 3600


def unknown_price(machines: Machines, prices: Prices) -> str:
    """That the price of machines is not known, and what it may be measured by, in words."""
    told = f"unknown: there is no price for {machines.kind} in {prices.region}"
    known = prices.elsewhere.per_hour(machines.kind)
    if known is None:
        return told
    limit = cost(machines, machines.max_hours * 3600, prices.elsewhere)
    assert limit is not None
    return (
        f"{told}; in {prices.elsewhere.region} it is ${known:g} an hour, at most {dollars(limit)}"
    )


def _estimate(machines: Machines, seconds: float, prices: Prices) -> Estimate | None:
    limit = machines.max_hours * 3600
    expected = cost(machines, min(seconds, limit), prices)
    at_most = cost(machines, limit, prices)
    if expected is None or at_most is None:
        return None
    return Estimate(min(seconds, limit), expected, at_most)
