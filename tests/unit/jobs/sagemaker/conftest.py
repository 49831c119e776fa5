"""A workspace, photos and the stand-in for trainings on SageMaker."""

from __future__ import annotations

import pytest

from emotion_desktop.workspace.paths import Workspace
from tests.unit.jobs.sagemaker_rig import Rig, fill
from tests.unit.jobs.sagemaker_rig import make_faces as make


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    return make(tmp_path_factory.mktemp("photos") / "data")


@pytest.fixture(autouse=True)
def _engines_compared_once(request, monkeypatch):
    """MXNet takes seconds to start: one test shows that the engines are compared."""
    if request.node.name != "test_the_whole_way":
        monkeypatch.setattr(
            "emotion_desktop.jobs.sagemaker.import_trained._CalibratorAndScorer._parity",
            lambda *_: {"photos": 0},
        )


@pytest.fixture
def rig(aws, tmp_path, photos):
    workspace = Workspace(tmp_path / "workspace")
    fill(workspace, photos)
    made = Rig(aws, workspace)
    made.make_bucket()
    yield made
    made.close()
