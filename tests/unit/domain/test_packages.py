"""A package that is missing is a sentence with what to do."""

import sys

import pytest

from emotion_desktop.domain import packages
from emotion_desktop.domain.errors import UsageError


@pytest.fixture
def without_tensorflow(monkeypatch):
    monkeypatch.setattr(packages, "find_spec", lambda name: None)


def test_training_is_possible_where_tensorflow_is(monkeypatch):
    monkeypatch.setattr(packages, "find_spec", lambda name: object())
    assert packages.training_problem() is None
    packages.check_training()


@pytest.mark.parametrize("python", [(3, 14), (3, 15)])
def test_a_python_without_tensorflow_is_told_with_one_that_has_it(
    without_tensorflow, monkeypatch, python
):
    monkeypatch.setattr(sys, "version_info", (*python, 0, "final", 0))
    with pytest.raises(UsageError, match=f"Python 3.{python[1]} yet") as caught:
        packages.check_training()
    assert "python3.13 packaging/run.py" in caught.value.hint


def test_a_tensorflow_that_is_not_installed_is_told(without_tensorflow, monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 13, 0, "final", 0))
    with pytest.raises(UsageError, match="needs TensorFlow, which is not installed"):
        packages.check_training()


@pytest.mark.parametrize(
    ("module", "package"),
    [
        ("keras.src", "TensorFlow"),
        ("onnxruntime", "ONNX Runtime"),
        ("botocore.session", "boto3"),
        ("sklearn.linear_model", "scikit-learn"),
    ],
)
def test_each_package_that_may_be_missing_has_its_sentence(monkeypatch, module, package):
    monkeypatch.setattr(sys, "version_info", (3, 13, 0, "final", 0))
    message, hint = packages.missing_package(module)
    assert f"needs {package}, which is not installed" in message
    assert "packaging/run.py" in hint


def test_a_module_of_our_own_is_a_fault_and_no_package():
    assert packages.missing_package("emotion_desktop.nowhere") is None
    assert packages.missing_package("") is None
