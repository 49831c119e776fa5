"""The table of engines: every row is complete, and one more row is one more engine."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from emotion_desktop.engines.bundle import CARD, KERAS, TRAINED_ON
from emotion_desktop.engines.loading import load_classifier
from emotion_desktop.engines.table import ENGINES

_REPOSITORY = Path(__file__).resolve().parents[3]
#: An engine whose file holds a logit per label, and that answers the same for every face.
_NEW = """
import sys
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import numpy as np

from emotion_desktop.engines import table


class Constant:
    def __init__(self, bundle):
        self.card = bundle.card
        self._logits = np.frombuffer(bundle.read("model.constant"), np.float32)

    def logits(self, faces):
        return np.tile(self._logits, (len(faces), 1))

    def run(self, face):
        return self._logits[None]


files = {"model.constant": 1 << 10}
row = table.Engine("constant", "Constant", "numpy", files, load=Constant, penultimate=Constant)
table.ENGINES = MappingProxyType({**table.ENGINES, row.name: row})

from emotion_desktop.assets import BUILTIN_MODEL
from emotion_desktop.cli.options import check_engine
from emotion_desktop.engines.bundle import read_bundle, write_bundle
from emotion_desktop.engines.extractors import NetFeatures
from emotion_desktop.jobs.predicting.loaded_models import LoadedModels

card = replace(read_bundle(BUILTIN_MODEL).card, experts=None)
logits = np.zeros(len(card.labels), np.float32)
logits[card.labels.index("fear")] = 9
model = Path(sys.argv[1], "new.emodel")
bundle = write_bundle(model, card, {"model.constant": logits.tobytes()})
assert bundle.engines == ("constant",)
need = card.preprocessing
face = np.zeros((3, need.size, need.size, need.channels), np.uint8)
assert NetFeatures(bundle).extract(face).shape == (3, len(card.labels))
found = LoadedModels().classifier(model, "constant").logits(face)
assert found.argmax(axis=1).tolist() == [card.labels.index("fear")] * 3
check_engine("constant")
"""


@pytest.mark.parametrize("engine", ENGINES.values(), ids=lambda row: row.name)
def test_every_row_is_complete(engine):
    assert ENGINES[engine.name] is engine
    assert engine.title
    assert engine.files
    assert all(0 < most <= 1 << 30 for most in engine.files.values())
    pinned = (_REPOSITORY / "packaging" / "constraints.txt").read_text("utf-8").splitlines()
    assert any(line.startswith(f"{engine.package}==") for line in pinned)


def test_engines_may_share_a_file_but_not_what_is_for_all():
    """A file that two engines read has one limit, and none is the card, say."""
    limits = {(name, most) for engine in ENGINES.values() for name, most in engine.files.items()}
    names = [name for name, _ in limits]
    assert len(names) == len(set(names))
    assert not set(names) & {KERAS, TRAINED_ON, CARD, "manifest.json"}
    assert any(engine.portable for engine in ENGINES.values())
    assert any(engine.from_keras and engine.portable for engine in ENGINES.values())


def test_what_is_asked_for_is_loaded(builtin):
    assert type(load_classifier(builtin)).__name__ == "LiteRTClassifier"
    assert type(load_classifier(builtin, "litert")).__name__ == "LiteRTClassifier"


def test_one_more_row_is_one_more_engine(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", _NEW, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
