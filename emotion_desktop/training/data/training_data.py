"""What a training starts from: the photos' faces in three parts, and what is known of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from emotion_desktop.dataset.copies import TrainingPhotos, copy_codes
from emotion_desktop.dataset.sources.files.fingerprint import fingerprint
from emotion_desktop.dataset.sources.labels import read_labelled
from emotion_desktop.dataset.splitting.split import split_by_person
from emotion_desktop.dataset.synthesis import plan_copies
from emotion_desktop.domain.balance import Balance, Method
from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.domain.errors import DataError
from emotion_desktop.domain.job import JobContext, Log, Progress
from emotion_desktop.domain.prediction import PhotoStatus
from emotion_desktop.domain.sample import Sample
from emotion_desktop.domain.split import PARTS, Split
from emotion_desktop.imaging.faces import make_face_finder
from emotion_desktop.training.data.expert_features import extract_expert_features
from emotion_desktop.training.data.expert_rows import ExpertRows
from emotion_desktop.training.data.face_store import FaceStore
from emotion_desktop.training.data.part import Part
from emotion_desktop.training.data.pictures import Pictures, prepare_pictures
from emotion_desktop.training.data.synthesised import SynthesisedFaces
from emotion_desktop.training.data.targets import with_targets
from emotion_desktop.training.net.transfer import recipe_for
from emotion_desktop.training.recipe.recipe import Recipe
from emotion_desktop.training.recipe.request import TrainingRequest
from emotion_desktop.workspace.paths import Workspace
from emotion_desktop.workspace.predictions.cache import PredictionCache

#: Photos of an emotion that the self-test may choose among.
_EXAMPLES: Final = 5


@dataclass(frozen=True)
class Example:
    """A photo for the self-test of a finished model, and its face in the face store.

    Attributes:
        digest: of the file that the face was cut from.
    """

    emotion: str
    path: Path
    digest: bytes
    face: npt.NDArray[np.uint8]
    expert_features: npt.NDArray[np.float32] | None = None


@dataclass(frozen=True)
class TrainingData:
    """Everything a training starts from; photos are known by their numbers alone from here on.

    Attributes:
        recipe: the request's, with what the split says of balance and colour in it.
        labels: the emotions that are learnt, in the order of EMOTIONS.
        left_out: why photos of the source are in no part, and how many.
        data, split: for the model's provenance.
        trained_on: hashes of the training photos, with those of the model that it starts from:
            neither they nor their copies are in validation and test.
        copy_codes: of the same photos (see imaging.copy_code).
        examples: for the self-test.
        scored_sources: where each photo of the scored part comes from: those with a face, then
            those without; empty where all come from one source.
    """

    recipe: Recipe
    labels: tuple[str, ...]
    training: Part
    validation: Part
    test: Part
    left_out: Mapping[str, int]
    data: Mapping[str, Any]
    split: Mapping[str, Any]
    trained_on: tuple[bytes, ...]
    examples: tuple[Example, ...]
    scored_sources: tuple[str, ...] = ()
    copy_codes: tuple[bytes, ...] = ()

    @property
    def fingerprint(self) -> str:
        """Changes with any photo or label."""
        return str(self.data["fingerprint"])

    @property
    def scored(self) -> tuple[str, Part]:
        """The part that the scores in the bundle are those of, and its name."""
        tested = _has_photos(self.test)
        return ("test", self.test) if tested else ("validation", self.validation)


def _has_photos(part: Part) -> bool:
    return bool(len(part.emotions) or part.missing)


@dataclass(frozen=True)
class _Source:
    """Labelled photos in three parts, from wherever the request says."""

    name: str
    split: Split
    left_out: Mapping[str, int]
    balance: Balance = field(default_factory=Balance)
    grey: bool = False
    protocol: str = ""


def load_training_data(
    request: TrainingRequest, workspace: Workspace, context: JobContext
) -> TrainingData:
    """Reads labels and split, and prepares every photo's face.

    Raises:
        AppError: the data are not there or not enough, or cannot be kept.
        CancelledError: the user cancelled.
    """
    context.emit(Progress(0, 0, "reading the labels"))
    read = _from_split if request.split else _from_folder
    source = read(request, workspace)
    start = request.start_bundle
    recipe = recipe_for(start, request.recipe) if start else request.recipe
    recipe = _with_split_choices(recipe, source, context, fixed=start is not None)
    samples = [sample for name in PARTS for sample in source.split.part(name)]
    store = FaceStore(workspace.pictures)
    pictures = prepare_pictures(samples, recipe.preprocessing, store, context)
    features = None
    if recipe.uses_expert_features:
        with PredictionCache(workspace.predictions) as cache:
            features = extract_expert_features(samples, pictures, cache, context)
    known = start.training_photos if start else TrainingPhotos()
    codes = _copy_codes(samples, pictures, workspace, context)
    return _divide(
        source,
        samples,
        pictures,
        features,
        recipe,
        known=known,
        codes=codes,
        wanted=dict(request.shares),
    )


def _copy_codes(
    samples: Sequence[Sample], pictures: Pictures, workspace: Workspace, context: JobContext
) -> dict[bytes, bytes]:
    """The codes by digest of the photos with a face."""

    def tell(done: int, total: int) -> None:
        context.emit(Progress(done, total, f"looking for copies, {done:,} of {total:,}"))

    photos = {
        sample.path: digest.tobytes()
        for sample, digest, row in zip(samples, pictures.digests, pictures.rows, strict=True)
        if row >= 0
    }
    with PredictionCache(workspace.predictions) as cache:
        found = copy_codes(
            photos, make_face_finder(), cache, stop=lambda: context.cancelled, tell=tell
        )
    context.check_cancelled()
    return found


def _from_folder(request: TrainingRequest, workspace: Workspace) -> _Source:
    assert request.data is not None
    data = read_labelled(request.data, request.reading, workspace=workspace.root)
    split = split_by_person(data.samples, request.recipe.fractions, request.seed)
    # The name alone: where it lay is nobody's business.
    return _Source(request.data.name, split, data.left_out, protocol=data.protocol)


def _from_split(request: TrainingRequest, workspace: Workspace) -> _Source:
    from emotion_desktop.workspace.catalogue.splits import Splits

    with workspace.open_catalogue() as catalogue:
        frozen = Splits(catalogue).load(request.split)
    return _Source(
        f"split “{frozen.name}”",
        frozen.split,
        frozen.left_out,
        frozen.balance,
        frozen.grey,
        frozen.protocol,
    )


def _with_split_choices(
    recipe: Recipe, source: _Source, context: JobContext, *, fixed: bool
) -> Recipe:
    """The recipe with the split's balance and colour; ``fixed``: the net's input stays."""
    if recipe.balancing == "split" and source.balance.synthesis is None:
        method = source.balance.method
        recipe = replace(recipe, balancing=method.value, power=source.balance.power)
        if method is not Method.NONE:
            context.emit(Log(f"Balancing, as the split says: {method.value}."))
    if source.grey and recipe.channels == 3 and not fixed:
        recipe = replace(recipe, channels=1)
        context.emit(Log("Photos are looked at without colour, as the split says."))
    return recipe


def _divide(
    source: _Source,
    samples: Sequence[Sample],
    pictures: Pictures,
    features: npt.NDArray[np.float32] | None,
    recipe: Recipe,
    *,
    known: TrainingPhotos,
    codes: Mapping[bytes, bytes],
    wanted: Mapping[str, float],
) -> TrainingData:
    """Makes the parts.

    Args:
        wanted: the share of each source in an epoch; empty for the recipe's.
        known: the photos that the model was trained on from which the training starts.
        codes: of the photos, by digest.
    """
    names: dict[str, int] = {}
    people = np.array([names.setdefault(s.person, len(names)) for s in samples], np.int32)
    emotions = np.array([EMOTIONS.index(s.emotion or "") for s in samples], np.int8)
    sizes = [len(source.split.part(name)) for name in PARTS]
    ends = np.cumsum(sizes)
    first, second, third = (np.arange(end - n, end) for n, end in zip(sizes, ends, strict=True))
    training = with_targets(
        _part(first, pictures, features, emotions, people),
        [samples[number] for number in first if pictures.rows[number] >= 0],
        recipe,
        wanted,
    )
    if recipe.balancing == "split" and source.balance.synthesis is not None:
        training = _with_copies(training, source, first, samples, pictures)
    seen = pictures.digests[first[pictures.rows[first] >= 0]]
    digests = {digest.tobytes() for digest in seen}
    learnt = known | TrainingPhotos(
        frozenset(digests), frozenset(codes[digest] for digest in digests if digest in codes)
    )
    # The same photo under another person's name must not be what the model is scored on, nor what
    # the model that it starts from has learnt already.
    unseen = [
        part[~np.array(learnt.among([d.tobytes() for d in pictures.digests[part]], codes), bool)]
        for part in (second, third)
    ]
    copies = len(second) + len(third) - sum(map(len, unseen))
    validation, test = (_part(part, pictures, features, emotions, people) for part in unseen)
    left_out = {**source.left_out, **({"trained_on": copies} if copies else {})}
    counts = training.counts()
    labels = tuple(emotion for emotion in EMOTIONS if counts[emotion])
    if len(labels) < 2:
        raise DataError(
            "The training photos show fewer than two emotions in which a face was found.",
            "Add photos of other emotions.",
        )
    if not len(validation.faces):
        why = " The model to start from was trained on those there are." if known else ""
        raise DataError(
            f"There is no photo with a face to choose the best epoch by.{why if copies else ''}",
            "Add photos of more people, or give validation a larger share.",
        )
    readable = np.frombuffer(pictures.digests.tobytes(), np.uint64) != 0
    hashed = {s.path: d.tobytes() for s, d in zip(samples, pictures.digests, strict=True)}
    found = np.bincount(emotions, minlength=len(EMOTIONS))
    data = {
        "source": source.name,
        **({"protocol": source.protocol} if source.protocol else {}),
        "fingerprint": fingerprint(
            [sample for sample, ok in zip(samples, readable, strict=True) if ok], hashed
        ),
        "photos": {e: int(n) for e, n in zip(EMOTIONS, found, strict=True)},
        "persons": len(names),
        "left_out": {
            **left_out,
            "no_face": pictures.count(PhotoStatus.NO_FACE),
            "unreadable": pictures.count(PhotoStatus.UNREADABLE),
        },
    }
    return TrainingData(
        recipe=recipe,
        labels=labels,
        training=training,
        validation=validation,
        test=test,
        left_out=left_out,
        data=data,
        split={**source.split.to_dict(), "balance": source.balance.to_dict()},
        trained_on=tuple(sorted(learnt.digests)),
        copy_codes=tuple(sorted(learnt.codes)),
        examples=tuple(_examples([*unseen, first], samples, pictures, features, labels)),
        scored_sources=_sources(unseen[1] if _has_photos(test) else unseen[0], samples, pictures),
    )


def _sources(
    which: npt.NDArray[np.intp], samples: Sequence[Sample], pictures: Pictures
) -> tuple[str, ...]:
    """See TrainingData.scored_sources."""
    rows = pictures.rows[which]
    found = tuple(samples[n].source for n in (*which[rows >= 0], *which[rows < 0]))
    return found if len(set(found)) > 1 else ()


def _with_copies(
    training: Part,
    source: _Source,
    numbers: npt.NDArray[np.intp],
    samples: Sequence[Sample],
    pictures: Pictures,
) -> Part:
    """The training part with synthesised copies at its end, as the split's balance has them."""
    assert source.balance.synthesis is not None
    faces = [samples[n] for n in numbers if pictures.rows[n] >= 0]
    place = {sample.path: number for number, sample in enumerate(faces)}
    copies = plan_copies(faces, source.balance.synthesis)
    originals = np.array([place[copy.sample.path] for copy in copies], np.intp)
    return replace(
        training,
        faces=SynthesisedFaces(training.faces, originals, [copy.edit for copy in copies]),
        emotions=np.concatenate([training.emotions, training.emotions[originals]]),
        people=np.concatenate([training.people, training.people[originals]]),
        copies=len(copies),
        votes=_repeated(training.votes, originals),
        draws=_repeated(training.draws, originals),
    )


def _repeated(values: npt.NDArray[Any] | None, originals: npt.NDArray[np.intp]) -> Any:
    """What is known of photos, and again for copies of some of them."""
    return None if values is None else np.concatenate([values, values[originals]])


def _part(
    which: npt.NDArray[np.intp],
    pictures: Pictures,
    features: npt.NDArray[np.float32] | None,
    emotions: npt.NDArray[np.int8],
    people: npt.NDArray[np.int32],
) -> Part:
    rows = pictures.rows[which]
    there, missing = which[rows >= 0], which[rows < 0]
    return Part(
        pictures.faces.part(rows[rows >= 0]),
        emotions[there],
        people[there],
        tuple((EMOTIONS[emotions[i]], int(people[i])) for i in missing),
        expert_features=None if features is None else ExpertRows(features, there),
    )


def _examples(
    parts: Sequence[npt.NDArray[np.intp]],
    samples: Sequence[Sample],
    pictures: Pictures,
    features: npt.NDArray[np.float32] | None,
    labels: Sequence[str],
) -> list[Example]:
    """A few photos of each emotion, those first that were not trained on."""
    chosen: dict[str, list[Example]] = {label: [] for label in labels}
    for part in parts:
        for number in part:
            sample, row = samples[number], int(pictures.rows[number])
            wanted = chosen.get(sample.emotion or "")
            if row < 0 or wanted is None or len(wanted) >= _EXAMPLES:
                continue
            face = pictures.faces[row : row + 1][0]
            row_features = None if features is None else features[number]
            hashed = pictures.digests[number].tobytes()
            wanted.append(Example(sample.emotion or "", sample.path, hashed, face, row_features))
    return [example for examples in chosen.values() for example in examples]
