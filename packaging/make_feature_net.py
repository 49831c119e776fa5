"""Makes resources/fer2013_expert/fer2013_features.tflite out of the net beside it.

    python packaging/make_feature_net.py

Takes grey faces of 64 × 64 bytes; gives 512 features (the last block, averaged over quarters of the
face) and the 7 logits in FER2013's order.
"""

from __future__ import annotations

import sys
from pathlib import Path

_EXPERT = Path(__file__).resolve().parent.parent / "resources" / "fer2013_expert"


def main() -> int:
    """Writes the file; returns the exit status."""
    import keras

    source = keras.saving.load_model(_EXPERT / "fer2013_mini_xception.hdf5", compile=False)
    inside = keras.Model(
        source.inputs[0],
        [
            source.get_layer("add_4").output,
            source.get_layer("global_average_pooling2d_1").output,
        ],
    )
    pixels = keras.Input((64, 64, 1), dtype="uint8")
    block, logits = inside(keras.layers.Rescaling(1 / 127.5, offset=-1)(pixels))
    quarters = keras.layers.Flatten()(keras.layers.AveragePooling2D(2)(block))
    net = keras.Model(pixels, keras.layers.Concatenate()([quarters, logits]))
    net.export(_EXPERT / "fer2013_features.tflite", format="litert", verbose=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
