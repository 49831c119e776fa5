"""A small data set of real faces, made for tests from the sample portraits."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import cv2
import numpy as np

from emotion_desktop.assets import SAMPLES
from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.imaging.crop import cut, frame_face
from emotion_desktop.imaging.decode import Pixels, decode
from emotion_desktop.imaging.faces import make_face_finder

PORTRAITS = ("official_portrait.jpg", "grace_hopper.jpg", "eileen_collins.jpg")
FACELESS = "a_cat.jpg"


def make_data_set(
    folder: Path,
    persons_per_emotion: int = 3,
    photos_per_person: int = 2,
    *,
    emotions: tuple[str, ...] = EMOTIONS,
    faceless: int = 0,
    broken: int = 0,
    side: int = 160,
    bent: bool = True,
) -> Path:
    """Makes labelled photos: folder/images, and folder/data/legend.csv that names them.

    All are variations of three faces, no two files alike, so a net can learn nothing true of them;
    what matters is that each photo has a face, an emotion and a person. Persons are told apart by
    the file names, ``Subject_01_0001.jpg``.

    Args:
        faceless: how many photos without a face to add, each of a person of its own.
        broken: how many files that are no pictures to add, each of a person of its own.
        side: of the photos, pixels.
        bent: False makes them as version 0.1.0's tests did, copies of one another.

    Returns:
        The folder.
    """
    rng = np.random.default_rng(0)
    images = folder / "images"
    images.mkdir(parents=True)
    rows: list[tuple[str, str]] = []
    person = 0
    for emotion in emotions:
        for _ in range(persons_per_emotion):
            person += 1
            for number in range(1, photos_per_person + 1):
                name = f"Subject_{person:02d}_{number:04d}.jpg"
                photo = _vary(_portrait(PORTRAITS[person % len(PORTRAITS)], side), rng, bent=bent)
                cv2.imwrite(str(images / name), photo[:, :, ::-1])
                rows.append((name, emotion))
    for _ in range(faceless):
        person += 1
        name = f"Subject_{person:02d}_0001.jpg"
        grey = np.full((side, side), 60 + 5 * person % 190, np.uint8)
        cv2.imwrite(str(images / name), grey)
        rows.append((name, emotions[person % len(emotions)]))
    for _ in range(broken):
        person += 1
        name = f"Subject_{person:02d}_0001.jpg"
        (images / name).write_bytes(b"\xff\xd8\xff no picture %d" % person)
        rows.append((name, emotions[person % len(emotions)]))
    legend = folder / "data" / "legend.csv"
    legend.parent.mkdir()
    with legend.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("image", "emotion"), *rows])
    return folder


@cache
def _portrait(name: str, side: int) -> Pixels:
    """The face of a portrait with much of its surroundings, (side, side, 3) RGB."""
    picture = decode(SAMPLES / name)
    face = make_face_finder().find(picture)[0]
    return cut(picture, frame_face(face, "box", 1.8), side)


def _vary(photo: Pixels, rng: np.random.Generator, *, bent: bool) -> Pixels:
    """The photo mirrored, bent, moved, turned and lit differently: no copy of any other one."""
    side = len(photo)
    if bent:
        photo = _bent(photo, rng)
    if rng.random() < 0.5:
        photo = photo[:, ::-1]
    matrix = cv2.getRotationMatrix2D(
        (side / 2, side / 2), rng.uniform(-8, 8), rng.uniform(0.9, 1.15)
    )
    matrix[:, 2] += rng.uniform(-0.04, 0.04, 2) * side
    turned = cv2.warpAffine(photo, matrix, (side, side), borderMode=cv2.BORDER_REPLICATE)
    lit = turned * rng.uniform(0.8, 1.15) + rng.uniform(-10, 10)
    return np.asarray(np.clip(lit, 0, 255).astype(np.uint8))


def _bent(photo: Pixels, rng: np.random.Generator) -> Pixels:
    """The photo bent smoothly, so that it passes for another face."""
    side = len(photo)
    shifts = rng.normal(0, 0.035 * side, (2, 6, 6)).astype(np.float32)
    right, down = (cv2.resize(s, (side, side), interpolation=cv2.INTER_CUBIC) for s in shifts)
    y, x = np.mgrid[:side, :side].astype(np.float32)
    bent = cv2.remap(photo, x + right, y + down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(bent, np.uint8)
