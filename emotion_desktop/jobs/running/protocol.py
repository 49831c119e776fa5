"""Jobs, events and commands as JSON lines: what goes over a worker process's pipes."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from emotion_desktop.domain.job import Batch, JobEvent, JobSpec, Lane, Log, Metrics, Progress

CANCEL: Final = "cancel"
FINISH: Final = "finish"
PAUSE: Final = "pause"

_EVENTS: Final[dict[str, Callable[[dict[str, Any]], JobEvent]]] = {
    "progress": lambda d: Progress(int(d["done"]), int(d["total"]), str(d["text"])),
    "metrics": lambda d: Metrics(int(d["epoch"]), dict(d["values"])),
    "batch": lambda d: Batch(tuple(d["items"])),
    "log": lambda d: Log(str(d["line"])),
}


def encode_spec(spec: JobSpec) -> str:
    """One line, without its end."""
    return json.dumps(
        {
            "kind": spec.kind,
            "title": spec.title,
            "lane": spec.lane.value,
            "parameters": dict(spec.parameters),
            "id": spec.id,
        }
    )


def decode_spec(line: str) -> JobSpec:
    """Reads what encode_spec wrote; ValueError, KeyError or TypeError if it is not that."""
    data = json.loads(line)
    return JobSpec(data["kind"], data["title"], Lane(data["lane"]), data["parameters"], data["id"])


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
    raise TypeError(f"{type(event).__name__} does not cross the pipe")


def decode_event(message: Mapping[str, Any]) -> JobEvent:
    """Reads what encode_event wrote; KeyError, ValueError or TypeError if it is not that."""
    return _EVENTS[message["event"]](dict(message))
