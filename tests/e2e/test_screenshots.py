"""The guide's pictures can still be taken."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from PySide6.QtGui import QImage

ROOT = Path(__file__).resolve().parents[2]
_SCRIPT = """
import sys
from pathlib import Path
from tests import screenshots
sys.exit(screenshots.main(sys.argv[2:], Path(sys.argv[1])))
"""


def test_pictures_of_the_gallery_are_taken(tmp_path):
    """The rest of them take a training, and minutes."""
    wanted = ("welcome", "gallery-dark", "corrected")
    subprocess.run(
        [sys.executable, "-c", _SCRIPT, tmp_path / "pictures", *wanted],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"},
        check=True,
        timeout=300,
    )
    made = {path.stem: QImage(str(path)) for path in (tmp_path / "pictures").iterdir()}
    assert set(made) == set(wanted)
    assert {(image.width(), image.height()) for image in made.values()} == {(1280, 880)}
    assert made["welcome"].pixelColor(640, 20) != made["gallery-dark"].pixelColor(640, 20)
    assert not (tmp_path / "screenshot.png").exists()
