"""Batches made ready ahead of the net, so that it never waits for a disk."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Final, TypeVar

Batch = TypeVar("Batch")

#: Batches that are ready at most; bounds the memory.
_AHEAD: Final = 4
#: How long the thread may not notice that nobody wants batches any more, seconds.
_POLL_S: Final = 0.2


@contextmanager
def prefetched(batches: Iterable[Batch]) -> Iterator[Iterator[Batch]]:
    """Makes batches ahead, in a thread of its own that ends when the block is left.

    Args:
        batches: made one by one when they are asked for.

    Yields:
        An iterator of the batches. What goes wrong in making them is raised by it.
    """
    ready: queue.Queue[Any] = queue.Queue(_AHEAD)
    left = threading.Event()

    def put(item: Any) -> bool:
        while not left.is_set():
            try:
                ready.put(item, timeout=_POLL_S)
            except queue.Full:
                continue
            return True
        return False

    def read() -> None:
        try:
            for batch in batches:
                if not put(batch):
                    return
            put(None)
        except Exception as error:  # noqa: BLE001 - raised again where the batches are wanted
            put(error)

    def in_order() -> Iterator[Batch]:
        while (item := ready.get()) is not None:
            if isinstance(item, Exception):
                raise item
            yield item

    thread = threading.Thread(target=read, name="prefetch", daemon=True)
    thread.start()
    try:
        yield in_order()
    finally:
        left.set()
        thread.join()
