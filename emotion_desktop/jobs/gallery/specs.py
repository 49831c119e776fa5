"""Describes the jobs of the gallery; the functions that do them are named in jobs.table.

Light to import: the window and the command line describe jobs, and import nothing that does them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emotion_desktop.jobs import table

if TYPE_CHECKING:
    from emotion_desktop.domain.job import JobSpec
    from emotion_desktop.domain.model import ModelCard
    from emotion_desktop.domain.prediction import FacePrediction


class PredictionFormat(str, Enum):
    """What predictions are saved as."""

    TABLE = "csv"
    DETAILS = "json"
    COPIES = "copies"


@dataclass(frozen=True, slots=True)
class ClassifiedFace:
    """A face, and the model that said what it shows.

    Attributes:
        model: see Prediction.
        card: the model's, as it was then.
    """

    photo: Path
    face: FacePrediction
    model: str
    card: ModelCard


def classify_job(paths: Sequence[Path], model: Path | str, faces: str, engine: str = "") -> JobSpec:
    """Classifies photos; its Batch events carry Predictions, in order.

    The result counts photos by status.

    Args:
        paths: files and folders.
        model: its bundle, or ``rekognition``.
        faces: a value of imaging.prepare.FaceMode.
        engine: what the model runs in; empty for the bundle's own choice.
    """
    count = len(paths)
    what = paths[0].name if count == 1 else f"{count:,} files and folders"
    return table.CLASSIFY_PHOTOS.spec(_to_classify(paths, model, faces, engine), what=what)


def second_opinion_job(paths: Sequence[Path], name: str, model: str, faces: str) -> JobSpec:
    """Asks another model about photos; events and result are those of classify_job.

    Args:
        name: of the model, for people.
    """
    return table.SECOND_OPINION.spec(_to_classify(paths, model, faces), name=name)


def explain_job(classified: str, photo: Path) -> JobSpec:
    """Finds where a model looked; the result is a jobs.gallery.explain.HeatPicture.

    Args:
        classified: key of a ClassifiedFace among the process's objects.
        photo: the face is on it.
    """
    return table.EXPLAIN.spec({"classified": classified}, photo=photo.name)


def neighbours_job(classified: str, photo: Path) -> JobSpec:
    """Finds training photos like a face; the result is a jobs.gallery.neighbours.Neighbours.

    The features of all training photos on this computer are made once, and remembered.

    Args:
        classified, photo: see explain_job.
    """
    return table.NEIGHBOURS.spec({"classified": classified}, photo=photo.name)


def save_predictions_job(predictions: str, target: Path, format: PredictionFormat) -> JobSpec:
    """Saves predictions, with what people say of the faces; the result has ``target``, ``photos``.

    Args:
        predictions: key of a (predictions, corrections) pair among the process's objects.
        target: the file; for copies the folder that gets a sub-folder per emotion.
    """
    parameters = {"predictions": predictions, "target": str(target), "format": format.value}
    return table.SAVE_PREDICTIONS.spec(parameters, name=target.name)


def _to_classify(
    paths: Sequence[Path], model: Path | str, faces: str, engine: str = ""
) -> dict[str, Any]:
    return {
        "paths": [str(path) for path in paths],
        "model": str(model),
        "faces": faces,
        "engine": engine,
    }
