"""What a transform would send and cost: to be confirmed before a byte goes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from emotion_desktop.aws.sagemaker.prices import DATED, dollars, estimate_transform, unknown_price
from emotion_desktop.aws.session import open_session
from emotion_desktop.domain.errors import UsageError
from emotion_desktop.domain.job import Progress
from emotion_desktop.domain.sagemaker import AwsChoice, TransformRequest
from emotion_desktop.domain.text import counted, hours
from emotion_desktop.jobs.predicting.photos import find_photos
from emotion_desktop.jobs.sagemaker.offer import check_account_is_chosen
from emotion_desktop.jobs.sagemaker.transform.source import look_at_source

if TYPE_CHECKING:
    from emotion_desktop.jobs.running.context import Context
    from emotion_desktop.jobs.sagemaker.cloud_services import CloudServices


_LIMIT: Final = (
    "AWS knows no time limit for such a job: it is this program that keeps it. Closed, it keeps it "
    "from its next start on; until then the machines go on, at the longest until all is classified."
)


def offer(context: Context, *, request: Mapping[str, Any], choice: Mapping[str, str]) -> list[str]:
    """Counts the photos and works out what a transform would send and cost, in sentences."""
    context.emit(Progress(0, 0, "counting the photos"))
    wanted = TransformRequest.from_dict(request)
    where = AwsChoice(**choice)
    photos = count_photos(wanted, where)
    return transform_offer(context.resources.cloud, wanted, photos, where.region)


def count_photos(request: TransformRequest, choice: AwsChoice) -> int:
    """How many photos a request is about.

    Raises:
        UsageError: there are none.
        CloudError: those in S3 cannot be listed.
    """
    return _count_in_s3(choice, request.source) if request.source else _count_here(request.paths)


def transform_offer(
    cloud: CloudServices, request: TransformRequest, photos: int, region: str
) -> list[str]:
    """What would be sent, what it would cost, and what is left over, in a sentence or more each.

    Nothing is asked of AWS.

    Raises:
        UsageError: the request lacks the role or the bucket, or there is no such model.
    """
    check_account_is_chosen(request.role, request.bucket)
    side = cloud.card(request.model).preprocessing.size
    size = photos * side * side
    machines, prices = request.machines, cloud.prices(region)
    estimate = estimate_transform(machines, photos=photos, side=side, prices=prices)
    sends = (
        f"Nothing: the pictures under {request.source} are classified as they lie there, whole."
        if request.source
        else f"The faces on {photos:,} photos, cut out, {side} × {side} pixels: about "
        f"{size / 1e6:,.1f} MB, to your bucket {request.bucket}. Not the photos, no names."
    )
    cost = (
        f"Cost: about {dollars(estimate.expected)}, at most {dollars(estimate.at_most)} "
        f"({machines.count} × {machines.kind} in {region} for {hours(machines.max_hours)}, "
        f"then this program stops it); list price of {DATED}, an estimate."
        if estimate is not None
        else f"Cost: {unknown_price(machines, prices)}. Set a price in the settings."
    )
    return [sends, cost, _LIMIT, "No endpoint is left running."]


def _count_here(paths: tuple[str, ...]) -> int:
    found = find_photos([Path(path) for path in paths]).photos
    if not found:
        raise UsageError("There are no photos in there.", "Choose another folder.")
    return len(found)


def _count_in_s3(choice: AwsChoice, source: str) -> int:
    found = look_at_source(open_session(choice.profile, choice.region), source)
    if found.others:
        raise UsageError(
            f"{counted(len(found.others), 'object')} under {found.address} "
            f"{'is' if len(found.others) == 1 else 'are'} no JPEG or PNG picture, "
            f"{found.others[0]} for one: the job would fail on it.",
            "Move what is no picture elsewhere, or choose a folder that holds pictures alone.",
        )
    if not found.pictures:
        raise UsageError(f"There are no JPEG or PNG pictures under {source}.", "Check the address.")
    return found.pictures
