"""What the verbs of SageMaker share: options, the account, agreeing, following a job."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from emotion_desktop.cli.terminal import ERRORS, run_job
from emotion_desktop.domain.sagemaker import AwsChoice, CloudRun
from emotion_desktop.domain.text import hours
from emotion_desktop.workspace.paths import Workspace
from emotion_desktop.workspace.runs.cloud_runs import CloudRuns
from emotion_desktop.workspace.settings import Settings

if TYPE_CHECKING:
    from emotion_desktop.domain.job import JobSpec

CountOption = Annotated[int, typer.Option("--count", min=1, max=20, help="How many machines.")]
MaxHoursOption = Annotated[
    float, typer.Option("--max-hours", min=0.1, max=120, help="It is stopped after that.")
]
YesOption = Annotated[
    bool, typer.Option("--yes", help="Agree to what is sent and what it may cost.")
]


def place_of_jobs(settings: Settings) -> AwsChoice:
    """Where jobs run: with a region, be it of the profile. Nothing is asked of AWS.

    Raises:
        CloudError: no region is set anywhere.
    """
    from emotion_desktop.aws.session import open_session

    session = open_session(settings.aws_profile, settings.aws_region)
    return AwsChoice(settings.aws_profile, session.region)


def show_account(choice: AwsChoice) -> str:
    """Says whom AWS takes the user for, and where jobs run; returns the account's number.

    Raises:
        CloudError: AWS cannot be asked.
    """
    from emotion_desktop.aws.session import open_session

    identity = open_session(choice.profile, choice.region).identity()
    ERRORS.print(f"Account: {identity.account}, {identity.arn}, in {choice.region}")
    return identity.account


def agree(yes: bool, question: str) -> None:
    """Asks the user, unless they have said --yes; “no” ends the program."""
    if not yes and not typer.confirm(question, err=True):
        raise typer.Abort


def follow(workspace: Workspace, name: str, spec: JobSpec) -> str:
    """Follows a run to its end, or until Ctrl-C leaves it to AWS; that is said then.

    Args:
        name: the run's.
        spec: of the job that works on it.

    Returns:
        The run's result; empty where it goes on at AWS, or brought nothing.
    """
    ERRORS.print(f"Job {name}")
    result: str = run_job(workspace, spec, detach=True).result or ""
    if not result:
        typer.echo(_without_result(CloudRuns(workspace.cloud_runs).load(name)))
    return result


def _without_result(run: CloudRun) -> str:
    """What a run that brought nothing so far is doing, and what can be done about it."""
    if run.stage.is_over:
        return "It was stopped, and there is nothing to bring back."
    text = (
        f"It goes on at AWS. Take it up: sagemaker attach {run.name}. "
        f"Stop it: sagemaker stop {run.name}."
    )
    if run.kind == "transform":
        limit = hours(run.request["machines"]["max_hours"])
        text += f" Nobody keeps its limit of {limit} until it is taken up."
    return text


def show_model(name: str) -> None:
    """Says under which name a model came into the store."""
    typer.echo(f"The model is in the store as “{name}”.")
