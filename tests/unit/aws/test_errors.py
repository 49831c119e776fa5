"""What an answer of AWS means for what is done next: told by codes, never by our own sentences."""

import time
from email.utils import formatdate

import pytest

pytest.importorskip("botocore")
from botocore.exceptions import ClientError

from emotion_desktop.aws.errors import NAME_TAKEN, explain, is_missing
from emotion_desktop.domain.errors import CloudError


def forbidden(date):
    """The answer to HEAD, which has no body."""
    details = {"HTTPStatusCode": 403, "HTTPHeaders": {"date": date}}
    answer = {"Error": {"Code": "403", "Message": "Forbidden"}, "ResponseMetadata": details}
    return explain(ClientError(answer, "HeadBucket"), "looking at the bucket")


def test_a_wrong_clock_is_said_where_an_answer_has_no_words():
    assert forbidden(formatdate(time.time() - 3600)).code == "RequestTimeTooSkewed"
    assert "clock" in forbidden(formatdate(time.time() + 3600)).message
    for date in (formatdate(), "", "yesterday"):
        assert forbidden(date).code == "403"


def refusal(code, said):
    answer = {"Error": {"Code": code, "Message": said}, "ResponseMetadata": {"HTTPStatusCode": 400}}
    return explain(ClientError(answer, "DescribeTrainingJob"), "asking after the training job")


@pytest.mark.parametrize(
    ("code", "said", "missing"),
    [
        ("ValidationException", "Requested resource not found: job-1", True),
        ("ValidationException", 'Could not find model "m".', True),
        ("ResourceNotFound", "", True),
        ("ValidationException", "Unknown instance type", False),
        ("ThrottlingException", "We could not find the time", False),
    ],
)
def test_what_is_not_there(code, said, missing):
    error = refusal(code, said)
    assert is_missing(error) is missing
    if said and type(error) is CloudError and code == "ValidationException":
        assert f"({code}: {said})" in error.message, "what AWS says is shown as it says it"


def test_a_name_that_is_taken():
    said = "Cannot create already existing model “m”."
    assert refusal("ValidationException", said).code == NAME_TAKEN


def test_our_own_sentence_decides_nothing():
    ours = CloudError("The model could not find its way.", code="ValidationException")
    assert not is_missing(ours)
