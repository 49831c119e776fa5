"""Random changes to the light and detail of training faces, inside TensorFlow's graph.

Every draw is stateless: the same seed and step give the same pictures.
"""

from __future__ import annotations

from typing import Any, Final

from emotion_desktop.training.net.backend import tf
from emotion_desktop.training.recipe.augment import Augment

#: Side of the small copy that stands for a blurred face, share of the side.
_BLURRED_SIDE: Final = 0.44
#: Sides of the small copies that stand for photos of few pixels, shares of the side.
_COARSE_SIDES: Final = (5 / 16, 7 / 16, 9 / 16, 3 / 4)
#: Half the height and width of a rectangle painted over, shares of the side.
_CUTOUT: Final = (1 / 16, 3 / 16)
#: Draws of one step take seeds of their own up to this many.
_DRAWS: Final = 64


class Draws:
    """Random numbers of one step, each draw with a seed of its own.

    Args:
        seed: the run's.
        step: number of the step, an integer tensor.
        device: number of the device that does a share of the step.
    """

    def __init__(self, seed: int, step: Any, device: Any = 0) -> None:
        # A large odd number keeps the devices of a run away from runs with the next seeds.
        self._seed = tf.constant(seed % 2**31, tf.int32) ^ (tf.cast(device, tf.int32) * 0x3779B1)
        self._next = tf.cast(step, tf.int32) * _DRAWS

    def uniform(self, shape: list[Any], low: float, high: float) -> Any:
        """Evenly spread numbers."""
        return tf.random.stateless_uniform(shape, self._advance(), low, high)

    def normal(self, shape: Any) -> Any:
        """Standard normal numbers."""
        return tf.random.stateless_normal(shape, self._advance())

    def gamma(self, shape: list[Any], alpha: float) -> Any:
        """Gamma-distributed numbers."""
        return tf.random.stateless_gamma(shape, self._advance(), alpha)

    def _advance(self) -> Any:
        self._next += 1
        return tf.stack([self._seed, self._next])


def augment_pixels(faces: Any, strengths: Augment, draws: Draws) -> Any:
    """Changes the light and detail of each face at random; augment_geometry comes before.

    Args:
        faces: (photos, side, side, channels), 0–255, any type.

    Returns:
        The same shape, float32, 0–255.
    """
    x = tf.cast(faces, tf.float32)
    each = [tf.shape(x)[0], 1, 1, 1]
    if strengths.coarse:
        x = _coarsen(x, strengths.coarse, draws)
    if strengths.blur:
        x = _blur(x, strengths.blur, draws)
    mean = tf.reduce_mean(x, [1, 2, 3], keepdims=True)
    if strengths.contrast or strengths.brightness:
        factor = tf.exp(draws.uniform(each, -strengths.contrast, strengths.contrast))
        lighter = draws.uniform(each, -strengths.brightness, strengths.brightness)
        x = (x - mean) * factor + mean + lighter
    if strengths.gamma:
        exponent = tf.exp(draws.uniform(each, -strengths.gamma, strengths.gamma))
        x = 255 * (tf.clip_by_value(x, 0.0, 255.0) / 255) ** exponent
    if strengths.shade:
        x *= 1 + _slope(x, strengths.shade, draws)
    if strengths.noise:
        deviation = tf.maximum(0.0, draws.uniform(each, -strengths.noise, strengths.noise))
        x += draws.normal(tf.shape(x)) * deviation
    if strengths.cutout:
        x = _cut_out(x, mean, strengths.cutout, draws)
    return tf.clip_by_value(x, 0.0, 255.0)


def mixup(faces: Any, targets: Any, alpha: float, draws: Draws) -> tuple[Any, Any]:
    """Mixes each face, and its target, with that of another (Zhang et al. 2018, "mixup").

    Args:
        faces: (photos, side, side, channels) float32, in random order.
        targets: (photos, labels) float32.
        alpha: parameter of the symmetric beta distribution of the shares.
    """
    count = [tf.shape(faces)[0]]
    a, b = draws.gamma(count, alpha), draws.gamma(count, alpha)
    share = tf.maximum(a, b) / tf.maximum(a + b, 1e-12)
    # The batch is in random order already: its reverse is as good as any.
    of_face, of_target = share[:, None, None, None], share[:, None]
    return (
        faces * of_face + faces[::-1] * (1 - of_face),
        targets * of_target + targets[::-1] * (1 - of_target),
    )


def _blur(x: Any, strength: float, draws: Draws) -> Any:
    side = x.shape[1]
    small = round(side * _BLURRED_SIDE)
    soft = tf.image.resize(tf.image.resize(x, [small, small], antialias=True), [side, side])
    share = tf.maximum(0.0, draws.uniform([tf.shape(x)[0], 1, 1, 1], -strength, strength))
    return x * (1 - share) + soft * share


def _coarsen(x: Any, share: float, draws: Draws) -> Any:
    """Shrinks some of the faces to a few pixels, and stretches them again."""
    side = x.shape[1]
    for part in _COARSE_SIDES:
        few = round(side * part)
        small = tf.image.resize(x, [few, few], antialias=True)
        chosen = draws.uniform([tf.shape(x)[0], 1, 1, 1], 0.0, 1.0) < share / len(_COARSE_SIDES)
        x = tf.where(chosen, tf.image.resize(small, [side, side]), x)
    return x


def _slope(x: Any, strength: float, draws: Draws) -> Any:
    """Light that falls off across and down the picture: (photos, side, side, 1)."""
    each = [tf.shape(x)[0], 1, 1, 1]
    along = tf.linspace(-1.0, 1.0, x.shape[1])
    across = draws.uniform(each, -strength, strength) * along[None, None, :, None]
    return across + draws.uniform(each, -strength, strength) * along[None, :, None, None]


def _cut_out(x: Any, colour: Any, share: float, draws: Draws) -> Any:
    """Paints a rectangle over (DeVries and Taylor 2017, "cutout")."""
    each, side = [tf.shape(x)[0], 1, 1, 1], x.shape[1]
    low, high = (part * side for part in _CUTOUT)
    along = tf.range(side, dtype=tf.float32)
    within_y = tf.abs(along[None, :, None, None] - draws.uniform(each, 0.0, side)) < draws.uniform(
        each, low, high
    )
    within_x = tf.abs(along[None, None, :, None] - draws.uniform(each, 0.0, side)) < draws.uniform(
        each, low, high
    )
    chosen = draws.uniform(each, 0.0, 1.0) < share
    return tf.where(within_y & within_x & chosen, colour, x)
