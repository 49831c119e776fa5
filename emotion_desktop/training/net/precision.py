"""The numbers a net is trained in: 32 bits, or bfloat16 where that is faster.

Weights, their updates, the answer and the loss stay in 32 bits, and so does the net that is kept
(Micikevicius et al. 2018, "Mixed precision training"; Kalamkar et al. 2019, "A study of BFLOAT16
for deep learning training", for numbers that need no scaling of the loss).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Final

from emotion_desktop.training.net.backend import keras, tf

#: What a processor says that multiplies whole tiles of bfloat16. Those that have vectors of it
#: alone take longer with it than with 32 bits.
_TILES: Final = "amx_bf16"
_CPU_INFO: Final = Path("/proc/cpuinfo")


def lower(net: Any) -> bool:
    """Lets a net compute in bfloat16 where that is faster here; returns whether it does.

    It is for ordinary convolutions alone: those by channel take twice the time in it.

    Args:
        net: a Keras model in 32 bits; its last layer stays in them.
    """
    convolutions = [layer for layer in net.layers if isinstance(layer, keras.layers.Conv2D)]
    by_channel = [
        layer
        for layer in net.layers
        if isinstance(layer, keras.layers.DepthwiseConv2D | keras.layers.SeparableConv2D)
    ]
    if not convolutions or by_channel or not processor_has_tiles():
        return False
    for layer in net.layers[:-1]:
        layer.dtype_policy = keras.DTypePolicy("mixed_bfloat16")
    return True


@cache
def processor_has_tiles() -> bool:
    """Whether the net runs on a processor, and that is made for bfloat16. Only Linux tells."""
    if tf.config.list_physical_devices("GPU"):
        return False
    try:
        return _TILES in _CPU_INFO.read_text().split()
    except OSError:
        return False
