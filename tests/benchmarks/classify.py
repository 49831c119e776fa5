"""Batch classification against the notebooks' loop, and against the limit: decoding alone.

python -m tests.benchmarks.classify [--photos 2000] [--rounds 3] [--json -]
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.pool import ThreadPool
from pathlib import Path
from typing import IO

import cv2

from emotion_desktop.assets import BUILTIN_MODEL, FAST_MODEL
from emotion_desktop.domain.model import Preprocessing
from emotion_desktop.engines.bundle import read_bundle
from emotion_desktop.engines.litert import LiteRTClassifier
from emotion_desktop.engines.pipeline import predict
from emotion_desktop.imaging.crop import frame_whole, prepare
from emotion_desktop.imaging.decode import decode
from emotion_desktop.imaging.faces import make_face_finder
from emotion_desktop.imaging.prepare import FaceMode
from tests.benchmarks.measure import Figure, in_turn, parser, photos_in, report, timed

_REPOSITORY = Path(__file__).resolve().parents[2]
ALL, NET = "fast model", "fast model, no finder"
BEST_ALL, BEST_NET = "built-in model", "built-in model, no finder"
LIMIT, OPENCV, LOOP = "our decode", "OpenCV", "loop"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures and reports; returns the exit status."""
    options = parser(str(__doc__), photos=2000, rounds=3)
    options.add_argument("--loop-photos", type=int, default=60, help="photos in the loop")
    chosen = options.parse_args(arguments)
    photos = photos_in(chosen.data, chosen.photos)
    if photos:
        figures = measure(photos, photos[:: -(-len(photos) // chosen.loop_photos)], chosen.rounds)
        report(f"Classification of {len(photos):,} photos", figures, chosen.json)
    return 0


def measure(photos: list[Path], few: list[Path], rounds: int) -> list[Figure]:
    """The figures: ratios first, photos per second after them.

    Args:
        few: photos for the notebooks' loop, which would take minutes for all.
    """
    fast = LiteRTClassifier(read_bundle(FAST_MODEL))
    best = LiteRTClassifier(read_bundle(BUILTIN_MODEL))
    need = fast.card.preprocessing
    finder = make_face_finder()
    threads = os.cpu_count() or 1

    def classify(model: LiteRTClassifier, faces: FaceMode) -> Callable[[], object]:
        return lambda: sum(map(len, predict(photos, model, finder, faces)))

    def in_threads(work: Callable[[Path], object]) -> Callable[[], object]:
        def run() -> None:
            with ThreadPool(threads) as pool:
                pool.map(work, photos)

        return run

    ways = {
        ALL: timed(classify(fast, FaceMode.FIND)),
        NET: timed(classify(fast, FaceMode.WHOLE)),
        BEST_ALL: timed(classify(best, FaceMode.FIND)),
        BEST_NET: timed(classify(best, FaceMode.WHOLE)),
        LIMIT: timed(in_threads(lambda path: our_decode(path, need))),
        OPENCV: timed(in_threads(lambda path: opencv_decode(path, need))),
    }
    for photo in photos:
        photo.read_bytes()  # from here on all ways find the files in memory
    ways[NET]()  # threads, the net's batch sizes, clock speed
    with notebook_loop(few) as loop:
        result = in_turn({**ways, LOOP: loop}, rounds)
    per_photo = len(photos) / len(few)

    def by_loop(way: str) -> float:
        return result.ratio(LOOP, way) * per_photo

    return [
        Figure("fast model, no finder, faster than the notebooks' loop", by_loop(NET), at_least=40),
        Figure("the same, by decoding alone", result.ratio(NET, LIMIT), at_most=1.6),
        Figure("the same, by OpenCV's decoding alone", result.ratio(NET, OPENCV)),
        Figure("fast model, all of it, faster than the notebooks' loop", by_loop(ALL)),
        Figure("the same, by no finder", result.ratio(ALL, NET)),
        Figure("built-in model, no finder, faster than the notebooks' loop", by_loop(BEST_NET)),
        Figure("built-in model, all of it, faster than the notebooks' loop", by_loop(BEST_ALL)),
        *(
            Figure(
                f"{name}, here",
                (len(few) if name == LOOP else len(photos)) / result.median(name),
                "photos/s",
            )
            for name in (*ways, LOOP)
        ),
    ]


def our_decode(path: Path, preprocessing: Preprocessing) -> None:
    """What prepare_faces does for a whole picture, and nothing around it."""
    picture = decode(path, at_least=preprocessing.size * 2)
    prepare(picture, frame_whole(picture), preprocessing)


def opencv_decode(path: Path, preprocessing: Preprocessing) -> None:
    """The same with OpenCV alone: a full decode, and a resize that aliases."""
    cv2.resize(cv2.imread(str(path)), (preprocessing.size, preprocessing.size))


@contextmanager
def notebook_loop(photos: list[Path]) -> Iterator[Callable[[], float]]:
    """A process that has TensorFlow loaded; the function runs the loop once in it."""
    command = [sys.executable, "-m", "tests.benchmarks.notebook_loop"]
    with subprocess.Popen(
        command,
        cwd=_REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        told, answers = process.stdin, process.stdout
        tell(told, json.dumps([str(path.absolute()) for path in photos]))

        def run() -> float:
            tell(told, "again")
            return float(answers.readline())

        run()  # TensorFlow is imported by now, and the others have the machine to themselves
        yield run
        told.close()


def tell(stream: IO[str], line: str) -> None:
    """Writes a line at once."""
    stream.write(line + "\n")
    stream.flush()


if __name__ == "__main__":
    sys.exit(main())
