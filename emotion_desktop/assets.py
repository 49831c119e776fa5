"""Files that come with the program: icons, styles, sample photos, built-in models, the guide.

In a checkout the folders ``resources`` and ``docs`` lie beside the package, in a wheel inside it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

_PACKAGE: Final = Path(__file__).resolve().parent


def _resources() -> Path:
    inside = _PACKAGE / "resources"
    return inside if inside.is_dir() else _PACKAGE.parent / "resources"


def _guide() -> Path:
    inside = _PACKAGE / "resources" / "docs"
    return inside if inside.is_dir() else _PACKAGE.parent / "docs"


RESOURCES: Final = _resources()
#: The pages of the guide, in Markdown.
GUIDE: Final = _guide()
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
