"""Photos within Parquet files."""

import json
import sys

import pytest

from emotion_desktop.dataset.importing import import_source
from emotion_desktop.dataset.sources.labels import read_labelled
from emotion_desktop.dataset.sources.open_source import open_source
from emotion_desktop.domain.errors import DataError
from emotion_desktop.jobs.running.context import LocalContext
from emotion_desktop.workspace.catalogue.catalogue import Catalogue
from emotion_desktop.workspace.catalogue.photos import labelled_photos
from tests.unit.dataset.pictures import put_pictures


def test_without_pyarrow_it_is_said_what_to_do(tmp_path, monkeypatch):
    (tmp_path / "train.parquet").write_bytes(b"PAR1")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(DataError, match="only where the package pyarrow is installed") as caught:
        read_labelled(tmp_path / "train.parquet", workspace=tmp_path / "w")
    assert "metadata.csv" in caught.value.hint


@pytest.fixture
def pyarrow():
    return pytest.importorskip("pyarrow", exc_type=ImportError)


@pytest.fixture
def source(tmp_path, pyarrow):
    """A data set as Hugging Face writes it: three photos, two of them labelled, one no picture."""
    from pyarrow import parquet

    put_pictures(*(tmp_path / f"{n}.png" for n in range(3)))
    pictures = [(tmp_path / f"{n}.png").read_bytes() for n in range(3)] + [None]
    table = pyarrow.table(
        {
            "image": [{"bytes": data, "path": f"Ann_{n}.png"} for n, data in enumerate(pictures)],
            "label": [1, 0, None, 1],
            "subject_id": ["p", "q", "p", "q"],
        }
    )
    names = {"names": ["sad", "happy"], "_type": "ClassLabel"}
    told = {"info": {"features": {"label": names, "image": {"_type": "Image"}}}}
    table = table.replace_schema_metadata({"huggingface": json.dumps(told)})
    path = tmp_path / "set" / "data" / "train-00000-of-00001.parquet"
    path.parent.mkdir(parents=True)
    parquet.write_table(table, path, row_group_size=2)
    return path, pictures


@pytest.mark.parametrize("folder", [False, True])
def test_a_data_set_of_hugging_face_is_imported(source, tmp_path, folder):
    path, pictures = source
    with Catalogue(tmp_path / "w" / "catalogue.sqlite") as catalogue:
        plan = open_source(path.parents[1] if folder else path, catalogue.root)
        told = import_source(catalogue, plan, LocalContext(lambda _: None))
        samples = labelled_photos(catalogue).samples
    assert told.tally.sections == {"happiness": 2, "sadness": 1, "unlabelled": 1}
    assert told.tally.unreadable == 1
    found = {(s.path.read_bytes(), s.emotion, s.person) for s in samples if s.path.is_file()}
    assert found == {(pictures[0], "happiness", "p"), (pictures[1], "sadness", "q")}


def test_damaged_files_and_files_without_photos_are_said(source, pyarrow, tmp_path):
    from pyarrow import parquet

    path, _ = source
    data = path.read_bytes()
    for size in (3, 100, len(data) - 20):
        path.write_bytes(data[:size])
        with pytest.raises(DataError, match="damaged"):
            read_labelled(path, workspace=tmp_path / "w")
    parquet.write_table(pyarrow.table({"label": [1]}), path)
    with pytest.raises(DataError, match="holds photos"):
        read_labelled(path, workspace=tmp_path / "w")
