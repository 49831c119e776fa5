"""What was dropped goes where its kind belongs."""

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QUrl

from emotion_desktop.ui.dropped_paths import by_kind, paths_in


def test_names_tell_what_a_path_is_for():
    given = by_kind(
        map(Path, ("a.jpg", "m.emodel", "labels.CSV", "folder", "more.tsv", "net.onnx", "b.PNG"))
    )
    assert given.models == (Path("m.emodel"), Path("net.onnx"))
    assert given.tables == (Path("labels.CSV"), Path("more.tsv"))
    assert given.photos == (Path("a.jpg"), Path("folder"), Path("b.PNG"))


@pytest.mark.parametrize("name", ["fer.v1", "fer.csv", "fer.h5", "fer.emodel", "v1.params"])
def test_a_folder_is_a_folder_whatever_its_name_looks_like(tmp_path, name):
    folder = tmp_path / name
    (folder / "fear").mkdir(parents=True)
    given = by_kind([folder])
    assert (given.models, given.tables, given.photos) == ((), (), (folder,))
    (folder / "saved_model.pb").touch()
    assert by_kind([folder]).models == (folder,)


def test_the_two_files_of_a_model_of_mxnet_are_one_model():
    both = by_kind([Path("m-0001.params"), Path("m-symbol.json")])
    assert (both.models, both.photos) == ((Path("m-symbol.json"),), ())
    assert by_kind([Path("m-0001.params")]).models == (Path("m-0001.params"),)


def test_files_of_this_computer_are_taken_from_addresses_and_from_text(tmp_path):
    photo = tmp_path / "a photo.jpg"
    photo.touch()
    addresses = QMimeData()
    addresses.setUrls([QUrl.fromLocalFile(str(photo)), QUrl("https://example.org/b.jpg")])
    assert paths_in(addresses) == [photo]
    text = QMimeData()
    text.setText(f"  '{photo}'\n{tmp_path / 'missing.jpg'}\n\n" + "x" * 10_000)
    assert paths_in(text) == [photo]
    assert paths_in(QMimeData()) == []


def test_files_of_data_are_told_by_their_names(tmp_path):
    """They are offered for import; a folder of such a name is a folder."""
    names = ("a.csv", "b.TSV", "c.zip", "d.rec", "e.lst", "f.jsonl", "g.manifest", "h.parquet")
    given = by_kind([*map(Path, names), Path("i.jpg")])
    assert given.tables == tuple(map(Path, names))
    assert given.photos == (Path("i.jpg"),)
    folder = tmp_path / "set.zip"
    folder.mkdir()
    assert by_kind([folder]).photos == (folder,)
