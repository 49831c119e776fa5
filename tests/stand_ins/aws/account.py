"""What a new account has in the stand-in: a role for SageMaker, one that is not, and quotas."""

from __future__ import annotations

import json
from typing import Any, Final

from tests.stand_ins.aws.operations import Operations, RefusalError
from tests.stand_ins.aws.wire import Call

ROLE: Final = "emotion-training"
OTHER_ROLE: Final = "web-server"
GPU_TYPES: Final = ("ml.g4dn.xlarge", "ml.g4dn.2xlarge", "ml.g5.xlarge", "ml.p2.xlarge")


def furnish(iam: Any) -> str:
    """Makes the roles; returns the ARN of the one SageMaker may assume."""
    arn = ""
    for name, service in ((ROLE, "sagemaker"), (OTHER_ROLE, "ec2")):
        policy = {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": f"{service}.amazonaws.com"},
                    "Action": "sts:AssumeRole",
                }
            ],
        }
        role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(policy))
        arn = arn or role["Role"]["Arn"]
    return arn


class Quotas:
    """How many machines of each type may run at once, for training, spot training, transform."""

    def __init__(self) -> None:
        self.values: dict[str, float] = {}
        self.reset()

    def reset(self) -> None:
        self.values.clear()
        for kind in GPU_TYPES:
            self.set(kind, 2)

    def set(self, kind: str, value: float, use: str | None = None) -> None:
        """Sets a type's quotas, or that of one use."""
        for each in (use,) if use else ("training job", "spot training job", "transform job"):
            self.values[f"{kind} for {each} usage"] = value

    def require(self, kind: str, count: int, use: str) -> None:
        """Refuses what goes beyond a quota."""
        name = f"{kind} for {use} usage"
        limit = self.values.get(name, 0)
        if count > limit:
            raise RefusalError(
                "ResourceLimitExceeded",
                f"The account-level service limit '{name}' is {limit:g} Instances, with current "
                f"utilization of 0 Instances and a request delta of {count} Instances. Please use "
                "AWS Service Quotas to request an increase for this quota.",
            )

    def add_to(self, operations: Operations) -> None:
        operations.add("service-quotas", "ListServiceQuotas", self._list, "servicequotas")

    def _list(self, request: dict[str, Any], _: Call) -> dict[str, Any]:
        if request["ServiceCode"] != "sagemaker":
            raise RefusalError("NoSuchResourceException", "No such service.", 404)
        rows = [
            {
                "ServiceCode": "sagemaker",
                "QuotaCode": f"L-{number:08X}",
                "QuotaName": name,
                "Value": value,
                "Adjustable": True,
            }
            for number, (name, value) in enumerate(sorted(self.values.items()))
        ]
        begin = int(request.get("NextToken") or 0)
        end = begin + 5  # pages, as the real one has
        more = {"NextToken": str(end)} if end < len(rows) else {}
        return {"Quotas": rows[begin:end], **more}
