"""The verbs “aws doctor” and “aws make-bucket”: is everything there that the cloud needs?"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from emotion_desktop.aws.account.doctor import examine
from emotion_desktop.aws.s3.buckets import make_bucket, suggested_name
from emotion_desktop.aws.session import open_session
from emotion_desktop.domain.errors import CloudError, Remedy
from emotion_desktop.domain.job import Progress
from emotion_desktop.domain.sagemaker import AwsChoice, Machines

if TYPE_CHECKING:
    from emotion_desktop.jobs.running.context import Context


def examine_account(
    context: Context,
    *,
    choice: Mapping[str, str],
    role: str,
    bucket: str,
    machines: Mapping[str, Any],
) -> dict[str, Any]:
    """Looks at profile, region, sign-in, role, bucket and quotas."""
    context.emit(Progress(0, 0, "asking AWS"))
    report = examine(AwsChoice(**choice), role, bucket, Machines(**machines))
    return {**asdict(report), "good": report.good}


def create_bucket(context: Context, *, choice: Mapping[str, str], name: str) -> str:
    """Makes a private, encrypted bucket in the region of the jobs; returns its name."""
    context.emit(Progress(0, 0, "making the bucket"))
    session = open_session(**choice)
    account = session.identity().account
    name = name or suggested_name(account, session.region)
    make_bucket(session, name, account)
    return name


def sign_in(context: Context, *, command: Sequence[str]) -> None:
    """Signs in by AWS's own program, and waits until the user has done so in the browser.

    Raises:
        CloudError: the program is not there, or the sign-in did not succeed.
    """
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
