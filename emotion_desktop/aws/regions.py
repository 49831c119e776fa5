"""Where SageMaker's image classification is, by region.

From AWS's documentation ("Docker registry paths and example code for built-in algorithms").
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from emotion_desktop.domain.errors import CloudError, Remedy

#: The account that holds the algorithm's image.
ACCOUNTS: Final[Mapping[str, str]] = {
    "af-south-1": "455444449433",
    "ap-east-1": "286214385809",
    "ap-northeast-1": "501404015308",
    "ap-northeast-2": "306986355934",
    "ap-northeast-3": "867004704886",
    "ap-south-1": "991648021394",
    "ap-south-2": "628508329040",
    "ap-southeast-1": "475088953585",
    "ap-southeast-2": "544295431143",
    "ap-southeast-3": "951798379941",
    "ap-southeast-4": "106583098589",
    "ca-central-1": "469771592824",
    "ca-west-1": "190319476487",
    "cn-north-1": "390948362332",
    "cn-northwest-1": "387376663083",
    "eu-central-1": "813361260812",
    "eu-central-2": "680994064768",
    "eu-north-1": "669576153137",
    "eu-south-1": "257386234256",
    "eu-south-2": "104374241257",
    "eu-west-1": "685385470294",
    "eu-west-2": "644912444149",
    "eu-west-3": "749696950732",
    "il-central-1": "898809789911",
    "me-central-1": "272398656194",
    "me-south-1": "249704162688",
    "sa-east-1": "855470959533",
    "us-east-1": "811284229777",
    "us-east-2": "825641698319",
    "us-gov-east-1": "237065988967",
    "us-gov-west-1": "226302683700",
    "us-west-1": "632365934929",
    "us-west-2": "433757028032",
}


def image_uri(region: str) -> str:
    """The address of the algorithm's image.

    Raises:
        CloudError: SageMaker's image classification is not known to be in that region.
    """
    account = ACCOUNTS.get(region)
    if account is None:
        raise CloudError(
            f"SageMaker's image classification is not known in the region {region}.",
            "Choose another region.",
            Remedy.CHOOSE_REGION,
        )
    ending = ".cn" if region.startswith("cn-") else ""
    return f"{account}.dkr.ecr.{region}.amazonaws.com{ending}/image-classification:1"


def partition(region: str) -> str:
    """The part of AWS a region belongs to, as ARNs name it."""
    if region.startswith("cn-"):
        return "aws-cn"
    return "aws-us-gov" if region.startswith("us-gov-") else "aws"
