"""Sessions with AWS, and the sentence for each way they fail."""

from __future__ import annotations

import pickle

import pytest

from emotion_desktop.aws.errors import as_cloud_errors, explain, redact
from emotion_desktop.aws.session import open_session, profiles, sign_in_command
from emotion_desktop.domain.errors import AppError, CloudError, NetworkError, Remedy, SignInError
from tests.stand_ins.aws.server import SECRETS


@pytest.fixture
def config(tmp_path, monkeypatch, aws):
    """Writes an AWS configuration, and takes the keys out of the environment."""

    def write(config_text: str, credentials: str = "") -> None:
        for name, text in (("config", config_text), ("credentials", credentials)):
            (tmp_path / name).write_text(text)
        monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
        monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
        for name in SECRETS:
            monkeypatch.delenv(name)

    return write


def test_identity_and_region(aws):
    session = open_session()
    assert session.region == "us-east-1"
    assert session.profile == "default"
    assert session.identity().account == "123456789012"
    assert session.identity().arn.startswith("arn:aws:")
    assert open_session(region="eu-west-1").region == "eu-west-1"
    assert aws.wire.operations("sts") == ["GetCallerIdentity"] * 2
    assert session.client("s3") is session.client("s3")
    assert session.client("s3").meta.region_name == "us-east-1"
    assert session.client("s3", "eu-west-1").meta.region_name == "eu-west-1"


def test_no_region(config):
    config("[default]\n", "[default]\naws_access_key_id=AKIAX\naws_secret_access_key=y\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("AWS_DEFAULT_REGION")
        with pytest.raises(CloudError, match="No AWS region") as caught:
            open_session()
    assert caught.value.remedy is Remedy.CHOOSE_REGION


def test_no_credentials_half_of_them_and_an_unknown_profile(config):
    config("[default]\nregion=us-east-1\n[profile other]\n", "[half]\naws_access_key_id=AKIAX\n")
    assert profiles() == ["default", "half", "other"]
    for profile, words in (("", "No AWS credentials"), ("half", "Only a part")):
        with pytest.raises(SignInError, match=words) as caught:
            open_session(profile).identity()
        assert caught.value.remedy is Remedy.CHOOSE_PROFILE
    with pytest.raises(SignInError, match="no such AWS profile") as caught:
        open_session("nobody")
    assert caught.value.remedy is Remedy.CHOOSE_PROFILE


def test_a_sign_in_that_never_was_or_is_over(config, aws, monkeypatch):
    config(
        "[profile sso]\nsso_session=work\nsso_account_id=123456789012\nsso_role_name=r\n"
        "region=us-east-1\n"
        "[sso-session work]\nsso_start_url=https://example.com/start\nsso_region=us-east-1\n"
        "[profile plain]\nregion=us-east-1\n"
    )
    with pytest.raises(SignInError, match="signed out") as caught:
        open_session("sso").identity()
    assert caught.value.remedy is Remedy.SIGN_IN
    assert sign_in_command("sso") == ["aws", "sso", "login", "--profile", "sso"]
    assert sign_in_command("plain") is None
    assert sign_in_command("nobody") is None


@pytest.mark.parametrize(
    ("name", "arguments", "words", "remedy", "kind"),
    [
        ("NoRegionError", {}, "No AWS region", Remedy.CHOOSE_REGION, CloudError),
        ("NoCredentialsError", {}, "No AWS credentials", Remedy.CHOOSE_PROFILE, SignInError),
        (
            "PartialCredentialsError",
            {"provider": "env", "cred_var": "key"},
            "Only a part",
            Remedy.CHOOSE_PROFILE,
            SignInError,
        ),
        (
            "ProfileNotFound",
            {"profile": "p"},
            "no such AWS profile",
            Remedy.CHOOSE_PROFILE,
            SignInError,
        ),
        (
            "SSOTokenLoadError",
            {"profile_name": "p", "error_msg": "none"},
            "signed out",
            Remedy.SIGN_IN,
            SignInError,
        ),
        (
            "TokenRetrievalError",
            {"provider": "sso", "error_msg": "none"},
            "signed out",
            Remedy.SIGN_IN,
            SignInError,
        ),
        ("UnauthorizedSSOTokenError", {}, "signed out", Remedy.SIGN_IN, SignInError),
        (
            "MissingDependencyException",
            {"msg": "awscrt"},
            "aws login",
            Remedy.CHOOSE_PROFILE,
            SignInError,
        ),
        (
            "ConfigParseError",
            {"path": "config"},
            "configuration file",
            Remedy.TRY_AGAIN,
            CloudError,
        ),
        (
            "EndpointConnectionError",
            {"endpoint_url": "https://x"},
            "cannot be reached",
            Remedy.TRY_AGAIN,
            NetworkError,
        ),
    ],
)
def test_what_boto3_raises_by_itself_has_its_words_and_its_button(
    *, name, arguments, words, remedy, kind
):
    import botocore.exceptions

    explained = explain(getattr(botocore.exceptions, name)(**arguments), "doing it")
    assert isinstance(explained, kind)
    assert words in explained.message
    assert explained.hint
    assert explained.remedy is remedy


@pytest.mark.parametrize(
    ("code", "words", "remedy", "kind"),
    [
        ("ExpiredToken", "signed out", Remedy.SIGN_IN, SignInError),
        (
            "InvalidClientTokenId",
            "does not know the access key",
            Remedy.CHOOSE_PROFILE,
            SignInError,
        ),
        (
            "SignatureDoesNotMatch",
            "did not accept the signature",
            Remedy.CHOOSE_PROFILE,
            SignInError,
        ),
        ("RequestTimeTooSkewed", "clock is wrong", Remedy.TRY_AGAIN, CloudError),
        ("AccessDenied", "not allowed", Remedy.COPY_POLICY, CloudError),
        ("SomethingNew", "was refused by AWS", Remedy.NONE, CloudError),
    ],
)
def test_what_aws_refuses_is_said_in_words(aws, code, words, remedy, kind):
    aws.faults.add("GetCallerIdentity", code=code, message="Said so.", status=403)
    with pytest.raises(kind, match=words) as caught:
        open_session().identity()
    assert caught.value.remedy is remedy
    assert caught.value.code == code
    assert aws.wire.count("GetCallerIdentity") == 1


@pytest.mark.parametrize(
    ("code", "message", "words", "remedy"),
    [
        (
            "AccessDeniedException",
            "User: x is not authorized to perform: iam:PassRole on y",
            "iam:PassRole",
            Remedy.COPY_POLICY,
        ),
        (
            "AccessDeniedException",
            "User: x is not authorized to perform: sagemaker:CreateModel on",
            "sagemaker:CreateModel is missing",
            Remedy.COPY_POLICY,
        ),
        (
            "AccessDeniedException",
            "User: x is not authorized to perform: sagemaker:CreateModel on y with an explicit "
            "deny in a service control policy",
            "with an explicit deny in a service control policy",
            Remedy.NONE,
        ),
        (
            "ResourceLimitExceeded",
            "The account-level limit is 0 Instances.",
            "limit is 0 Instances",
            Remedy.CHOOSE_INSTANCE,
        ),
        (
            "CapacityError",
            "Unable to provision",
            "no machine of this type free",
            Remedy.CHOOSE_INSTANCE,
        ),
        ("NoSuchBucket", "", "no such bucket", Remedy.CHOOSE_BUCKET),
        ("PermanentRedirect", "", "another region", Remedy.CHOOSE_BUCKET),
        (
            "SignatureDoesNotMatch",
            "Signature not yet current: 2 is later than 1",
            "clock",
            Remedy.TRY_AGAIN,
        ),
    ],
)
def test_refusals_by_what_aws_says(code, message, words, remedy):
    from botocore.exceptions import ClientError

    error = ClientError({"Error": {"Code": code, "Message": message}}, "Operation")
    explained = explain(error, "doing it")
    assert explained is not None
    assert words in str(explained)
    assert explained.remedy is remedy
    again = pickle.loads(pickle.dumps(explained))
    assert (again.message, again.remedy, again.code) == (
        explained.message,
        explained.remedy,
        explained.code,
    )


@pytest.mark.parametrize(("status", "code"), [(500, "InternalFailure"), (400, "Throttling")])
def test_troubles_that_pass_are_survived(aws, status, code):
    fault = aws.faults.add("GetCallerIdentity", code=code, status=status, times=3)
    assert open_session().identity().account == "123456789012"
    assert fault.happened == 3


def test_a_lost_connection_is_taken_up_again(aws):
    aws.faults.add("GetCallerIdentity", "lose-answer", times=2)
    assert open_session().identity().account == "123456789012"


def test_no_network_is_said(aws, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(NetworkError, match="cannot be reached"):
        open_session().identity()


def test_nothing_secret_is_in_a_message():
    text = (
        "https://b.s3.amazonaws.com/k?X-Amz-Credential=AKIAIOSFODNN7EXAMPLE/2&"
        "X-Amz-Signature=abcdef0123&X-Amz-Security-Token=FwoGZX Signature=0011 "
        "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG ASIAIOSFODNN7EXAMPLE"
    )
    clean = redact(text)
    for secret in ("AKIAIOSF", "ASIAIOSF", "abcdef0123", "FwoGZX", "0011", "wJalr"):
        assert secret not in clean
    assert len(redact("x" * 5000)) <= 300


def test_other_errors_pass_unchanged():
    with pytest.raises(KeyError), as_cloud_errors("doing it"):
        raise KeyError("a bug")
    with pytest.raises(AppError, match="as it was"), as_cloud_errors("doing it"):
        raise AppError("as it was")
