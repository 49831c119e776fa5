"""Finding the model of a run that was written before the run's end was written down."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from emotion_desktop.domain.errors import AppError
from emotion_desktop.domain.files.model_files import MODEL_SUFFIX

_ADOPTED: Final = (
    "The model of this run was finished before the program ended: it is taken as it is."
)


def finished_model(run: str, folder: Path) -> dict[str, Any] | None:
    """What a training of this run returned, had it come so far; None where there is no model of it.

    Args:
        folder: where its model was to be written, perhaps under another name than was wanted.
    """
    from emotion_desktop.engines.bundle import read_bundle
    from emotion_desktop.training.summary import describe_model

    for path in sorted(folder.glob(f"*{MODEL_SUFFIX}")):
        try:
            bundle = read_bundle(path)
            scores = bundle.card.scores
            if bundle.card.provenance.recipe.get("run") != run or scores is None:
                continue
            for name in bundle.files:  # all of it is there
                bundle.read(name)
        except AppError:  # another one, and damaged
            continue
        return {
            "model": str(path),
            "scores": scores.to_dict(),
            "summary": describe_model(bundle.card),
            "warning": _ADOPTED,
        }
    return None
