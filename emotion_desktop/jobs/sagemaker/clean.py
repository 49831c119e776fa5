"""The verb “clean up”: what this program put into S3 is listed, and deleted when confirmed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from typing import Any

from emotion_desktop.domain.job import JobContext, JobFunction, JobSpec, Lane, Progress
from emotion_desktop.domain.sagemaker import AwsChoice
from emotion_desktop.jobs.sagemaker.cloud_services import CloudServices


def list_leftovers_job(choice: AwsChoice, bucket: str) -> tuple[JobSpec, JobFunction]:
    """The job that lists what this program has in a bucket.

    Its result is a list of ``{title, kind, bytes, month}``; month is what storing it costs a month,
    in US dollars.
    """
    spec = JobSpec(
        "aws-leftovers",
        f"Look into {bucket}",
        Lane.CLOUD,
        {"choice": asdict(choice), "bucket": bucket},
        quiet=True,
    )
    return spec, _list


def clean_job(
    desk: CloudServices, choice: AwsChoice, bucket: str, titles: Collection[str]
) -> tuple[JobSpec, JobFunction]:
    """The job that deletes some of these things; runs that still need them keep theirs.

    Its result is how many bytes were freed.

    Args:
        titles: of what list_leftovers_job has listed.
    """
    spec = JobSpec(
        "aws-clean",
        f"Clean up {bucket}",
        Lane.CLOUD,
        {"choice": asdict(choice), "bucket": bucket, "titles": sorted(titles)},
    )

    def run(spec: JobSpec, context: JobContext) -> int:
        from emotion_desktop.aws.sagemaker.leftovers import remove

        session, place, found = _find(spec, context)
        busy = {run.name for run in desk.runs.all() if not run.stage.final}
        wanted = set(spec.parameters["titles"]) - busy
        chosen = [item for item in found if item.title in wanted]
        context.emit(Progress(0, 0, "deleting"))
        remove(session, place, chosen)
        return sum(item.bytes for item in chosen)

    return spec, run


def _list(spec: JobSpec, context: JobContext) -> list[dict[str, Any]]:
    from emotion_desktop.aws.sagemaker.prices import storage_per_month

    _, _, found = _find(spec, context)
    return [
        {
            "title": item.title,
            "kind": item.kind,
            "bytes": item.bytes,
            "month": storage_per_month(item.bytes),
        }
        for item in found
    ]


def _find(spec: JobSpec, context: JobContext) -> tuple[Any, Any, list[Any]]:
    from emotion_desktop.aws.s3.bucket import Bucket
    from emotion_desktop.aws.sagemaker.leftovers import leftovers
    from emotion_desktop.aws.session import open_session

    choice = AwsChoice(**spec.parameters["choice"])
    context.emit(Progress(0, 0, "looking into the bucket"))
    session = open_session(choice.profile, choice.region)
    account = session.identity().account
    bucket = Bucket(session.client("s3"), spec.parameters["bucket"], account)
    return session, bucket, leftovers(session, bucket)
