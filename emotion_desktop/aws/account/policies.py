"""The permissions this program needs, as policies to hand to whoever looks after the account."""

from __future__ import annotations

import json
from typing import Final

from emotion_desktop.aws.regions import partition

#: What the user must be allowed to do. Each action is one this program calls.
_ACTIONS: Final = (
    "sts:GetCallerIdentity",
    "iam:ListRoles",
    "iam:ListAttachedRolePolicies",
    "iam:ListRolePolicies",
    "servicequotas:ListServiceQuotas",
    "sagemaker:CreateTrainingJob",
    "sagemaker:DescribeTrainingJob",
    "sagemaker:ListTrainingJobs",
    "sagemaker:StopTrainingJob",
    "sagemaker:CreateModel",
    "sagemaker:DescribeModel",
    "sagemaker:DeleteModel",
    "sagemaker:ListModels",
    "sagemaker:CreateTransformJob",
    "sagemaker:DescribeTransformJob",
    "sagemaker:ListTransformJobs",
    "sagemaker:StopTransformJob",
    "sagemaker:AddTags",
    "logs:DescribeLogStreams",
    "logs:GetLogEvents",
    "rekognition:DetectFaces",
    # It is about all buckets: bound to one it allows nothing.
    "s3:ListAllMyBuckets",
)
_BUCKET_ACTIONS: Final = (
    "s3:CreateBucket",
    "s3:ListBucket",
    "s3:GetBucketLocation",
    "s3:PutBucketPublicAccessBlock",
    "s3:PutEncryptionConfiguration",
    "s3:PutLifecycleConfiguration",
    "s3:ListBucketMultipartUploads",
)
_OBJECT_ACTIONS: Final = (
    "s3:GetObject",
    "s3:PutObject",
    "s3:DeleteObject",
    "s3:AbortMultipartUpload",
    "s3:ListMultipartUploadParts",
)


def user_policy(region: str, bucket: str, role: str = "") -> str:
    """The policy for the user: nothing but what this program does.

    Args:
        role: the ARN of SageMaker's role; empty for any.
    """
    part = partition(region)
    statements: list[dict[str, object]] = [
        {"Effect": "Allow", "Action": list(_ACTIONS), "Resource": "*"},
        {
            "Effect": "Allow",
            "Action": list(_BUCKET_ACTIONS),
            "Resource": [f"arn:{part}:s3:::{bucket or '*'}"],
        },
        {
            "Effect": "Allow",
            "Action": list(_OBJECT_ACTIONS),
            "Resource": [f"arn:{part}:s3:::{bucket or '*'}/*"],
        },
        {
            "Effect": "Allow",
            "Action": "iam:PassRole",
            "Resource": role or f"arn:{part}:iam::*:role/*",
            "Condition": {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}},
        },
    ]
    return _policy(statements)


def trust_policy() -> str:
    """The trust that makes a role one SageMaker may take on."""
    return _policy(
        [
            {
                "Effect": "Allow",
                "Principal": {"Service": "sagemaker.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ]
    )


def role_policy(region: str, bucket: str) -> str:
    """What that role must be allowed: the bucket, the log, the algorithm's image."""
    part = partition(region)
    return _policy(
        [
            {
                "Effect": "Allow",
                "Action": ["s3:ListBucket", "s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
                "Resource": [
                    f"arn:{part}:s3:::{bucket or '*'}",
                    f"arn:{part}:s3:::{bucket or '*'}/*",
                ],
            },
            {
                "Effect": "Allow",
                "Action": [
                    "logs:CreateLogGroup",
                    "logs:CreateLogStream",
                    "logs:PutLogEvents",
                    "logs:DescribeLogStreams",
                    "cloudwatch:PutMetricData",
                    "ecr:GetAuthorizationToken",
                    "ecr:BatchGetImage",
                    "ecr:GetDownloadUrlForLayer",
                    "ecr:BatchCheckLayerAvailability",
                ],
                "Resource": "*",
            },
        ]
    )


def _policy(statements: list[dict[str, object]]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements}, indent=2)
