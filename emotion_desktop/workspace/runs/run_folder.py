"""A run's folder: its parameters, what it told, and the state to go on from.

run.json        what was asked for
events.jsonl    a line of JSON per event: the beginning, figures of an epoch, a line of the log
checkpoint.npz  written by the worker (see training.fit.checkpoint)
lock            held by the program that runs it; worker.lock by the process that trains
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from emotion_desktop.domain.run import History
from emotion_desktop.domain.training_events import TrainingBegan, began_from_json, to_json
from emotion_desktop.workspace.files.atomic import cannot_write, write_atomically
from emotion_desktop.workspace.files.locks import locked

#: The file that a run's state is kept in.
CHECKPOINT: Final = "checkpoint.npz"
_EVENTS: Final = "events.jsonl"
_ABOUT: Final = "run.json"
_LOCK: Final = "lock"
_WORKER_LOCK: Final = "worker.lock"
#: How long a worker may take to leave once its program was killed, seconds.
_LEAVES_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class RunFolder:
    """What is kept of one run beside the catalogue."""

    path: Path

    @property
    def checkpoint(self) -> Path:
        """The state it can go on from."""
        return self.path / CHECKPOINT

    def can_go_on(self) -> bool:
        """Whether there is such a state."""
        return self.checkpoint.is_file()

    @contextmanager
    def owned(self) -> Iterator[bool]:
        """Whether this program may run it: one program at a time does.

        Raises:
            AppError: the folder may not be written.
        """
        with locked(self.path / _LOCK) as mine:
            yield mine

    @contextmanager
    def trained(self) -> Iterator[bool]:
        """The same for the process that trains. One whose program was killed leaves by itself, and
        is waited for.

        Raises:
            AppError: the folder may not be written.
        """
        with locked(self.path / _WORKER_LOCK, wait_s=_LEAVES_S) as mine:
            yield mine

    def begin(self, about: Mapping[str, Any]) -> None:
        """Writes down what was asked for.

        Raises:
            AppError: the folder cannot be written.
        """
        write_atomically(self.path / _ABOUT, (json.dumps(dict(about), indent=1) + "\n").encode())

    def add_began(self, began: TrainingBegan) -> None:
        """Writes down what a training told before its first step; its history stays out.

        Raises:
            AppError: the disk is full, say.
        """
        self._write("a", [{"beginning": to_json(replace(began, history=()))}])

    def add_epoch(self, figures: Mapping[str, Any]) -> None:
        """Adds the figures of a finished epoch.

        Raises:
            AppError: the disk is full, say.
        """
        self._write("a", [{"epoch": dict(figures)}])

    def add_log(self, line: str) -> None:
        """Adds a line of the log.

        Raises:
            AppError: the disk is full, say.
        """
        self._write("a", [{"log": line}])

    def begin_again(self, epochs: Iterable[Mapping[str, Any]]) -> None:
        """Forgets the figures of epochs that are done again; the log stays.

        Args:
            epochs: figures of those that stay.

        Raises:
            AppError: the disk is full, say.
        """
        stay = [{"epoch": dict(figures)} for figures in epochs]
        events: list[Mapping[str, Any]] = []
        for item in self.read().log:
            if isinstance(item, str):
                events.append({"log": item})
            elif stay:
                events.append(stay.pop(0))
        self._write("w", [*events, *stay])

    def read(self) -> History:
        """What the run told. Lines that were cut off are passed over."""
        epochs: list[Mapping[str, Any]] = []
        log: list[str | int] = []
        began: TrainingBegan | None = None
        try:
            text = (self.path / _EVENTS).read_text(encoding="utf-8", errors="replace")
        except OSError:
            return History()
        for line in text.splitlines():
            event = _event(line)
            if isinstance(event.get("epoch"), dict):
                epochs.append(event["epoch"])
                log.append(len(epochs))
            elif isinstance(event.get("log"), str):
                log.append(event["log"])
            elif isinstance(event.get("beginning"), dict):
                began = _began(event["beginning"])
        return History(tuple(epochs), tuple(log), began)

    def drop_checkpoint(self) -> None:
        """Lets go of the state: the run is done."""
        self.checkpoint.unlink(missing_ok=True)

    def remove(self) -> None:
        """Deletes all of it."""
        shutil.rmtree(self.path, ignore_errors=True)

    def _write(self, mode: str, events: Iterable[Mapping[str, Any]]) -> None:
        path = self.path / _EVENTS
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            with path.open(mode, encoding="utf-8") as file:
                file.writelines(json.dumps(dict(event)) + "\n" for event in events)
        except OSError as error:
            raise cannot_write(path, error) from None


def _event(line: str) -> dict[str, Any]:
    try:
        event = json.loads(line)
    except (ValueError, RecursionError):  # RecursionError: lists in lists without end
        return {}
    return event if isinstance(event, dict) else {}


def _began(data: dict[str, Any]) -> TrainingBegan | None:
    try:
        return began_from_json(data)
    except ValueError:  # damaged
        return None
