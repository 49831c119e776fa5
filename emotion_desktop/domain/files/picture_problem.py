"""Why a photo cannot be used as a picture: a code to decide by, a sentence to show."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from emotion_desktop.domain.errors import MissingPictureError, UnreadablePictureError


class ProblemCode(str, Enum):
    """What kind of trouble it is; kept in the catalogue."""

    MISSING = "missing"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class PictureProblem:
    """What is wrong with a photo's file.

    Attributes:
        text: one or two sentences for people.
    """

    code: ProblemCode
    text: str

    @classmethod
    def from_error(cls, error: UnreadablePictureError) -> PictureProblem:
        """The problem that an error tells of."""
        missing = isinstance(error, MissingPictureError)
        return cls(ProblemCode.MISSING if missing else ProblemCode.UNREADABLE, str(error))
