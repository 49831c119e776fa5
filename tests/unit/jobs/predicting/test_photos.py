"""Which photos are meant by what a user names."""

import os
from pathlib import Path

import pytest

from emotion_desktop.domain.prediction import PhotoStatus
from emotion_desktop.jobs.predicting.photos import find_photos


@pytest.fixture
def tree(tmp_path):
    """Photos, other files and hidden ones, at several depths."""
    for name in (
        "b.jpg",
        "A.PNG",
        "a.jpg",
        "notes.txt",
        ".hidden.jpg",
        "no suffix",
        "sub/c.jpg",
        "sub/deep/d.png",
        "sub/deep/readme.md",
        "another/e.jpg",
        ".git/f.jpg",
        "._a.jpg",
        "__MACOSX/sub/._c.jpg",
        "__MACOSX/c.jpg",
        "sub/.ipynb_checkpoints/c-checkpoint.jpg",
        "Thumbs.db",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return tmp_path


def names(found, root):
    return [str(path.relative_to(root)) for path in found.photos]


def test_folders_are_walked_in_order_and_other_files_left_out(tree):
    found = find_photos([tree])
    assert names(found, tree) == [
        "A.PNG",
        "a.jpg",
        "b.jpg",
        "another/e.jpg",
        "sub/c.jpg",
        "sub/deep/d.png",
    ]
    assert found.problems == []


def test_what_is_named_itself_is_taken_whatever_it_is_called(tree):
    given = [tree / "notes.txt", tree / ".hidden.jpg", tree / "missing.jpg"]
    assert find_photos(given).photos == given


def test_hidden_folders_that_are_named_are_walked(tree):
    assert names(find_photos([tree / ".git"]), tree) == [".git/f.jpg"]


def test_the_order_is_that_of_the_user(tree):
    given = [tree / "sub", tree / "b.jpg", tree / "another"]
    assert names(find_photos(given), tree) == [
        "sub/c.jpg",
        "sub/deep/d.png",
        "b.jpg",
        "another/e.jpg",
    ]


def test_each_photo_is_taken_once(tree, monkeypatch):
    monkeypatch.chdir(tree)
    given = [
        tree / "a.jpg",
        tree / "sub" / ".." / "a.jpg",
        tree,
        tree / "sub",
        Path("a.jpg"),
    ]
    found = find_photos(given)
    assert len(found.photos) == 6
    assert found.photos[0] == tree / "a.jpg"


def test_a_link_that_leads_back_up_is_walked_once(tree):
    (tree / "sub" / "up").symlink_to(tree, target_is_directory=True)
    (tree / "sub" / "self").symlink_to(tree / "sub" / "self")
    (tree / "sub" / "self.jpg").symlink_to(tree / "sub" / "self.jpg")
    found = find_photos([tree])
    assert len(found.photos) == 7  # the link to itself is an entry: it says it cannot be read
    assert len(set(found.photos)) == 7
    assert found.problems == []


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (PermissionError(13, "Permission denied"), "may not be read"),
        (OSError(5, "Input/output error"), "Input/output error"),
    ],
)
def test_a_folder_that_cannot_be_read_is_an_entry_and_the_rest_is_found(
    tree, monkeypatch, error, words
):
    real = os.scandir

    def scandir(path):
        if os.fspath(path).endswith("sub"):
            raise error
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    found = find_photos([tree])
    assert names(found, tree) == ["A.PNG", "a.jpg", "b.jpg", "another/e.jpg"]
    (problem,) = found.problems
    assert problem.path == str(tree / "sub")
    assert problem.status is PhotoStatus.UNREADABLE
    assert words in problem.error
    assert problem.error.endswith(".")


@pytest.mark.parametrize("name", ['it\'s "q".jpg', "two\nlines.jpg", "😀.jpg", "\udcff.jpg"])
def test_odd_names(tmp_path, name):
    try:
        (tmp_path / name).touch()
    except (OSError, UnicodeError):
        pytest.skip("this file system has no such names")
    assert find_photos([tmp_path]).photos == [tmp_path / name]


def test_names_that_no_file_can_have():
    given = [Path("a\0b"), Path("x" * 5000)]
    assert find_photos(given).photos == given


def test_nothing():
    found = find_photos([])
    assert (found.photos, found.problems) == ([], [])
