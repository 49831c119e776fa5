"""The verb “dataset audit”: looks at every photo and says what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emotion_desktop.dataset.audit.audit import audit

if TYPE_CHECKING:
    from emotion_desktop.jobs.running.context import Context


def audit_photos(context: Context) -> dict[str, Any]:
    """Looks at every photo of the data set and says what is wrong."""
    with context.workspace.open_catalogue() as catalogue:
        return {"cards": [card.to_dict() for card in audit(catalogue, context)]}
