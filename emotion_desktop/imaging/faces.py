"""The face finder: what one does, and the one place where the program's is made.

Another finder is a class in a module of its own that does what FaceFinder says, made here; its
version goes into domain.geometry.FACE_FINDER, so that what the old one found is found again.
"""

from __future__ import annotations

from typing import Final, Protocol

from emotion_desktop.domain.geometry import Face
from emotion_desktop.imaging.decode import Picture

#: No face that the finder can see is lost when a JPEG's shorter side keeps this many pixels.
NEEDED_SIDE: Final = 960


class FaceFinder(Protocol):
    """Finds faces. Threads may share one."""

    @property
    def version(self) -> str:
        """Other words wherever other faces are found."""

    def find(self, picture: Picture) -> tuple[Face, ...]:
        """The faces, largest first, in pixels of the upright, full-size picture."""

    def find_quickly(self, picture: Picture) -> tuple[Face, ...]:
        """As ``find``; may be quicker, less exact, and miss a face beside one that fills the
        picture."""

    def warm_up(self) -> None:
        """Loads what the calling thread needs and runs it once."""


def make_face_finder() -> FaceFinder:
    """The program's finder; nothing is loaded before its first picture."""
    from emotion_desktop.imaging.yunet import YuNet

    return YuNet()
