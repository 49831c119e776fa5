"""Names of half-written files and folders, and cleaning up those whose writer was killed.

    .NAME.part-HOST-PID-RANDOM    what NAME will be, beside it

A writer takes its own away whatever happens; only a kill or a power cut leaves one. The first write
into a folder takes away what dead writers left there.
"""

from __future__ import annotations

import os
import re
import shutil
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

from emotion_desktop.workspace.files.processes import is_alive

_STAGED: Final = re.compile(r"\..+\.part-([0-9a-f]{8})-([0-9]+)-[0-9a-f]{16}", re.DOTALL)
#: How much of the target's name is kept: some file systems allow 255 bytes in all.
_NAME: Final = 40
#: Whether a process of another computer lives cannot be asked: seconds after which it does not.
_ELSEWHERE_S: Final = 24 * 3600.0

_swept: set[Path] = set()
_lock = threading.Lock()


def staged_path(target: Path) -> Path:
    """A path beside a target for what will take its place; no other writer has it."""
    random = os.urandom(8).hex()
    return target.with_name(f".{target.name[:_NAME]}.part-{_host()}-{os.getpid()}-{random}")


def sweep_once(folder: Path) -> None:
    """Takes away what dead writers left in a folder, the first time it is called for it."""
    with _lock:
        if folder in _swept:
            return
        _swept.add(folder)
    sweep(folder)


def sweep(folder: Path) -> None:
    """Takes away what dead writers left in a folder. What cannot be deleted stays."""
    with suppress(OSError):
        for entry in os.scandir(folder):
            matched = _STAGED.fullmatch(entry.name)
            if matched is not None and _is_left(entry, *matched.groups()):
                if entry.is_dir(follow_symlinks=False):
                    shutil.rmtree(entry.path, ignore_errors=True)
                else:
                    with suppress(OSError):
                        Path(entry.path).unlink()


def _is_left(entry: os.DirEntry[str], host: str, process: str) -> bool:
    written = entry.stat(follow_symlinks=False).st_mtime
    if host != _host():
        return written < time.time() - _ELSEWHERE_S
    return int(process) != os.getpid() and not is_alive(int(process), written)


def _host() -> str:
    """What tells this computer from others that write into the same folder."""
    import hashlib
    import platform

    return hashlib.blake2b(platform.node().encode("utf-8", "replace"), digest_size=4).hexdigest()
