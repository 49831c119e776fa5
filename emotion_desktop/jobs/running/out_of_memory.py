"""Memory that ran out, known by what is said of it: few libraries raise MemoryError."""

from __future__ import annotations

from typing import Final

#: Message and hint.
NO_MEMORY: Final = (
    "There was not enough memory.",
    "Close other programs or choose a smaller picture size.",
)
#: Of the C library, the loader, C++, NumPy and TensorFlow, in lower case.
_SIGNS: Final = (
    "cannot allocate memory",
    "failed to map segment",
    "bad_alloc",
    "unable to allocate",
    "out of memory",
    "oom when allocating",
    "resourceexhaustederror",
    "pthread_create() failed",
)


def ran_out(words: str) -> bool:
    """Whether what a library said means that there was no memory left."""
    heard = words.lower()
    return any(sign in heard for sign in _SIGNS)


def was_memory(error: BaseException | None) -> bool:
    """Whether an exception, or one that led to it, means that there was no memory left."""
    while error is not None:
        if isinstance(error, MemoryError) or ran_out(f"{type(error).__name__}: {error}"):
            return True
        error = error.__cause__ or error.__context__
    return False
