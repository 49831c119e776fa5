"""What the user agreed to send to a service: once for the workspace, and then batch by batch.

Approved is a number of photos. Every photo sent takes one away, whoever sends it and whenever: a
batch that was interrupted goes on within what was approved, and nothing beyond it is ever sent.
"""

from __future__ import annotations

import time

from emotion_desktop.workspace.catalogue.catalogue import Catalogue


class Consents:
    """The consents of a workspace."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def agreed_at(self, service: str) -> float | None:
        """When the user agreed, seconds since the epoch; None if he did not, or took it back."""
        with self._catalogue.reading() as connection:
            row = connection.execute(
                "SELECT given FROM consents WHERE service = ?", (service,)
            ).fetchone()
        return None if row is None else float(row["given"])

    def approve(self, service: str, photos: int) -> None:
        """The user agrees that so many photos be sent, and with the first batch to sending any."""
        with self._catalogue.writing() as connection:
            connection.execute(
                "INSERT INTO consents VALUES (?, ?, ?) "
                "ON CONFLICT (service) DO UPDATE SET approved = excluded.approved",
                (service, time.time(), photos),
            )

    def use_one(self, service: str) -> bool:
        """Takes one photo of those that may be sent; False if there is none."""
        with self._catalogue.writing() as connection:
            cursor = connection.execute(
                "UPDATE consents SET approved = approved - 1 WHERE service = ? AND approved > 0",
                (service,),
            )
            return cursor.rowcount == 1

    def withdraw(self, service: str) -> bool:
        """Nothing more is sent until the user agrees again; False if nothing was agreed to."""
        with self._catalogue.writing() as connection:
            cursor = connection.execute("DELETE FROM consents WHERE service = ?", (service,))
            return cursor.rowcount == 1
