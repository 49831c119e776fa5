"""The whole way on real photos: imported, split, trained in the cloud, brought back, compared."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import pytest

from emotion_desktop.cli.main import main
from emotion_desktop.dataset.sources.labels import read_labelled
from emotion_desktop.workspace.paths import Workspace
from tests.stand_ins.aws.server import SECRETS


@pytest.fixture
def photos(shared_photos: list[Path], tmp_path: Path) -> Path:
    """A few hundred of the shared data set's photos with their labels."""
    by_emotion: dict[str, list[Path]] = {}
    for sample in read_labelled(shared_photos[0].parent.parent).samples:
        by_emotion.setdefault(sample.emotion or "", []).append(sample.path)
    folder = tmp_path / "photos"
    (folder / "images").mkdir(parents=True)
    rows = []
    for emotion, paths in sorted(by_emotion.items()):
        for path in paths[:: max(1, len(paths) // 45)][:45]:
            shutil.copy(path, folder / "images" / path.name)
            rows.append((path.name, emotion))
    with (folder / "legend.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("image", "emotion"), *rows])
    return folder


def test_from_photos_to_a_comparison(aws, photos, tmp_path, capsysbinary):
    workspace = tmp_path / "workspace"

    def call(*arguments: object) -> str:
        status = main([*map(str, arguments), "--workspace", str(workspace)])
        out, err = capsysbinary.readouterr()
        assert status == 0, err.decode()
        return str(out.decode())

    call("dataset", "import", photos / "legend.csv")
    call("dataset", "split", "--name", "people")
    call("aws", "use", "--role", aws.role)
    call("aws", "make-bucket")
    call("aws", "doctor")
    call(
        "sagemaker",
        "train",
        "--split",
        "people",
        "--preset",
        "quick",
        "--name",
        "cloud",
        "--set",
        "epochs=4",
        "--yes",
    )
    # Nothing but faces went: no name of a photo is in what was sent.
    names = [path.name.encode() for path in (photos / "images").iterdir()]
    s3 = aws.client("s3")
    bucket = s3.list_buckets()["Buckets"][0]["Name"]
    for item in s3.list_objects_v2(Bucket=bucket)["Contents"]:
        body = s3.get_object(Bucket=bucket, Key=item["Key"])["Body"].read()
        assert not any(name in body for name in names)
    # The gallery's way: photos sorted by the model that came back, in either engine.
    picture = next((photos / "images").iterdir())
    answers = {
        engine: json.loads(
            call("classify", picture, "--model", "cloud", "--engine", engine, "--json", "-")
        )[0]
        for engine in ("onnx", "mxnet")
    }
    for ours, theirs in zip(answers["onnx"]["faces"], answers["mxnet"]["faces"], strict=True):
        for emotion, value in ours["probabilities"].items():
            assert theirs["probabilities"][emotion] == pytest.approx(value, abs=1e-4)
    # On the same sealed test beside the model that comes with the program.
    scores = json.loads(
        call(
            "evaluate", "--split", "people", "--model", "builtin", "--model", "cloud", "--json", "-"
        )
    )
    assert len(scores["models"]) == 2
    assert scores["models"][1]["name"] == "cloud"
    assert len({model["scores"]["photos"] for model in scores["models"]}) == 1
    kept = b"".join(p.read_bytes() for p in Workspace(workspace).root.rglob("*") if p.is_file())
    for secret in SECRETS.values():
        assert secret.encode() not in kept
    call("sagemaker", "clean", "--yes")
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket)
