"""Bringing in an external model in this process, and asking it and its original."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnxruntime

from emotion_desktop.domain.external_model import ExternalModelOptions
from emotion_desktop.engines.bundle import read_bundle
from emotion_desktop.engines.calibration import calibrate
from emotion_desktop.engines.loading import load_classifier
from emotion_desktop.jobs.running.context import LocalContext
from emotion_desktop.training.external.external_model import (
    describe_external,
    import_external,
    try_external,
)
from emotion_desktop.workspace.paths import Workspace

LABELS = ("fear", "happiness", "neutral")
SEVEN = ("anger", "disgust", "fear", "happiness", "sadness", "surprise", "neutral")


def job(function, source, tmp_path, *, output="", **more):
    """What a job says of a file, and what it told on the way."""
    told = []
    context = LocalContext(told.append)
    options = ExternalModelOptions.from_dict({"labels": LABELS, **more})
    workspace = Workspace(tmp_path / "workspace")
    output = Path(output or tmp_path / "Mine.emodel")
    arguments = {
        describe_external: (),
        try_external: (options, workspace),
        import_external: (options, output, workspace),
    }[function]
    result = function(Path(source), *arguments, context)
    assert json.dumps(result)
    return result, told


def imported(source, tmp_path, **more):
    """The bundle of a file."""
    result, _ = job(import_external, source, tmp_path, **{"scaling": "0-1", **more})
    return read_bundle(tmp_path / result["model"], verify=True)


def faces_for(card, count=4):
    """Noise, as a model takes it."""
    need = card.preprocessing
    shape = (count, need.size, need.size, need.channels)
    return np.random.default_rng(0).integers(0, 256, shape, np.uint8)


def probabilities(bundle, faces):
    """What a bundle says."""
    return calibrate(load_classifier(bundle).logits(faces), bundle.card.calibration)


def onnx_said(source, faces, dtype=np.float32):
    """What ONNX Runtime says of faces from 0 to 1, channels first."""
    session = onnxruntime.InferenceSession(str(source), providers=["CPUExecutionProvider"])
    pixels = (faces.transpose(0, 3, 1, 2).astype(np.float32) / 255).astype(dtype)
    return session.run(None, {session.get_inputs()[0].name: pixels})[0].astype(np.float32)


def softmax(logits):
    """Probabilities."""
    powers = np.exp(logits - np.max(logits, axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def shares(said):
    """Parts of a whole."""
    return said / said.sum(axis=1, keepdims=True)
