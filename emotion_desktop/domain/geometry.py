"""Where a face is in a picture. All figures are pixels of the upright, full-size picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

#: Which finder finds faces, and the number of its settings: another number, other faces. What was
#: kept of another finder's faces is not trusted.
FACE_FINDER: Final = "yunet-2023mar/1"


@dataclass(frozen=True, slots=True)
class Box:
    """An axis-parallel rectangle: top left corner, width and height."""

    x: int
    y: int
    width: int
    height: int

    def to_list(self) -> list[int]:
        """[x, y, width, height], as results are written."""
        return [self.x, self.y, self.width, self.height]


@dataclass(frozen=True, slots=True)
class Frame:
    """The turned square that is cut out for a model: its centre, side and angle.

    The angle is that of the square's upper edge, in degrees clockwise as seen on screen.
    A frame whose sides differ (a whole picture taken as a face) is not turned.
    """

    x: float
    y: float
    width: float
    height: float
    angle: float = 0.0


@dataclass(frozen=True, slots=True)
class Face:
    """A face found in a picture.

    ``landmarks`` are the (x, y) of the eye on the left of the picture, the eye on its right, the
    tip of the nose, and the left and right corner of the mouth.
    """

    box: Box
    landmarks: tuple[tuple[float, float], ...]
    score: float
