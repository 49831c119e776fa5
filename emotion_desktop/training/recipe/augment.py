"""How far training photos are changed at random."""

from __future__ import annotations

from dataclasses import dataclass

from emotion_desktop.training.recipe.schema import option


@dataclass(frozen=True, slots=True)
class Augment:
    """How far training photos are changed at random; 0 leaves a thing alone."""

    flip: bool = option("Mirror", "Every second photo is shown mirrored.", "augment", default=False)
    turn: float = option(
        "Turn",
        "Largest angle a face is turned by, either way.",
        "augment",
        low=0,
        high=45,
        unit="°",
        default=0.0,
    )
    zoom: float = option(
        "Zoom",
        "Largest natural logarithm of the scale, either way: 0.2 is about 20 %.",
        "augment",
        low=0,
        high=0.5,
        default=0.0,
    )
    stretch: float = option(
        "Stretch",
        "The same for the ratio of width to height.",
        "augment",
        low=0,
        high=0.3,
        default=0.0,
    )
    shear: float = option(
        "Shear",
        "Largest shift of a row of pixels against the next one, either way.",
        "augment",
        low=0,
        high=0.4,
        default=0.0,
    )
    shift: float = option(
        "Shift",
        "Largest move of the face, as a share of the picture's side.",
        "augment",
        low=0,
        high=0.3,
        default=0.0,
    )
    blur: float = option(
        "Blur",
        "Largest share of a blurred copy mixed in; half of the photos stay sharp.",
        "augment",
        low=0,
        high=1,
        default=0.0,
    )
    contrast: float = option(
        "Contrast",
        "Largest natural logarithm of the change in contrast, either way.",
        "augment",
        low=0,
        high=1,
        default=0.0,
    )
    brightness: float = option(
        "Brightness",
        "Largest change in brightness, either way.",
        "augment",
        low=0,
        high=100,
        unit="of 255",
        default=0.0,
    )
    noise: float = option(
        "Noise",
        "Largest standard deviation of noise; half of the photos stay clean.",
        "augment",
        low=0,
        high=30,
        unit="of 255",
        default=0.0,
    )
    coarse: float = option(
        "Coarse",
        "Share of the photos shown as if they had but a few pixels.",
        "augment",
        low=0,
        high=1,
        default=0.0,
    )
    gamma: float = option(
        "Gamma",
        "Largest natural logarithm of the exponent that lightens or darkens the middle "
        "tones, either way.",
        "augment",
        low=0,
        high=1,
        default=0.0,
    )
    shade: float = option(
        "Shade",
        "Largest change of light from one side to the other.",
        "augment",
        low=0,
        high=0.8,
        default=0.0,
    )
    cutout: float = option(
        "Cutout",
        "Share of the photos in which a rectangle is painted over.",
        "augment",
        low=0,
        high=1,
        default=0.0,
    )

    @property
    def changes_geometry(self) -> bool:
        """Whether faces are turned, scaled, sheared, shifted or mirrored."""
        return bool(self.flip or self.turn or self.zoom or self.stretch or self.shear or self.shift)

    @property
    def changes_pixels(self) -> bool:
        """Whether light or detail is changed."""
        return bool(
            self.blur
            or self.contrast
            or self.brightness
            or self.noise
            or self.coarse
            or self.gamma
            or self.shade
            or self.cutout
        )
