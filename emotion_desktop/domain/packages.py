"""Packages that may be missing, and what to tell a person whose work needs one of them."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from types import MappingProxyType
from typing import Final

from emotion_desktop.domain.errors import UsageError

_TRAINING: Final = ("Training, and reading models of Keras and TensorFlow,", "TensorFlow")
_ONNX: Final = ("Reading models of ONNX and MXNet", "ONNX Runtime")
_AWS: Final = ("Working with Amazon's services", "boto3")
_LEARN: Final = ("This", "scikit-learn")
#: What needs a package, and the package's name for people; by the module that is imported.
_NEEDS: Final = MappingProxyType(
    {
        **dict.fromkeys(("tensorflow", "keras", "tf_keras"), _TRAINING),
        **dict.fromkeys(("onnx", "onnxruntime"), _ONNX),
        **dict.fromkeys(("boto3", "botocore", "awscrt"), _AWS),
        **dict.fromkeys(("sklearn", "scipy"), _LEARN),
    }
)
#: TensorFlow 2.21 has no wheel for this Python, nor for newer ones.
_NO_TENSORFLOW: Final = (3, 14)


def missing_package(module: str) -> tuple[str, str] | None:
    """Message and hint for a module that could not be found.

    Args:
        module: its full name, as ModuleNotFoundError tells it.

    Returns:
        None for modules that no package brings which the program installs.
    """
    top = module.partition(".")[0]
    if top not in _NEEDS:
        return None
    what, package = _NEEDS[top]
    if _NEEDS[top] is _TRAINING and sys.version_info >= _NO_TENSORFLOW:
        return (
            f"{what} needs TensorFlow, which is not made for Python "
            f"{sys.version_info[0]}.{sys.version_info[1]} yet.",
            "Start the program with an older Python, 3.13 say (python3.13 packaging/run.py). "
            "Everything else works with this one.",
        )
    return (
        f"{what} needs {package}, which is not installed.",
        "Start the program by packaging/run.py, which installs what is missing; elsewhere install "
        "it with pip.",
    )


def training_problem() -> tuple[str, str] | None:
    """Why nothing can be trained here, as message and hint; None where it can be."""
    if any(find_spec(module) is None for module in ("tensorflow", "keras")):
        return missing_package("tensorflow")
    return None


def check_training() -> None:
    """Raises a UsageError where nothing can be trained here."""
    problem = training_problem()
    if problem is not None:
        raise UsageError(*problem)
