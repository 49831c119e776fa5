"""Jobs, events and commands as JSON lines: what goes over a worker process's pipes."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from emotion_desktop.domain import training_events
from emotion_desktop.domain.job import Batch, JobEvent, JobSpec, Lane, Log, Metrics, Progress

CANCEL: Final = "cancel"
FINISH: Final = "finish"
PAUSE: Final = "pause"

_EVENTS: Final[dict[str, Callable[[dict[str, Any]], JobEvent]]] = {
    "progress": lambda d: Progress(int(d["done"]), int(d["total"]), str(d["text"])),
    "metrics": lambda d: Metrics(int(d["epoch"]), dict(d["values"])),
    "batch": lambda d: Batch(tuple(d["items"])),
    "log": lambda d: Log(str(d["line"])),
    "training": lambda d: training_events.from_json(d["told"]),
}


def encode_spec(spec: JobSpec, workspace: Path | None = None) -> str:
    """One line, without its end.

    Args:
        workspace: the folder that the job works in; None for jobs that need none.
    """
    return json.dumps(
        {
            "kind": spec.kind,
            "title": spec.title,
            "lane": spec.lane.value,
            "parameters": dict(spec.parameters),
            "id": spec.id,
            "workspace": None if workspace is None else str(workspace.absolute()),
        }
    )


def decode_spec(line: str) -> tuple[JobSpec, Path | None]:
    """Reads what encode_spec wrote: a job, and the workspace's folder; ValueError if it is not
    that."""
    try:
        data = json.loads(line)
        folder = None if data["workspace"] is None else Path(data["workspace"])
        lane = Lane(data["lane"])
        spec = JobSpec(data["kind"], data["title"], lane, data["parameters"], data["id"])
    except (KeyError, TypeError, RecursionError) as error:
        raise ValueError(f"this is no job ({type(error).__name__})") from None
    return spec, folder


def encode_event(event: JobEvent) -> dict[str, Any]:
    """A message for the parent. StateChanged never crosses: states are the manager's."""
    if isinstance(event, Progress):
        return {"event": "progress", "done": event.done, "total": event.total, "text": event.text}
    if isinstance(event, Metrics):
        return {"event": "metrics", "epoch": event.epoch, "values": dict(event.values)}
    if isinstance(event, Batch):
        return {"event": "batch", "items": list(event.items)}
    if isinstance(event, Log):
        return {"event": "log", "line": event.line}
    if isinstance(event, training_events.TrainingEvent):
        return {"event": "training", "told": training_events.to_json(event)}
    raise TypeError(f"{type(event).__name__} does not cross the pipe")


def decode_event(message: Mapping[str, Any]) -> JobEvent:
    """Inverse of encode_event; ValueError if the text is none."""
    try:
        return _EVENTS[message["event"]](dict(message))
    except (KeyError, TypeError, OverflowError) as error:  # OverflowError: “done” is infinite
        raise ValueError(f"this is no event ({type(error).__name__})") from None


def decode_message(line: str) -> dict[str, Any] | JobEvent:
    """What a worker says: an event, or how its job ended, a table with ``end``.

    Raises:
        ValueError: it is neither.
    """
    try:
        message = json.loads(line)
    except RecursionError:
        raise ValueError("lists in lists without end") from None
    if not isinstance(message, dict) or "end" not in message:
        return decode_event(message)
    needed = {"result"} if message["end"] == "done" else {"message", "hint"}
    if not needed <= message.keys():
        raise ValueError("this is no end of a job")
    return message
