"""``sourcedir.tar.gz`` for AWS's TensorFlow container: this program as a wheel, and what starts it.

The wheel is made of the very program that runs, without window, command line, jobs and AWS: all
else that it needs (TensorFlow, NumPy, OpenCV) is in the container, and nothing is downloaded there.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import emotion_desktop
from emotion_desktop import __version__
from emotion_desktop.assets import FER2013_EXPERT, RESOURCES

#: What the container starts.
PROGRAM: Final = "train.py"
SOURCE: Final = "sourcedir.tar.gz"
_PACKAGE: Final = "emotion_desktop"
_WHEEL: Final = f"{_PACKAGE}-{__version__}-py3-none-any.whl"
_INFO: Final = f"{_PACKAGE}-{__version__}.dist-info"
_STAYS_HERE: Final = ("ui", "cli", "jobs", "aws", "launcher")
_START: Final = f'''"""What AWS's TensorFlow container runs: it trains on the faces it was sent."""

from {_PACKAGE}.training.script.entry import main

main()
'''
# psutil is in the container already; were it not, pip would fetch it.
_METADATA: Final = f"""Metadata-Version: 2.1
Name: {_PACKAGE.replace("_", "-")}
Version: {__version__}
Requires-Python: >=3.10
Requires-Dist: psutil
"""
_WHEEL_INFO: Final = """Wheel-Version: 1.0
Generator: emotion-desktop
Root-Is-Purelib: true
Tag: py3-none-any
"""


def write_source(target: Path, *, with_expert: bool) -> None:
    """Writes the archive; the same program gives the same bytes.

    Args:
        with_expert: with the net of others that stands beside ours in some recipes.

    Raises:
        AppError: the disk is full.
    """
    from emotion_desktop.workspace.files.atomic import write_atomically

    files = {
        PROGRAM: _START.encode(),
        # The container installs what stands in it, before it starts the program.
        "requirements.txt": f"./{_WHEEL}\n".encode(),
        _WHEEL: _wheel(with_expert),
    }
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w") as archive:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(data), 0o644
            archive.addfile(entry, io.BytesIO(data))
    write_atomically(target, gzip.compress(tar.getvalue(), mtime=0))


def _wheel(with_expert: bool) -> bytes:
    files = dict(_program(with_expert))
    files[f"{_INFO}/METADATA"] = _METADATA.encode()
    files[f"{_INFO}/WHEEL"] = _WHEEL_INFO.encode()
    rows = [f"{name},sha256={_hash(data)},{len(data)}" for name, data in files.items()]
    files[f"{_INFO}/RECORD"] = "\n".join([*rows, f"{_INFO}/RECORD,,", ""]).encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            # All of one date, so that the same program gives the same bytes.
            info = zipfile.ZipInfo(name)
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(info, data)
    return out.getvalue()


def _program(with_expert: bool) -> Iterator[tuple[str, bytes]]:
    """The program's files by their names in the wheel."""
    root = Path(emotion_desktop.__file__).parent
    for path in sorted(root.rglob("*.py")):
        inner = path.relative_to(root)
        if inner.parts[0] not in _STAYS_HERE and "resources" not in inner.parts:
            yield f"{_PACKAGE}/{inner.as_posix()}", path.read_bytes()
    # The folder makes the program look for its files inside the package.
    yield f"{_PACKAGE}/resources/README", b"Files that come with the program.\n"
    if with_expert:
        for path in sorted(FER2013_EXPERT.iterdir()):
            inner = path.relative_to(RESOURCES)
            yield f"{_PACKAGE}/resources/{inner.as_posix()}", path.read_bytes()


def _hash(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
