"""Training against the notebooks' way, and against the limit: steps on arrays in memory.

    python -m tests.benchmarks.training [--photos 1000] [--rounds 3] [--json -]

All three train the notebooks' net on the same photos, 50 x 50 pixels, 16 at a time:

- the notebooks: Keras's ImageDataGenerator (rescale, shear, zoom, flip), flow_from_directory on a
  folder per emotion, and fit;
- the recipe “notebook”: faces from the cache, changed at random in the graph;
- the limit: train_on_batch on arrays in memory, nothing changed;
- the net's arithmetic: its gradients alone, compiled, on arrays in memory. No training of this net
  can be faster in this library, whatever feeds it.

What is timed is an epoch after the first: nothing is compiled any more, and files are in memory.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.domain.job import JobEvent, Metrics
from emotion_desktop.domain.sample import Sample
from emotion_desktop.jobs.running.context import LocalContext
from emotion_desktop.training.data.face_store import FaceStore
from emotion_desktop.training.data.part import Part
from emotion_desktop.training.data.pictures import prepare_pictures
from emotion_desktop.training.fit.trainer import Plan, fit
from emotion_desktop.training.net.backend import keras, tf
from emotion_desktop.training.recipe.presets import RECIPES
from tests.benchmarks.measure import Figure, in_turn, parser, photos_in, report

RECIPE: Final = replace(RECIPES["notebook"], epochs=2)
OURS, NOTEBOOKS, LIMIT = "recipe “notebook”", "the notebooks'", "train_on_batch"
ARITHMETIC = "gradients alone"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures and reports; returns the exit status."""
    chosen = parser(str(__doc__), photos=1000, rounds=3).parse_args(arguments)
    photos = photos_in(chosen.data, chosen.photos)
    if photos:
        report(f"Training on {len(photos):,} photos", measure(photos, chosen.rounds), chosen.json)
    return 0


def measure(photos: list[Path], rounds: int) -> list[Figure]:
    """The figures: ratios first, photos per second after them."""
    with tempfile.TemporaryDirectory() as folder:
        part, preparing = prepared(photos, Path(folder) / "cache")
        _, again = prepared(photos, Path(folder) / "cache")
        tree = Path(folder) / "tree"
        sort_into_folders(photos, tree)
        ways = {
            OURS: lambda: our_epoch(part),
            NOTEBOOKS: notebook_epoch(tree),
            LIMIT: epoch_in_memory(part),
            ARITHMETIC: gradients_in_memory(part),
        }
        result = in_turn(ways, rounds)
    batch = min(RECIPE.batch, len(part.emotions))
    trained = len(part.emotions) // batch * batch
    whole = RECIPES["notebook"].epochs * result.median(OURS)
    return [
        Figure(
            "as fast as the notebooks' way",
            result.ratio(NOTEBOOKS, OURS) * trained / len(photos),
            at_least=4,
        ),
        Figure("of the limit's speed", result.ratio(LIMIT, OURS), at_least=0.85),
        Figure("of the speed of the net's arithmetic alone", result.ratio(ARITHMETIC, OURS)),
        Figure(
            "that arithmetic, as fast as the notebooks' way",
            result.ratio(NOTEBOOKS, ARITHMETIC) * trained / len(photos),
        ),
        Figure("a second preparation, by the first", again / preparing),
        Figure("preparing faces once, by 12 epochs of training", preparing / whole),
        *(
            Figure(f"{name}, here", count / result.median(name), "photos/s")
            for name, count in (
                (OURS, trained),
                (NOTEBOOKS, len(photos)),
                (LIMIT, trained),
                (ARITHMETIC, trained),
            )
        ),
    ]


def prepared(photos: list[Path], cache: Path) -> tuple[Part, float]:
    """The photos' faces as a training has them, and the seconds that took.

    Photos without a face get that of another: all ways train on as many.
    """
    samples = [Sample(path, "neutral", path.name) for path in photos]
    begin = time.perf_counter()
    pictures = prepare_pictures(
        samples, RECIPE.preprocessing, FaceStore(cache), LocalContext(lambda _: None)
    )
    seconds = time.perf_counter() - begin
    count = max(len(pictures.faces), 1)
    rows = np.arange(len(photos), dtype=np.int32) % count
    emotions = (np.arange(len(photos)) % len(EMOTIONS)).astype(np.int8)
    part = Part(pictures.faces.part(rows), emotions, np.arange(len(photos), dtype=np.int32))
    return part, seconds


def sort_into_folders(photos: list[Path], tree: Path) -> None:
    """A folder per emotion with links to the photos, as flow_from_directory wants it."""
    for number, photo in enumerate(photos):
        folder = tree / EMOTIONS[number % len(EMOTIONS)]
        folder.mkdir(parents=True, exist_ok=True)
        (folder / photo.name).symlink_to(photo.absolute())


def our_epoch(part: Part) -> float:
    """Seconds of the second epoch of a training as `train` does it."""
    seconds: list[float] = []

    def listen(event: JobEvent) -> None:
        if isinstance(event, Metrics):
            seconds.append(event.values["seconds"])

    few = Part(part.faces[:8], part.emotions[:8], part.people[:8])
    fit(Plan(RECIPE, EMOTIONS, seed=0), part, few, LocalContext(listen))
    return seconds[1]


def notebook_epoch(tree: Path) -> Callable[[], float]:
    """A function that trains a compiled model for an epoch as the notebooks do."""
    net = notebook_model()
    generator = image_data_generator()(
        rescale=1 / 255, shear_range=0.2, zoom_range=0.2, horizontal_flip=True
    )
    flow = generator.flow_from_directory(
        str(tree),
        target_size=(RECIPE.size, RECIPE.size),
        batch_size=RECIPE.batch,
        class_mode="categorical",
        follow_links=True,
    )

    def run() -> float:
        begin = time.perf_counter()
        net.fit(flow, epochs=1, verbose=0)
        return time.perf_counter() - begin

    run()
    return run


def epoch_in_memory(part: Part) -> Callable[[], float]:
    """A function that trains a compiled model on arrays in memory for an epoch."""
    net = notebook_model()
    faces = part.faces[:].astype(np.float32) / 255
    targets = np.eye(len(EMOTIONS), dtype=np.float32)[part.emotions]
    steps = max(1, len(faces) // RECIPE.batch)

    def run() -> float:
        begin = time.perf_counter()
        for step in range(steps):
            batch = slice(step * RECIPE.batch, (step + 1) * RECIPE.batch)
            net.train_on_batch(faces[batch], targets[batch])
        return time.perf_counter() - begin

    run()
    return run


def gradients_in_memory(part: Part) -> Callable[[], float]:
    """A function that computes the gradients of an epoch, and does nothing with them."""
    net = notebook_model()
    loss = keras.losses.CategoricalCrossentropy()
    faces = part.faces[:].astype(np.float32) / 255
    targets = np.eye(len(EMOTIONS), dtype=np.float32)[part.emotions]
    steps = max(1, len(faces) // RECIPE.batch)

    @tf.function
    def gradients(faces: Any, targets: Any) -> Any:
        with tf.GradientTape() as tape:
            value = loss(targets, net(faces, training=True))
        return tape.gradient(value, net.trainable_variables)

    def run() -> float:
        begin = time.perf_counter()
        for step in range(steps):
            batch = slice(step * RECIPE.batch, (step + 1) * RECIPE.batch)
            gradients(tf.constant(faces[batch]), tf.constant(targets[batch]))
        return time.perf_counter() - begin

    run()
    return run


def notebook_model() -> Any:
    """The notebooks' net for pictures from 0 to 1, made and compiled as there."""
    layers = keras.layers
    net = keras.Sequential([keras.Input((RECIPE.size, RECIPE.size, RECIPE.channels))])
    for filters in (48, 48, 32):
        net.add(layers.Conv2D(filters, 3, activation="relu"))
        net.add(layers.MaxPooling2D(2))
    net.add(layers.Flatten())
    net.add(layers.Dense(128, activation="relu"))
    net.add(layers.Dense(64, activation="relu"))
    net.add(layers.Dense(len(EMOTIONS), activation="softmax"))
    net.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    return net


def image_data_generator() -> Any:
    """Keras's own class, wherever this version of it keeps the class."""
    from tensorflow.keras.preprocessing.image import ImageDataGenerator

    return ImageDataGenerator


if __name__ == "__main__":
    sys.exit(main())
