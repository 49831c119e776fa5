"""Whole models of MXNet as files, for tests of everything that brings one in."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path

from emotion_desktop.engines.mxnet.module import load_mxnet
from tests.unit.engines.mxnet_nets import random_params, resnet, saved


def make_archive(
    path: Path,
    shape: tuple[int, int, int] = (3, 32, 32),
    classes: int = 8,
    layers: int = 20,
    label: str = "softmax_label",
) -> Path:
    """SageMaker's ``model.tar.gz`` of a residual net that was never trained."""
    mx = load_mxnet()
    symbol = resnet(mx, layers, classes, shape, label=label)
    path.parent.mkdir(parents=True, exist_ok=True)
    raw = saved(mx, symbol, random_params(mx, symbol, shape), path.parent)
    (path.parent / "model.params").unlink()
    return pack_archive(path, *raw, shape)


def pack_archive(
    path: Path, symbol: bytes, params: bytes, shape: tuple[int, int, int], epoch: int = 4
) -> Path:
    """The archive as SageMaker names what is in it."""
    shapes = json.dumps([{"shape": [16, *shape], "name": "data"}]).encode()
    with tarfile.open(path, "w:gz") as tar:
        for name, data in (
            ("image-classification-symbol.json", symbol),
            (f"image-classification-{epoch:04d}.params", params),
            ("model-shapes.json", shapes),
        ):
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    return path
