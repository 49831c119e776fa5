"""The verbs “aws doctor” and “aws make-bucket”: is everything there that the cloud needs?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from emotion_desktop.domain.job import JobContext, JobFunction, JobSpec, Lane, Progress
from emotion_desktop.domain.sagemaker import AwsChoice, Machines


def examine_account_job(
    choice: AwsChoice, role: str, bucket: str, machines: Machines
) -> tuple[JobSpec, JobFunction]:
    """The job that looks at the account; its result is a cloud.doctor.AccountReport as JSON values,
    with ``good`` among them."""
    spec = JobSpec(
        "aws-examine",
        "Look at the AWS account",
        Lane.CLOUD,
        {"choice": asdict(choice), "role": role, "bucket": bucket, "machines": asdict(machines)},
        quiet=True,
    )
    return spec, _examine


def _examine(spec: JobSpec, context: JobContext) -> dict[str, Any]:
    from emotion_desktop.aws.account.doctor import examine

    parameters: Mapping[str, Any] = spec.parameters
    context.emit(Progress(0, 0, "asking AWS"))
    report = examine(
        AwsChoice(**parameters["choice"]),
        parameters["role"],
        parameters["bucket"],
        Machines(**parameters["machines"]),
    )
    return {**asdict(report), "good": report.good}


def make_bucket_job(choice: AwsChoice, name: str) -> tuple[JobSpec, JobFunction]:
    """The job that makes a bucket, private and encrypted; its result is the bucket's name.

    Args:
        name: empty for one that holds the account's number.
    """
    spec = JobSpec(
        "aws-make-bucket", "Make a bucket", Lane.CLOUD, {"choice": asdict(choice), "name": name}
    )
    return spec, _make_bucket


def _make_bucket(spec: JobSpec, context: JobContext) -> str:
    from emotion_desktop.aws.s3.buckets import make_bucket, suggested_name
    from emotion_desktop.aws.session import open_session

    choice = AwsChoice(**spec.parameters["choice"])
    context.emit(Progress(0, 0, "making the bucket"))
    session = open_session(choice.profile, choice.region)
    account = session.identity().account
    name = spec.parameters["name"] or suggested_name(account, session.region)
    make_bucket(session, name, account)
    return name


def sign_in_job(command: list[str]) -> tuple[JobSpec, JobFunction]:
    """The job that signs in, by AWS's own program: it opens the browser and keeps the token."""
    spec = JobSpec("aws-sign-in", "Sign in to AWS", Lane.CLOUD, {"command": command})
    return spec, _sign_in


def _sign_in(spec: JobSpec, context: JobContext) -> None:
    import shutil
    import subprocess

    from emotion_desktop.domain.errors import CloudError, Remedy

    command = list(spec.parameters["command"])
    program = shutil.which(command[0])
    if program is None:
        raise CloudError(
            "AWS's command line program is not installed, and only it can sign in.",
            f"Install it (aws.amazon.com/cli), then run: {' '.join(command)}",
        )
    context.emit(Progress(0, 0, "waiting for the sign-in in your browser"))
    process = subprocess.Popen(
        [program, *command[1:]],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while process.poll() is None:
            context.wait(0.2)
            context.check_cancelled()
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()
    if process.returncode != 0:
        raise CloudError(
            "The sign-in did not succeed.",
            f"Try it in a terminal: {' '.join(command)}",
            Remedy.SIGN_IN,
        )
