"""Where a model looked on a face, and which of its movements spoke for the prediction."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from emotion_desktop.domain.errors import AppError, UsageError
from emotion_desktop.domain.experts import BLENDSHAPE_PART
from emotion_desktop.domain.job import Progress
from emotion_desktop.engines.bundle import KERAS, Bundle
from emotion_desktop.engines.experts import EXPERT_PREPROCESSING
from emotion_desktop.engines.occlusion import occlusion
from emotion_desktop.imaging.crop import prepare
from emotion_desktop.imaging.decode import Pixels, decode
from emotion_desktop.imaging.faces import NEEDED_SIDE
from emotion_desktop.imaging.pixels import normalise_heat, overlay_heat
from emotion_desktop.imaging.prepare import FaceMode, prepare_faces

if TYPE_CHECKING:
    from emotion_desktop.jobs.gallery.specs import ClassifiedFace
    from emotion_desktop.jobs.predicting.loaded_models import LoadedModels
    from emotion_desktop.jobs.resources import Resources
    from emotion_desktop.jobs.running.context import Context
    from emotion_desktop.jobs.running.conversation import Answerer

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


def load_explainer(*, model: str) -> Answerer:
    """Loads a net, then answers where it looked on a face, by its gradients.

    Raises:
        AppError: it cannot be loaded.
    """
    from emotion_desktop.training import explain

    return explain.load_explainer(Path(model))


def explain(context: Context, *, classified: str) -> HeatPicture:
    """Finds where the model that classified a face looked on it."""
    resources = context.resources
    about: ClassifiedFace = resources.objects.get(classified)
    bundle = bundle_of(resources.models, about)
    context.emit(Progress(0, 0, "looking at the face"))
    pixels = seen_face(about)
    context.check_cancelled()
    context.emit(Progress(0, 0, "asking where the model looked"))
    emotion = about.face.emotion
    heat, way = _heat(resources, bundle, pixels, emotion)
    moved = _moved(resources.models, about)
    return HeatPicture(overlay_heat(pixels, heat), emotion, way, moved)


def seen_face(classified: ClassifiedFace) -> Pixels:
    """The face as the net saw it.

    Raises:
        UnreadablePictureError: the photo cannot be decoded any more.
    """
    picture = decode(classified.photo, at_least=NEEDED_SIDE)
    return prepare(picture, classified.face.frame, classified.card.preprocessing)


def _moved(loaded: LoadedModels, classified: ClassifiedFace) -> tuple[str, ...]:
    """The movements that spoke for the prediction, in words."""
    ensemble = classified.card.experts
    if ensemble is None or BLENDSHAPE_PART not in ensemble.parts:
        return ()
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
    resources: Resources, bundle: Bundle, pixels: Pixels, emotion: str
) -> tuple[npt.NDArray[np.float64], str]:
    label = bundle.card.labels.index(emotion)
    if KERAS in bundle.files:
        question = {
            "face": pixels.shape,
            "data": base64.b64encode(pixels.tobytes()).decode(),
            "label": label,
        }
        try:
            return np.array(resources.explainers.ask(bundle, question)["heat"]), "gradients"
        except AppError:
            # A net that cannot be loaded there is asked in the way that every engine knows.
            pass
    classifier = resources.models.classifier(bundle.path)
    return normalise_heat(occlusion(classifier, pixels, label)), "covering"


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
