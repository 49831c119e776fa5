"""What ran out is said, whoever noticed."""

import errno

import pytest

from emotion_desktop.jobs.running.shortage import shortage


def chained():
    try:
        try:
            raise MemoryError
        except MemoryError:
            raise ValueError("the array could not be made") from None
    except ValueError as error:
        return error


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (MemoryError(), "memory"),
        (RuntimeError("std::bad_alloc"), "memory"),
        (RuntimeError("can't start new thread"), "memory"),
        (
            SystemError("<built-in function x> returned NULL: error return without exception set"),
            "memory",
        ),
        (OSError(errno.ENOMEM, "Cannot allocate memory"), "memory"),
        (chained(), "memory"),
        (OSError(errno.ENOSPC, "No space left on device"), "disk is full"),
        (
            OSError("Can't write data (errno = 28, error message = 'No space left on device')"),
            "disk is full",
        ),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), "disk is full"),
        (OSError(errno.EROFS, "Read-only file system"), "read-only"),
        (ModuleNotFoundError("No module named 'sklearn'", name="sklearn.utils"), "scikit-learn"),
        (FileNotFoundError(2, "No usable temporary directory found in ['/tmp']"), "read-only"),
    ],
)
def test_what_ran_out(error, words):
    message, hint = shortage(error)
    assert words in message
    assert hint


@pytest.mark.parametrize(
    "error",
    [
        KeyError("x"),
        ModuleNotFoundError("x", name="emotion_desktop.x"),
        SystemError("x"),
        OSError(2, "x"),
        None,
    ],
)
def test_what_is_something_else(error):
    assert shortage(error) is None
