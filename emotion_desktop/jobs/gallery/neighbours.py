"""The training photos that a model finds most like a face."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from emotion_desktop.domain.job import Progress
from emotion_desktop.engines.bundle import Bundle
from emotion_desktop.engines.extractors import NetFeatures
from emotion_desktop.imaging.decode import Pixels
from emotion_desktop.jobs.gallery.explain import bundle_of, seen_face
from emotion_desktop.jobs.predicting.features import features_of
from emotion_desktop.jobs.predicting.labelled_set import open_catalogue
from emotion_desktop.jobs.predicting.loaded_models import LoadedModels
from emotion_desktop.workspace.catalogue.photos import labels_and_digests

if TYPE_CHECKING:
    from emotion_desktop.jobs.gallery.specs import ClassifiedFace
    from emotion_desktop.jobs.running.context import Context
    from emotion_desktop.workspace.paths import Workspace

#: How many photos are shown beside each other.
_NEAREST: Final = 4

#: Label, where there is one, and digest of photos.
_Labels = Mapping[Path, tuple[str | None, bytes]]


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


def find_neighbours(context: Context, *, classified: str) -> Neighbours:
    """Finds the training photos that the model which classified a face finds most like it."""
    loaded = context.resources.models
    about: ClassifiedFace = context.resources.objects.get(classified)
    bundle = bundle_of(loaded, about)
    labels = _labels(context.workspace)
    features, known = _training_features(loaded, bundle, labels, context)
    features.pop(about.photo, None)
    photos = _most_alike(bundle, seen_face(about), features, labels)
    return Neighbours(photos, known, len(bundle.trained_on))


def _training_features(
    loaded: LoadedModels, bundle: Bundle, labels: _Labels, context: Context
) -> tuple[dict[Path, npt.NDArray[np.float32]], int]:
    """The net's features of its training photos on this computer, and how many those are."""
    known = {
        path: digest
        for path, digest in _known_photos(loaded, labels).items()
        if digest in bundle.trained_on
    }
    total = len(known)
    features = features_of(
        known,
        NetFeatures(bundle),
        loaded.finder(),
        loaded.cache,
        stop=lambda: context.cancelled,
        tell=lambda done: context.emit(
            Progress(done, total, f"looking at training photos, {done:,} of {total:,}")
        ),
    )
    context.check_cancelled()
    return features, total


def _most_alike(
    bundle: Bundle,
    face: Pixels,
    features: Mapping[Path, npt.NDArray[np.float32]],
    labels: _Labels,
) -> tuple[Neighbour, ...]:
    if not features:
        return ()
    paths = list(features)
    table = np.stack([features[path] for path in paths])
    own = NetFeatures(bundle).extract(face[None])[0]
    # Every feature counts alike, whatever its scale.
    middle, spread = table.mean(axis=0), table.std(axis=0) + 1e-6
    table, own = (table - middle) / spread, (own - middle) / spread
    lengths = np.linalg.norm(table, axis=1) * np.linalg.norm(own) + 1e-9
    likeness = table @ own / lengths
    return tuple(
        Neighbour(str(paths[n]), labels.get(paths[n], (None, b""))[0], float(likeness[n]))
        for n in np.argsort(-likeness)[:_NEAREST]
    )


def _labels(workspace: Workspace) -> dict[Path, tuple[str | None, bytes]]:
    """Label and digest of the workspace's photos."""
    if not workspace.catalogue.exists():
        return {}
    with open_catalogue(workspace) as catalogue:
        return {} if catalogue is None else labels_and_digests(catalogue)


def _known_photos(
    loaded: LoadedModels, labels: Mapping[Path, tuple[str | None, bytes]]
) -> dict[Path, bytes]:
    """Every photo on this computer whose content is known: imported ones, and those looked at."""
    return {**loaded.cache.known_files(), **{path: digest for path, (_, digest) in labels.items()}}


def neighbour_words(found: Neighbours) -> str:
    """What stands beside the training photos."""
    if not found.trained_on:
        return "The model does not say which photos it was trained on."
    if not found.known:
        return "None of its training photos is on this computer, as far as is known here."
    share = f"{found.known:,} of its {found.trained_on:,} training photos are on this computer"
    return f"Training photos that the net finds most alike; {share}."
