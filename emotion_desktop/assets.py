"""Files that come with the program: icons, style sheets, sample photos, the built-in models.

In a checkout the folder ``resources`` lies beside the package, in a wheel inside it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

_PACKAGE: Final = Path(__file__).resolve().parent


def _resources() -> Path:
    inside = _PACKAGE / "resources"
    return inside if inside.is_dir() else _PACKAGE.parent / "resources"


RESOURCES: Final = _resources()
ICONS: Final = RESOURCES / "icons"
#: An SVG file per emotion and per sign, by their names.
EMOTION_ICONS: Final = ICONS / "emotions"
SIGN_ICONS: Final = ICONS / "signs"
THEME_QSS: Final = RESOURCES / "theme.qss"
REPORT_CSS: Final = RESOURCES / "report.css"
SAMPLES: Final = RESOURCES / "samples"
BUILTIN_MODEL: Final = RESOURCES / "models" / "builtin.emodel"
FAST_MODEL: Final = RESOURCES / "models" / "builtin-fast.emodel"
#: Expression nets and face features by others, see the README files there.
EXPERT_FILES: Final = RESOURCES / "experts"
FER2013_EXPERT: Final = RESOURCES / "fer2013_expert"
