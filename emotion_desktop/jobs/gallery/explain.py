"""Where a model looked on a face, and which of its movements spoke for the answer."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from emotion_desktop.domain.errors import AppError
from emotion_desktop.domain.job import Batch, JobContext, JobFunction, JobSpec, Lane, Progress
from emotion_desktop.domain.prediction import FacePrediction
from emotion_desktop.jobs import table
from emotion_desktop.jobs.predicting.loaded_models import LoadedModels
from emotion_desktop.jobs.running.conversation import Answerer, Conversation

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from emotion_desktop.imaging.decode import Pixels

#: How many movements are named.
_BLENDSHAPES_NAMED: Final = 3


@dataclass(frozen=True, slots=True)
class HeatPicture:
    """Where a model looked on a face.

    Attributes:
        picture: (size, size, 3) uint8, the face with warm colours where it looked.
        way: ``gradients``, or ``covering`` for engines that have none.
        movements: those of the face that spoke loudest for the emotion, in words; none where the
            model does not listen to them.
    """

    picture: Pixels
    emotion: str
    way: str
    movements: tuple[str, ...] = ()


class Explainers:
    """Worker processes that know gradients, one per model, kept for the next face."""

    def __init__(self) -> None:
        self._open: dict[Path, Conversation] = {}

    def ask(self, model: Path, question: dict[str, Any]) -> dict[str, Any]:
        """An answer of training.explain.load_explainer.

        Raises:
            AppError: the net cannot be asked for gradients.
        """
        if model not in self._open:
            self.close()
            self._open[model] = Conversation(table.HEAT.spec({"model": str(model)}))
        return self._open[model].ask(question)

    def close(self) -> None:
        """Ends the processes."""
        for conversation in self._open.values():
            conversation.close()
        self._open.clear()


def load_explainer(*, model: str) -> Answerer:
    """Loads a net, then answers where it looked on a face, by its gradients.

    Raises:
        AppError: it cannot be loaded.
    """
    from emotion_desktop.training import explain

    return explain.load_explainer(Path(model))


def explain_job(
    room: LoadedModels, explainers: Explainers, model: Path, photo: Path, face: FacePrediction
) -> tuple[JobSpec, JobFunction]:
    """The job that finds where a model looked; its only Batch holds a HeatPicture."""

    def run(_: JobSpec, context: JobContext) -> None:
        context.emit(Progress(0, 0, "looking at the face"))
        pixels = seen_face(room, model, photo, face)
        context.check_cancelled()
        context.emit(Progress(0, 0, "asking where the model looked"))
        heat, way = _heat(room, explainers, model, pixels, face.emotion)
        from emotion_desktop.imaging.pixels import overlay_heat

        moved = _moved(room, model, photo, face)
        context.emit(Batch((HeatPicture(overlay_heat(pixels, heat), face.emotion, way, moved),)))

    spec = JobSpec(
        "explain",
        f"Where did the model look on {photo.name}?",
        Lane.CLASSIFY,
        {"photo": str(photo), "face": face.box.to_list()},
    )
    return spec, run


def seen_face(room: LoadedModels, model: Path, photo: Path, face: FacePrediction) -> Pixels:
    """The face as the net saw it.

    Raises:
        UnreadablePictureError: the photo cannot be decoded any more.
    """
    from emotion_desktop.imaging.crop import prepare
    from emotion_desktop.imaging.decode import decode
    from emotion_desktop.imaging.faces import NEEDED_SIDE

    need = room.bundle(model).card.preprocessing
    return prepare(decode(photo, at_least=NEEDED_SIDE), face.frame, need)


def _moved(room: LoadedModels, model: Path, photo: Path, face: FacePrediction) -> tuple[str, ...]:
    """The movements that spoke for the answer, in words."""
    card = room.bundle(model).card
    if card.experts is None:
        return ()
    from emotion_desktop.engines.experts import EXPERT_PREPROCESSING
    from emotion_desktop.imaging.prepare import FaceMode, prepare_faces

    _, faces = prepare_faces(photo, room.finder(), EXPERT_PREPROCESSING, FaceMode.FIND_OR_WHOLE)
    pixels = next((found.pixels for found in faces if found.box == face.box), None)
    if pixels is None:  # the photo was changed meanwhile
        return ()
    (features,) = room.experts().extract(pixels[None])
    label = card.labels.index(face.emotion)
    return tuple(card.experts.strongest_blendshapes(features.tolist(), label, _BLENDSHAPES_NAMED))


def _heat(
    room: LoadedModels, explainers: Explainers, model: Path, pixels: Pixels, emotion: str
) -> tuple[npt.NDArray[np.float64], str]:
    import numpy as np

    from emotion_desktop.engines.bundle import KERAS
    from emotion_desktop.engines.occlusion import occlusion
    from emotion_desktop.imaging.pixels import normalise_heat

    bundle = room.bundle(model)
    label = bundle.card.labels.index(emotion)
    if KERAS in bundle.files:
        question = {
            "face": pixels.shape,
            "data": base64.b64encode(pixels.tobytes()).decode(),
            "label": label,
        }
        try:
            return np.array(explainers.ask(model, question)["heat"]), "gradients"
        except AppError:
            # A net that cannot be loaded there is asked in the way that every engine knows.
            pass
    return normalise_heat(occlusion(room.classifier(model), pixels, label)), "covering"


def heat_words(heat: HeatPicture) -> str:
    """What the picture shows, in a sentence."""
    if heat.way == "gradients":
        bright = f"Bright: what spoke for {heat.emotion} (gradients of the net)."
    else:
        bright = (
            f"Bright: without these parts {heat.emotion} would be less likely (found by covering)."
        )
    if not heat.movements:
        return bright
    return f"{bright} Movements that spoke for it: {', '.join(heat.movements)}."
