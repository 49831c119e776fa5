"""A file is the old one or the new one, never something between."""

import errno
import os
import stat
import sys
import threading

import pytest

from emotion_desktop.domain.errors import AppError
from emotion_desktop.workspace.files.atomic import write_atomically


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "file.txt"
    path.write_bytes(b"old")
    return path


def test_it_writes_and_makes_the_folders_above(tmp_path):
    path = tmp_path / "a" / "b" / "file"
    write_atomically(path, b"new")
    assert path.read_bytes() == b"new"
    write_atomically(path, b"")
    assert path.read_bytes() == b""


@pytest.mark.parametrize("name", ["x" * 250, "😀" * 60, 'it\'s\n"odd"'])
def test_odd_names(tmp_path, name):
    write_atomically(tmp_path / name, b"new")
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("step", ["open", "fsync", "replace"])
@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "disk is full"),
        (errno.EROFS, "may not be written"),
        (errno.EACCES, "may not be written"),
        (errno.EIO, "could not be written"),
    ],
)
def test_whatever_fails_the_old_file_survives(path, monkeypatch, step, number, words):
    def fail(*_, **__):
        raise OSError(number, os.strerror(number))

    target = {"open": "pathlib.Path.open", "fsync": "os.fsync", "replace": "pathlib.Path.replace"}
    with monkeypatch.context() as patch:
        patch.setattr(target[step], fail)
        with pytest.raises(AppError, match=words) as caught:
            write_atomically(path, b"new")
    assert caught.value.hint
    assert path.read_bytes() == b"old"
    assert list(path.parent.iterdir()) == [path]


def test_a_link_stays_and_what_it_leads_to_is_written(path, tmp_path):
    link = tmp_path / "elsewhere" / "link"
    link.parent.mkdir()
    link.symlink_to(path)
    write_atomically(link, b"new")
    assert link.is_symlink()
    assert path.read_bytes() == b"new"
    assert [item.name for item in link.parent.iterdir()] == ["link"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no such files here")
def test_a_pipe_is_written_to_not_replaced(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    write_atomically(pipe, b"new")
    reader.join(10)
    assert read == [b"new"]
    assert pipe.is_fifo()


def test_a_folder_is_not_replaced(tmp_path):
    (tmp_path / "folder").mkdir()
    with pytest.raises(AppError, match="folder could not be written"):
        write_atomically(tmp_path / "folder", b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


def test_a_file_where_a_folder_should_be(path):
    with pytest.raises(AppError, match="could not be written"):
        write_atomically(path / "below", b"new")


@pytest.mark.skipif(sys.platform == "win32", reason="no such permissions there")
def test_it_is_an_ordinary_document(tmp_path):
    before = os.umask(0o027)
    try:
        write_atomically(tmp_path / "f", b"new")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "f").stat().st_mode) == 0o640


def test_many_writers_at_once_leave_one_whole_file(path):
    contents = [bytes([n]) * 50_000 for n in range(8)]
    threads = [threading.Thread(target=write_atomically, args=(path, c)) for c in contents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert path.read_bytes() in contents
    assert list(path.parent.iterdir()) == [path]
