"""The tests by every Python that is installed, each in an environment of its own.

The answers to the sample photos must be the same by all of them.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from shutil import which

from commands import say
from environment import ROOT, VENV_VARIABLE, Environment

MINORS = range(10, 15)  # of Python 3
# What depends on the Python and its packages most; all tests take too long for five of them.
SHORT = (
    *("tests/unit/domain", "tests/unit/engines", "tests/unit/imaging", "tests/unit/workspace"),
    *("tests/unit/training/finish", "tests/unit/test_cli.py", "tests/unit/test_packaging.py"),
)
TOLERANCE = 1e-6


def run_all(arguments: Sequence[str]) -> int:
    """Run pytest by each Python, and compare what each answers.

    Args:
        arguments: pytest's; none for the short form.

    Returns:
        0 where all tests passed and all answers are the same, else 1.
    """
    failed = []
    answers: dict[str, object] = {}
    for version, python in installed_pythons(_candidates()).items():
        say(f"Python {version}:")
        mine = version == "{}.{}".format(*sys.version_info[:2])
        venv = os.environ.get(VENV_VARIABLE, ".venv") if mine else f".venv-{version}"
        variables = {**os.environ, VENV_VARIABLE: venv}
        test = [str(python), str(ROOT / "packaging" / "test.py"), *(arguments or SHORT)]
        if subprocess.call(test, cwd=ROOT, env=variables) != 0:
            failed.append(version)
        answers[version] = _answers(Environment(ROOT, venv).python)
    for version, answer in answers.items():
        first = next(iter(answers.values()))
        gap = None if answer is None else difference(first, answer)
        verdict = f"differs by at most {gap:.1e}" if gap is not None else "answers otherwise"
        say(f"Python {version}: {'tests failed' if version in failed else 'passed'}; {verdict}")
        if gap is None or gap > TOLERANCE:
            failed.append(version)
    return 1 if failed or not answers else 0


def _candidates() -> list[Path]:
    found = [which(f"python3.{minor}") for minor in MINORS]
    pyenv = Path.home() / ".pyenv" / "versions"
    return [
        Path(sys.executable),
        *(Path(name) for name in found if name is not None),
        *sorted(pyenv.glob("3.*/bin/python")),
    ]


def installed_pythons(candidates: Sequence[Path]) -> dict[str, Path]:
    """The first working interpreter of each version we serve, by version, oldest first."""
    code = "import sys; print('%d %d' % sys.version_info[:2])"
    found: dict[int, Path] = {}
    for candidate in candidates:
        done = subprocess.run([candidate, "-c", code], check=False, capture_output=True, text=True)
        words = done.stdout.split()  # a shim of pyenv may lead nowhere
        if len(words) == 2 and words[0] == "3" and int(words[1]) in MINORS:
            found.setdefault(int(words[1]), candidate)
    return {f"3.{minor}": found[minor] for minor in sorted(found)}


def _answers(python: Path) -> object:
    """What the sample photos are answered with; None where they are not."""
    photos = sorted(str(path) for path in (ROOT / "resources" / "samples").glob("*.jpg"))
    if not python.exists():  # the set-up failed, and said why
        return None
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "answers.json")
        command = [str(python), "-m", "emotion_desktop", "classify", *photos, "--json", str(out)]
        subprocess.run(
            [*command, "--workspace", folder], cwd=ROOT, check=False, stdout=subprocess.DEVNULL
        )
        return json.loads(out.read_text("utf-8")) if out.exists() else None


def difference(first: object, second: object) -> float | None:
    """The largest difference between numbers of two JSON values; None where anything else differs.

    Args:
        first: a JSON value, as is ``second``.
    """
    if isinstance(first, Mapping) and isinstance(second, Mapping):
        if first.keys() != second.keys():
            return None
        return _largest([difference(value, second[key]) for key, value in first.items()])
    if isinstance(first, list) and isinstance(second, list):
        if len(first) != len(second):
            return None
        return _largest([difference(a, b) for a, b in zip(first, second, strict=True)])
    if isinstance(first, float) and isinstance(second, float):
        return abs(first - second)
    return 0.0 if first == second else None


def _largest(gaps: Sequence[float | None]) -> float | None:
    known = [gap for gap in gaps if gap is not None]
    return max(known, default=0.0) if len(known) == len(gaps) else None
