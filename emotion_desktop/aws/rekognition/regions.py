"""Where Amazon Rekognition is: half of the regions have it."""

from __future__ import annotations

from emotion_desktop.domain.errors import CloudError, Remedy


def check_region(region: str) -> None:
    """Refuses a region without Rekognition, by the list that comes with boto3.

    Raises:
        CloudError: it has none; boto3 would find no such address, as if the network were down.
    """
    import boto3

    session = boto3.session.Session()
    partitions = session.get_available_partitions()
    known = {r for p in partitions for r in session.get_available_regions("rekognition", p)}
    if region not in known:
        raise CloudError(
            f"Amazon Rekognition is not in the region {region}.",
            "Choose one that has it, such as us-east-1 or eu-west-1, in the account panel or with "
            "“aws use --region …”. The photos then go there.",
            Remedy.CHOOSE_REGION,
        )
