"""The window shown against a bare Qt window, and the first answer for a photo given cold.

    python -m tests.benchmarks.startup [--rounds 9] [--imports] [--json -]

Every start is a process of its own; files are in the system's memory, nothing else is kept.
"""

from __future__ import annotations

import compileall
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from emotion_desktop.assets import SAMPLES
from emotion_desktop.workspace.paths import WORKSPACE_VARIABLE
from tests.benchmarks.measure import Figure, in_turn, parser, report
from tests.benchmarks.start import ANSWER, BARE, WINDOW

_REPOSITORY = Path(__file__).resolve().parents[2]
_PATIENCE_S = 60


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures and reports; returns the exit status."""
    options = parser(str(__doc__), photos=1, rounds=9)
    options.add_argument("--imports", action="store_true", help="list what the window imports")
    chosen = options.parse_args(arguments)
    photo = next(iter(sorted(chosen.data.glob("*.jpg"))), SAMPLES / "official_portrait.jpg")
    with tempfile.TemporaryDirectory() as workspace:
        environment = surroundings(Path(workspace))
        report("Start", measure(photo, environment, chosen.rounds), chosen.json)
        if chosen.imports:
            print("\n".join(imports(environment)))
    return 0


def measure(photo: Path, environment: dict[str, str], rounds: int) -> list[Figure]:
    """The figures: ratios to the bare window first."""
    # As an installed program is; where byte code may not be written, every start would compile.
    compileall.compile_dir(_REPOSITORY / "emotion_desktop", quiet=2)
    ways = {
        BARE: start(environment, BARE),
        WINDOW: start(environment, WINDOW),
        ANSWER: start(environment, ANSWER, str(photo)),
    }
    for way in ways.values():
        way()  # files are in memory
    result = in_turn(ways, rounds)
    later = sorted(
        answer - bare
        for answer, bare in zip(result.seconds[ANSWER], result.seconds[BARE], strict=True)
    )[rounds // 2]
    return [
        Figure("window shown, by a bare Qt window", result.ratio(WINDOW, BARE), at_most=2),
        Figure("first answer, cold, by a bare Qt window", result.ratio(ANSWER, BARE)),
        Figure("first answer, cold, after a bare start", later, "s", at_most=0.5),
        Figure("bare Qt window, here", result.median(BARE), "s"),
        Figure("window shown, here", result.median(WINDOW), "s"),
        Figure("first answer, here", result.median(ANSWER), "s"),
    ]


def surroundings(workspace: Path) -> dict[str, str]:
    """The environment of a start: a workspace of its own; without a screen, none is needed."""
    environment = {**os.environ, WORKSPACE_VARIABLE: str(workspace)}
    if not any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")):
        environment.setdefault("QT_QPA_PLATFORM", "offscreen")
    return environment


def start(environment: dict[str, str], what: str, *photos: str) -> Callable[[], float]:
    """A way for in_turn: a fresh process, timed from before it exists."""

    def run() -> float:
        command = [sys.executable, "-m", "tests.benchmarks.start", what, repr(time.time()), *photos]
        return float(_run(command, environment).stdout)

    return run


def imports(environment: dict[str, str], most: int = 25) -> list[str]:
    """What the window's start imports: milliseconds per top-level package, and the program's own
    modules with their imports not counted before."""
    command = [
        sys.executable, "-X", "importtime", "-m", "tests.benchmarks.start", WINDOW, "0",
    ]  # fmt: skip
    packages: Counter[str] = Counter()
    modules: Counter[str] = Counter()
    for line in _run(command, environment).stderr.splitlines():
        parts = line.removeprefix("import time:").split("|")
        if len(parts) == 3 and parts[0].strip().isdigit():
            name = parts[2].strip()
            packages[name.split(".")[0]] += int(parts[0])
            modules[name] = int(parts[1])
    ours = Counter({k: v for k, v in modules.items() if k.startswith("emotion_desktop")})
    return [
        "ms by package, itself:",
        *(f"{micro / 1000:8.1f}  {name}" for name, micro in packages.most_common(most)),
        "ms by module of the program, with what it imports first:",
        *(f"{micro / 1000:8.1f}  {name}" for name, micro in ours.most_common(most)),
    ]


def _run(command: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=_REPOSITORY,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=_PATIENCE_S,
    )


if __name__ == "__main__":
    sys.exit(main())
