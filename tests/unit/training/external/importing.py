"""Bringing in a external model in this process, and asking it and its original."""

from __future__ import annotations

import json

import numpy as np
import onnxruntime

from emotion_desktop.domain.job import JobSpec, Lane
from emotion_desktop.engines.bundle import read_bundle
from emotion_desktop.engines.calibration import calibrate
from emotion_desktop.engines.loading import load_classifier
from emotion_desktop.jobs.running.context import LocalContext
from emotion_desktop.training.external.external_model import import_external

LABELS = ("fear", "happiness", "neutral")
SEVEN = ("anger", "disgust", "fear", "happiness", "sadness", "surprise", "neutral")


def job(function, source, tmp_path, **more):
    """What a job says of a file, and what it told on the way."""
    told = []
    parameters = {
        "source": str(source),
        "workspace": str(tmp_path / "workspace"),
        "labels": list(LABELS),
        "output": str(tmp_path / "Mine.emodel"),
        **more,
    }
    result = function(JobSpec("x", "x", Lane.COMPUTE, parameters), LocalContext(told.append))
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
