"""The verb “clean up”: what this program put into S3 is listed, and deleted when confirmed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from emotion_desktop.aws.s3.bucket import Bucket
from emotion_desktop.aws.sagemaker.leftovers import Leftover, leftovers, remove
from emotion_desktop.aws.sagemaker.prices import storage_per_month
from emotion_desktop.aws.session import AwsSession, open_session
from emotion_desktop.domain.job import Progress

if TYPE_CHECKING:
    from emotion_desktop.jobs.running.context import Context


def list_leftovers(
    context: Context, *, choice: Mapping[str, str], bucket: str
) -> list[dict[str, Any]]:
    """Lists what this program has in a bucket, and what storing it costs a month."""
    return [
        {
            "title": item.title,
            "kind": item.kind,
            "bytes": item.bytes,
            "month": storage_per_month(item.bytes),
        }
        for item in _find(context, choice, bucket)[2]
    ]


def clean(
    context: Context, *, choice: Mapping[str, str], bucket: str, titles: Sequence[str]
) -> int:
    """Deletes what was listed, but for what runs still need; returns the bytes that are freed."""
    session, opened, found = _find(context, choice, bucket)
    busy = {run.name for run in context.resources.cloud.runs.all() if not run.stage.is_over}
    wanted = set(titles) - busy
    chosen = [item for item in found if item.title in wanted]
    context.emit(Progress(0, 0, "deleting"))
    remove(session, opened, chosen)
    return sum(item.bytes for item in chosen)


def _find(
    context: Context, choice: Mapping[str, str], name: str
) -> tuple[AwsSession, Bucket, list[Leftover]]:
    context.emit(Progress(0, 0, "looking into the bucket"))
    session = open_session(**choice)
    account = session.identity().account
    bucket = Bucket(session.client("s3"), name, account)
    return session, bucket, leftovers(session, bucket)
