"""Whether a training's memory grows with the number of photos.

    python -m tests.benchmarks.memory [--photos 20000] [--times 5] [--json -]

The same recipe is trained for an epoch on so many photos and on so many times as many, each in a
process of its own, and the peaks of what those processes held in memory are compared. The photos
are copies of a few with a number behind their end: each is a photo of its own to the program. Their
faces are put into the cache beforehand, as an earlier training would have done.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np

from emotion_desktop.dataset.sources.files.fingerprint import digest
from emotion_desktop.domain.copy_code import COPY_CODE_KEY
from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.domain.files.file_stamp import stamp_of
from emotion_desktop.domain.prediction import PhotoStatus
from emotion_desktop.imaging.copy_code import CODE_BYTES
from emotion_desktop.imaging.faces import make_face_finder
from emotion_desktop.imaging.prepare import FaceMode, prepare_faces
from emotion_desktop.training.data.face_store import FaceStore, Known
from emotion_desktop.training.recipe.presets import RECIPES
from emotion_desktop.training.recipe.request import TrainingRequest
from emotion_desktop.workspace.paths import Workspace
from emotion_desktop.workspace.predictions.cache import PredictionCache
from tests.benchmarks.measure import Figure, parser, photos_in, report

_REPOSITORY: Final = Path(__file__).resolve().parents[2]
_RECIPE: Final = RECIPES["quick"]
_KINDS: Final = 50
#: Photos per person: a split needs people.
_PER_PERSON: Final = 5

_TRAIN: Final = """
import json, resource, sys
from pathlib import Path
from emotion_desktop.jobs.running.context import LocalContext
from emotion_desktop.training.recipe.request import TrainingRequest
from emotion_desktop.training.train import train
from emotion_desktop.workspace.paths import Workspace
workspace, request = json.loads(sys.argv[1])
context = LocalContext(lambda event: None)
train(TrainingRequest.from_dict(request), Workspace(Path(workspace)), context)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures and reports; returns the exit status."""
    options = parser(str(__doc__), photos=20_000)
    options.add_argument("--times", type=int, default=5, help="how many times as many")
    chosen = options.parse_args(arguments)
    photos = photos_in(chosen.data, _KINDS)
    if photos:
        figures = measure(photos, chosen.photos, chosen.times)
        report(f"Peak memory of a training on {chosen.photos:,} photos", figures, chosen.json)
    return 0


def measure(photos: list[Path], count: int, times: int) -> list[Figure]:
    """The figures: the ratio first, megabytes after it."""
    few, many = (peak(photos, number) for number in (count, count * times))
    return [
        Figure(f"on {count * times:,} photos, by on {count:,}", many / few, at_most=1.1),
        Figure(f"on {count:,} photos", few, "MB"),
        Figure(f"on {count * times:,} photos", many, "MB"),
    ]


def peak(photos: list[Path], count: int) -> float:
    """The peak of a training on so many photos, MB."""
    with tempfile.TemporaryDirectory() as folder:
        data, place = Path(folder) / "data", Workspace(Path(folder) / "workspace")
        fill(data, place, [photo.read_bytes() for photo in photos], count)
        output = Path(folder) / "out.emodel"
        request = TrainingRequest(replace(_RECIPE, epochs=1), output, "Memory", data)
        parameters = [str(place.root), request.to_dict()]
        done = subprocess.run(
            [sys.executable, "-c", _TRAIN, json.dumps(parameters)],
            cwd=_REPOSITORY,
            env={**os.environ, "PYTHONPATH": str(_REPOSITORY)},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(done.stderr[-2000:])
        kilobytes = float(done.stdout.split()[-1])
        return kilobytes / (1024 if sys.platform != "darwin" else 1024**2)


def fill(data: Path, place: Workspace, contents: list[bytes], count: int) -> None:
    """Writes photos into a folder per emotion, and their faces into the cache."""
    need, finder = _RECIPE.preprocessing, make_face_finder()
    looks = [
        (content, prepare_faces(content, finder, need, FaceMode.FIND)[1]) for content in contents
    ]
    faces = [(content, found[0].pixels) for content, found in looks if found]
    noise, codes = np.random.default_rng(0), {}
    for emotion in EMOTIONS:
        (data / emotion).mkdir(parents=True)
    with FaceStore(place.pictures).open(need) as look:
        for number in range(count):
            original, pixels = faces[number % len(faces)]
            content = original + number.to_bytes(8, "big")
            person, picture = divmod(number, _PER_PERSON)
            emotion = EMOTIONS[number % len(EMOTIONS)]
            path = data / emotion / f"Subject_{person:06d}_{picture:04d}.jpg"
            path.write_bytes(content)
            known = Known(digest(content), PhotoStatus.OK)
            look.add(path, stamp_of(path), known, pixels)
            codes[known.digest] = noise.bytes(CODE_BYTES)
    with PredictionCache(place.predictions) as cache:  # else all are copies of a few
        cache.save_features(COPY_CODE_KEY, codes)


if __name__ == "__main__":
    sys.exit(main())
