"""The verb “dataset why”: trains the notebooks' way and the honest one, side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emotion_desktop.training import leak_demo

if TYPE_CHECKING:
    from emotion_desktop.jobs.running.context import Context


def compare_ways(context: Context, *, seed: int, photos: int, epochs: int) -> dict[str, Any]:
    """Trains on photos synthesised before splitting, and after it: what each report is worth."""
    return leak_demo.compare_procedures(context, context.workspace, seed, photos, epochs)
