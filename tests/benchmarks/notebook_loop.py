"""The notebooks' way to classify: OpenCV reads and resizes, Keras predicts, photo by photo.

A process of its own, so that TensorFlow's threads and memory stay away from what it is compared
with. It is told the photos as a JSON list in the first line of its standard input; every further
line makes it classify all of them once and print the seconds it took.
"""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any

_SIDE = 50


def main() -> None:
    """Answers until standard input ends."""
    # TensorFlow prints on standard output: the answers keep a descriptor of their own.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    paths: list[str] = json.loads(sys.stdin.readline())
    from emotion_desktop.domain.emotions import EMOTIONS
    from emotion_desktop.training.net.nets import build_net
    from emotion_desktop.training.recipe.presets import recipe_named

    # How long a net takes does not depend on its weights: random ones do.
    net = build_net(recipe_named("notebook"), labels=EMOTIONS, seed=0)
    classify(net, paths[:2])  # Keras compiles with the first photo
    for _ in sys.stdin:
        begin = time.perf_counter()
        classify(net, paths)
        print(time.perf_counter() - begin, file=answers, flush=True)


def classify(net: Any, paths: list[str]) -> list[int]:
    """The loop: the index of the strongest output for each photo."""
    import cv2
    import numpy as np

    answers = []
    for path in paths:
        photo = cv2.resize(cv2.imread(path), (_SIDE, _SIDE))
        outputs = net.predict(np.expand_dims(photo, 0), verbose=0)
        answers.append(int(outputs[0].argmax()))
    return answers


if __name__ == "__main__":
    main()
