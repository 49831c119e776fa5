"""Which codes tell copies of photos, and the name they are kept under."""

from __future__ import annotations

from typing import Final

from emotion_desktop.domain.geometry import FACE_FINDER

#: Goes up with every change of a code (see imaging.copy_code): others are not compared with these.
COPY_CODE_VERSION: Final = 1
#: Names the codes of this version, with the faces that this finder finds.
COPY_CODE_KEY: Final = f"copy code {COPY_CODE_VERSION}/{FACE_FINDER}"
#: Of those made of faces that were found quickly: good enough to compare photos of a data set with
#: one another, thousands in a minute; no score rests on them.
QUICK_COPY_CODE_KEY: Final = f"quick {COPY_CODE_KEY}"
