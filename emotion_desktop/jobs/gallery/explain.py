"""Where a model looked on a face, and which of its movements spoke for the prediction."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from emotion_desktop.domain.errors import AppError, UsageError
from emotion_desktop.domain.job import Batch, JobContext, JobFunction, JobSpec, Lane, Progress
from emotion_desktop.domain.prediction import FacePrediction
from emotion_desktop.jobs import table
from emotion_desktop.jobs.predicting.loaded_models import LoadedModels
from emotion_desktop.jobs.running.conversation import Answerer, Conversation

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from emotion_desktop.domain.model import ModelCard
    from emotion_desktop.engines.bundle import Bundle
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


def bundle_of(loaded: LoadedModels, classified: ClassifiedFace) -> Bundle:
    """The model that classified a face.

    Raises:
        BundleError: it is not there any more.
        UsageError: another one has taken its place.
    """
    bundle = loaded.bundle(Path(classified.model))
    if bundle.card != classified.card:
        raise UsageError(
            f"“{bundle.path.stem}” is another model now than the one that classified this face.",
            "Classify the photo again, then ask.",
        )
    return bundle


class Explainers:
    """Worker processes that know gradients, one per model, kept for the next face."""

    def __init__(self) -> None:
        self._open: dict[str, Conversation] = {}

    def ask(self, bundle: Bundle, question: dict[str, Any]) -> dict[str, Any]:
        """An answer of training.explain.load_explainer.

        Raises:
            AppError: the net cannot be asked for gradients.
        """
        if bundle.digest not in self._open:
            self.close()
            spec = table.HEAT.spec({"model": str(bundle.path)})
            self._open[bundle.digest] = Conversation(spec)
        return self._open[bundle.digest].ask(question)

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
    loaded: LoadedModels, explainers: Explainers, classified: ClassifiedFace
) -> tuple[JobSpec, JobFunction]:
    """The job that finds where a model looked; its only Batch holds a HeatPicture."""

    def run(_: JobSpec, context: JobContext) -> None:
        from emotion_desktop.imaging.pixels import overlay_heat

        bundle = bundle_of(loaded, classified)
        context.emit(Progress(0, 0, "looking at the face"))
        pixels = seen_face(classified)
        context.check_cancelled()
        context.emit(Progress(0, 0, "asking where the model looked"))
        emotion = classified.face.emotion
        heat, way = _heat(loaded, explainers, bundle, pixels, emotion)
        moved = _moved(loaded, classified)
        context.emit(Batch((HeatPicture(overlay_heat(pixels, heat), emotion, way, moved),)))

    spec = JobSpec(
        "explain",
        f"Where did the model look on {classified.photo.name}?",
        Lane.CLASSIFY,
        {"photo": str(classified.photo), "face": classified.face.box.to_list()},
    )
    return spec, run


def seen_face(classified: ClassifiedFace) -> Pixels:
    """The face as the net saw it.

    Raises:
        UnreadablePictureError: the photo cannot be decoded any more.
    """
    from emotion_desktop.imaging.crop import prepare
    from emotion_desktop.imaging.decode import decode
    from emotion_desktop.imaging.faces import NEEDED_SIDE

    picture = decode(classified.photo, at_least=NEEDED_SIDE)
    return prepare(picture, classified.face.frame, classified.card.preprocessing)


def _moved(loaded: LoadedModels, classified: ClassifiedFace) -> tuple[str, ...]:
    """The movements that spoke for the prediction, in words."""
    ensemble = classified.card.experts
    if ensemble is None:
        return ()
    from emotion_desktop.engines.experts import EXPERT_PREPROCESSING
    from emotion_desktop.imaging.prepare import FaceMode, prepare_faces

    face = classified.face
    _, faces = prepare_faces(
        classified.photo, loaded.finder(), EXPERT_PREPROCESSING, FaceMode.FIND_OR_WHOLE
    )
    pixels = next((found.pixels for found in faces if found.box == face.box), None)
    if pixels is None:  # the photo was changed meanwhile
        return ()
    (features,) = loaded.experts().extract(pixels[None])
    label = classified.card.labels.index(face.emotion)
    return tuple(ensemble.strongest_blendshapes(features.tolist(), label, _BLENDSHAPES_NAMED))


def _heat(
    loaded: LoadedModels, explainers: Explainers, bundle: Bundle, pixels: Pixels, emotion: str
) -> tuple[npt.NDArray[np.float64], str]:
    import numpy as np

    from emotion_desktop.engines.bundle import KERAS
    from emotion_desktop.engines.occlusion import occlusion
    from emotion_desktop.imaging.pixels import normalise_heat

    label = bundle.card.labels.index(emotion)
    if KERAS in bundle.files:
        question = {
            "face": pixels.shape,
            "data": base64.b64encode(pixels.tobytes()).decode(),
            "label": label,
        }
        try:
            return np.array(explainers.ask(bundle, question)["heat"]), "gradients"
        except AppError:
            # A net that cannot be loaded there is asked in the way that every engine knows.
            pass
    return normalise_heat(occlusion(loaded.classifier(bundle.path), pixels, label)), "covering"


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
