"""The verbs of the cloud, as they are typed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from emotion_desktop.cli.main import main
from emotion_desktop.engines.bundle import read_bundle
from emotion_desktop.workspace.catalogue.catalogue import Catalogue
from emotion_desktop.workspace.catalogue.splits import Splits
from emotion_desktop.workspace.paths import Workspace
from emotion_desktop.workspace.settings import load_settings
from tests.stand_ins.aws.server import SECRETS
from tests.unit.jobs.sagemaker_rig import BUCKET, SPLIT, fill, make_faces


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    return make_faces(tmp_path_factory.mktemp("photos") / "data")


@pytest.fixture
def call(capsysbinary, tmp_path, aws, monkeypatch):
    monkeypatch.setattr(
        "emotion_desktop.jobs.sagemaker.import_trained._CalibratorAndScorer._parity",
        lambda *_: {"photos": 0},
    )

    def run(*arguments):
        place = ("--workspace", str(tmp_path / "w"))
        status = main([*map(str, arguments), *place])
        out, err = capsysbinary.readouterr()
        return status, out.decode(), " ".join(err.decode().split())

    return run


def test_the_doctor_says_what_is_missing_and_what_there_is(call, aws):
    status, out, _ = call("aws", "doctor")
    assert status == 1
    assert "ok      Account: 123456789012, arn:aws:" in out
    assert "MISSING Role: No role is chosen. There are: emotion-training." in out
    assert "MISSING Bucket: No bucket is chosen." in out
    assert "ok      Quota: 2 ml.g4dn.xlarge for a training job" in out
    status, out, _ = call("aws", "make-bucket")
    assert status == 0, out
    made = "sagemaker-emotion-desktop-123456789012-us-east-1"
    assert made in out
    s3 = aws.client("s3")
    block = s3.get_public_access_block(Bucket=made)["PublicAccessBlockConfiguration"]
    assert all(block.values())
    rules = s3.get_bucket_encryption(Bucket=made)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rules[0]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    status, out, _ = call("aws", "use", "--role", aws.role)
    assert f"bucket: {made}" in out
    status, out, _ = call("aws", "doctor", "--policies")
    assert (status, "MISSING" in out) == (0, False)
    assert "iam:PassRole" in out
    assert call("aws", "make-bucket", made)[0] == 0, "a bucket that is there is no trouble"
    aws.quotas.set("ml.p3.2xlarge", 0)
    for arguments, words in (
        (("--instance", "ml.p3.2xlarge"), "Your account may use no ml.p3.2xlarge"),
        (("--region", "mars-1"), "MISSING Region"),
        (("--profile", "nobody"), "no such AWS profile"),
        (("--bucket", "nowhere-at-all"), "There is no bucket"),
        (("--role", "arn:aws:iam::123456789012:role/web-server"), "may not take on the role"),
    ):
        status, out, _ = call("aws", "doctor", *arguments)
        assert status == 1
        assert words in out
    status, out, _ = call("aws", "doctor", "--json", "-")
    assert json.loads(out)["account"] == "123456789012"


def test_what_may_not_be_looked_at_need_not_be_missing(call, aws):
    """AmazonSageMakerFullAccess may read no quotas, and some may list no roles: both train."""
    made = call("aws", "make-bucket")[1].split()[2]
    call("aws", "use", "--role", aws.role)
    denied = {"code": "AccessDenied", "status": 403, "times": 99}
    aws.faults.add("ListServiceQuotas", **{**denied, "code": "AccessDeniedException"})
    aws.faults.add("ListRoles", **denied)
    status, out, _ = call("aws", "doctor")
    assert status == 0, out
    assert "unsure  Quota: Reading the quotas is not allowed" in out
    assert "unsure  Role: Listing the roles is not allowed" in out
    assert f"ok      Bucket: {made}" in out
    status, out, _ = call("aws", "doctor", "--role", "")
    assert (status, "MISSING Role" in out) == (1, True), "without a role there is none to use"


def test_a_machine_whose_quota_is_not_listed_is_not_called_forbidden(call, aws):
    call("aws", "make-bucket")
    status, out, _ = call("aws", "doctor", "--role", aws.role, "--instance", "ml.g4dn.12xlarge")
    assert status == 0, out
    assert "unsure  Quota: AWS lists none for ml.g4dn.12xlarge" in out


def test_a_bucket_that_the_consoles_role_may_not_read_is_told(call, aws):
    iam = aws.client("iam")
    name = aws.role.rpartition("/")[2]
    # As AWS's own is called, which the stand-in does not have.
    allowed = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::*sagemaker*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    made = iam.create_policy(PolicyName="AmazonSageMakerFullAccess", PolicyDocument=document)
    policy = made["Policy"]["Arn"]
    iam.attach_role_policy(RoleName=name, PolicyArn=policy)
    try:
        aws.client("s3").create_bucket(Bucket="faces")
        status, out, _ = call("aws", "doctor", "--role", aws.role, "--bucket", "faces")
        assert status == 0, "another right may be given elsewhere"
        assert "unsure  Role and bucket: The role emotion-training may read no bucket but" in out
        call("aws", "make-bucket")
        assert "Role and bucket" not in call("aws", "doctor", "--role", aws.role)[1]
    finally:
        iam.detach_role_policy(RoleName=name, PolicyArn=policy)
        iam.delete_policy(PolicyArn=policy)


def test_no_credentials_is_a_finding(call, aws, monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name)
    status, out, _ = call("aws", "doctor")
    assert status == 1
    assert "No AWS credentials were found" in out


def test_prices_are_the_users(call, tmp_path):
    assert call("aws", "use", "--prices", "free")[0] == 2
    assert call("aws", "use", "--prices", "ml.g5.xlarge=1.5, ml.g4dn.xlarge=0.5")[0] == 0
    assert "0.5" in load_settings(Workspace(tmp_path / "w").settings).aws_prices


def test_a_training_from_the_command_line(call, aws, photos, tmp_path, monkeypatch):
    fill(Workspace(tmp_path / "w"), photos)
    aws.client("s3").create_bucket(Bucket=BUCKET)
    train = ("sagemaker", "train", "--split", SPLIT, "--preset", "quick", "--set", "epochs=2")
    status, _, err = call(*train)
    assert status == 2
    assert "No role is chosen" in err
    call("aws", "use", "--role", aws.role, "--bucket", BUCKET)
    for wrong, words in (
        (("--set", "epoch=2"), "knows no “epoch”"),
        (("--set", "learning_rate=7"), "cannot be “7”"),
        (("--set", "num_layers=18"), "no net of 18 layers"),
        (("--set", "num_classes=3"), "follows from the photos"),
        (("--instance", "ml.m5.large"), "does not run on ml.m5.large"),
        (("--instance", "ml.g6.xlarge"), "does not run on ml.g6.xlarge"),
        (("--preset", "magic"), "no preset"),
        (("--earlier", "nothing"), "no model that was trained"),
        (("--split", "none"), "no split"),
    ):
        status, _, err = call(*train, *wrong)
        assert (status, words in err) == (2, True), err
    # Nothing of the photos is sent before the user agrees.
    monkeypatch.setattr("typer.confirm", lambda *_, **__: False)
    status, _, err = call(*train)
    assert status == 130
    assert "at most $1.48" in err
    assert "The faces on" in err
    assert set(aws.wire.operations()) == {"GetCallerIdentity"}
    monkeypatch.setattr("typer.confirm", lambda *_, **__: True)
    status, out, err = call(*train, "--set", "mini_batch_size=4", "--name", "cloud")
    assert status == 0, err
    assert "in the store as “cloud”" in out
    status, out, _ = call("sagemaker", "list", "--json", "-")
    (run,) = json.loads(out)
    assert run["stage"] == "done"
    assert run["choice"]["region"] == "us-east-1", "where it runs, whatever is set later"
    status, out, _ = call("sagemaker", "status", run["name"])
    assert "Completed" in out
    assert "paid for" in out
    status, out, _ = call("sagemaker", "list")
    assert status == 0
    assert run["name"] in out, "the other verbs ask for its whole name"
    status, out, _ = call("sagemaker", "stop", run["name"])
    assert (status, "over already" in out) == (0, True)
    status, out, err = call("sagemaker", "stop", "nobody")
    assert (status, out, "knows no job" in err) == (1, "", True)
    status, _, err = call("sagemaker", "status", "nobody")
    assert status == 1


RECIPE = (
    *("sagemaker", "train", "--algorithm", "recipe", "--recipe", "notebook", "--split", SPLIT),
    *("--set", "epochs=2", "--set", "batch=4", "--set", "size=36"),
)


def test_what_a_recipe_sends_and_costs_is_said_first(call, aws, photos, tmp_path, monkeypatch):
    fill(Workspace(tmp_path / "w"), photos)
    call("aws", "use", "--role", aws.role, "--bucket", BUCKET)
    for wrong, words in (
        (("--set", "num_layers=18"), "A recipe has no “num_layers”"),
        (("--preset", "quick"), "--preset is for Amazon's image classification alone"),
        (("--instance", "ml.trn1.2xlarge"), "does not run on ml.trn1.2xlarge"),
        (("--instance", "ml.p2.xlarge"), "does not run on ml.p2.xlarge"),
        (("--count", "2"), "A recipe is trained on one machine"),
        (("--recipe", "magic"), "no recipe"),
        (("--start-from", "nothing"), "no model “nothing”"),
        (("--algorithm", "magic"), "no algorithm “magic”"),
        (("--algorithm", "image-classification"), "--recipe is for a recipe alone"),
        (("--region", "us-iso-east-1"), "TensorFlow container is not known in the region"),
    ):
        status, _, err = call(*RECIPE, *wrong)
        assert (status, words in err) in ((2, True), (1, True)), err
    monkeypatch.setattr("typer.confirm", lambda *_, **__: False)
    for instance, most in (("ml.g4dn.xlarge", "$1.48"), ("ml.c5.2xlarge", "$0.82")):
        status, _, err = call(*RECIPE, "--instance", instance)
        assert status == 130
        assert f"at most {most} (1 × " in err
        assert "in us-east-1 for 2 hours, then it is stopped" in err
        assert "36 × 36 pixels, in colour" in err
        assert "This program's code for trainings" in err
        assert "The sealed test photos stay here." in err
    assert set(aws.wire.operations()) == {"GetCallerIdentity"}


def test_a_recipe_from_the_command_line(call, aws, photos, tmp_path):
    """TensorFlow starts three times: here to pack and to finish, there to learn."""
    workspace = Workspace(tmp_path / "w")
    fill(workspace, photos)
    aws.client("s3").create_bucket(Bucket=BUCKET)
    aws.quotas.set("ml.c5.2xlarge", 1)
    call("aws", "use", "--role", aws.role, "--bucket", BUCKET)
    status, out, err = call(*RECIPE, "--instance", "ml.c5.2xlarge", "--name", "cloud", "--yes")
    assert status == 0, err
    assert "in the store as “cloud”" in out
    bundle = read_bundle(workspace.models / "cloud.emodel", verify=True)
    card = bundle.card
    assert "litert" in bundle.engines
    assert (card.preprocessing.size, card.preprocessing.channels) == (36, 3)
    with Catalogue(workspace.catalogue) as catalogue:
        frozen = Splits(catalogue).load(SPLIT)
        assert Splits(catalogue).all()[0].openings == 1
    assert card.scores.photos == len(frozen.split.test)
    assert bundle.trained_on
    assert bundle.trained_on <= {s.digest for s in frozen.split.training}
    origin = card.provenance.recipe
    assert (origin["net"], origin["epochs_run"]) == ("notebook", 2)
    assert origin["trained_with"]["versions"]["tensorflow"]
    # Faces and the program went there, no photo and no name.
    found = aws.client("s3").list_objects_v2(Bucket=BUCKET)["Contents"]
    sent = {"training.zip", "sourcedir.tar.gz", "run.json", "trained_on.bin"}
    assert {item["Key"].rpartition("/")[2] for item in found} == sent | {"model.tar.gz"}
    kept = b"".join(p.read_bytes() for p in workspace.root.rglob("*") if p.is_file())
    assert not [secret for secret in SECRETS.values() if secret.encode() in kept]
    status, out, _ = call("sagemaker", "status", origin["job"])
    assert "validation:mean_recall" in out
    status, _, err = call("sagemaker", "train", "--split", SPLIT, "--earlier", "cloud")
    assert (status, "a recipe's model" in err) == (2, True)


def test_ctrl_c_leaves_the_job_running(call, aws, photos, tmp_path):
    fill(Workspace(tmp_path / "w"), photos)
    aws.client("s3").create_bucket(Bucket=BUCKET)
    aws.training.plan.epoch_pace = 20
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "emotion_desktop",
            "sagemaker",
            "train",
            "--split",
            SPLIT,
            "--preset",
            "quick",
            "--role",
            aws.role,
            "--bucket",
            BUCKET,
            "--yes",
            "--set",
            "mini_batch_size=4",
            "--workspace",
            str(tmp_path / "w"),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    deadline = time.monotonic() + 60
    while (
        "Training" not in [j.description["SecondaryStatus"] for j in aws.training._jobs.values()]
        and time.monotonic() < deadline
    ):
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert "It goes on at AWS" in out
    assert "Traceback" not in err
    assert aws.wire.count("StopTrainingJob") == 0
