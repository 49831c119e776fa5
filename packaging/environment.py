"""The program's own environment: made on first use, repaired when half made, else trusted at once.

Standard library only, and nothing slow is imported before it is needed: every start goes through
here. What is inside is named by a stamp (Python, place, `pyproject.toml`, `constraints.txt`), which
is written last: an environment without a stamp was never finished, and is made anew.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from commands import SetupError, run_logged, say

ROOT = Path(__file__).resolve().parent.parent

# The extras of every start. MXNet has no wheel for Windows and Apple's own processors.
USUAL = frozenset({"mxnet"}) if sys.platform == "linux" else frozenset[str]()
VENV_VARIABLE = "EMOTION_DESKTOP_VENV"

_LOCK_POLL_SECONDS = 0.5
_LARGE_MB = 20  # downloads from this size on are worth a line
# Of everything (docs/guide/install.md says the same).
_DOWNLOAD, _ON_DISK = "960 MB", "3.2 GB"
# How pip words what went wrong, and what helps.
_HINTS = (
    (
        "CERTIFICATE_VERIFY_FAILED",
        "A proxy stands between this computer and the internet, with a certificate of its own: let "
        "the variable PIP_CERT name that certificate's file, and start again.",
    ),
    (
        "407 Proxy",
        "The proxy wants a name and password: put them into HTTPS_PROXY and start again.",
    ),
    ("No space left on device", "The disk is full: free about 4 GB and start again."),
    ("Permission denied", "Make the folder writable for you and start again."),
    ("Failed to establish a new connection", "Connect to the internet and start again."),
    ("Temporary failure in name resolution", "Connect to the internet and start again."),
    ("Read timed out", "The connection is slow or broken: start again later."),
    ("No matching distribution", "Connect to the internet, or use a 64-bit Python."),
)
_OTHER_HINT = "Connect to the internet, see that 4 GB of disk are free, and start again."


class Environment:
    """The virtual environment of one checkout: `.venv`, or what EMOTION_DESKTOP_VENV names in it.

    Args:
        root: the folder with `pyproject.toml` and `packaging/constraints.txt`.
        name: the folder's name in it, where it is another one.
    """

    def __init__(self, root: Path = ROOT, name: str = "") -> None:
        self.root = root
        self.folder = root / (name or os.environ.get(VENV_VARIABLE, ".venv"))
        scripts = "Scripts" if os.name == "nt" else "bin"
        self.python = self.folder / scripts / ("python.exe" if os.name == "nt" else "python")
        self.log = self.folder / "setup.log"
        self._log_before = self.folder / "setup-before.log"  # of the start before
        self.window_ready = self.folder / "window-ready"  # there once Qt has all its libraries
        self._stamp = self.folder / "setup.json"
        self._lock = self.folder / "setup.lock"

    def ensure(self, extras: frozenset[str] = frozenset()) -> Path:
        """Make the environment hold the program and `extras`, if it does not yet.

        Args:
            extras: names of optional dependencies in `pyproject.toml`; what an earlier call asked
                for stays installed.

        Returns:
            The environment's Python.

        Raises:
            SetupError: it could not be made.
        """
        wanted = self._contents()
        if not self._holds(wanted, extras):
            self._require_installer()
            try:
                self._make(wanted, extras)
            except OSError as error:
                raise SetupError(
                    f"The program's environment could not be made in {self.folder}: {error}.",
                    "Make the folder writable, see that 4 GB of disk are free, and start again.",
                ) from error
        return self.python

    def _contents(self) -> dict[str, str]:
        """What the environment is made from, as the stamp records it."""
        inputs = hashlib.sha256()
        for path in (self.root / "pyproject.toml", self.root / "packaging" / "constraints.txt"):
            inputs.update(path.read_bytes())
        return {
            "python": "{}.{}".format(*sys.version_info[:2]),
            "place": str(self.root),  # scripts and the program's link hold absolute paths
            "inputs": inputs.hexdigest(),
        }

    def _read_stamp(self) -> tuple[dict[str, str], frozenset[str]] | None:
        """Contents and extras of a finished environment; None where there is none."""
        try:
            stamp = json.loads(self._stamp.read_text("utf-8"))
            return stamp["contents"], frozenset(stamp["extras"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _write_stamp(self, contents: dict[str, str], extras: frozenset[str]) -> None:
        text = json.dumps({"contents": contents, "extras": sorted(extras)}, indent=1)
        partial = self._stamp.with_suffix(".partial")
        partial.write_text(text, "utf-8")
        partial.replace(self._stamp)

    def _holds(self, wanted: dict[str, str], extras: frozenset[str]) -> bool:
        stamp = self._read_stamp()
        return (
            stamp is not None
            and stamp[0] == wanted
            and extras <= stamp[1]
            and self.python.exists()  # the Python it was made from may be gone
        )

    def _make(self, wanted: dict[str, str], extras: frozenset[str]) -> None:
        if self.folder.exists() and any(self.folder.iterdir()) and not self._lock.exists():
            raise SetupError(
                f"{self.folder} is an environment that this script has not made.",
                "Move or delete it and start again.",
            )
        self.folder.mkdir(exist_ok=True)
        with self._lock.open("a+b") as lock, _locked(lock):
            if self._holds(wanted, extras):  # whoever held the lock has made it
                return
            old = self._read_stamp()
            if old is not None and self.python.exists() and _same_base(old[0], wanted):
                self._update(old, wanted, extras)
            else:
                self._start_over(wanted, extras)

    def _update(
        self,
        old: tuple[dict[str, str], frozenset[str]],
        wanted: dict[str, str],
        extras: frozenset[str],
    ) -> None:
        say("Bringing the program's environment up to date …")
        self._stamp.unlink()
        try:
            self.install(extras | old[1])
        except SetupError:
            self._write_stamp(*old)  # pip puts back what it could not replace
            raise
        self._write_stamp(wanted, extras | old[1])

    def _start_over(self, wanted: dict[str, str], extras: frozenset[str]) -> None:
        import shutil
        import venv

        say(
            f"Making the program's environment in {self.folder}: once, about {_DOWNLOAD} to "
            f"download and {_ON_DISK} on disk …"
        )
        for entry in self.folder.iterdir():
            if entry not in (self._lock, self.log, self._log_before):
                if entry.is_dir() and not entry.is_symlink():
                    shutil.rmtree(entry)
                else:
                    entry.unlink()
        # Without pip: Debian's bare Python lacks ensurepip, which venv would call.
        venv.EnvBuilder(with_pip=False, symlinks=os.name != "nt").create(self.folder)
        self.install(extras)
        self._write_stamp(wanted, extras)

    def install(self, extras: frozenset[str]) -> None:
        """Install the pinned pip, then the program and what it needs, into the environment.

        Raises:
            SetupError: pip failed, or there is no pip at all; the log has its output.
        """
        if self.log.exists():
            self.log.replace(self._log_before)
        self.window_ready.unlink(missing_ok=True)  # another Qt may need other libraries
        pip = [str(self.python), "-m", "pip", "install"]
        pinned = ["-c", str(self.root / "packaging" / "constraints.txt")]
        first = pip if (self._packages() / "pip").is_dir() else self._first_pip()
        self._run([*first, *pinned, "pip", "hatchling"])
        named = f".[{','.join(sorted(extras))}]" if extras else "."
        # hatchling is there, pinned: pip need not fetch another one to build with.
        self._run([*pip, "--no-build-isolation", *pinned, "-e", named])
        if "mxnet" in extras:  # the extra is what it needs; its own word, numpy<2, is not heeded
            self._run([*pip, "--no-deps", *pinned, "mxnet"])
        # pip compiles what it copies; the program stays where it is, and may lie where a start
        # cannot write, or be started with PYTHONDONTWRITEBYTECODE: each start would compile anew.
        self._run([str(self.python), "-m", "compileall", "-q", "emotion_desktop"])

    def _packages(self) -> Path:
        if os.name == "nt":
            return self.folder / "Lib" / "site-packages"
        return self.folder / "lib" / "python{}.{}".format(*sys.version_info[:2]) / "site-packages"

    def _require_installer(self) -> None:
        """See that there is a pip, or what makes one; on Debian and Ubuntu get it where we may.

        Raises:
            SetupError: there is neither.
        """
        from importlib import invalidate_caches
        from importlib.util import find_spec

        def found() -> bool:
            there = (self._packages() / "pip").is_dir()
            return there or find_spec("pip") is not None or find_spec("ensurepip") is not None

        if found():
            return
        package = "python{}.{}-venv".format(*sys.version_info[:2])
        if sys.platform == "linux":
            from system_packages import may_install, try_to_install

            if may_install() and try_to_install([package]):
                invalidate_caches()
                if found():
                    return
        raise SetupError(
            "This Python can install nothing: it has no pip, and no venv with one.",
            f"Install it (on Debian and Ubuntu: sudo apt-get install {package}) and start again.",
        )

    def _first_pip(self) -> list[str]:
        """The command that installs the first packages into an environment without pip."""
        from importlib.util import find_spec

        if find_spec("pip") is not None:
            return [sys.executable, "-m", "pip", "install", "--target", str(self._packages())]
        self._run([str(self.python), "-m", "ensurepip"])
        return [str(self.python), "-m", "pip", "install"]

    def _run(self, command: list[str]) -> None:
        """Run pip: all it prints goes to the log, its large downloads to the person waiting."""
        settings = {
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "PIP_NO_INPUT": "1",
            "PIP_PROGRESS_BAR": "off",
            "PIP_REQUIRE_VIRTUALENV": "0",  # the first pip may be the system's
            "PIP_ROOT_USER_ACTION": "ignore",
            "PIP_USER": "0",
            "PYTHONUNBUFFERED": "1",
        }
        status = run_logged(command, self.log, self.root, settings, _tell_progress)
        if status != 0:
            output = self.log.read_text("utf-8")
            hint = next((hint for words, hint in _HINTS if words in output), _OTHER_HINT)
            raise SetupError(
                "The program's parts could not be installed.",
                f"{hint} What pip said is in {self.log}.",
            )


def _same_base(old: dict[str, str], wanted: dict[str, str]) -> bool:
    return all(old.get(key) == wanted[key] for key in ("python", "place"))


def _tell_progress(line: str) -> None:
    import re

    fetched = re.match(
        r"\s*(?:Downloading|Using cached) (?:\S*/)?([^-/\s]+)-\S+ \((\d+)[.\d]* MB\)", line
    )
    if fetched and int(fetched[2]) >= _LARGE_MB:
        say(f"  {fetched[1]}: {fetched[2]} MB")
    elif line.startswith("Installing collected packages:"):
        say(f"  unpacking {line.count(',') + 1} packages; the largest take a minute or more")


@contextmanager
def _locked(lock: BinaryIO) -> Iterator[None]:
    """Hold the lock on an open file until the block ends; the system frees it if we are killed."""
    import time

    told = False
    while not _try_to_lock(lock):
        if not told:
            say("Another start is making the environment: waiting for it …")
            told = True
        time.sleep(_LOCK_POLL_SECONDS)
    yield  # closing the file frees the lock


def _try_to_lock(lock: BinaryIO) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            lock.seek(0)
            msvcrt.locking(lock.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in (errno.EACCES, errno.EAGAIN, errno.EDEADLK):
            return False
        raise
    return True
