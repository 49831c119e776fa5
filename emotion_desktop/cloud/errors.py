"""What boto3 raises, put into words: what happened, what to do, and the button that does it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from emotion_desktop.domain.errors import CloudError, NetworkError, Remedy, SignInError

#: Access keys, tokens and signatures, as they stand in headers, addresses and messages.
_SECRETS: Final = re.compile(
    r"\b(?:AKIA|ASIA)[A-Z0-9]{12,}\b"
    r"|(?i:(?:X-Amz-(?:Signature|Security-Token|Credential)|Signature|SessionToken|Credential)"
    r"\s*[=:]\s*[^\s&,;\"']+)"
    r"|(?i:aws_(?:secret_access_key|session_token)\s*[=:]\s*\S+)"
)
_ACTION: Final = re.compile(r"not authorized to perform:? ([a-z0-9-]+:[A-Za-z*]+)")
_MAX_DETAIL: Final = 300

#: Names of botocore's exceptions, and what they mean to the user.
_LOCAL: Final[Mapping[str, tuple[str, str, Remedy]]] = {
    "NoRegionError": (
        "No AWS region is set.",
        "Choose the region your data and your jobs shall be in.",
        Remedy.CHOOSE_REGION,
    ),
    "InvalidRegionError": (
        "The AWS region is not one.", "Choose a region.", Remedy.CHOOSE_REGION,
    ),
    "NoCredentialsError": (
        "No AWS credentials were found on this computer.",
        "Choose a profile, or set one up with “aws configure” or “aws configure sso”.",
        Remedy.CHOOSE_PROFILE,
    ),
    "PartialCredentialsError": (
        "Only a part of the AWS credentials is there.",
        "Choose another profile, or set this one up again with “aws configure”.",
        Remedy.CHOOSE_PROFILE,
    ),
    "ProfileNotFound": (
        "There is no such AWS profile on this computer.",
        "Choose one that is there.",
        Remedy.CHOOSE_PROFILE,
    ),
    "ConfigParseError": (
        "The AWS configuration file cannot be read.",
        "Mend or remove it: it is the file config in the folder .aws.",
        Remedy.TRY_AGAIN,
    ),
    "MissingDependencyException": (
        "Profiles of “aws login” need the package awscrt, which is not installed.",
        "Install it with “pip install boto3[crt]”, or choose another profile.",
        Remedy.CHOOSE_PROFILE,
    ),
    "CredentialRetrievalError": (
        "The program that hands out your AWS credentials failed.",
        "Try its command in a terminal, or choose another profile.",
        Remedy.CHOOSE_PROFILE,
    ),
}
_SIGN_IN: Final = frozenset(
    (
        *("SSOTokenLoadError", "TokenRetrievalError", "UnauthorizedSSOTokenError", "SSOError"),
        *("NoAuthTokenError", "LoginRefreshRequired", "LoginTokenLoadError", "LoginError"),
        *("LoginAuthorizationCodeError", "LoginInsufficientPermissions"),
    )
)
_NETWORK: Final = frozenset(
    (
        *("EndpointConnectionError", "ConnectTimeoutError", "ReadTimeoutError", "ConnectionError"),
        *("ConnectionClosedError", "HTTPClientError", "ProxyConnectionError", "SSLError"),
        *("ResponseStreamingError", "IncompleteReadError"),
        # What the connection's own library raises while a body is read.
        *("ProtocolError", "IncompleteRead"),
    )
)
_EXPIRED_CODES: Final = frozenset(
    (
        *("ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"),
        *("UnauthorizedException", "InvalidToken"),
    )
)
_UNKNOWN_KEY_CODES: Final = frozenset(
    (
        *("InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId"),
        *("AuthFailure", "MissingAuthenticationToken", "MissingAuthenticationTokenException"),
    )
)
_CLOCK_CODES: Final = frozenset(("RequestTimeTooSkewed", "RequestInTheFuture"))
_DENIED_CODES: Final = frozenset(
    ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AllAccessDisabled", "403")
)
_SLOW_CODES: Final = frozenset(
    (
        *("Throttling", "ThrottlingException", "ThrottledException", "RequestLimitExceeded"),
        *("TooManyRequestsException", "SlowDown", "ProvisionedThroughputExceededException"),
        *("RequestThrottled", "RequestThrottledException", "BandwidthLimitExceeded"),
    )
)
_BROKEN_CODES: Final = frozenset(
    (
        *("InternalError", "InternalFailure", "InternalServerError", "ServiceUnavailable"),
        *("ServiceUnavailableException", "InternalServerException", "500", "502", "503", "504"),
        *("RequestTimeout", "RequestTimeoutException", "InternalDependencyException"),
    )
)
#: How SageMaker says in a ValidationException that there is no such thing.
_NOT_THERE: Final = ("requested resource not found", "could not find")


@contextmanager
def in_words(what: str) -> Iterator[None]:
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
        return _client_error(error, what)
    names = [kind.__name__ for kind in type(error).__mro__]
    if _SIGN_IN.intersection(names):
        return _sign_in(names[0])
    if _NETWORK.intersection(names) or isinstance(error, ConnectionError | TimeoutError):
        return _no_network(names[0])
    known = next((name for name in names if name in _LOCAL), None)
    if known is not None:
        message, hint, remedy = _LOCAL[known]
        return SignInError(message, hint, remedy, known)
    if isinstance(error, BotoCoreError):
        return CloudError(
            f"{_sentence(what)} failed ({redact(str(error))}).",
            "The log (Help menu) may say more.",
            Remedy.TRY_AGAIN,
            names[0],
        )
    return None


def is_missing(error: CloudError) -> bool:
    """Whether AWS says that there is no such thing."""
    text = error.message.lower()
    return error.code in ("ResourceNotFound", "ResourceNotFoundException") or (
        error.code == "ValidationException" and any(words in text for words in _NOT_THERE)
    )


def redact(text: str) -> str:
    """The text without keys, tokens and signatures, and not too long."""
    clean = _SECRETS.sub("…", " ".join(text.split()))
    return clean if len(clean) <= _MAX_DETAIL else clean[: _MAX_DETAIL - 1] + "…"


def _client_error(error: Any, what: str) -> CloudError:
    response = error.response.get("Error", {})
    code = str(response.get("Code", ""))
    status = str(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", ""))
    # AWS says what the user reads last; its messages hold names of resources, at times more.
    said = redact(str(response.get("Message", "")))
    for applies, answer in _RULES:
        if applies(code, said):
            return answer(code, said, what)
    if code in _BROKEN_CODES or status.startswith("5"):
        return NetworkError(
            f"AWS has a trouble of its own ({code or status}).",
            "Nothing is lost; try again in a few minutes.",
            Remedy.TRY_AGAIN,
            code,
        )
    detail = f"{code}: {said}" if said else code
    return CloudError(f"{_sentence(what)} was refused by AWS ({detail}).", "", Remedy.NONE, code)


def _expired(code: str, _: str, __: str) -> CloudError:
    return _sign_in(code)


def _unknown_key(code: str, _: str, __: str) -> CloudError:
    return SignInError(
        "AWS does not know the access key of this profile.",
        "Choose another profile, or set this one up again with “aws configure”.",
        Remedy.CHOOSE_PROFILE,
        code,
    )


def _wrong_secret(code: str, _: str, __: str) -> CloudError:
    return SignInError(
        "AWS did not accept the signature of this profile.",
        "Its secret key may be wrong, or this computer's clock. "
        "Set the profile up again with “aws configure”.",
        Remedy.CHOOSE_PROFILE,
        code,
    )


def _clock(code: str, _: str, __: str) -> CloudError:
    from datetime import datetime, timezone

    now = datetime.now(timezone.utc).strftime("%H:%M UTC on %d %B %Y")
    return CloudError(
        f"This computer's clock is wrong: it says {now}, and AWS refuses requests that are more "
        "than a few minutes off.",
        "Set the clock, then try again.",
        Remedy.TRY_AGAIN,
        code,
    )


def _pass_role(code: str, _: str, __: str) -> CloudError:
    return CloudError(
        "You may not hand the role over to SageMaker (iam:PassRole is missing).",
        "Choose another role, or give the policy to whoever looks after your account.",
        Remedy.COPY_POLICY,
        code,
    )


def _denied(code: str, said: str, what: str) -> CloudError:
    action = _ACTION.search(said)
    missing = f"the permission {action[1]} is missing" if action else "access is denied"
    return CloudError(
        f"{_sentence(what)} is not allowed: {missing}.",
        "Give the policy to whoever looks after your account.",
        Remedy.COPY_POLICY,
        code,
    )


def _limit(code: str, said: str, _: str) -> CloudError:
    return CloudError(
        f"Your account's limit does not allow this machine: {said.rstrip('.')}.",
        "Choose another instance type, or ask AWS for a higher limit (Service Quotas).",
        Remedy.CHOOSE_INSTANCE,
        code,
    )


def _capacity(code: str, _: str, __: str) -> CloudError:
    return CloudError(
        "AWS has no machine of this type free just now.",
        "Try again later, or choose another instance type.",
        Remedy.CHOOSE_INSTANCE,
        code,
    )


def _slow(code: str, _: str, __: str) -> CloudError:
    return NetworkError(
        "AWS asked to be asked less often.",
        "Nothing is lost; try again in a few minutes.",
        Remedy.TRY_AGAIN,
        code,
    )


def _no_bucket(code: str, _: str, __: str) -> CloudError:
    return CloudError(
        "There is no such bucket.", "Choose one that is there.", Remedy.CHOOSE_BUCKET, code
    )


def _no_object(code: str, _: str, what: str) -> CloudError:
    return CloudError(
        f"{_sentence(what)} failed: it is not there.",
        "It may have been deleted; check the bucket and the name.",
        Remedy.NONE,
        code,
    )


def _changed(code: str, _: str, what: str) -> CloudError:
    return CloudError(
        f"{_sentence(what)} failed: it was changed in the meantime.",
        "Try again.",
        Remedy.TRY_AGAIN,
        code,
    )


def _elsewhere(code: str, _: str, __: str) -> CloudError:
    return CloudError(
        "The bucket is in another region.",
        "Choose a bucket in the region of your jobs.",
        Remedy.CHOOSE_BUCKET,
        code,
    )


def _bucket_taken(code: str, _: str, __: str) -> CloudError:
    return CloudError(
        "A bucket of this name belongs to somebody else.",
        "Choose another name.",
        Remedy.CHOOSE_BUCKET,
        code,
    )


def _sign_in(code: str) -> CloudError:
    return SignInError(
        "You are signed out of AWS.",
        "Sign in again; what was begun goes on from where it was.",
        Remedy.SIGN_IN,
        code,
    )


def _no_network(code: str) -> CloudError:
    return NetworkError(
        "AWS cannot be reached.",
        "Check the network; what was begun goes on from where it was.",
        Remedy.TRY_AGAIN,
        code,
    )


def _sentence(what: str) -> str:
    return what[:1].upper() + what[1:]


#: In this order: the first that applies answers.
_RULES: Final[
    tuple[tuple[Callable[[str, str], bool], Callable[[str, str, str], CloudError]], ...]
] = (
    (lambda code, _: code in _EXPIRED_CODES, _expired),
    (lambda code, _: code in _UNKNOWN_KEY_CODES, _unknown_key),
    (
        lambda code, said: code in _CLOCK_CODES
        or (
            code in ("SignatureDoesNotMatch", "InvalidSignatureException")
            and ("expired" in said.lower() or "not yet current" in said.lower())
        ),
        _clock,
    ),
    (
        lambda code, _: code in ("SignatureDoesNotMatch", "InvalidSignatureException"),
        _wrong_secret,
    ),
    (lambda code, said: code in _DENIED_CODES and "iam:PassRole" in said, _pass_role),
    (lambda code, _: code in _DENIED_CODES, _denied),
    (
        lambda code, _: code in ("ResourceLimitExceeded", "LimitExceededException"),
        _limit,
    ),
    (
        lambda code, _: code in ("CapacityError", "InsufficientCapacityException"),
        _capacity,
    ),
    (lambda code, _: code in _SLOW_CODES, _slow),
    (lambda code, _: code == "NoSuchBucket", _no_bucket),
    (lambda code, _: code in ("NoSuchKey", "404", "NotFound"), _no_object),
    (
        lambda code, _: code
        in ("PermanentRedirect", "301", "AuthorizationHeaderMalformed", "307"),
        _elsewhere,
    ),
    (lambda code, _: code == "BucketAlreadyExists", _bucket_taken),
    (lambda code, _: code in ("PreconditionFailed", "412"), _changed),
)
