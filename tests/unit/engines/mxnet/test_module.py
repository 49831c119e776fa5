"""MXNet is loaded whatever NumPy is there, or it is said in a sentence why not."""

import builtins
import subprocess
import sys

import numpy as np
import pytest

from emotion_desktop.domain.errors import AppError
from emotion_desktop.engines.mxnet.module import load_mxnet

_REMOVED = (
    *("PZERO", "NZERO", "PINF", "NINF", "NAN", "NaN", "Inf"),
    *("alltrue", "sometrue", "product", "round_", "in1d", "msort", "trapz"),
    *("mirr", "npv", "pmt", "ppmt", "pv", "rate"),
)


@pytest.fixture
def failing_import(monkeypatch):
    """Makes ``import mxnet`` raise an error, in this process alone."""

    def fail(error):
        real = builtins.__import__

        def imported(name, *args, **kwargs):
            if name == "mxnet":
                raise error
            return real(name, *args, **kwargs)

        monkeypatch.setattr(builtins, "__import__", imported)

    return fail


def test_names_that_numpy_removed_are_there_and_those_it_has_stay():
    # In a process of its own: what is put into NumPy stays for all.
    script = f"""
import numpy as np
had = dict(vars(np))
for name in {_REMOVED!r}:
    vars(np).pop(name, None)
from emotion_desktop.engines.mxnet.module import load_mxnet
mx = load_mxnet()
assert all(name in vars(np) for name in {_REMOVED!r})
assert np.bool is had.get("bool", bool)
assert np.ma.masked_array([1.0, 2.0], mask=[True, False]).sum() == 2.0
assert (mx.nd.array([1.0, 2.0]) * 2).asnumpy().tolist() == [2.0, 4.0]
assert (mx.nd.array([1.0, np.inf]) == np.inf).asnumpy().tolist() == [0.0, 1.0]
"""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]


def test_a_library_of_the_system_that_is_missing_is_a_sentence(failing_import):
    failing_import(OSError("libgomp.so.1: cannot open shared object file"))
    with pytest.raises(AppError, match=r"libgomp\.so\.1") as caught:
        load_mxnet()
    assert "libgomp1 libquadmath0" in caught.value.hint
    assert "engine onnx" in caught.value.hint


@pytest.mark.parametrize(
    ("module", "sentence"),
    [
        ("mxnet", "MXNet is not installed on this computer."),
        ("distutils.core", "MXNet needs the package distutils, which is not installed."),
    ],
)
def test_a_package_that_is_missing_is_a_sentence(failing_import, module, sentence):
    failing_import(ModuleNotFoundError(f"No module named {module!r}", name=module))
    with pytest.raises(AppError) as caught:
        load_mxnet()
    assert caught.value.message == sentence
    assert "engine onnx" in caught.value.hint


def test_numpys_own_bool_is_never_replaced():
    before = vars(np).get("bool", bool)
    load_mxnet()
    assert np.bool is before
