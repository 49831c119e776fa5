"""Write `constraints.txt`: the newest versions that fit `pyproject.toml`, for each Python we serve.

python3 packaging/pin.py python3.10 python3.11 python3.12

Each interpreter named needs pip 23 or newer; nothing is installed. Versions that differ between
them get environment markers.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from environment import ROOT

OWN_NAME = "emotion-desktop"
# What the set-up itself needs, and what packages ask for on Windows alone.
ALSO = ("colorama", "hatchling", "pip")

HEADER = """\
# Exact versions of all that the program and its tests need, for Python {pythons}.
# Made by: python3 packaging/pin.py {commands}
# (give it pip settings through the environment where you need any), then: packaging/test.py
"""


def resolve(python: str) -> tuple[str, dict[str, str]]:
    """The Python version of an interpreter, and the version of each package it would install."""
    command = [python, "-m", "pip", "install", "--quiet", "--dry-run", "--ignore-installed"]
    options = ["--only-binary=:all:", "--no-binary", OWN_NAME, "--report", "-"]
    done = subprocess.run(
        [*command, *options, ".[test,docs]", *ALSO], cwd=ROOT, check=True, stdout=subprocess.PIPE
    )
    report = json.loads(done.stdout)
    versions = {
        re.sub(r"[-_.]+", "-", item["metadata"]["name"]).lower(): item["metadata"]["version"]
        for item in report["install"]
    }
    versions.pop(OWN_NAME, None)
    return report["environment"]["python_version"], versions


def merged(resolved: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Constraint lines that give each Python version what was resolved for it.

    Args:
        resolved: package versions by Python version.

    Returns:
        Lines sorted by package, with a marker where a version is not for all.
    """
    lines = []
    for name in sorted({name for versions in resolved.values() for name in versions}):
        pythons_of: dict[str, list[str]] = {}
        for python, versions in resolved.items():
            if name in versions:
                pythons_of.setdefault(versions[name], []).append(python)
        for version, pythons in pythons_of.items():
            same_for_all = len(pythons) == len(resolved)
            conditions = " or ".join(f'python_version == "{python}"' for python in pythons)
            lines.append(f"{name}=={version}" + ("" if same_for_all else f" ; {conditions}"))
    return lines


def main(pythons: Sequence[str]) -> None:
    """Resolve for each interpreter and write the file."""
    resolved = dict(resolve(python) for python in pythons)
    header = HEADER.format(
        pythons=", ".join(resolved),
        commands=" ".join(f"python{version}" for version in resolved),
    )
    target = Path(__file__).with_name("constraints.txt")
    target.write_text(header + "\n".join(merged(resolved)) + "\n", "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
