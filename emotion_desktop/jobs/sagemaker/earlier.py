"""Earlier trainings that one goes on from: where their models lie, and what these were shown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from emotion_desktop.aws.s3.bucket import Bucket, parse_address
from emotion_desktop.aws.s3.buckets import PREFIX
from emotion_desktop.dataset.sources.files.fingerprint import split_digests
from emotion_desktop.domain.errors import AppError, UsageError
from emotion_desktop.domain.s3 import is_s3_address
from emotion_desktop.domain.sagemaker import CloudRun
from emotion_desktop.engines.bundle import read_bundle

if TYPE_CHECKING:
    from emotion_desktop.aws.session import AwsSession
    from emotion_desktop.jobs.sagemaker.cloud_services import CloudServices

#: What a run was shown, as digests of photos: a file in its folder, here and in S3.
TRAINED_ON: Final = "trained_on.bin"
_MAX_BYTES: Final = 64 << 20
_RUN: Final = re.compile(rf"{PREFIX}/runs/([^/]+)/output/")


def earlier_address(cloud: CloudServices, reference: str) -> str:
    """Where the ``model.tar.gz`` of an earlier training lies.

    Args:
        reference: a model of the store that was trained on SageMaker, a job's name, or an address.

    Raises:
        UsageError: it is none of these.
    """
    if is_s3_address(reference):
        return reference
    for run in cloud.runs.all():
        if reference in (run.name, run.result) and run.job is not None and run.job.artefact:
            if run.trains_recipe:
                raise UsageError(
                    f"“{reference}” is a recipe's model, which Amazon's algorithm does not know.",
                    "Go on from it with another recipe (--start-from), and classify with it here.",
                )
            return run.job.artefact
    raise UsageError(
        f"“{reference}” is no model that was trained on SageMaker from this workspace.",
        "Name such a model, or give the address of its model.tar.gz (s3://…).",
    )


def run_of(cloud: CloudServices, address: str) -> CloudRun | None:
    """The run of this workspace that made the model at an address; None if none did."""
    made = (run for run in cloud.runs.all() if run.job and run.job.artefact == address)
    return next(made, None)


def trained_on_before(
    cloud: CloudServices, session: AwsSession, account: str, address: str
) -> frozenset[bytes] | None:
    """What the model at an address was shown, and those before it that it goes on from.

    The run's folder says it, the model in the store, or the file beside the job in S3.

    Returns:
        The photos' digests; None where nobody knows.

    Raises:
        CloudError: S3 cannot be asked.
    """
    run = run_of(cloud, address)
    shown = None if run is None else _known_here(cloud, run)
    if shown is None:
        shown = _known_in_s3(session, account, address)
    if shown is None or run is None or not run.request.get("earlier"):
        return shown
    # Version 0.1.0 did not write down what came before.
    further = trained_on_before(cloud, session, account, str(run.request["earlier"]))
    return None if further is None else shown | further


def _known_here(cloud: CloudServices, run: CloudRun) -> frozenset[bytes] | None:
    path = cloud.runs.folder(run.name) / TRAINED_ON
    if path.exists():
        return frozenset(split_digests(path.read_bytes()))
    try:
        return read_bundle(cloud.store.resolve(run.result)).trained_on
    except AppError:
        return None


def _known_in_s3(session: AwsSession, account: str, address: str) -> frozenset[bytes] | None:
    place = parse_address(address)
    found = _RUN.match(place.key)
    if found is None:
        return None
    bucket = Bucket(session.client("s3"), place.bucket, account)
    key = f"{PREFIX}/runs/{found[1]}/{TRAINED_ON}"
    if bucket.size_of(key) is None:
        return None
    return frozenset(split_digests(bucket.read(key, _MAX_BYTES)))
