"""The verb “clean up”: what this program put into S3 is listed, and deleted when confirmed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from emotion_desktop.aws.s3.bucket import Bucket
from emotion_desktop.aws.sagemaker.leftovers import Leftover, leftovers, remove
from emotion_desktop.aws.sagemaker.prices import storage_per_month
from emotion_desktop.aws.sagemaker.training_jobs import PHOTO_CHANNELS, run_prefix
from emotion_desktop.aws.sagemaker.transform_jobs import model_name, transform_prefix
from emotion_desktop.aws.sagemaker.unfinished_jobs import addresses_in_use
from emotion_desktop.aws.session import AwsSession, open_session
from emotion_desktop.domain.job import Progress
from emotion_desktop.jobs.sagemaker.train import data_key

if TYPE_CHECKING:
    from emotion_desktop.domain.sagemaker import CloudRun
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
) -> dict[str, Any]:
    """Deletes what was listed, but for what jobs under way need, be they of another computer;
    returns how many bytes are ``freed``, and the titles that are ``kept``.

    Raises:
        CloudError: which jobs are under way cannot be told: then nothing is deleted.
    """
    session, opened, found = _find(context, choice, bucket)
    chosen = [item for item in found if item.title in set(titles)]
    context.emit(Progress(0, 0, "looking for jobs under way"))
    needed = addresses_in_use(session) | _needed_here(context.resources.cloud.runs.all())
    kept = [item for item in chosen if _is_needed(item, bucket, needed)]
    removed = [item for item in chosen if item not in kept]
    context.emit(Progress(0, 0, "deleting"))
    remove(session, opened, removed)
    return {"freed": sum(item.bytes for item in removed), "kept": [item.title for item in kept]}


def _needed_here(runs: Sequence[CloudRun]) -> set[str]:
    """The addresses that runs of this workspace need, which AWS may not know of yet."""
    needed: set[str] = set()
    for run in runs:
        if run.stage.is_over:
            continue
        root = f"s3://{run.request.get('bucket', '')}"
        needed |= {f"{root}/{run_prefix(run.name)}/", f"{root}/{transform_prefix(run.name)}/"}
        needed |= {
            str(run.request[name]) for name in ("earlier", "artefact") if name in run.request
        }
        channels = (run.facts.get(name) for name in PHOTO_CHANNELS)
        needed |= {f"{root}/{data_key(channel)}" for channel in channels if channel}
        needed.add(f"model:{model_name(run.name)}")
    return needed - {""}


def _is_needed(item: Leftover, bucket: str, needed: Collection[str]) -> bool:
    if item.kind == "model":
        return f"model:{item.title}" in needed
    keys = [*item.keys, *(upload.key for upload in item.uploads)]
    # An address may be an object's, or that of all objects under it.
    return any(f"s3://{bucket}/{key}".startswith(address) for key in keys for address in needed)


def _find(
    context: Context, choice: Mapping[str, str], name: str
) -> tuple[AwsSession, Bucket, list[Leftover]]:
    context.emit(Progress(0, 0, "looking into the bucket"))
    session = open_session(**choice)
    account = session.identity().account
    bucket = Bucket(session.client("s3"), name, account)
    return session, bucket, leftovers(session, bucket)
