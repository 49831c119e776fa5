"""The bucket that photos and models go through: chosen or made, private, encrypted, in place."""

from __future__ import annotations

from typing import Any, Final

from emotion_desktop.aws.errors import as_cloud_errors
from emotion_desktop.aws.session import AwsSession
from emotion_desktop.domain.errors import CloudError, Remedy

#: Everything this program puts into a bucket lies under this.
PREFIX: Final = "emotion-desktop"
#: Uploads that were never ended are given up by S3 itself after so many days.
_UNFINISHED_DAYS: Final = 7


def suggested_name(account: str, region: str) -> str:
    """A name nobody else has: it holds the account's number.

    And “sagemaker”: the role that SageMaker's console makes may read such buckets alone.
    """
    return f"sagemaker-emotion-desktop-{account}-{region}"


def bucket_names(session: AwsSession) -> list[str]:
    """The account's buckets, sorted.

    Raises:
        CloudError: they may not be listed.
    """
    with as_cloud_errors("listing the buckets"):
        response = session.client("s3").list_buckets()
    return sorted(item["Name"] for item in response.get("Buckets", ()))


def check_bucket(session: AwsSession, name: str, account: str) -> str:
    """Checks that a bucket is there, ours, and in the region of the jobs, which is returned.

    Raises:
        CloudError: it is not.
    """
    region = bucket_region(session, name, account)
    if region != session.region:
        raise CloudError(
            f"The bucket {name} is in {region}, and your jobs run in {session.region}.",
            "Choose a bucket in that region, or let one be made there.",
            Remedy.CHOOSE_BUCKET,
        )
    return region


def bucket_region(session: AwsSession, name: str, account: str) -> str:
    """The region of a bucket of ours.

    Raises:
        CloudError: it is not there, or not ours.
    """
    client = session.client("s3")
    try:
        with as_cloud_errors(f"looking at the bucket {name}"):
            head = client.head_bucket(Bucket=name, ExpectedBucketOwner=account)
    except CloudError as error:
        if error.code in ("404", "NoSuchBucket"):
            raise CloudError(
                f"There is no bucket {name}.",
                "Choose one that is there, or let one be made.",
                Remedy.CHOOSE_BUCKET,
                "NoSuchBucket",
            ) from None
        if error.code == "403":
            raise CloudError(
                f"The bucket {name} is not yours, or you may not look at it.",
                "Choose another one, or let one be made.",
                Remedy.CHOOSE_BUCKET,
                error.code,
            ) from None
        raise
    # What head_bucket says of the region is a header; older answers lack it.
    found = head.get("BucketRegion")
    if not found:
        with as_cloud_errors(f"looking at the bucket {name}"):
            location = client.get_bucket_location(Bucket=name, ExpectedBucketOwner=account)
        found = location.get("LocationConstraint") or "us-east-1"
    return str(found)


def make_bucket(session: AwsSession, name: str, account: str) -> None:
    """Makes a private, encrypted bucket in the region of the jobs; one that is there is checked.

    Raises:
        CloudError: it cannot be made, or is there and does not fit.
    """
    client = session.client("s3")
    more: dict[str, Any] = {}
    if session.region != "us-east-1":  # which may not be named
        more["CreateBucketConfiguration"] = {"LocationConstraint": session.region}
    try:
        with as_cloud_errors(f"making the bucket {name}"):
            client.create_bucket(Bucket=name, **more)
    except CloudError as error:
        if error.code != "BucketAlreadyOwnedByYou":
            raise
    check_bucket(session, name, account)
    own = {"Bucket": name, "ExpectedBucketOwner": account}
    with as_cloud_errors(f"making the bucket {name} private"):
        client.put_public_access_block(
            **own,
            PublicAccessBlockConfiguration={
                "BlockPublicAcls": True,
                "IgnorePublicAcls": True,
                "BlockPublicPolicy": True,
                "RestrictPublicBuckets": True,
            },
        )
        client.put_bucket_encryption(
            **own,
            ServerSideEncryptionConfiguration={
                "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
            },
        )
        client.put_bucket_lifecycle_configuration(
            **own,
            LifecycleConfiguration={
                "Rules": [
                    {
                        "ID": "give up unfinished uploads",
                        "Status": "Enabled",
                        "Filter": {"Prefix": f"{PREFIX}/"},
                        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": _UNFINISHED_DAYS},
                    }
                ]
            },
        )
