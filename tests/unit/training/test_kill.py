"""A real worker killed at random moments: each time the run goes on, and ends as if it never was.

How often, and with which seed, can be set for a longer trial:

    KILLS=10 KILL_SEED=3 python -m pytest tests/unit/training/test_kill.py
"""

import os
import random
import signal
import subprocess
import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from emotion_desktop.domain.errors import AppError
from emotion_desktop.domain.run import RunState
from emotion_desktop.engines.bundle import KERAS, read_bundle
from emotion_desktop.jobs.resources import Resources
from emotion_desktop.jobs.running import worker_process
from emotion_desktop.jobs.running.context import Context
from emotion_desktop.jobs.running.execute import execute
from emotion_desktop.jobs.training.runs import find_run, list_runs
from emotion_desktop.jobs.training.specs import go_on_request, train_job
from emotion_desktop.training.fit.checkpoint import read_checkpoint
from emotion_desktop.training.net.transfer import load_keras
from emotion_desktop.training.recipe.presets import RECIPES
from emotion_desktop.training.recipe.request import TrainingRequest
from emotion_desktop.workspace.model_store import ModelStore
from emotion_desktop.workspace.paths import Workspace
from tests.faces import make_data_set

KILLS = int(os.environ.get("KILLS", "1"))
SEED = int(os.environ.get("KILL_SEED", "1"))
#: Small, yet with all that has a state: running means, dropout, schedule, sampling.
RECIPE = replace(RECIPES["quick"], size=32, width=8, epochs=6, batch=8)


def run(place, request):
    spec = train_job(request)
    execute(spec, Context(lambda event: None, Resources(place), spec))
    return find_run(place, request.run)


def weights(path):
    return load_keras(read_bundle(Path(path), verify=True).read(KERAS)).get_weights()


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no such signal here")
def test_whenever_it_is_killed_it_goes_on_and_ends_the_same(tmp_path, monkeypatch):
    data = make_data_set(tmp_path / "data", 4)
    place = Workspace(tmp_path / "workspace")
    store = ModelStore(place.models)
    started = time.monotonic()
    whole = run(place, TrainingRequest(RECIPE, store.path_for("whole"), "whole", data))
    length = time.monotonic() - started

    chance = random.Random(SEED)
    real = subprocess.Popen
    left = KILLS

    def doomed(*arguments, **more):
        process = real(*arguments, **more)
        if left:
            timer = threading.Timer(chance.uniform(0.05, 1.0) * length, process.kill)
            timer.daemon = True
            timer.start()
        return process

    request = TrainingRequest(RECIPE, store.path_for("killed"), "killed", data)
    monkeypatch.setattr(worker_process.subprocess, "Popen", doomed)
    while left:
        try:
            done = run(place, request)
        except AppError as error:
            assert "was killed" in error.message
            assert error.hint
            known = find_run(place, request.run)
            assert known.state is RunState.FAILED
            assert not (place.models / "killed.emodel").exists()
            checkpoint = place.run(known.id).checkpoint
            if checkpoint.exists():
                assert read_checkpoint(checkpoint) is not None
            request = go_on_request(place, known)
        else:
            # It was done before its time was up.
            assert done.state is RunState.SUCCEEDED
            break
        left -= 1
    else:
        done = run(place, request)
    assert done.state is RunState.SUCCEEDED
    assert {"killed", "whole"} <= set(store.names())
    assert len(list_runs(place)) == 2
    assert (done.epochs, done.scores) == (whole.epochs, whole.scores)
    for one, other in zip(weights(whole.model), weights(done.model), strict=True):
        assert np.array_equal(one, other)
