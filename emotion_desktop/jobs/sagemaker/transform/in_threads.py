"""The same done to many things, in threads, with progress and Cancel."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from emotion_desktop.domain.job import JobContext, Progress
from emotion_desktop.domain.text import chunks

Thing = TypeVar("Thing")
Made = TypeVar("Made")

#: What is done between two looks at Cancel; bounds the memory, too.
_AT_ONCE: Final = 64


def in_threads(
    work: Callable[[Thing], Made],
    things: Sequence[Thing],
    context: JobContext,
    *,
    threads: int,
    tell: Callable[[int], Progress],
) -> Iterator[Made]:
    """What is made of each thing, in their order.

    Args:
        tell: the progress to be shown once so many are done.

    Raises:
        CancelledError: the user cancelled.
    """
    with ThreadPoolExecutor(threads, thread_name_prefix="transform") as pool:
        done = 0
        for some in chunks(things, _AT_ONCE):
            context.check_cancelled()
            yield from pool.map(work, some)
            done += len(some)
            context.emit(tell(done))
