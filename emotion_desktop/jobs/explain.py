"""Why a model answered as it did: where it looked, and the training photos it finds most alike."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from emotion_desktop.domain.errors import AppError
from emotion_desktop.domain.job import Batch, JobContext, JobFunction, JobSpec, Lane, Progress
from emotion_desktop.domain.prediction import FaceReading
from emotion_desktop.jobs.conversation import Conversation
from emotion_desktop.jobs.engine_room import EngineRoom

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from emotion_desktop.imaging.decode import Pixels

KIND: Final = "heat"
#: How many photos are shown beside each other.
_NEAREST: Final = 4
#: How many movements are named.
_MOVEMENTS: Final = 3


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
class Neighbour:
    """A training photo that the net finds like the face.

    Attributes:
        emotion: its label, where the workspace knows it.
        likeness: cosine of the angle between the features of both, -1 to 1.
    """

    path: str
    emotion: str | None
    likeness: float


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The most alike first; ``known`` of the model's ``trained_on`` photos are on this computer."""

    photos: tuple[Neighbour, ...]
    known: int
    trained_on: int


class Explainers:
    """Worker processes that know gradients, one per model, kept for the next face."""

    def __init__(self) -> None:
        self._open: dict[Path, Conversation] = {}

    def ask(self, model: Path, question: dict[str, Any]) -> dict[str, Any]:
        """An answer of training.explain.serve.

        Raises:
            AppError: the net cannot be asked for gradients.
        """
        if model not in self._open:
            self.close()
            spec = JobSpec(KIND, "Explain", Lane.CLASSIFY, {"model": str(model)})
            self._open[model] = Conversation(spec)
        return self._open[model].ask(question)

    def close(self) -> None:
        """Ends the processes."""
        for conversation in self._open.values():
            conversation.close()
        self._open.clear()


def explain_job(
    room: EngineRoom, explainers: Explainers, model: Path, photo: Path, face: FaceReading
) -> tuple[JobSpec, JobFunction]:
    """The job that finds where a model looked; its only Batch holds a HeatPicture."""

    def run(_: JobSpec, context: JobContext) -> None:
        context.emit(Progress(0, 0, "looking at the face"))
        pixels = _seen(room, model, photo, face)
        context.check_cancelled()
        context.emit(Progress(0, 0, "asking where the model looked"))
        heat, way = _heat(room, explainers, model, pixels, face.emotion)
        from emotion_desktop.imaging.heat import overlay

        moved = _moved(room, model, photo, face)
        context.emit(Batch((HeatPicture(overlay(pixels, heat), face.emotion, way, moved),)))

    spec = JobSpec(
        "explain",
        f"Where did the model look on {photo.name}?",
        Lane.CLASSIFY,
        {"photo": str(photo), "face": face.box.to_list()},
    )
    return spec, run


def neighbours_job(
    room: EngineRoom, model: Path, photo: Path, face: FaceReading, catalogue: Path
) -> tuple[JobSpec, JobFunction]:
    """The job that finds training photos like a face; its only Batch holds Neighbours.

    The features of all training photos on this computer are made once, and remembered.
    """

    def run(_: JobSpec, context: JobContext) -> None:
        labels = _labels(catalogue)
        features, known = _training_features(room, model, labels, context)
        features.pop(photo, None)
        photos = _most_alike(room, model, _seen(room, model, photo, face), features, labels)
        trained_on = len(room.bundle(model).trained_on)
        context.emit(Batch((Neighbours(photos, known, trained_on),)))

    spec = JobSpec(
        "neighbours",
        f"Find training photos like {photo.name}",
        Lane.COMPUTE,
        {"photo": str(photo), "face": face.box.to_list()},
    )
    return spec, run


def _seen(room: EngineRoom, model: Path, photo: Path, face: FaceReading) -> Pixels:
    """The face as the net saw it."""
    from emotion_desktop.imaging.crop import prepare
    from emotion_desktop.imaging.decode import decode
    from emotion_desktop.imaging.faces import NEEDED_SIDE

    need = room.bundle(model).card.preprocessing
    return prepare(decode(photo, at_least=NEEDED_SIDE), face.frame, need)


def _moved(room: EngineRoom, model: Path, photo: Path, face: FaceReading) -> tuple[str, ...]:
    """The movements that spoke for the answer, in words."""
    card = room.bundle(model).card
    if card.signals is None:
        return ()
    from emotion_desktop.engines.signals import CLOSE_UP
    from emotion_desktop.imaging.look import Faces, look_at

    _, looks = look_at(photo, room.finder(), CLOSE_UP, Faces.FIND_OR_WHOLE)
    close_up = next((look.pixels for look in looks if look.box == face.box), None)
    if close_up is None:  # the photo was changed meanwhile
        return ()
    (signals,) = room.signals().read(close_up[None])
    label = card.labels.index(face.emotion)
    return tuple(card.signals.spoke_for(signals.tolist(), label, _MOVEMENTS))


def _heat(
    room: EngineRoom, explainers: Explainers, model: Path, pixels: Pixels, emotion: str
) -> tuple[npt.NDArray[np.float64], str]:
    import numpy as np

    from emotion_desktop.engines.bundle import KERAS
    from emotion_desktop.engines.occlusion import occlusion
    from emotion_desktop.imaging.heat import scaled

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
    return scaled(occlusion(room.classifier(model), pixels, label)), "covering"


_Labels = Mapping[Path, tuple[str | None, bytes]]


def _training_features(
    room: EngineRoom, model: Path, labels: _Labels, context: JobContext
) -> tuple[dict[Path, npt.NDArray[np.float32]], int]:
    """The net's features of its training photos on this computer, and how many those are."""
    from emotion_desktop.engines.extractors import NetFeatures
    from emotion_desktop.jobs.features import features_of
    from emotion_desktop.jobs.reading import Memory

    bundle = room.bundle(model)
    known = {
        path: digest
        for path, digest in _known_photos(room, labels).items()
        if digest in bundle.trained_on
    }
    total = len(known)
    features = features_of(
        known,
        NetFeatures(bundle),
        room.finder(),
        Memory(room.readings()),
        stop=lambda: context.cancelled,
        tell=lambda done: context.emit(
            Progress(done, total, f"looking at training photos, {done:,} of {total:,}")
        ),
    )
    context.check_cancelled()
    return features, total


def _most_alike(
    room: EngineRoom,
    model: Path,
    face: Pixels,
    features: Mapping[Path, npt.NDArray[np.float32]],
    labels: _Labels,
) -> tuple[Neighbour, ...]:
    import numpy as np

    from emotion_desktop.engines.extractors import NetFeatures

    if not features:
        return ()
    paths = list(features)
    table = np.stack([features[path] for path in paths])
    own = NetFeatures(room.bundle(model)).extract(face[None])[0]
    # Every feature counts alike, whatever its scale.
    middle, spread = table.mean(axis=0), table.std(axis=0) + 1e-6
    table, own = (table - middle) / spread, (own - middle) / spread
    lengths = np.linalg.norm(table, axis=1) * np.linalg.norm(own) + 1e-9
    likeness = table @ own / lengths
    return tuple(
        Neighbour(str(paths[n]), labels.get(paths[n], (None, b""))[0], float(likeness[n]))
        for n in np.argsort(-likeness)[:_NEAREST]
    )


def _labels(catalogue: Path) -> dict[Path, tuple[str | None, bytes]]:
    """Label and digest of the workspace's photos."""
    from emotion_desktop.jobs.labelled_set import open_catalogue
    from emotion_desktop.workspace.evaluations import labels_and_digests

    if not catalogue.exists():
        return {}
    with open_catalogue(str(catalogue)) as opened:
        return {} if opened is None else labels_and_digests(opened)


def _known_photos(
    room: EngineRoom, labels: Mapping[Path, tuple[str | None, bytes]]
) -> dict[Path, bytes]:
    """Every photo on this computer whose content is known: imported ones, and those looked at."""
    readings = room.readings()
    looked_at = readings.known_files() if readings is not None else {}
    return {**looked_at, **{path: digest for path, (_, digest) in labels.items()}}


def words(heat: HeatPicture) -> str:
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


def neighbour_words(found: Neighbours) -> str:
    """What stands beside the training photos."""
    if not found.trained_on:
        return "The model does not say which photos it was trained on."
    if not found.known:
        return "None of its training photos is on this computer, as far as is known here."
    share = f"{found.known:,} of its {found.trained_on:,} training photos are on this computer"
    return f"Training photos that the net finds most alike; {share}."

