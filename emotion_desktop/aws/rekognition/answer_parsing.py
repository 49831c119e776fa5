"""What DetectFaces answers, as it is kept and as the program shows it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from emotion_desktop.aws.rekognition.request import Request
from emotion_desktop.domain.geometry import Box, Frame
from emotion_desktop.domain.prediction import FacePrediction, PhotoStatus, Prediction
from emotion_desktop.domain.rekognition import REFERENCE, map_emotions


def to_stored(response: Mapping[str, Any], request: Request) -> dict[str, Any]:
    """The part of a response that is kept: boxes in the photo's pixels, and all emotions.

    Raises:
        ValueError: the response does not have the form that is documented.
    """
    try:
        faces = []
        for face in response["FaceDetails"]:
            place = face["BoundingBox"]
            box = request.box(*(float(place[name]) for name in ("Left", "Top", "Width", "Height")))
            emotions = {str(e["Type"]): float(e["Confidence"]) for e in face["Emotions"]}
            faces.append({"box": box.to_list(), "emotions": emotions})
    except (KeyError, TypeError) as error:
        raise ValueError(f"not an answer of DetectFaces ({error})") from None
    return {"faces": faces, "size": list(request.size)}


def refused(message: str) -> dict[str, Any]:
    """What is kept of a photo that the service will not take: it is not asked about again."""
    return {"refused": message}


def to_prediction(
    kept: Mapping[str, Any], path: str, digest: bytes, mapping: Mapping[str, str | None]
) -> Prediction:
    """A kept answer for the program: faces largest first, with the service's own confidence."""
    if "refused" in kept:
        return Prediction(
            path, PhotoStatus.UNREADABLE, error=kept["refused"], digest=digest, model=REFERENCE
        )
    faces = []
    for face in kept["faces"]:
        box = Box(*face["box"])
        ours, other = map_emotions(face["emotions"], mapping)
        frame = Frame(box.x + box.width / 2, box.y + box.height / 2, box.width, box.height)
        faces.append(FacePrediction(box, frame, ours, calibrated=False, other=other))
    faces.sort(key=lambda face: -face.box.width * face.box.height)
    width, height = kept["size"]
    status = PhotoStatus.OK if faces else PhotoStatus.NO_FACE
    return Prediction(
        path, status, tuple(faces), size=(width, height), digest=digest, model=REFERENCE
    )
