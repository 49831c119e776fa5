"""Describes the jobs that score models and look for label issues; jobs.table names their functions.

Light to import: the window and the command line describe jobs, and import nothing that does them.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from emotion_desktop.jobs import table

if TYPE_CHECKING:
    from emotion_desktop.domain.job import JobSpec
    from emotion_desktop.jobs.predicting.labelled_set import LabelledSource
    from emotion_desktop.jobs.predicting.model_choice import ModelChoice


def labelled_sources_job() -> JobSpec:
    """Looks for what a workspace offers; the result lists ``LabelledSource.to_dict()``: sealed
    tests first, then the other parts of splits, then all photos."""
    return table.LABELLED_SOURCES.spec()


def evaluate_job(
    models: Sequence[ModelChoice],
    data: LabelledSource,
    faces: str,
    *,
    include_trained_on: bool = False,
) -> JobSpec:
    """Scores one model, or compares several; the result is an evaluation.comparison.Comparison.

    Args:
        data: the labelled photos.
        faces: a value of imaging.prepare.FaceMode.
        include_trained_on: also score photos a model was trained on, which flatters it.
    """
    parameters = {
        "models": _pairs(models),
        "data": data.to_dict(),
        "faces": faces,
        "include_trained_on": include_trained_on,
    }
    what = "Evaluate" if len(models) == 1 else f"Compare {len(models)} models"
    return table.EVALUATE.spec(parameters, what=what, set=data.title)


def label_issues_job(models: Sequence[ModelChoice], data: LabelledSource) -> JobSpec:
    """Ranks labels by how far they are doubted; the result is a domain.labels.LabelIssues.

    Every photo is judged by a small model of general features that was trained on the other
    persons' photos, and by those of the models that were not trained on it.

    Args:
        models: to be asked as well; may be empty.
    """
    parameters = {"models": _pairs(models), "data": data.to_dict()}
    return table.LABEL_ISSUES.spec(parameters, set=data.title)


def decide_job(photo: Path, emotion: str) -> JobSpec:
    """The user vouches for a photo's emotion, the one it had or another; the result is that of
    relabel_job."""
    return table.DECIDE.spec({"photo": str(photo), "emotion": emotion}, photos="1 photo")


def decisions_job(photos: Sequence[Path]) -> JobSpec:
    """Looks up what the user has labelled photos as by now; the result is ``[[path, emotion],
    …]``."""
    return table.DECISIONS.spec({"photos": [str(photo) for photo in photos]})


def report_job(
    evaluation: str,
    target: Path,
    source: LabelledSource,
    faces: str,
    *,
    include_trained_on: bool = False,
) -> JobSpec:
    """Writes a comparison to a file; what kind of file its name says. The result is its path.

    Args:
        evaluation: id of the job that made the comparison, one of this process's latest.
        source: the labelled set it was made on.
    """
    parameters = {
        "evaluation": evaluation,
        "target": str(target),
        "source": source.to_dict(),
        "faces": faces,
        "include_trained_on": include_trained_on,
    }
    return table.REPORT.spec(parameters, name=target.name)


def _pairs(models: Sequence[ModelChoice]) -> list[list[str]]:
    return [[model.name, model.reference] for model in models]
