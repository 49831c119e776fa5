"""Synthesised photos: edited copies of training photos of rare emotions.

Contrast, colour and sharpness are changed the way the original notebooks did, by Pillow's
ImageEnhance; the rest are choices. Everything follows from the photos' contents and the seed, so
that copies made on the fly and copies written out are the same ones.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from PIL import Image, ImageEnhance, ImageFilter, ImageOps

from emotion_desktop.domain.balance import Synthesis
from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.domain.sample import Sample
from emotion_desktop.imaging.decode import Pixels, decode

#: What full strength is: a factor of two either way; degrees; shares of the side.
_TURN: Final = 15.0
_SHIFT: Final = 0.10
_BLUR: Final = 0.02
_ENHANCERS: Final = {
    "contrast": ImageEnhance.Contrast,
    "colour": ImageEnhance.Color,
    "sharpness": ImageEnhance.Sharpness,
}


@dataclass(frozen=True, slots=True)
class Edit:
    """What is done to a picture, in this order; the values here do nothing.

    Attributes:
        contrast, colour, sharpness: factors of Pillow's ImageEnhance.
        turn: degrees, counter-clockwise.
        right, down: shares of the side.
        blur: standard deviation of a Gauss filter, share of the side.
    """

    contrast: float = 1.0
    colour: float = 1.0
    sharpness: float = 1.0
    flip: bool = False
    turn: float = 0.0
    right: float = 0.0
    down: float = 0.0
    blur: float = 0.0

    def to_dict(self) -> dict[str, Any]:
        """JSON values: what differs from nothing."""
        nothing = asdict(Edit())
        return {name: value for name, value in asdict(self).items() if value != nothing[name]}


@dataclass(frozen=True, slots=True)
class SynthesisedCopy:
    """A copy to be made of a training photo. ``number`` counts an emotion's copies from 1."""

    sample: Sample
    edit: Edit
    number: int

    def picture(self) -> Pixels:
        """Makes it: (height, width, 3) uint8.

        Raises:
            UnreadablePictureError: the photo cannot be decoded.
        """
        return apply_edit(decode(self.sample.path).pixels, self.edit)


def plan_copies(training: Iterable[Sample], synthesis: Synthesis) -> list[SynthesisedCopy]:
    """Which copies to make, emotion by emotion in the order of EMOTIONS.

    Each photo of an emotion is used as often as any other, give or take one.
    """
    by_emotion: defaultdict[str, list[Sample]] = defaultdict(list)
    for sample in training:
        by_emotion[sample.emotion or ""].append(sample)
    copies = []
    for number, emotion in enumerate(EMOTIONS):
        # By content, wherever it lies.
        sources = sorted(by_emotion[emotion], key=lambda s: (s.digest or b"", s.path.name))
        missing = synthesis.targets.get(emotion, 0) - len(sources)
        if not sources or missing <= 0:
            continue
        rng = np.random.default_rng([synthesis.seed % 2**32, number])
        order = rng.permutation(len(sources))
        copies += [
            SynthesisedCopy(sources[order[n % len(sources)]], draw_edit(synthesis, rng), n + 1)
            for n in range(missing)
        ]
    return copies


def draw_edit(synthesis: Synthesis, rng: np.random.Generator) -> Edit:
    """Draws one copy's edit. Every edit is drawn, chosen or not: choosing one more changes only
    that one."""
    strength = synthesis.strength
    factors = 2.0 ** rng.uniform(-strength, strength, 3)
    turn, right, down = rng.uniform(-strength, strength, 3)
    blur, flip = rng.uniform(0, strength), bool(rng.random() < 0.5)
    drawn: dict[str, dict[str, Any]] = {
        "contrast": {"contrast": float(factors[0])},
        "colour": {"colour": float(factors[1])},
        "sharpness": {"sharpness": float(factors[2])},
        "flip": {"flip": flip},
        "turn": {"turn": float(turn) * _TURN},
        "shift": {"right": float(right) * _SHIFT, "down": float(down) * _SHIFT},
        "blur": {"blur": float(blur) * _BLUR},
    }
    chosen: dict[str, Any] = {}
    for name in synthesis.edits:
        chosen.update(drawn[name])
    return Edit(**chosen)


def apply_edit(pixels: Pixels, edit: Edit) -> Pixels:
    """Edits a picture, or a face cut out of one.

    Args:
        pixels: (height, width, 3) uint8, RGB.

    Returns:
        The same shape.
    """
    image = Image.fromarray(pixels)
    for name, enhancer in _ENHANCERS.items():
        factor = getattr(edit, name)
        if factor != 1:
            image = enhancer(image).enhance(factor)
    if edit.flip:
        image = ImageOps.mirror(image)
    if edit.blur:
        image = image.filter(ImageFilter.GaussianBlur(edit.blur * min(image.size)))
    out = np.asarray(image)
    if edit.turn or edit.right or edit.down:
        height, width = out.shape[:2]
        matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), edit.turn, 1.0)
        matrix[:, 2] += (edit.right * width, edit.down * height)
        # At the edge the picture goes on: black corners would tell copies from photos.
        out = cv2.warpAffine(out, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
    return np.ascontiguousarray(out)


def copy_name(synthetic: SynthesisedCopy, original: Path) -> str:
    """What a copy that is written out is called: after its photo, and numbered."""
    return f"{original.stem}-copy{synthetic.number:05}.png"
