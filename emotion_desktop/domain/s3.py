"""Addresses in Amazon S3, as they are written: ``s3://bucket/prefix``."""

from __future__ import annotations

from typing import Final

S3_SCHEME: Final = "s3://"


def is_s3_address(text: str) -> bool:
    """Whether a text is an address in S3, not a path on this computer."""
    return text.startswith(S3_SCHEME)
