"""Where in S3 the photos are that were fetched from there."""

from __future__ import annotations

from pathlib import Path

from emotion_desktop.workspace.catalogue.catalogue import Catalogue
from emotion_desktop.workspace.catalogue.places import from_stored


def places_in_s3(catalogue: Catalogue) -> dict[Path, tuple[str, str]]:
    """Bucket and key by the photo's path here, for photos whose source is a prefix of S3."""
    with catalogue.reading() as connection:
        rows = connection.execute(
            "SELECT p.path, s.location FROM photos p JOIN sources s ON s.id = p.source "
            "WHERE s.kind = 's3' AND p.ready"
        ).fetchall()
    found = {}
    for row in rows:
        bucket, _, prefix = row["location"].decode().removeprefix("s3://").partition("/")
        path = from_stored(row["path"], catalogue.root)
        # The workspace's own folder of a source is two levels below: photos/NAME.
        inside = path.relative_to(catalogue.root).parts[2:]
        key = "/".join([*([prefix.strip("/")] if prefix else []), *inside])
        found[path] = (bucket, key)
    return found
