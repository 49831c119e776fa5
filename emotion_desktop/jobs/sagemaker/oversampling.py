"""How often, and in which order, the photos of a training are shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

from emotion_desktop.domain.balance import Balance, Method
from emotion_desktop.domain.split import FrozenSplit
from emotion_desktop.jobs.sagemaker.face_records import Place

if TYPE_CHECKING:
    from emotion_desktop.dataset.synthesis import Edit

#: A photo's number, and what is done to it; None shows it as it is.
Shown: TypeAlias = "tuple[int, Edit | None]"


def record_order(places: Sequence[Place], frozen: FrozenSplit) -> list[Shown]:
    """The order in which photos are shown, with the edited copies that the balance asks for."""
    order: list[Shown] = [
        (number, None)
        for number in repeated([p.label for p in places], frozen.balance, frozen.split.seed)
    ]
    if frozen.balance.synthesis is None:
        return order
    import numpy as np

    from emotion_desktop.dataset.synthesis import plan_copies

    number_of = {place.sample.path: number for number, place in enumerate(places)}
    copies = plan_copies((place.sample for place in places), frozen.balance.synthesis)
    together = [*order, *((number_of[copy.sample.path], copy.edit) for copy in copies)]
    rng = np.random.default_rng(frozen.split.seed)
    return [together[number] for number in rng.permutation(len(together))]


def repeated(labels: Sequence[int], balance: Balance, seed: int) -> list[int]:
    """The order in which photos are shown, as numbers of the photos; some several times.

    SageMaker's algorithm knows neither class weights nor balanced sampling for one label per
    picture. Both are the same as showing rare emotions more often, so that is done: on average,
    an emotion's records are in proportion to its count to the power asked for.
    """
    import numpy as np

    rng = np.random.default_rng(seed)
    numbers = np.asarray(labels)
    if balance.method in (Method.WEIGHTS, Method.SAMPLING):
        counts = np.bincount(numbers).astype(np.float64)
        most = counts.max()
        # The commonest emotion is shown once a photo; the others as often as balance asks for.
        times = np.where(counts > 0, (most / np.maximum(counts, 1)) ** (1 - balance.power), 0)
        wanted = times[numbers]
        copies = np.floor(wanted).astype(int) + (rng.random(len(numbers)) < wanted % 1)
    else:
        copies = np.ones(len(numbers), int)
    order = np.repeat(np.arange(len(numbers)), copies)
    rng.shuffle(order)
    return [int(number) for number in order]
