"""What a transform would send and cost: to be confirmed before a byte goes."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Final

from emotion_desktop.domain.errors import UsageError
from emotion_desktop.domain.job import JobContext, JobFunction, JobSpec, Lane, Progress
from emotion_desktop.domain.picture_formats import JPEG, PNG
from emotion_desktop.domain.sagemaker import AwsChoice, TransformRequest
from emotion_desktop.domain.text import hours
from emotion_desktop.jobs.sagemaker.cloud_services import CloudServices
from emotion_desktop.jobs.sagemaker.offer import check_account_is_chosen

#: What SageMaker's image classification reads.
_PICTURES: Final = (*JPEG.suffixes, *PNG.suffixes)


def transform_offer_job(
    desk: CloudServices, order: TransformRequest, choice: AwsChoice
) -> tuple[JobSpec, JobFunction]:
    """The job that counts the photos and works out what a transform would send and cost.

    Its result is transform_offer's sentences.
    """

    def run(_: JobSpec, context: JobContext) -> list[str]:
        context.emit(Progress(0, 0, "counting the photos"))
        return transform_offer(desk, order, count_photos(order, choice))

    return JobSpec("sagemaker-transform-offer", "Work out time and cost", Lane.CLOUD), run


def count_photos(order: TransformRequest, choice: AwsChoice) -> int:
    """How many photos an order is about.

    Raises:
        UsageError: there are none.
        CloudError: those in S3 cannot be listed.
    """
    return _count_in_s3(choice, order.source) if order.source else _count_here(order.paths)


def transform_offer(desk: CloudServices, order: TransformRequest, photos: int) -> list[str]:
    """What would be sent, what it would cost, and what is left over, in a sentence or more each.

    Nothing is asked of AWS.

    Raises:
        UsageError: the order lacks the role or the bucket, or there is no such model.
    """
    from emotion_desktop.aws.sagemaker.prices import DATED, dollars, estimate_transform

    check_account_is_chosen(order.role, order.bucket)
    side = desk.card(order.model).preprocessing.size
    size = photos * side * side
    estimate = estimate_transform(order.machines, photos=photos, side=side, own=desk.prices)
    sends = (
        f"Nothing: the pictures under {order.source} are classified as they lie there, whole."
        if order.source
        else f"The faces on {photos:,} photos, cut out, {side} × {side} pixels: about "
        f"{size / 1e6:,.1f} MB, to the private bucket {order.bucket}. Not the photos, no names."
    )
    cost = (
        f"Cost: about {dollars(estimate.expected)}, at most {dollars(estimate.at_most)} "
        f"({order.machines.count} × {order.machines.kind} for {hours(order.machines.max_hours)}, "
        f"then it is stopped); list price of {DATED}, an estimate."
        if estimate is not None
        else f"Cost: unknown, there is no price for {order.machines.kind}."
    )
    return [sends, cost, "No endpoint is left running."]


def _count_here(paths: tuple[str, ...]) -> int:
    from emotion_desktop.domain.picture_formats import PICTURE_SUFFIXES
    from emotion_desktop.jobs.predicting.photos import find_photos

    found = find_photos([Path(path) for path in paths], PICTURE_SUFFIXES).photos
    if not found:
        raise UsageError("There are no photos in there.", "Choose another folder.")
    return len(found)


def _count_in_s3(choice: AwsChoice, source: str) -> int:
    from emotion_desktop.aws.s3.bucket import Bucket, parse_address
    from emotion_desktop.aws.session import open_session

    address = parse_address(source)
    session = open_session(choice.profile, choice.region)
    bucket = Bucket(session.client("s3"), address.bucket)
    count = sum(
        PurePosixPath(item.key).suffix.lower() in _PICTURES for item in bucket.objects(address.key)
    )
    if not count:
        raise UsageError(f"There are no JPEG or PNG pictures under {source}.", "Check the address.")
    return count
