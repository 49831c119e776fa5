"""What a training in the cloud would send, take and cost: to be confirmed before a byte goes."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from emotion_desktop.aws.regions import image_uri
from emotion_desktop.aws.sagemaker.hyperparameters import complete
from emotion_desktop.aws.sagemaker.prices import (
    DATED,
    INSTANCES,
    Availability,
    dollars,
    estimate_training,
    unknown_price,
)
from emotion_desktop.domain.balance import Method
from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.domain.errors import UsageError
from emotion_desktop.domain.sagemaker import Machines, SageMakerTrainingRequest
from emotion_desktop.domain.split import FrozenSplit
from emotion_desktop.domain.text import hours
from emotion_desktop.jobs.sagemaker.earlier import run_of
from emotion_desktop.jobs.sagemaker.recipe.offer import (
    check_recipe,
    estimate_of_recipe,
    faces_of,
    recipe_sends,
    recipe_values,
    recipe_warnings,
)

if TYPE_CHECKING:
    from emotion_desktop.jobs.running.context import Context
    from emotion_desktop.jobs.sagemaker.cloud_services import CloudServices

#: Bytes a pixel takes in a PNG of a face, more or less.
_BYTES_PER_PIXEL = 0.6

_UNKNOWN_EARLIER: Final = (
    "The earlier model is of another workspace. Unless the list of the photos it was shown lies "
    "beside it in S3, some of them may be in the sealed test, and its scores too good."
)


@dataclass(frozen=True, slots=True)
class Offer:
    """What is put before the user.

    Attributes:
        sends: what leaves this computer, in sentences.
        time, cost: what to expect, in words; the cost with its hard limit.
        warnings: what may go wrong.
        hyperparameters: all of them, as they will be sent.
        at_most: US dollars of the hard limit; None where the price is not known.
    """

    sends: tuple[str, ...]
    time: str
    cost: str
    warnings: tuple[str, ...]
    hyperparameters: dict[str, str]
    at_most: float | None


def work_out(context: Context, *, request: Mapping[str, Any], region: str) -> dict[str, Any]:
    """Works out what a training would send, take and cost; nothing is asked of AWS."""
    wanted = SageMakerTrainingRequest.from_dict(request)
    return asdict(make_offer(context.resources.cloud, wanted, region))


def make_offer(cloud: CloudServices, request: SageMakerTrainingRequest, region: str) -> Offer:
    """Works out an offer; nothing is asked of AWS.

    Args:
        region: where the machines would be: prices are not the same everywhere.

    Raises:
        UsageError: there is no such split, or the request does not go together.
        CloudError: the algorithm is not in that region.
    """
    frozen = cloud.split(request.split)
    check_account_is_chosen(request.role, request.bucket)
    _check_size(request.machines)
    machines, prices = request.machines, cloud.prices(region)
    records = _records(frozen)
    if request.recipe:
        check_recipe(request, region)
        values = recipe_values(request)
        estimate = estimate_of_recipe(request, len(frozen.split.training), prices)
    else:
        _check(cloud, request, frozen, region)
        values = complete(
            request.hyperparameters,
            classes=len(_emotions(frozen)),
            samples=records,
            side=request.side,
            machines=machines.count,
            earlier=bool(request.earlier),
        )
        estimate = estimate_training(
            machines,
            samples=records,
            epochs=int(values["epochs"]),
            side=request.side,
            layers=int(values["num_layers"]),
            prices=prices,
        )
    sends, warnings = _sends(request, frozen), _warnings(request)
    if request.earlier and run_of(cloud, request.earlier) is None:
        warnings = (*warnings, _UNKNOWN_EARLIER)
    limit = hours(machines.max_hours)
    if estimate is not None and estimate.expected_s >= machines.max_hours * 3600:
        warnings = (*warnings, f"It may need more than {limit}: then the best so far is kept.")
    price = prices.per_hour(machines.kind)
    if estimate is None or price is None:
        return Offer(
            sends,
            f"at most {limit}",
            unknown_price(machines, prices),
            (*warnings, "Set a price in the settings to see an estimate."),
            values,
            None,
        )
    return Offer(
        sends,
        f"about {_minutes(estimate.expected_s)}, at most {limit}",
        f"about {dollars(estimate.expected)}, at most {dollars(estimate.at_most)} "
        f"({machines.count} × ${price:g} an hour in {region} for {limit}, then it is stopped); "
        f"list price of {DATED}, an estimate",
        warnings,
        values,
        estimate.at_most,
    )


def _sends(request: SageMakerTrainingRequest, frozen: FrozenSplit) -> tuple[str, ...]:
    validation = len(frozen.split.validation)
    photos = len(frozen.split.training) + validation
    side, grey, records = request.side, request.grey, _records(frozen) + validation
    if request.recipe:
        (side, grey), records = faces_of(request, split_is_grey=frozen.grey), photos
    size = int(records * side**2 * (1 if grey else 3) * _BYTES_PER_PIXEL)
    faces = "in grey" if grey else "in colour"
    return (
        f"The faces on {photos:,} photos, cut out, {side} × {side} pixels, "
        f"{faces}, with their emotions: about {_megabytes(size)}. Not the photos, no names, "
        "no file names.",
        *(recipe_sends(request) if request.recipe else ()),
        f"To your bucket {request.bucket}, until you clean up.",
        "The sealed test photos stay here.",
    )


def _warnings(request: SageMakerTrainingRequest) -> tuple[str, ...]:
    machines = request.machines
    warnings = list(recipe_warnings(request)) if request.recipe else []
    known = INSTANCES.get(machines.kind)
    if known is not None and known.availability is not Availability.OFFERED:
        warnings.append(f"{machines.kind}: {known.note}.")
    if machines.spot:
        warnings.append("Spare machines cost less, and may be taken away: it then takes longer.")
    return tuple(warnings)


def check_account_is_chosen(role: str, bucket: str) -> None:
    """Whether there is a role for the job and a bucket for its files.

    Raises:
        UsageError: one of them is empty.
    """
    for what, value in (("role", role), ("bucket", bucket)):
        if not value:
            raise UsageError(
                f"No {what} is chosen.",
                f"Choose one in the account panel, or with “aws use --{what} …”.",
            )


def _check_size(machines: Machines) -> None:
    if not 1 <= machines.count <= 20 or not 0.1 <= machines.max_hours <= 120:
        raise UsageError(
            "So many machines, or so many hours, are not possible.",
            "Up to 20 machines and 120 hours are.",
        )


def _check(
    cloud: CloudServices, request: SageMakerTrainingRequest, frozen: FrozenSplit, region: str
) -> None:
    image_uri(region)
    if not request.machines.run_algorithm:
        raise UsageError(
            f"SageMaker's image classification does not run on {request.machines.kind}.",
            "It needs a GPU of the families P2, P3, G4dn or G5: choose ml.g4dn.xlarge, say.",
        )
    run = run_of(cloud, request.earlier) if request.earlier else None
    if run is not None:
        _check_earlier(request, run.request, run.labels, frozen)


def _check_earlier(
    request: SageMakerTrainingRequest,
    before: Mapping[str, Any],
    labels: tuple[str, ...],
    frozen: FrozenSplit,
) -> None:
    former = SageMakerTrainingRequest.from_dict(before)
    layers = request.hyperparameters.get("num_layers")
    if former.side != request.side or former.hyperparameters.get("num_layers") != layers:
        raise UsageError(
            "The earlier model is of another kind: side and num_layers must be the same.",
            f"It has {former.side} pixels and {former.hyperparameters.get('num_layers')} layers.",
        )
    if labels != _emotions(frozen):
        raise UsageError(
            "The earlier model knows other emotions than the split shows.",
            f"It knows {', '.join(labels)}.",
        )


def _emotions(frozen: FrozenSplit) -> tuple[str, ...]:
    shown = {sample.emotion for sample in frozen.split.training}
    return tuple(emotion for emotion in EMOTIONS if emotion in shown)


def _records(frozen: FrozenSplit) -> int:
    """How many records the training file will have, if every photo has a face."""
    counts = Counter(s.emotion for s in frozen.split.training)
    balance = frozen.balance
    if balance.method in (Method.WEIGHTS, Method.SAMPLING) and counts:
        most = max(counts.values())
        power = 1 - balance.power
        return round(sum(n * math.pow(most / n, power) for n in counts.values()))
    if balance.synthesis is not None:
        return sum(max(n, balance.synthesis.targets.get(e or "", 0)) for e, n in counts.items())
    return sum(counts.values())


def _megabytes(size: int) -> str:
    return f"{max(0.1, size / 1e6):,.1f} MB" if size < 10e6 else f"{size / 1e6:,.0f} MB"


def _minutes(seconds: float) -> str:
    minutes = max(1, round(seconds / 60))
    return f"{minutes} minutes" if minutes < 120 else f"{seconds / 3600:.1f} hours"
