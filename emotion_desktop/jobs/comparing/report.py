"""Writing a comparison down: HTML, Markdown, a notebook, or bare figures."""

from __future__ import annotations

import json
import platform
import time
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from emotion_desktop import __version__
from emotion_desktop.domain.errors import AppError, UsageError
from emotion_desktop.engines.table import ENGINES
from emotion_desktop.jobs.predicting.labelled_set import LabelledSource
from emotion_desktop.jobs.predicting.loaded_models import LoadedModels
from emotion_desktop.workspace.files.atomic import write_atomically

if TYPE_CHECKING:
    from emotion_desktop.domain.comparison import ModelScores
    from emotion_desktop.domain.model import ModelCard
    from emotion_desktop.evaluation.comparison import Comparison
    from emotion_desktop.jobs.running.context import Context

_PACKAGES: Final = (
    *("numpy", "opencv-python-headless", "boto3"),
    *(engine.package for engine in ENGINES.values()),
)
_FACES: Final = {
    "find": "cut out where the face finder found them.",
    "find-or-whole": "cut out where the face finder found them; the whole photo where it did not.",
    "whole": "every photo was taken as a face.",
}
#: What the file's name may end in.
FORMATS: Final = (".html", ".md", ".json", ".ipynb")


def report(
    context: Context,
    *,
    evaluation: str,
    target: str,
    source: Mapping[str, Any],
    faces: str,
    include_trained_on: bool,
) -> str:
    """Writes a comparison of models to a file: HTML, Markdown, a notebook, or bare figures."""
    write_report(
        context.resources.objects.get(evaluation),
        context.resources.models,
        Path(target),
        LabelledSource.from_dict(source),
        faces,
        workspace=context.workspace.root,
        include_trained_on=include_trained_on,
    )
    return target


def write_report(
    comparison: Comparison,
    loaded: LoadedModels,
    target: Path,
    source: LabelledSource,
    faces: str,
    *,
    workspace: Path = Path(),
    include_trained_on: bool = False,
) -> None:
    """Writes a comparison to a file.

    Raises:
        UsageError: its name ends in none of FORMATS.
        AppError: it cannot be written.
    """
    check_format(target)
    suffix = target.suffix.casefold()
    if suffix == ".json":
        from emotion_desktop.evaluation.export import prediction_rows

        figures = {**comparison.scores.to_dict(), "answers": prediction_rows(comparison)}
        text = json.dumps(figures, indent=1) + "\n"
    elif suffix == ".ipynb":
        text = _notebook(comparison, source, faces, workspace, include_trained_on)
    else:
        text = _document(comparison, loaded, faces, suffix)
    write_atomically(target, text.encode("utf-8", "surrogateescape"))


def check_format(target: Path) -> None:
    """Finds out before any work whether a report of this name can be written.

    Raises:
        UsageError: its name ends in none of FORMATS.
    """
    if target.suffix.casefold() not in FORMATS:
        raise UsageError(
            f"{target.name} is no kind of report.", f"End its name in {', '.join(FORMATS)}."
        )


def _document(comparison: Comparison, loaded: LoadedModels, faces: str, suffix: str) -> str:
    from emotion_desktop.evaluation.report.background import Background
    from emotion_desktop.evaluation.report.compose import compose
    from emotion_desktop.evaluation.report.html import to_html
    from emotion_desktop.evaluation.report.markdown import to_markdown

    scores = comparison.scores
    cards = {m.name: card for m in scores.models if (card := _card(loaded, m)) is not None}
    background = Background(
        created=time.strftime("%Y-%m-%d %H:%M"),
        program=f"Emotion Desktop {__version__}",
        versions=_versions(),
        faces=_FACES[faces],
        cards=cards,
    )
    document = compose(comparison, background)
    return to_html(document) if suffix == ".html" else to_markdown(document)


def _card(loaded: LoadedModels, model: ModelScores) -> ModelCard | None:
    try:
        return loaded.bundle(Path(model.reference)).card
    except AppError:  # removed since, or not a bundle at all
        return None


def _notebook(
    comparison: Comparison,
    source: LabelledSource,
    faces: str,
    workspace: Path,
    include_trained_on: bool,
) -> str:
    from emotion_desktop.evaluation.report.notebook import to_notebook

    names = [model.name for model in comparison.scores.models]
    return to_notebook(
        f"{' · '.join(names)} on {comparison.scores.data}",
        version=__version__,
        workspace=str(workspace),
        data=source.to_dict(),
        models=[(model.name, model.reference) for model in comparison.scores.models],
        faces=faces,
        include_trained_on=include_trained_on,
    )


def _versions() -> dict[str, str]:
    found = {package: _version(package) for package in _PACKAGES}
    return {"Python": platform.python_version(), **{p: v for p, v in found.items() if v}}


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:  # not on every platform
        return ""
