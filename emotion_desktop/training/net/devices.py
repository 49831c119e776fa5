"""Where a training runs: on the graphics cards there are, all of them, or on the processor."""

from __future__ import annotations

from functools import cache
from typing import Any

from emotion_desktop.domain.text import processor_words
from emotion_desktop.training.net.backend import tf


@cache
def strategy(devices: tuple[str, ...] = ()) -> Any:
    """TensorFlow's strategy for the devices: mirrored where there are several.

    There is one for each set of devices: two on the same ones mix up what they exchange.

    Args:
        devices: names such as ``GPU:0``; all graphics cards where none are named.
    """
    cards = len(tf.config.list_physical_devices("GPU"))
    names = list(devices) or [f"GPU:{number}" for number in range(cards)]
    return tf.distribute.MirroredStrategy(names) if len(names) > 1 else tf.distribute.get_strategy()


def device_words() -> str:
    """What a training on this computer runs on."""
    cards = tf.config.list_physical_devices("GPU")
    if not cards:
        return processor_words()
    details = tf.config.experimental.get_device_details(cards[0])
    name = details.get("device_name", "Graphics card")
    return f"{len(cards)} × {name}" if len(cards) > 1 else str(name)
