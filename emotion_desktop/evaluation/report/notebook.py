"""A notebook that repeats a comparison with the program's own package (Jupyter, nbformat 4.5)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

_HEAD = """\
# {title}

Repeats a comparison made with Emotion Desktop {version}. It needs an environment in which
`emotion_desktop` can be imported; photos that were answered before are not classified again.

Scores are on photos that none of the models was trained on. It reads expressions, not feelings."""

_SETTINGS = """\
from pathlib import Path

WORKSPACE = Path({workspace!r})
DATA = {data!r}
MODELS = {models!r}
FACES = {faces!r}"""

_RUN = """\
from emotion_desktop.jobs.comparing.specs import evaluate_job
from emotion_desktop.jobs.predicting.labelled_set import LabelledSource
from emotion_desktop.jobs.predicting.model_choice import ModelChoice
from emotion_desktop.jobs.resources import Resources
from emotion_desktop.jobs.running.context import Context
from emotion_desktop.jobs.running.execute import execute
from emotion_desktop.workspace.paths import Workspace

resources = Resources(Workspace(WORKSPACE))
models = [ModelChoice(*model) for model in MODELS]
source = LabelledSource.from_dict(DATA)
job = evaluate_job(models, source, FACES, include_trained_on={include})
comparison = execute(job, Context(lambda event: None, resources, job))"""

_WORDS = """\
from emotion_desktop.evaluation.comparison_words import describe_comparison

print(describe_comparison(comparison.scores))"""

_AGAIN = """\
# The same figures from the bare answers, by scikit-learn alone.
from sklearn.metrics import accuracy_score, recall_score

from emotion_desktop.evaluation.export import prediction_rows

rows = prediction_rows(comparison)
truth = [row["label"] for row in rows]
recomputed = {{}}
for model in comparison.scores.models:
    said = [row["answers"][model.name] for row in rows]
    named = [answer["emotion"] if answer else "none" for answer in said]
    over = model.scores.mean_recall_over
    recomputed[model.name] = (
        accuracy_score(truth, named),
        recall_score(truth, named, labels=over, average="macro") if over else None,
    )
    print(model.name, *recomputed[model.name])"""

_REPORT = """\
# The report as an HTML file beside this notebook.
from emotion_desktop.jobs.comparing.report import write_report

write_report(comparison, resources.models, Path("report.html"), source, FACES)"""


def to_notebook(
    title: str,
    *,
    version: str,
    workspace: str,
    data: dict[str, Any],
    models: Sequence[tuple[str, str]],
    faces: str,
    include_trained_on: bool,
) -> str:
    """The notebook's JSON.

    Args:
        data: the labelled set (see jobs.predicting.labelled_set.LabelledSource).
        models: name and reference of each.
    """
    settings = _SETTINGS.format(workspace=workspace, data=data, models=list(models), faces=faces)
    cells = [
        _cell("markdown", "about", _HEAD.format(title=title, version=version)),
        _cell("code", "settings", settings),
        _cell("code", "run", _RUN.format(include=include_trained_on)),
        _cell("code", "words", _WORDS),
        _cell("code", "again", _AGAIN.format()),
        _cell("code", "report", _REPORT),
    ]
    notebook = {
        "cells": cells,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def _cell(kind: str, name: str, text: str) -> dict[str, Any]:
    cell: dict[str, Any] = {
        "cell_type": kind,
        "id": name,
        "metadata": {},
        "source": text.splitlines(keepends=True),
    }
    return cell if kind == "markdown" else {**cell, "execution_count": None, "outputs": []}
