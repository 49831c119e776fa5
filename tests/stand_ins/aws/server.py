"""The stand-in itself: moto's server, with faults on order and a list of what was asked."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from threading import Event
from typing import Any, Final

import boto3
from moto.backends import get_backend
from moto.moto_server.threaded_moto_server import ThreadedMotoServer
from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import make_server

from tests.stand_ins.aws.account import Quotas, furnish
from tests.stand_ins.aws.faults import Faults, apply
from tests.stand_ins.aws.operations import Operations
from tests.stand_ins.aws.rekognition import Rekognition
from tests.stand_ins.aws.storage import Storage
from tests.stand_ins.aws.training import TrainingJobs
from tests.stand_ins.aws.transform import TransformJobs
from tests.stand_ins.aws.wire import Wire, identify, signature_of

REGION: Final = "us-east-1"
#: The key of whoever arranges a test; the program never has it.
_ARRANGING: Final = "AKIAARRANGINGTHINGS0"
#: What no log and no record may ever hold.
SECRETS: Final = {
    "AWS_ACCESS_KEY_ID": "AKIASTANDINSTANDIN00",
    "AWS_SECRET_ACCESS_KEY": "secret/of+the/stand-in0000000000000000000",
    "AWS_SESSION_TOKEN": "token+of/the+stand/in==",
}


class StandIn:
    """A server on a free port of this machine."""

    def __init__(self) -> None:
        self.wire = Wire()
        self.faults = Faults()
        self.operations = Operations()
        self.storage = Storage(self.client)
        self.quotas = Quotas()
        self.training = TrainingJobs(self.storage, self.quotas)
        self.transform = TransformJobs(self.storage, self.quotas)
        self.rekognition = Rekognition(self.storage)
        for part in (self.quotas, self.training, self.transform, self.rekognition):
            part.add_to(self.operations)
        self.role = ""
        #: Added to each request of the program, seconds: a real service is not next door.
        self.latency_s = 0.0
        self._server = _Server(self._answer)
        self.url = ""

    def start(self) -> None:
        self._server.start()
        host, port = self._server.get_host_and_port()
        self.url = f"http://{host}:{port}"
        # moto makes a thousand policies with the first role: once is enough.
        self.role = furnish(self.client("iam"))

    def stop(self) -> None:
        self._server.stop()

    def reset(self) -> None:
        """An account with nothing in it but roles and quotas, and no faults on order."""
        for part in (self.quotas, self.training, self.transform, self.rekognition):
            part.reset()
        for service in ("s3", "logs"):
            _forget(get_backend(service))
        self.faults.clear()
        self.wire.clear()

    @property
    def environment(self) -> dict[str, str]:
        """The variables that lead boto3 here, and away from whatever else there is."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            **SECRETS,
        }

    def client(self, service: str, region: str = REGION) -> Any:
        """A client for arranging and checking things; its calls are not among the wire's."""
        return boto3.session.Session(
            aws_access_key_id=_ARRANGING,
            aws_secret_access_key="of whoever arranges",
            region_name=region,
        ).client(service, endpoint_url=self.url)

    def _answer(
        self,
        application: Callable[..., Iterable[bytes]],
        environ: dict[str, Any],
        start_response: Callable[..., Any],
    ) -> Iterable[bytes]:
        call = identify(environ)
        if not call.service:
            return application(environ, start_response)

        def answer(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
            if self.operations.knows(call):
                return self.operations.answer(call, environ, start)
            return application(environ, start)

        if _ARRANGING in environ.get("HTTP_AUTHORIZATION", ""):
            return answer(environ, start_response)
        self.wire.add(call, signature_of(environ))
        time.sleep(self.latency_s)
        fault = self.faults.due(call)
        if fault is None:
            return answer(environ, start_response)
        return apply(fault, call, answer, environ, start_response)


def _forget(backends: Any) -> None:
    for regions in list(backends.values()):
        for backend in list(regions.values()):
            backend.reset()


class _Server(ThreadedMotoServer):
    def __init__(self, answer: Callable[..., Iterable[bytes]]) -> None:
        super().__init__(ip_address="127.0.0.1", port=0, verbose=False)
        self._answer = answer
        self._server_ready_event: Event

    def _server_entry(self) -> None:
        moto = DomainDispatcherApplication(create_backend_app)
        self._server = make_server(
            self._ip_address,
            self._port,
            lambda environ, start: self._answer(moto, environ, start),
            threaded=True,
            request_handler=_Quiet,
        )
        self._server_ready_event.set()
        self._server.serve_forever(poll_interval=0.05)


class _Quiet(MotoRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        pass
