"""Loading in the background what is needed soon."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from emotion_desktop.jobs.running.context import Context


def load_model(context: Context, *, model: str) -> None:
    """Loads a model and the face finder; the first photo waits behind it."""
    context.resources.models.warm_up(Path(model))


def load_library(_: Context, *, module: str) -> None:
    """Imports a library which takes long to load."""
    importlib.import_module(module)
