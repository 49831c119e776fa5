"""Is everything there that a job in the cloud needs? Looked at one by one, each in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from emotion_desktop.aws.account.policies import role_policy, trust_policy, user_policy
from emotion_desktop.aws.account.quotas import (
    SPOT,
    TRAINING,
    TRANSFORM,
    check_quota,
    sagemaker_quotas,
)
from emotion_desktop.aws.account.roles import reads_sagemaker_buckets_alone, sagemaker_roles
from emotion_desktop.aws.errors import is_denied
from emotion_desktop.aws.regions import REGIONS, check_region
from emotion_desktop.aws.s3.buckets import bucket_names, check_bucket, suggested_name
from emotion_desktop.aws.session import AwsSession, Identity, open_session, sign_in_command
from emotion_desktop.aws.session import profiles as known_profiles
from emotion_desktop.domain.errors import CloudError, Remedy
from emotion_desktop.domain.sagemaker import AwsChoice, Machines

_T = TypeVar("_T")
_NO_ROLE: Final = (
    "No role of this account trusts SageMaker.",
    "Have one made; the policies to copy say which rights it needs.",
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        remedy: the button that helps; a value of errors.Remedy.
        blocks: a job cannot be started while this is not good. What could not be looked at need
            not be missing: then AWS says at the start whether it is.
    """

    title: str
    good: bool
    message: str
    hint: str = ""
    remedy: str = ""
    blocks: bool = True


@dataclass
class AccountReport:
    """What was found; all of it JSON values but for ``findings``."""

    findings: list[Finding] = field(default_factory=list)
    profile: str = ""
    region: str = ""
    account: str = ""
    arn: str = ""
    profiles: list[str] = field(default_factory=list)
    regions: list[str] = field(default_factory=lambda: list(REGIONS))
    roles: list[str] = field(default_factory=list)
    buckets: list[str] = field(default_factory=list)
    suggested_bucket: str = ""
    quotas: dict[str, int] = field(default_factory=dict)
    sign_in: list[str] = field(default_factory=list)
    policies: str = ""

    @property
    def good(self) -> bool:
        """Whether a job could be launched, as far as could be looked."""
        return all(finding.good or not finding.blocks for finding in self.findings)


def examine(choice: AwsChoice, role: str, bucket: str, machines: Machines) -> AccountReport:
    """Looks at profile, region, sign-in, role, bucket and quotas, in this order.

    What cannot be looked at is a finding, never an exception; what depends on it is left out.
    """
    report = AccountReport(profile=choice.profile, region=choice.region)
    report.policies = _policies(choice.region or "us-east-1", bucket, role)
    listed = _try(report, "Profile", known_profiles)
    report.profiles = listed or []
    if listed is None:
        return report
    report.sign_in = sign_in_command(choice.profile) or []
    session = _try(report, "Profile", lambda: open_session(choice.profile, choice.region))
    if session is None:
        return report
    report.profile, report.region = session.profile, session.region
    report.findings.append(Finding("Profile", True, session.profile))
    if _try(report, "Region", lambda: check_region(session.region)) is None:
        return report
    report.findings.append(Finding("Region", True, session.region))
    report.policies = _policies(session.region, bucket, role)
    identity = _try(report, "Account", session.identity)
    if identity is None:
        return report
    report.account, report.arn = identity.account, identity.arn
    report.findings.append(Finding("Account", True, f"{identity.account}, {identity.arn}"))
    _check_roles(report, session, role)
    _check_bucket(report, session, identity, bucket, role)
    _check_quotas(report, session, machines)
    return report


def _check_roles(report: AccountReport, session: AwsSession, role: str) -> None:
    # Who may not list roles can have one, all the same.
    roles = _try(report, "Role", lambda: sagemaker_roles(session), needed=not role)
    if roles is None:
        return
    report.roles = roles
    if not roles:
        report.findings.append(Finding("Role", False, *_NO_ROLE, Remedy.COPY_POLICY.value))
    elif not role:
        report.findings.append(
            Finding(
                "Role",
                False,
                "No role is chosen.",
                f"There are: {', '.join(_short(r) for r in roles)}.",
                Remedy.CHOOSE_ROLE.value,
            )
        )
    elif role not in roles:
        report.findings.append(
            Finding(
                "Role",
                False,
                f"SageMaker may not take on the role {_short(role)}.",
                f"It may take on: {', '.join(_short(r) for r in roles)}.",
                Remedy.CHOOSE_ROLE.value,
            )
        )
    else:
        report.findings.append(Finding("Role", True, _short(role)))


def _check_bucket(
    report: AccountReport, session: AwsSession, identity: Identity, bucket: str, role: str
) -> None:
    report.suggested_bucket = suggested_name(identity.account, session.region)
    try:
        report.buckets = bucket_names(session)
    except CloudError:
        report.buckets = []  # whether the one chosen will do is said all the same
    if not bucket:
        report.findings.append(
            Finding(
                "Bucket",
                False,
                "No bucket is chosen.",
                f"Choose one, or let {report.suggested_bucket} be made.",
                Remedy.CHOOSE_BUCKET.value,
            )
        )
        return
    region = _try(report, "Bucket", lambda: check_bucket(session, bucket, identity.account))
    if region is not None:
        report.findings.append(Finding("Bucket", True, f"{bucket} in {region}"))
        _check_access(report, session, bucket, role)


def _check_access(report: AccountReport, session: AwsSession, bucket: str, role: str) -> None:
    """Whether the role may read the bucket: the one that SageMaker's console makes reads some."""
    if not role or "sagemaker" in bucket or not reads_sagemaker_buckets_alone(session, role):
        return
    report.findings.append(
        Finding(
            "Role and bucket",
            False,
            f"The role {_short(role)} may read no bucket but those with “sagemaker” in their name.",
            f"Choose such a bucket, let {report.suggested_bucket} be made, or give the role the "
            "policy to copy.",
            Remedy.CHOOSE_BUCKET.value,
            blocks=False,
        )
    )


def _check_quotas(report: AccountReport, session: AwsSession, machines: Machines) -> None:
    title = "Quota"
    quotas = _try(report, title, lambda: sagemaker_quotas(session), needed=False)
    if quotas is None:
        return
    report.quotas = {
        f"{kind} for {use}": count
        for (kind, use), count in sorted(quotas.items())
        if count and use in (TRAINING, SPOT, TRANSFORM)
    }
    use = SPOT if machines.spot else TRAINING
    if (machines.kind, use) not in quotas:
        message = f"AWS lists none for {machines.kind}: the job's start shows what is allowed."
        report.findings.append(Finding(title, False, message, blocks=False))
        return
    allowed = _try(report, title, lambda: check_quota(quotas, machines, use))
    if allowed is not None:
        report.findings.append(Finding(title, True, f"{allowed} {machines.kind} for a {use}"))


def _try(
    report: AccountReport, title: str, action: Callable[[], _T], *, needed: bool = True
) -> _T | None:
    """The result of an action; None, and a finding, where AWS refuses it.

    Args:
        needed: without its result no job can be started, even where it is only not allowed to ask.
    """
    try:
        return action()
    except CloudError as error:
        blocks = needed or not is_denied(error)
        report.findings.append(
            Finding(title, False, error.message, error.hint, error.remedy.value, blocks)
        )
        return None


def _short(role: str) -> str:
    return role.rpartition("/")[2]


def _policies(region: str, bucket: str, role: str) -> str:
    """All there is to hand to whoever looks after the account."""
    parts: list[tuple[str, Any]] = [
        ("What you must be allowed to do", user_policy(region, bucket, role)),
        ("Whom SageMaker's role trusts", trust_policy()),
        ("What that role must be allowed to do", role_policy(region, bucket)),
    ]
    return "\n\n".join(f"# {title}\n{text}" for title, text in parts)
