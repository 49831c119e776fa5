"""Batches made ready ahead of the net, so that it never waits for a disk."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from emotion_desktop.training.faces import Faces

#: Batches that are ready at most; bounds the memory.
_AHEAD: Final = 4
_POLL_S: Final = 0.2

Batch = tuple[npt.NDArray[np.uint8], npt.NDArray[np.int32]]


@contextmanager
def fed(
    faces: Faces, targets: npt.NDArray[np.int32], batches: Iterable[npt.NDArray[np.int32]]
) -> Iterator[Iterator[Batch]]:
    """Reads batches in a thread of its own; it is over when the block is left.

    Args:
        batches: the photos' numbers, batch by batch.

    Yields:
        An iterator of faces and targets, batch by batch. What goes wrong in reading is raised by
        it.
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
            for photos in batches:
                if not put((faces[photos], targets[photos])):
                    return
            put(None)
        except Exception as error:  # noqa: BLE001 - raised again where the batches are wanted
            put(error)

    def given() -> Iterator[Batch]:
        while (item := ready.get()) is not None:
            if isinstance(item, Exception):
                raise item
            yield item

    thread = threading.Thread(target=read, name="feed", daemon=True)
    thread.start()
    try:
        yield given()
    finally:
        left.set()
        thread.join()
