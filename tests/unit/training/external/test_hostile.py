"""A short form of tests/campaigns/hostile_models.py, and traps that need no process."""

import os
from pathlib import Path

import pytest

from emotion_desktop.domain.errors import BundleError
from emotion_desktop.engines.bundle import read_bundle
from emotion_desktop.training.external.external_model import describe_external
from tests.campaigns.hostile_models import campaign, onnx_traps
from tests.unit.training.external.importing import imported, job


def test_a_few_damaged_files_through_the_verb():
    """A net that LiteRT may crash on, inside a bundle that says it was always so, and an ONNX."""
    for kind, tally in campaign(1, 2, ("bundled", "onnx")).items():
        assert tally.tried == 1
        assert not tally.troubles, kind


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes here")
@pytest.mark.parametrize("name", ["a.keras", "a.h5", "a.onnx", "a.tflite", "saved_model.pb"])
def test_a_pipe_is_not_waited_on(tmp_path, name):
    os.mkfifo(tmp_path / name)
    with pytest.raises(BundleError):
        job(describe_external, tmp_path / name, tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes here")
def test_a_bundle_that_is_a_pipe_or_a_device(tmp_path):
    os.mkfifo(tmp_path / "a.emodel")
    (tmp_path / "b.emodel").symlink_to("/dev/zero")
    for name in ("a.emodel", "b.emodel"):
        with pytest.raises(BundleError, match="a pipe or a device"):
            read_bundle(tmp_path / name)


def test_onnx_files_that_ask_for_too_much(tmp_path):
    traps = {path.name: path for _, path in onnx_traps(tmp_path)}
    words = {
        "constant.onnx": "more memory than there is",
        "weights.onnx": "cannot be run",
        "outside.onnx": "cannot be read",
        "steps.onnx": "more than 20,000 steps",
    }
    for name, expected in words.items():
        with pytest.raises(BundleError, match=expected):
            imported(traps[name], tmp_path)


@pytest.mark.parametrize("name", ["a.keras", "a.h5", "a.onnx", "a.tflite"])
def test_a_file_that_may_not_be_read(tmp_path, monkeypatch, name):
    (tmp_path / name).write_bytes(b"x")
    whole = Path.open

    def refuse(path, *arguments, **more):
        if path.name == name:
            raise PermissionError(13, "Permission denied", str(path))
        return whole(path, *arguments, **more)

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(BundleError, match="cannot be read") as caught:
        job(describe_external, tmp_path / name, tmp_path)
    assert "may read it" in caught.value.hint
