"""How many machines of a kind the account may use at once."""

from __future__ import annotations

from typing import Final

from emotion_desktop.aws.errors import as_cloud_errors
from emotion_desktop.aws.session import AwsSession
from emotion_desktop.domain.errors import CloudError, Remedy
from emotion_desktop.domain.sagemaker import Machines, runs_algorithm, runs_container

TRAINING: Final = "training job"
SPOT: Final = "spot training job"
TRANSFORM: Final = "transform job"


def sagemaker_quotas(session: AwsSession) -> dict[tuple[str, str], int]:
    """Machines allowed at once, by (kind, use): ("ml.g4dn.xlarge", TRAINING) and so on.

    Raises:
        CloudError: they may not be read.
    """
    found: dict[tuple[str, str], int] = {}
    client = session.client("service-quotas")
    with as_cloud_errors("reading the quotas"):
        for page in client.get_paginator("list_service_quotas").paginate(ServiceCode="sagemaker"):
            for item in page.get("Quotas", ()):
                kind, _, use = item["QuotaName"].partition(" for ")
                if use.endswith(" usage"):
                    found[kind, use.removesuffix(" usage")] = int(item["Value"])
    return found


def check_quota(quotas: dict[tuple[str, str], int], machines: Machines, use: str) -> int:
    """Checks that an account may use machines; returns how many it may use at once.

    A quota that AWS does not list allows what is wanted: the job's start says whether it does.

    Args:
        use: TRAINING, SPOT or TRANSFORM.

    Raises:
        CloudError: it may not, or not so many.
    """
    allowed = quotas.get((machines.kind, use), machines.count)
    if machines.count <= allowed:
        return allowed
    others = sorted(kind for (kind, of), n in quotas.items() if of == use and n >= machines.count)
    # Without a GPU it can be a recipe alone, which runs on others, too.
    fits = runs_algorithm if machines.run_algorithm else runs_container
    usable = [kind for kind in others if fits(kind)]
    instead = f"Your account may use {', '.join(usable[:4])}." if usable else ""
    raise CloudError(
        f"Your account may use {allowed or 'no'} {machines.kind} for a {use} at once; "
        f"{machines.count} {'is' if machines.count == 1 else 'are'} wanted.",
        f"{instead} Or ask AWS for a higher limit: Service Quotas, Amazon SageMaker, "
        f"“{machines.kind} for {use} usage”.".strip(),
        Remedy.CHOOSE_INSTANCE,
        "ResourceLimitExceeded",
    )
