"""What MXNet and Amazon SageMaker save of a model, found and checked: an archive, or two files.

``model.tar.gz`` holds NAME-symbol.json, model-shapes.json and NAME-NNNN.params, or many of these:
checkpoints, of which the best is taken where it is known how good they are, else the last. It is
read piece by piece and never unpacked, so nothing in it can lead out of a folder; sizes are limited
before anything is read.
"""

from __future__ import annotations

import json
import re
import tarfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Final

from emotion_desktop.domain.errors import BundleError
from emotion_desktop.engines.mxnet.archive import open_archive
from emotion_desktop.engines.mxnet.params import read_params
from emotion_desktop.engines.mxnet.symbol import read_symbol
from emotion_desktop.workspace.files.kinds import is_special

#: Of a whole archive, on disk: hundreds of checkpoints, of which one is taken.
MAX_ARCHIVE: Final = 128 << 30
SHAPES: Final = "model-shapes.json"
#: Files that are no part of a model.
_MAX_OTHERS: Final = 200
_MAC: Final = "__MACOSX"
_LIMITS: Final[Mapping[str, int]] = {
    "symbol": 32 << 20,
    "params": 512 << 20,
    "shapes": 1 << 20,
}
_SYMBOL: Final = re.compile(r"(.+)-symbol\.json")
_PARAMS: Final = re.compile(r"(.+)-(\d{4,})\.params")
#: How good a checkpoint is of which that is not known.
_UNKNOWN: Final = -1.0
_AGAIN: Final = "Export or download it again."
_DANGER: Final = "Only import models from people you trust."


@dataclass(frozen=True)
class MxnetFiles:
    """A model of MXNet.

    Attributes:
        shape: channels, height and width of the picture, where that is known.
    """

    symbol: bytes
    params: bytes
    shape: tuple[int, int, int] | None

    def classes(self) -> int:
        """How many classes it tells apart.

        Raises:
            BundleError: symbol or parameters cannot be used.
        """
        arrays = read_params(self.params)
        graph = read_symbol(self.symbol, arrays)
        for number in reversed(graph.needed):
            node = graph.nodes[number]
            if node.op == "FullyConnected" and len(node.inputs) > 1:
                name = graph.nodes[node.inputs[1]].name
                if name in arrays and arrays[name].ndim == 2:
                    return int(arrays[name].shape[0])
        raise BundleError("The model does not say how many classes it knows.", _AGAIN)


def read_mxnet_files(path: Path, accuracies: Mapping[int, float] | None = None) -> MxnetFiles:
    """Reads an archive, or a symbol and the parameters beside it.

    Args:
        path: the archive, or either of the two files.
        accuracies: how good checkpoints of the archive are, by number: the best of these is taken,
            the later one of equals, and the last where none of them is in the archive.

    Raises:
        BundleError: it is not there, damaged, too large, unsafe, or something else.
    """
    try:
        if is_special(path):
            raise BundleError(f"{path.name} is no file, but a pipe or a device.", "Choose a file.")
        if path.name.casefold().endswith(("-symbol.json", ".params")):
            return _read_pair(path)
        return _read_archive(path, accuracies or {})
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise BundleError(f"{path.name} cannot be read ({reason}).", "Check its path.") from None


def _read_pair(path: Path) -> MxnetFiles:
    folder = path.parent
    named = _SYMBOL.fullmatch(path.name) or _PARAMS.fullmatch(path.name)
    if named is None:
        raise BundleError(
            f"{path.name} is not named as MXNet names its files.",
            "Call the two files NAME-symbol.json and NAME-0001.params.",
        )
    symbol = folder / f"{named[1]}-symbol.json"
    if path.name.endswith(".params"):
        params: Path | None = path
    else:
        numbered = [
            (int(match[2]), item)
            for item in folder.iterdir()
            if (match := _PARAMS.fullmatch(item.name)) and match[1] == named[1]
        ]
        params = max(numbered)[1] if numbered else None
    if params is None or not symbol.is_file():
        raise BundleError(
            f"{path.name} is one half of an MXNet model, and the other is missing.",
            f"Put {named[1]}-symbol.json and {named[1]}-0001.params into the same folder.",
        )
    shapes = folder / SHAPES
    return MxnetFiles(
        _read(symbol, "symbol"),
        _read(params, "params"),
        _shape(_read(shapes, "shapes")) if shapes.is_file() else None,
    )


def _read(path: Path, kind: str) -> bytes:
    if is_special(path):
        raise BundleError(f"{path.name} is no file, but a pipe or a device.", "Choose a file.")
    if path.stat().st_size > _LIMITS[kind]:
        raise BundleError(f"{path.name} is too large to be loaded safely.", _AGAIN)
    return path.read_bytes()


def _read_archive(path: Path, accuracies: Mapping[int, float]) -> MxnetFiles:
    if path.stat().st_size > MAX_ARCHIVE:
        raise BundleError(f"{path.name} is too large to be loaded safely.", _AGAIN)
    found: dict[str, bytes] = {}
    taken = (_UNKNOWN, -1)  # how good it is, and its number
    others = 0
    try:
        # As a stream: each member is looked at before anything behind it is decompressed. Of many
        # checkpoints one at a time is in memory.
        with open_archive(path) as members:
            for member, file in members:
                kind, number = _kind(member)
                others += kind is None
                if others > _MAX_OTHERS:
                    raise BundleError("The archive holds too many files.", _AGAIN)
                worth = (accuracies.get(number, _UNKNOWN), number)
                if kind is None or (kind == "params" and worth <= taken):
                    continue
                if kind in found and kind != "params":
                    raise BundleError("The archive holds several models.", _AGAIN)
                assert file is not None  # it is a regular file
                found[kind] = _read_member(file, member, kind)
                if kind == "params":
                    taken = worth
    except (zlib.error, EOFError, ValueError):
        raise BundleError("The archive is damaged, or is none.", _AGAIN) from None
    if not {"symbol", "params"} <= found.keys():
        raise BundleError(
            "There is no MXNet model in the archive.",
            "It should hold NAME-symbol.json and NAME-0001.params, as SageMaker's do.",
        )
    shapes = found.get("shapes")
    return MxnetFiles(found["symbol"], found["params"], _shape(shapes) if shapes else None)


def _kind(member: tarfile.TarInfo) -> tuple[str | None, int]:
    """What a member is for, and the number in its name; a member that is dangerous is refused."""
    path = PurePosixPath(member.name)
    if member.isdir():
        return None, 0
    if not member.isreg() or path.is_absolute() or ".." in path.parts or "\\" in member.name:
        raise BundleError(
            "The archive holds a link, or a path that leads out of its folder.", _DANGER
        )
    if path.name.startswith("._") or _MAC in path.parts:
        return None, 0  # what macOS keeps of a file beside it
    if member.size > max(_LIMITS.values()):
        raise BundleError("The archive holds a file that is too large.", _AGAIN)
    if _SYMBOL.fullmatch(path.name):
        return "symbol", 0
    if match := _PARAMS.fullmatch(path.name):
        return "params", int(match[2])
    return ("shapes", 0) if path.name == SHAPES else (None, 0)


def _read_member(file: IO[bytes], member: tarfile.TarInfo, kind: str) -> bytes:
    if member.size > _LIMITS[kind]:
        raise BundleError(f"{PurePosixPath(member.name).name} in the archive is too large.", _AGAIN)
    data = file.read(_LIMITS[kind] + 1)
    if len(data) != member.size:
        raise EOFError
    return data


def _shape(data: bytes) -> tuple[int, int, int] | None:
    """The shape of a picture that ``model-shapes.json`` tells; None where it tells none."""
    try:
        (_, channels, height, width) = json.loads(data)[0]["shape"]
    except (ValueError, KeyError, TypeError, IndexError, RecursionError):
        return None
    sides = (channels, height, width)
    if not all(type(side) is int and 0 < side <= 4096 for side in sides):
        return None
    return channels, height, width
