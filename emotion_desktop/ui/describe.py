"""Sentences about predictions, the same in every part of the window."""

from __future__ import annotations

from emotion_desktop.domain.prediction import FacePrediction, PhotoStatus, Prediction
from emotion_desktop.workspace.model_store import TITLES

NOT_FEELINGS = "Reads expressions, not feelings."


def percent(value: float) -> str:
    """A whole percentage; neither 0 nor 100 % is claimed where it is not quite so."""
    whole = round(value * 100)
    if whole == 0 and value > 0:
        return "<1 %"
    if whole == 100 and value < 1:
        return ">99 %"
    return f"{whole} %"


def model_title(reference: str) -> str:
    """A model's name for people."""
    return TITLES.get(reference, reference)


def headline(face: FacePrediction) -> str:
    """The answer in a few words."""
    if face.outranked_by is not None:
        return f"{face.outranked_by.capitalize()}, none of the emotions; next {face.emotion}"
    (first, _), (second, _) = face.ranking[:2]
    if face.sure:
        return first.capitalize()
    return f"Probably {first}, maybe {second}"


def how_sure(face: FacePrediction) -> str:
    """What the confidence means."""
    if not face.calibrated:
        return "This confidence is the model's own: how often it is right is not known."
    right = round(face.confidence * 100)
    count = "nearly all" if right >= 99 else f"about {right}"
    return f"Of 100 faces the model is this sure of, {count} are right."


def describe(
    result: Prediction, face: FacePrediction | None, name: str, correction: str | None = None
) -> str:
    """A tile in one sentence, for screen readers.

    Args:
        correction: what a person says of the face.
    """
    if result.status is PhotoStatus.UNREADABLE:
        return f"{name}: could not be read. {result.error}"
    if face is None:
        return f"{name}: no face found"
    parts = ", ".join(f"{emotion} {percent(p)}" for emotion, p in face.ranking[:3])
    by_hand = f"{correction} by hand, the model says " if correction else ""
    return f"{name}: {by_hand}{headline(face)} ({parts})"


def sentence(text: str) -> str:
    """With a capital at its beginning; names in it stay as they are."""
    return text[:1].upper() + text[1:]


def duration(seconds: float) -> str:
    """A time left, as coarse as it is certain."""
    if seconds < 1:
        return "a moment"
    if seconds < 90:
        return f"{round(seconds)} s"
    if seconds < 5400:
        return f"{round(seconds / 60)} min"
    return f"{seconds / 3600:.1f} h"
