"""The sections of a report, in order."""

from __future__ import annotations

from emotion_desktop.evaluation.comparison import Comparison
from emotion_desktop.evaluation.report.background import (
    Background,
    about_models_section,
    data_section,
    limits_section,
    procedure_section,
)
from emotion_desktop.evaluation.report.details import (
    calibration_section,
    emotions_section,
    groups_sections,
    mistakes_section,
)
from emotion_desktop.evaluation.report.document import Document
from emotion_desktop.evaluation.report.summary import models_section, result_section


def compose(comparison: Comparison, background: Background) -> Document:
    """The report. It holds neither photos nor paths: it can be handed on."""
    scores = comparison.scores
    names = " · ".join(model.name for model in scores.models)
    return Document(
        title=f"{names} on {scores.data}",
        subtitle=f"{background.created}, {background.program}",
        sections=(
            result_section(scores),
            models_section(scores),
            emotions_section(scores),
            mistakes_section(comparison),
            calibration_section(scores),
            *groups_sections(scores),
            data_section(comparison),
            procedure_section(scores, background),
            about_models_section(scores, background),
            limits_section(scores, background),
        ),
        footer="It reads expressions, not feelings. This file asks nothing of the network.",
    )
