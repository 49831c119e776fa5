"""Small pictures for tests of data sets, no two alike."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np


def put_pictures(*paths: Path, side: int = 96, colour: bool = False, seed: int = 0) -> None:
    """Writes a picture of soft noise to each path; the same path and seed give the same one."""
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        rng = np.random.default_rng([seed, *path.name.encode()])
        rough = rng.uniform(0, 255, (8, 8, 3 if colour else 1)).astype(np.float32)
        smooth = cv2.resize(rough, (side, side), interpolation=cv2.INTER_CUBIC)
        pixels = np.clip(smooth, 0, 255).astype(np.uint8)
        assert cv2.imwrite(str(path), pixels)
