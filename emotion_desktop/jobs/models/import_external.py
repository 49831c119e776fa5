"""Models in files of Keras, TensorFlow, LiteRT or ONNX: looked into, tried on photos, converted."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emotion_desktop.domain.external_model import ExternalModelOptions
from emotion_desktop.domain.files.model_files import external_name
from emotion_desktop.training.external.external_model import (
    describe_external,
    import_external,
    try_external,
)

if TYPE_CHECKING:
    from emotion_desktop.jobs.running.context import Context


def describe(context: Context, *, source: str) -> dict[str, Any]:
    """Says what a model's files say."""
    return describe_external(Path(source), context)


def try_on_photos(context: Context, *, source: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """Tries a model on labelled photos with every scaling that can be meant."""
    described = ExternalModelOptions.from_dict(options)
    return try_external(Path(source), described, context.workspace, context)


def convert(context: Context, *, source: str, name: str | None, options: Mapping[str, Any]) -> str:
    """Converts a model and takes it into the store; returns the name it got."""
    store = context.resources.store
    chosen = name or store.free_name(external_name(Path(source)))
    described = ExternalModelOptions.from_dict(options)
    import_external(Path(source), described, store.path_for(chosen), context.workspace, context)
    return chosen
