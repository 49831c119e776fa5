"""What boto3 raises, put into words: what happened, what to do, and the button that does it."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from typing import Any, Final

from emotion_desktop.aws.error_meanings import CODES, DENIED, EXCEPTIONS, TROUBLE_AT_AWS, sentence
from emotion_desktop.domain.errors import SEE_LOG, CloudError, Remedy

_log = logging.getLogger(__name__)

#: Access keys, tokens and signatures, as they stand in headers, addresses and messages.
_SECRETS: Final = re.compile(
    r"\b(?:AKIA|ASIA)[A-Z0-9]{12,}\b"
    r"|(?i:(?:X-Amz-(?:Signature|Security-Token|Credential)|Signature|SessionToken|Credential)"
    r"\s*[=:]\s*[^\s&,;\"']+)"
    r"|(?i:aws_(?:secret_access_key|session_token)\s*[=:]\s*\S+)"
)
_MAX_DETAIL: Final = 300
#: A clock that is wrong by more is refused, seconds.
_MOST_SKEW_S: Final = 15 * 60
_SKEWED: Final = "RequestTimeTooSkewed"

#: Codes of our own for what SageMaker tells by the words of a ValidationException alone.
NOT_FOUND: Final = "NotFound"
NAME_TAKEN: Final = "NameTaken"
_SAID: Final = {
    NOT_FOUND: ("requested resource not found", "could not find"),
    NAME_TAKEN: ("already existing", "already exists"),
}


@contextmanager
def as_cloud_errors(what: str) -> Iterator[None]:
    """Turns what boto3 raises inside into a CloudError.

    Args:
        what: what was being done, as in “… failed”: “reading the bucket”.

    Raises:
        NetworkError: AWS cannot be reached, or is too busy; trying again later may help.
        SignInError: the user is not signed in, or not any more.
        CloudError: anything else.
    """
    try:
        yield
    except Exception as error:
        explained = explain(error, what)
        if explained is None:
            raise
        raise explained from None


def explain(error: Exception, what: str) -> CloudError | None:
    """What an exception of boto3 means; None for one that is not boto3's."""
    from botocore.exceptions import BotoCoreError, ClientError

    if isinstance(error, ClientError):
        return _refusal(error, what)
    names = [kind.__name__ for kind in type(error).__mro__]
    for meaning in EXCEPTIONS:
        if any(name in meaning.names for name in names):
            return meaning.error(names[0], "", what)
    if isinstance(error, BotoCoreError):
        return CloudError(
            f"{sentence(what)} failed ({redact(str(error))}).",
            SEE_LOG,
            Remedy.TRY_AGAIN,
            names[0],
        )
    return None


def is_missing(error: CloudError) -> bool:
    """Whether AWS says that there is no such thing."""
    return error.code in (NOT_FOUND, "ResourceNotFound", "ResourceNotFoundException")


def is_denied(error: CloudError) -> bool:
    """Whether AWS says that the user may not do so, rather than that it cannot be done."""
    return error.code in DENIED


def redact(text: str) -> str:
    """The text without keys, tokens and signatures, and not too long."""
    clean = _SECRETS.sub("…", " ".join(text.split()))
    return clean if len(clean) <= _MAX_DETAIL else clean[: _MAX_DETAIL - 1] + "…"


def _code(code: str, said: str) -> str:
    """AWS's code, or one of our own where AWS has the same code for several things."""
    if code != "ValidationException":
        return code
    words = said.lower()
    return next((own for own, parts in _SAID.items() if any(p in words for p in parts)), code)


def _is_skewed(headers: Mapping[str, str]) -> bool:
    """Whether the clock is wrong: an answer without a body (that of HEAD) says no more than 403."""
    try:
        there = parsedate_to_datetime(headers.get("date", ""))
        return abs(there.timestamp() - time.time()) > _MOST_SKEW_S
    except (TypeError, ValueError):
        return False


def _refusal(error: Any, what: str) -> CloudError:
    """What an answer of AWS means that is an error."""
    response = error.response.get("Error", {})
    code = str(response.get("Code", ""))
    answer = error.response.get("ResponseMetadata", {})
    status = str(answer.get("HTTPStatusCode", ""))
    if code == status == "403" and _is_skewed(answer.get("HTTPHeaders", {})):
        code = _SKEWED
    # AWS says what the user reads last; its messages hold names of resources, at times more.
    said = redact(str(response.get("Message", "")))
    _log.info("%s was refused by AWS: %s: %s", what, code or status, said)
    for meaning in CODES:
        if code in meaning.names and meaning.applies(said):
            return meaning.error(code, said, what)
    if status.startswith("5"):
        return TROUBLE_AT_AWS.error(code or status, said, what)
    detail = f"{code}: {said}" if said else code
    message = f"{sentence(what)} was refused by AWS ({detail})."
    return CloudError(message, "", Remedy.NONE, _code(code, said))
