"""What a model was made with is told, however its packages are called."""

import importlib.metadata
import sys
from types import SimpleNamespace

from emotion_desktop.training.finish import export


def without_metadata(monkeypatch, *missing):
    """The distributions named are not there, as where another one holds their module."""

    def version(name):
        if name in missing:
            raise importlib.metadata.PackageNotFoundError(name)
        return importlib.metadata.version(name)

    monkeypatch.setattr(export, "version", version)


def test_a_package_that_came_under_another_name_is_known_by_its_module(monkeypatch):
    without_metadata(monkeypatch, "keras", "opencv-python-headless")
    monkeypatch.setitem(sys.modules, "keras", SimpleNamespace(__version__="3.99.dev1"))
    monkeypatch.setitem(sys.modules, "cv2", SimpleNamespace(__version__="4.14.0"))
    found = export.versions()
    assert found["keras"] == "3.99.dev1"
    assert found["opencv-python-headless"] == "4.14.0"
    assert found["numpy"] == importlib.metadata.version("numpy")


def test_a_version_that_nobody_tells_is_unknown(monkeypatch):
    without_metadata(monkeypatch, "tensorflow")
    monkeypatch.setitem(sys.modules, "tensorflow", SimpleNamespace())
    assert export.versions()["tensorflow"] == "unknown"
