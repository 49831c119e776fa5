"""Texts of the training page about runs, splits and costs."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from emotion_desktop.domain.run import Run, RunState
from emotion_desktop.domain.text import counted
from emotion_desktop.jobs.training.run_progress import RunProgress
from emotion_desktop.training.recipe.options import OPTIONS, differences, value_words
from emotion_desktop.training.recipe.presets import RECIPES
from emotion_desktop.training.recipe.recipe import Recipe
from emotion_desktop.ui.describe import duration, percent, sentence

STATES = {
    RunState.QUEUED: "Waiting for its turn",
    RunState.RUNNING: "Training",
    RunState.PAUSED: "Paused",
    RunState.INTERRUPTED: "Interrupted",
    RunState.SUCCEEDED: "Done",
    RunState.FAILED: "Failed",
    RunState.CANCELLED: "Cancelled",
}


def when(run: Run) -> str:
    """When a run was begun."""
    return time.strftime("%d %b %Y, %H:%M", time.localtime(run.created))


def line(live: RunProgress) -> str:
    """A run in a few words, for the list."""
    run = live.run
    words = STATES[run.state]
    if run.state is RunState.SUCCEEDED:
        words = score(run.scores)
    elif run.state is RunState.RUNNING and live.epochs:
        total = live.began.epochs if live.began else "?"
        words = f"Epoch {len(live.epochs)} of {total} done"
    elif live.epochs:
        words = f"{words} after {counted(len(live.epochs), 'epoch')}"
    return words


def score(scores: Mapping[str, Any] | None) -> str:
    """The balanced score with its interval."""
    if not scores or scores.get("mean_recall") is None:
        return "Done; too few photos to judge"
    low, high = scores["mean_recall_interval"]
    return f"Mean recall {percent(scores['mean_recall'])} ({percent(low)} – {percent(high)})"


def state_sentence(live: RunProgress, left: str) -> str:
    """What a run is doing, or how it ended."""
    run = live.run
    if run.state is RunState.RUNNING:
        stage = sentence(live.progress.text) if live.progress else "Starting"
        return " · ".join(part for part in (live.asked or stage, left) if part)
    if run.state is RunState.SUCCEEDED:
        done = f"Done in {duration(run.seconds)} of training"
        return f"{done}. {run.message}".strip() if run.message else f"{done}."
    if run.state is RunState.QUEUED:
        return "Waiting for its turn: one training runs at a time."
    words = f"{run.message or STATES[run.state]} {run.hint}".strip()
    if live.can_go_on:
        way = f"go on from epoch {len(live.epochs) + 1}" if live.epochs else "begin again"
        return f"{words} It can {way}."
    return words


def recipe_words(run: Run) -> str:
    """The preset, and what was changed in it."""
    recorded = run.parameters["recipe"]
    preset, recipe = RECIPES.get(recorded["name"]), recipe_of(run)
    changes: list[str] = []
    if preset is not None and recipe is not None:
        changes = [
            f"{OPTIONS[key].title.lower()} {value_words(OPTIONS[key], value)}"
            for key, (_, value) in differences(preset, recipe).items()
        ]
    return f"Recipe {recorded['title']}{', but ' if changes else ''}{', '.join(changes)}"


def recipe_of(run: Run) -> Recipe | None:
    """What a run was trained with; None if another version of this program wrote it down."""
    try:
        return Recipe.from_dict(run.parameters["recipe"])
    except ValueError:
        return None


def log_lines(live: RunProgress) -> list[str]:
    """The log of a run, with a line of figures for each epoch, in order."""
    known = len(live.epochs)
    return [
        line if isinstance(line, str) else _epoch_line(line, live.epochs[line - 1])
        for line in live.log
        if isinstance(line, str) or line <= known
    ]


def _epoch_line(number: int, figures: Mapping[str, Any]) -> str:
    parts = [f"loss {figures['loss']:.3f}"]
    for key, name in (("mean_recall", "mean recall"), ("accuracy", "accuracy")):
        if figures.get(key) is not None:
            parts.append(f"{name} {100 * figures[key]:.1f} %")
    if "seconds" in figures:
        parts.append(duration(figures["seconds"]))
    return f"Epoch {number}: {', '.join(parts)}"


def photos_of(report: Mapping[str, Any]) -> str:
    """The parts of a split in a sentence."""
    parts = report.get("parts", {})
    if not parts:
        return ""
    training, validation, test = (parts[name] for name in ("training", "validation", "test"))
    return (
        f"{training['photos']:,} photos of {training['persons']:,} people to learn from, "
        f"{validation['photos']:,} to choose the best epoch by, "
        f"{test['photos']:,} sealed for the score."
    )


def expected(seconds: float | None, measured: bool) -> str:
    """How long a training will take."""
    if seconds is None:
        return "Not known yet: these photos were not counted"
    tail = "" if measured else ", a guess until this computer has trained such a net"
    return f"About {duration(max(seconds, 60))}{tail}"
