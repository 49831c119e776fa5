"""The roles that SageMaker may take on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import unquote

from emotion_desktop.aws.errors import as_cloud_errors
from emotion_desktop.aws.session import AwsSession
from emotion_desktop.domain.errors import CloudError

_SERVICE: Final = "sagemaker.amazonaws.com"
_CONSOLE_POLICY: Final = "AmazonSageMakerFullAccess"


def sagemaker_roles(session: AwsSession) -> list[str]:
    """The ARNs of the account's roles that trust SageMaker, sorted by name.

    Raises:
        CloudError: they may not be listed.
    """
    pages = session.client("iam").get_paginator("list_roles").paginate()
    with as_cloud_errors("listing the roles"):
        return sorted(
            role["Arn"]
            for page in pages
            for role in page["Roles"]
            if _trusts_sagemaker(role.get("AssumeRolePolicyDocument"))
        )


def reads_sagemaker_buckets_alone(session: AwsSession, role: str) -> bool:
    """Whether a role has no rights but those of the policy that SageMaker's console gives it.

    That policy allows buckets and keys with “sagemaker” in them. Where the role's policies may not
    be looked at, the answer is no.
    """
    name = role.rpartition("/")[2]
    client = session.client("iam")
    try:
        with as_cloud_errors("looking at the role's policies"):
            attached = client.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
            own = client.list_role_policies(RoleName=name)["PolicyNames"]
    except CloudError:
        return False
    policies = {policy["PolicyArn"].rpartition("/")[2] for policy in attached}
    return not own and policies == {_CONSOLE_POLICY}


def _trusts_sagemaker(document: Any) -> bool:
    try:
        policy = json.loads(unquote(document)) if isinstance(document, str) else document
        statements = policy["Statement"]
        statements = [statements] if isinstance(statements, Mapping) else statements
        return any(_allows(statement) for statement in statements)
    except (ValueError, KeyError, TypeError, AttributeError):
        return False


def _allows(statement: Mapping[str, Any]) -> bool:
    services = statement.get("Principal", {})
    named = services.get("Service", ()) if isinstance(services, Mapping) else ()
    names = [named] if isinstance(named, str) else list(named)
    return statement.get("Effect") == "Allow" and _SERVICE in names
