"""The verb “sagemaker transform”."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from emotion_desktop.cli.aws import (
    BucketOption,
    InstanceOption,
    ProfileOption,
    RegionOption,
    RoleOption,
    chosen,
)
from emotion_desktop.cli.options import (
    FacesOption,
    JsonOption,
    WorkspaceOption,
    check_faces,
    open_workspace,
    write_answer,
)
from emotion_desktop.cli.sagemaker.common import (
    CountOption,
    MaxHoursOption,
    YesOption,
    agree,
    follow,
    place_of_jobs,
    show_account,
)
from emotion_desktop.cli.terminal import ERRORS
from emotion_desktop.domain.s3 import is_s3_address
from emotion_desktop.domain.sagemaker import CloudRun, Machines, TransformRequest
from emotion_desktop.jobs.resources import Resources
from emotion_desktop.jobs.sagemaker.specs import begin_run_job


def transform(
    *,
    paths: Annotated[
        list[str],
        typer.Argument(metavar="PATH…|s3://…", help="Photos and folders, or one S3 prefix."),
    ],
    model: Annotated[str, typer.Option("--model", help="A model that was trained there.")],
    faces: FacesOption = "find",
    artefact: Annotated[
        str, typer.Option("--artefact", help="Its model.tar.gz (s3://…), if it is not known.")
    ] = "",
    instance: InstanceOption = "ml.g4dn.xlarge",
    count: CountOption = 1,
    max_hours: MaxHoursOption = 1.0,
    json_to: JsonOption = None,
    profile: ProfileOption = None,
    region: RegionOption = None,
    role: RoleOption = None,
    bucket: BucketOption = None,
    yes: YesOption = False,
    workspace_folder: WorkspaceOption = None,
) -> None:
    """Classify many photos on SageMaker's machines. Cost and what is sent are shown first."""
    from emotion_desktop.jobs.sagemaker.earlier import earlier_address
    from emotion_desktop.jobs.sagemaker.transform.offer import count_photos, transform_offer

    check_faces(faces)
    workspace = open_workspace(workspace_folder)
    settings = chosen(workspace, profile=profile, region=region, role=role, bucket=bucket)
    cloud = Resources(workspace).cloud
    source = paths[0] if len(paths) == 1 and is_s3_address(paths[0]) else ""
    request = TransformRequest(
        model=model,
        artefact=earlier_address(cloud, artefact or model),
        machines=Machines(instance, count, False, max_hours),
        role=settings.aws_role,
        bucket=settings.aws_bucket,
        source=source,
        paths=() if source else tuple(str(Path(path).absolute()) for path in paths),
        faces=faces,
    )
    choice = place_of_jobs(settings)
    lines = transform_offer(cloud, request, count_photos(request, choice), choice.region)
    account = show_account(choice)
    for line in lines:
        ERRORS.print(line)
    agree(yes, "Start the machines?")
    run = CloudRun.new(request, choice, account)
    answers = follow(workspace, run.name, begin_run_job(run))
    if answers and json_to is not None:
        write_answer(json_to, Path(answers).read_text(encoding="utf-8"))
    elif answers:
        typer.echo(f"The answers are in {answers}, and the gallery knows them.")
