"""Where SageMaker's images are, by region: image classification and the TensorFlow container."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from emotion_desktop.domain.errors import CloudError, Remedy

#: The account that holds the image of image classification.
#:
#: From AWS's documentation ("Docker registry paths and example code for built-in algorithms").
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

#: AWS's TensorFlow container: its version, and the Python in it.
TENSORFLOW: Final = "2.21.0"
CONTAINER_PYTHON: Final = "py312"
#: The account that holds AWS's deep learning containers.
#:
#: From the public list of SageMaker's Python SDK, image_uri_config/tensorflow.json, training 2.21.0
#: (sagemaker-core 2.27.0, file of 2026-10-21), without the isolated regions and AWS's European
#: Sovereign Cloud. The image itself has been there since 2026-07-10, and is patched until
#: 2027-07-10 (aws/deep-learning-containers, docs/src/data/tensorflow-training).
CONTAINER_ACCOUNTS: Final[Mapping[str, str]] = {
    "af-south-1": "626614931356",
    "ap-east-1": "871362719292",
    "ap-east-2": "975050140332",
    "ap-northeast-1": "763104351884",
    "ap-northeast-2": "763104351884",
    "ap-northeast-3": "364406365360",
    "ap-south-1": "763104351884",
    "ap-south-2": "772153158452",
    "ap-southeast-1": "763104351884",
    "ap-southeast-2": "763104351884",
    "ap-southeast-3": "907027046896",
    "ap-southeast-4": "457447274322",
    "ap-southeast-5": "550225433462",
    "ap-southeast-6": "633930458069",
    "ap-southeast-7": "590183813437",
    "ca-central-1": "763104351884",
    "ca-west-1": "204538143572",
    "cn-north-1": "727897471807",
    "cn-northwest-1": "727897471807",
    "eu-central-1": "763104351884",
    "eu-central-2": "380420809688",
    "eu-north-1": "763104351884",
    "eu-south-1": "692866216735",
    "eu-south-2": "503227376785",
    "eu-west-1": "763104351884",
    "eu-west-2": "763104351884",
    "eu-west-3": "763104351884",
    "il-central-1": "780543022126",
    "me-central-1": "914824155844",
    "me-south-1": "217643126080",
    "me-west-1": "124382933778",
    "mx-central-1": "637423239942",
    "sa-east-1": "763104351884",
    "us-east-1": "763104351884",
    "us-east-2": "763104351884",
    "us-gov-east-1": "446045086412",
    "us-gov-west-1": "442386744353",
    "us-west-1": "763104351884",
    "us-west-2": "763104351884",
}
#: Where SageMaker trains, by one or the other.
REGIONS: Final = tuple(sorted({*ACCOUNTS, *CONTAINER_ACCOUNTS}))


def check_region(region: str) -> str:
    """The region itself, if SageMaker is known to train there.

    Raises:
        CloudError: it is not.
    """
    if region not in REGIONS:
        raise CloudError(
            f"SageMaker is not known to train in the region {region}.",
            "Choose another region.",
            Remedy.CHOOSE_REGION,
        )
    return region


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
    return f"{account}.dkr.ecr.{region}.{_domain(region)}/image-classification:1"


def container_uri(region: str, *, gpu: bool) -> str:
    """The address of AWS's TensorFlow container for trainings.

    Raises:
        CloudError: it is not known to be in that region.
    """
    account = CONTAINER_ACCOUNTS.get(region)
    if account is None:
        raise CloudError(
            f"AWS's TensorFlow container is not known in the region {region}.",
            "Choose another region.",
            Remedy.CHOOSE_REGION,
        )
    tag = f"{TENSORFLOW}-{'gpu' if gpu else 'cpu'}-{CONTAINER_PYTHON}"
    return f"{account}.dkr.ecr.{region}.{_domain(region)}/tensorflow-training:{tag}"


def _domain(region: str) -> str:
    return "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"


def partition(region: str) -> str:
    """The part of AWS a region belongs to, as ARNs name it."""
    if region.startswith("cn-"):
        return "aws-cn"
    return "aws-us-gov" if region.startswith("us-gov-") else "aws"
