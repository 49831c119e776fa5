"""A session with AWS: profile, region and credentials through boto3's own chain.

No secret is read, kept or logged here, and no address is chosen: credentials are boto3's business,
and ``AWS_ENDPOINT_URL`` leads it to a stand-in where one is wanted.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from emotion_desktop import __version__
from emotion_desktop.aws.errors import as_cloud_errors, explain

#: boto3's usual three attempts give up after as many throttles.
_ATTEMPTS: Final = 8
#: Services that are paid by the call. boto3 would make one again whose answer was lost, and nobody
#: would know: see aws.rekognition.attempts.
_PAID_BY_THE_CALL: Final = ("rekognition",)
_CONNECT_S: Final = 10
_READ_S: Final = 60
#: Connections that may be open at once: transfers work in parallel.
_CONNECTIONS: Final = 16


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom AWS takes the user for."""

    account: str
    arn: str


class AwsSession:
    """Clients of one profile in one region. May be used from any thread.

    After a new sign-in a new session is needed: boto3 remembers credentials.
    """

    def __init__(self, boto: Any, region: str) -> None:
        self._boto = boto
        self._region = region
        self._lock = threading.Lock()
        self._clients: dict[tuple[str, str], Any] = {}

    @property
    def region(self) -> str:
        """The region that jobs and buckets are meant for."""
        return self._region

    @property
    def profile(self) -> str:
        """The profile's name; ``default`` where none was chosen."""
        return str(self._boto.profile_name)

    def client(self, service: str, region: str = "") -> Any:
        """boto3's client of a service.

        Raises:
            CloudError: it cannot be made: no credentials, say.
        """
        from botocore.config import Config

        key = (service, region or self._region)
        attempts = 1 if service in _PAID_BY_THE_CALL else _ATTEMPTS
        # A boto3 session serves one thread at a time; its clients serve many.
        with self._lock, as_cloud_errors(f"reaching {service}"):
            if key not in self._clients:
                self._clients[key] = self._boto.client(
                    service,
                    region_name=key[1],
                    config=Config(
                        retries={"mode": "standard", "total_max_attempts": attempts},
                        connect_timeout=_CONNECT_S,
                        read_timeout=_READ_S,
                        max_pool_connections=_CONNECTIONS,
                        tcp_keepalive=True,
                        user_agent_extra=f"emotion-desktop/{__version__}",
                    ),
                )
            return self._clients[key]

    def identity(self) -> Identity:
        """Account and ARN, asked of AWS.

        Raises:
            CloudError: AWS does not know the user, or cannot be reached.
        """
        with as_cloud_errors("asking who you are"):
            answer = self.client("sts").get_caller_identity()
        return Identity(answer["Account"], answer["Arn"])


def open_session(profile: str = "", region: str = "") -> AwsSession:
    """A fresh session.

    Args:
        profile: empty for boto3's own choice (the environment, then the profile ``default``).
        region: empty for the profile's.

    Raises:
        CloudError: there is no such profile, or no region anywhere.
    """
    import boto3
    from botocore.exceptions import NoRegionError

    with as_cloud_errors("opening the AWS session"):
        boto = boto3.session.Session(profile_name=profile or None, region_name=region or None)
        if not boto.region_name:
            raise NoRegionError
        return AwsSession(boto, boto.region_name)


def profiles() -> list[str]:
    """The profiles set up on this computer, sorted.

    Raises:
        CloudError: the configuration cannot be read.
    """
    import boto3

    with as_cloud_errors("reading the AWS configuration"):
        return sorted(boto3.session.Session().available_profiles)


def sign_in_command(profile: str) -> list[str] | None:
    """The command that signs a profile in; None for one that has no sign-in (keys, say)."""
    import botocore.session

    try:
        session = botocore.session.Session(profile=profile or None)
        config: Mapping[str, Any] = session.get_scoped_config()
    except Exception as error:
        if explain(error, "reading the AWS configuration") is None:
            raise
        return None
    chosen = ["--profile", profile] if profile else []
    if "login_session" in config:
        return ["aws", "login", *chosen]
    if "sso_session" in config or "sso_start_url" in config:
        return ["aws", "sso", "login", *chosen]
    return None
