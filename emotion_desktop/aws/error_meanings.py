"""What the error codes of AWS and the exceptions of boto3 mean to the user: one table."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Final

from emotion_desktop.domain.errors import CloudError, NetworkError, Remedy, SignInError


@dataclass(frozen=True, slots=True)
class Meaning:
    """What some names of errors mean.

    Attributes:
        names: codes of AWS, or names of exceptions.
        message: may have ``{what}`` in it for what was being done, ``{said}`` for what AWS says,
            ``{found}`` for what ``if_said`` finds in that, ``{code}``, and ``{now}`` for this
            computer's time.
        if_said: what AWS must say, too, for this to be meant.
    """

    names: tuple[str, ...]
    message: str
    hint: str
    remedy: Remedy
    kind: type[CloudError] = CloudError
    if_said: re.Pattern[str] | None = None

    def applies(self, said: str) -> bool:
        """Whether it is meant where AWS says so."""
        return self.if_said is None or self.if_said.search(said) is not None

    def error(self, code: str, said: str, what: str) -> CloudError:
        """The error to be raised.

        Args:
            code: AWS's or boto3's own name for it.
            said: what AWS says, without secrets.
            what: what was being done: “reading the bucket”.
        """
        found = self.if_said.search(said) if self.if_said is not None else None
        message = self.message.format(
            what=sentence(what),
            said=said.rstrip("."),
            found=found[1] if found is not None and found.re.groups else "",
            code=code,
            now=datetime.now(timezone.utc).strftime("%H:%M UTC on %d %B %Y"),
        )
        hint = self.hint
        if said and self.kind is CloudError and said.rstrip(".") not in message:
            hint = f"{hint} AWS says: {said}"
        return self.kind(message, hint, self.remedy, code)


def sentence(what: str) -> str:
    """The words as the beginning of a sentence."""
    return what[:1].upper() + what[1:]


_SIGNED_OUT: Final = (
    "You are signed out of AWS.",
    "Sign in again; what was begun goes on from where it was.",
    Remedy.SIGN_IN,
)
_SIGNATURE: Final = ("SignatureDoesNotMatch", "InvalidSignatureException")
_CLOCK: Final = (
    "This computer's clock is wrong: it says {now}, and AWS refuses requests that are more "
    "than a few minutes off.",
    "Set the clock, then try again.",
    Remedy.TRY_AGAIN,
)
DENIED: Final = (
    *("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AllAccessDisabled"),
    "403",
)
_ASK_FOR_POLICY: Final = "Give the policy to whoever looks after your account."

TROUBLE_AT_AWS: Final = Meaning(
    (
        *("InternalError", "InternalFailure", "InternalServerError", "ServiceUnavailable"),
        *("ServiceUnavailableException", "InternalServerException", "500", "502", "503"),
        *("504", "RequestTimeout", "RequestTimeoutException", "InternalDependencyException"),
    ),
    "AWS has a trouble of its own ({code}).",
    "Nothing is lost; try again in a few minutes.",
    Remedy.TRY_AGAIN,
    NetworkError,
)

#: By AWS's error codes; the first that applies is meant.
CODES: Final = (
    Meaning(
        (
            *("ExpiredToken", "ExpiredTokenException", "RequestExpired"),
            *("TokenRefreshRequired", "UnauthorizedException", "InvalidToken"),
        ),
        *_SIGNED_OUT,
        SignInError,
    ),
    Meaning(
        (
            *("InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId"),
            *("AuthFailure", "MissingAuthenticationToken"),
            "MissingAuthenticationTokenException",
        ),
        "AWS does not know the access key of this profile.",
        "Choose another profile, or set this one up again with “aws configure”.",
        Remedy.CHOOSE_PROFILE,
        SignInError,
    ),
    Meaning(("RequestTimeTooSkewed", "RequestInTheFuture"), *_CLOCK),
    Meaning(_SIGNATURE, *_CLOCK, if_said=re.compile("expired|not yet current", re.IGNORECASE)),
    Meaning(
        _SIGNATURE,
        "AWS did not accept the signature of this profile.",
        "Its secret key may be wrong, or this computer's clock. "
        "Set the profile up again with “aws configure”.",
        Remedy.CHOOSE_PROFILE,
        SignInError,
    ),
    Meaning(
        DENIED,
        "{what} is forbidden by a rule of your organisation or account, whatever else is allowed.",
        "Ask whoever looks after your account.",
        Remedy.NONE,
        if_said=re.compile("explicit deny"),
    ),
    Meaning(
        DENIED,
        "You may not hand the role over to SageMaker (iam:PassRole is missing).",
        "Choose another role, or give the policy to whoever looks after your account.",
        Remedy.COPY_POLICY,
        if_said=re.compile("iam:PassRole"),
    ),
    Meaning(
        DENIED,
        "{what} is not allowed: the permission {found} is missing.",
        _ASK_FOR_POLICY,
        Remedy.COPY_POLICY,
        if_said=re.compile(r"not authorized to perform:? ([a-z0-9-]+:[A-Za-z*]+)"),
    ),
    Meaning(
        DENIED,
        "{what} is not allowed: access is denied.",
        _ASK_FOR_POLICY,
        Remedy.COPY_POLICY,
    ),
    Meaning(
        ("ResourceLimitExceeded", "LimitExceededException"),
        "Your account's limit does not allow this machine: {said}.",
        "Choose another instance type, or ask AWS for a higher limit (Service Quotas).",
        Remedy.CHOOSE_INSTANCE,
    ),
    Meaning(
        ("CapacityError", "InsufficientCapacityException"),
        "AWS has no machine of this type free just now.",
        "Try again later, or choose another instance type.",
        Remedy.CHOOSE_INSTANCE,
    ),
    Meaning(
        (
            *("Throttling", "ThrottlingException", "ThrottledException", "SlowDown"),
            *("RequestLimitExceeded", "TooManyRequestsException", "RequestThrottled"),
            *("ProvisionedThroughputExceededException", "RequestThrottledException"),
            "BandwidthLimitExceeded",
        ),
        "AWS asked to be asked less often.",
        "Nothing is lost; try again in a few minutes.",
        Remedy.TRY_AGAIN,
        NetworkError,
    ),
    Meaning(
        ("NoSuchBucket",),
        "There is no such bucket.",
        "Choose one that is there.",
        Remedy.CHOOSE_BUCKET,
    ),
    Meaning(
        ("NoSuchKey", "404", "NotFound"),
        "{what} failed: it is not there.",
        "It may have been deleted; check the bucket and the name.",
        Remedy.NONE,
    ),
    Meaning(
        ("PermanentRedirect", "301", "AuthorizationHeaderMalformed", "307"),
        "The bucket is in another region.",
        "Choose a bucket in the region of your jobs.",
        Remedy.CHOOSE_BUCKET,
    ),
    Meaning(
        ("BucketAlreadyExists",),
        "A bucket of this name belongs to somebody else.",
        "Choose another name.",
        Remedy.CHOOSE_BUCKET,
    ),
    Meaning(
        ("PreconditionFailed", "412"),
        "{what} failed: it was changed in the meantime.",
        "Try again.",
        Remedy.TRY_AGAIN,
    ),
    TROUBLE_AT_AWS,
)

#: By the names of exceptions, boto3's and Python's, and of the classes they are derived from.
EXCEPTIONS: Final = (
    Meaning(
        (
            *("SSOTokenLoadError", "TokenRetrievalError", "UnauthorizedSSOTokenError"),
            *("SSOError", "NoAuthTokenError", "LoginRefreshRequired", "LoginTokenLoadError"),
            *("LoginError", "LoginAuthorizationCodeError", "LoginInsufficientPermissions"),
        ),
        *_SIGNED_OUT,
        SignInError,
    ),
    Meaning(
        (
            *("EndpointConnectionError", "ConnectTimeoutError", "ReadTimeoutError"),
            *("ConnectionError", "ConnectionClosedError", "HTTPClientError", "TimeoutError"),
            *("ProxyConnectionError", "SSLError"),
            *("ResponseStreamingError", "IncompleteReadError"),
            # What the connection's own library raises while a body is read.
            *("ProtocolError", "IncompleteRead"),
        ),
        "AWS cannot be reached.",
        "Check the network; what was begun goes on from where it was.",
        Remedy.TRY_AGAIN,
        NetworkError,
    ),
    Meaning(
        ("NoRegionError",),
        "No AWS region is set.",
        "Choose the region your data and your jobs shall be in.",
        Remedy.CHOOSE_REGION,
        SignInError,
    ),
    Meaning(
        ("InvalidRegionError",),
        "The AWS region is not one.",
        "Choose a region.",
        Remedy.CHOOSE_REGION,
        SignInError,
    ),
    Meaning(
        ("NoCredentialsError",),
        "No AWS credentials were found on this computer.",
        "Choose a profile, or set one up with “aws configure” or “aws configure sso”.",
        Remedy.CHOOSE_PROFILE,
        SignInError,
    ),
    Meaning(
        ("PartialCredentialsError",),
        "Only a part of the AWS credentials is there.",
        "Choose another profile, or set this one up again with “aws configure”.",
        Remedy.CHOOSE_PROFILE,
        SignInError,
    ),
    Meaning(
        ("ProfileNotFound",),
        "There is no such AWS profile on this computer.",
        "Choose one that is there.",
        Remedy.CHOOSE_PROFILE,
        SignInError,
    ),
    Meaning(
        ("ConfigParseError",),
        "The AWS configuration file cannot be read.",
        "Mend or remove it: it is the file config in the folder .aws.",
        Remedy.TRY_AGAIN,
        SignInError,
    ),
    Meaning(
        ("MissingDependencyException",),
        "Profiles of “aws login” need the package awscrt, which is not installed.",
        "Install it with “pip install boto3[crt]”, or choose another profile.",
        Remedy.CHOOSE_PROFILE,
        SignInError,
    ),
    Meaning(
        ("CredentialRetrievalError",),
        "The program that hands out your AWS credentials failed.",
        "Try its command in a terminal, or choose another profile.",
        Remedy.CHOOSE_PROFILE,
        SignInError,
    ),
)
