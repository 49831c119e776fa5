"""Troubles on order: answers that refuse, answers that get lost, connections that break off.

They happen on the wire, so everything of the program's side is real: botocore's retry loop, its
reading of bodies, its error classes.
"""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from tests.stand_ins.aws.wire import Call

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
Kind = Literal["refuse", "cut-request", "cut-answer", "lose-answer"]


@dataclass
class Fault:
    """What shall happen to the next ``times`` calls of an operation, after ``after`` good ones."""

    operation: str
    kind: Kind = "refuse"
    times: int = 1
    after: int = 0
    status: int = 400
    code: str = ""
    message: str = ""
    bytes: int = 1000
    happened: int = field(default=0, init=False)


class Faults:
    """The faults on order. May be used from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []

    def add(self, operation: str, kind: Kind = "refuse", **more: Any) -> Fault:
        """Orders a fault."""
        fault = Fault(operation, kind, **more)
        with self._lock:
            self._faults.append(fault)
        return fault

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()

    def due(self, call: Call) -> Fault | None:
        """The fault that shall happen to a call."""
        with self._lock:
            for fault in self._faults:
                if fault.operation not in (call.operation, "*") or fault.times <= 0:
                    continue
                if fault.after > 0:
                    fault.after -= 1
                    continue
                fault.times -= 1
                fault.happened += 1
                return fault
        return None


def apply(
    fault: Fault,
    call: Call,
    application: Application,
    environ: dict[str, Any],
    start_response: Callable[..., Any],
) -> Iterable[bytes]:
    """Lets a fault happen to a request."""
    if fault.kind == "refuse":
        return _refuse(fault, call, environ, start_response)
    if fault.kind == "cut-request":
        environ["wsgi.input"].read(min(fault.bytes, int(environ.get("CONTENT_LENGTH") or 0)))
        return _hang_up(environ)
    if fault.kind == "lose-answer":
        for _ in application(environ, lambda *_, **__: None):
            pass
        return _hang_up(environ)
    return _cut_answer(fault, application, environ, start_response)


def _hang_up(environ: dict[str, Any]) -> list[bytes]:
    _reset(environ)
    raise ConnectionAbortedError("the stand-in hung up, as ordered")


def _reset(environ: dict[str, Any]) -> None:
    """The connection is reset once it is closed; a quiet end would leave the sender waiting."""
    connection = environ["werkzeug.socket"]
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.shutdown(socket.SHUT_RDWR)


def _cut_answer(
    fault: Fault,
    application: Application,
    environ: dict[str, Any],
    start_response: Callable[..., Any],
) -> Iterator[bytes]:
    data = b"".join(application(environ, start_response))
    yield data[: fault.bytes]
    environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
    raise ConnectionAbortedError("the stand-in hung up, as ordered")


def _refuse(
    fault: Fault, call: Call, environ: dict[str, Any], start_response: Callable[..., Any]
) -> list[bytes]:
    # The body is taken first: a server that does not would reset the connection.
    left = int(environ.get("CONTENT_LENGTH") or 0)
    while left > 0 and (data := environ["wsgi.input"].read(min(left, 1 << 16))):
        left -= len(data)
    if call.service in ("s3", "iam", "sts"):
        inside = f"<Code>{fault.code}</Code><Message>{fault.message}</Message>"
        if call.service == "s3":
            text = f"<?xml version='1.0'?><Error>{inside}</Error>"
        else:
            text = f"<ErrorResponse><Error>{inside}</Error></ErrorResponse>"
        kind = "application/xml"
    else:
        text = json.dumps({"__type": fault.code, "message": fault.message})
        kind = "application/x-amz-json-1.1"
    body = b"" if environ["REQUEST_METHOD"] == "HEAD" else text.encode()
    start_response(
        f"{fault.status} Fault",
        [
            ("Content-Type", kind),
            ("Content-Length", str(len(body))),
            ("x-amzn-errortype", fault.code),
        ],
    )
    return [body]
