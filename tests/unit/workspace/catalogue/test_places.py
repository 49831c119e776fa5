"""Paths in the catalogue: any name comes back, and the workspace can be moved."""

import os
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from emotion_desktop.workspace.catalogue.places import absolute, from_stored, printable, to_stored

NAMES = st.binary(min_size=1, max_size=20).filter(
    lambda name: b"\0" not in name and b"/" not in name and name not in (b".", b"..")
)


@given(NAMES, NAMES)
def test_any_path_comes_back(first, second):
    root = Path("/work space")
    for folder in (Path("/elsewhere"), root):
        path = folder / os.fsdecode(first) / os.fsdecode(second)
        assert from_stored(to_stored(path, root), root) == path


def test_what_the_workspace_holds_moves_with_it():
    stored = to_stored(Path("/old/photos/a.jpg"), Path("/old"))
    assert from_stored(stored, Path("/new")) == Path("/new/photos/a.jpg")


def test_links_in_a_path_are_kept_and_detours_are_not(tmp_path, monkeypatch):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    monkeypatch.chdir(tmp_path)
    for written in ("link/../link/a.jpg", Path("./link//a.jpg")):
        assert absolute(written) == tmp_path / "link" / "a.jpg"


@given(NAMES)
def test_every_name_can_be_shown_and_kept(name):
    text = printable(os.fsdecode(name))
    text.encode("utf-8")
    assert text.isprintable()
