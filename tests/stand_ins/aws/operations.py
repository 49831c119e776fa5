"""Operations that moto lacks or only pretends: answered here, by botocore's own descriptions.

Requests are checked against the service's model as AWS does; answers are what a function returns.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Any

import botocore.session
from botocore.validate import ParamValidator

from tests.stand_ins.aws.wire import Call

Operation = Callable[[dict[str, Any], Call], dict[str, Any]]


class RefusalError(Exception):
    """What AWS says no with."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status


class Operations:
    """Which operations are answered here, by the service's name in boto3 and the operation's."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[tuple[str, str], tuple[str, Operation]] = {}

    def add(self, service: str, operation: str, function: Operation, signed_for: str = "") -> None:
        """Answers an operation from now on.

        Args:
            signed_for: the name its requests are signed for, where it differs from boto3's.
        """
        with self._lock:
            self._known[signed_for or service, operation] = (service, function)

    def knows(self, call: Call) -> bool:
        return (call.service, call.operation) in self._known

    def answer(
        self, call: Call, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> list[bytes]:
        """Answers a request in AWS's JSON protocol."""
        service, function = self._known[call.service, call.operation]
        length = int(environ.get("CONTENT_LENGTH") or 0)
        request = json.loads(environ["wsgi.input"].read(length) or b"{}")
        status = 200
        try:
            _check(service, call.operation, request)
            answer: dict[str, Any] = function(request, call)
        except RefusalError as refusal:
            status = refusal.status
            answer = {"__type": refusal.code, "message": refusal.message}
        body = json.dumps(answer, default=_plain).encode()
        start_response(
            f"{status} {'OK' if status == 200 else 'Refused'}",
            [
                ("Content-Type", "application/x-amz-json-1.1"),
                ("Content-Length", str(len(body))),
            ],
        )
        return [body]


@lru_cache
def _model(service: str) -> Any:
    return botocore.session.get_session().get_service_model(service)


def _check(service: str, operation: str, request: dict[str, Any]) -> None:
    report = ParamValidator().validate(
        request, _model(service).operation_model(operation).input_shape
    )
    if report.has_errors():
        raise RefusalError("ValidationException", report.generate_report())


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.timestamp()
    raise TypeError(type(value).__name__)
