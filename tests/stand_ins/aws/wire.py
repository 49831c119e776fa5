"""What goes over the wire: which operation a request is, and a list of all there were."""

from __future__ import annotations

import io
import re
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

_RPC = re.compile(r"/service/[^/]+/operation/(\w+)")
_SMALL = 1 << 20


@dataclass(frozen=True, slots=True)
class Call:
    """One request. ``service`` is the name requests are signed for."""

    service: str
    operation: str
    region: str
    path: str
    bytes: int


class Wire:
    """All requests so far, in order. May be used from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: list[Call] = []
        self._signatures: set[str] = set()

    def add(self, call: Call, signature: str = "") -> None:
        with self._lock:
            self._calls.append(call)
            if signature:
                self._signatures.add(signature)

    def clear(self) -> None:
        with self._lock:
            self._calls.clear()
            self._signatures.clear()

    @property
    def signatures(self) -> set[str]:
        """What the requests were signed with: like keys and tokens, to be kept nowhere."""
        with self._lock:
            return set(self._signatures)

    @property
    def calls(self) -> list[Call]:
        with self._lock:
            return list(self._calls)

    def operations(self, service: str | None = None) -> list[str]:
        """The names of the operations, of one service or of all."""
        return [c.operation for c in self.calls if service is None or c.service == service]

    def count(self, operation: str) -> int:
        return self.operations().count(operation)

    def sent(self, operations: Iterable[str]) -> int:
        """Bytes of the bodies of some operations' requests."""
        wanted = set(operations)
        return sum(call.bytes for call in self.calls if call.operation in wanted)


def signature_of(environ: dict[str, Any]) -> str:
    """What a request is signed with; empty for one that is not."""
    found = re.search(r"Signature=([0-9a-f]+)", environ.get("HTTP_AUTHORIZATION", ""))
    return found[1] if found else ""


def identify(environ: dict[str, Any]) -> Call:
    """Which call a request is. A small form's body is read and put back."""
    service = region = ""
    scope = re.search(
        r"Credential=[^,]*?/(\d{8})/([^/]+)/([^/]+)/aws4_request",
        environ.get("HTTP_AUTHORIZATION", ""),
    )
    if scope:
        region, service = scope[2], scope[3]
    path = environ.get("PATH_INFO", "")
    length = int(environ.get("CONTENT_LENGTH") or 0)
    target = environ.get("HTTP_X_AMZ_TARGET", "")
    rpc = _RPC.search(path)
    if target:
        operation = target.rpartition(".")[2]
    elif rpc:
        operation = rpc[1]
    elif service == "s3":
        operation = _s3_operation(environ, path)
    else:
        operation = _form_action(environ, length)
    decoded = environ.get("HTTP_X_AMZ_DECODED_CONTENT_LENGTH")
    return Call(service, operation, region, path, int(decoded or length))


def _form_action(environ: dict[str, Any], length: int) -> str:
    if not 0 < length <= _SMALL:
        return ""
    body = environ["wsgi.input"].read(length)
    environ["wsgi.input"] = io.BytesIO(body)
    return parse_qs(body.decode("utf-8", "replace")).get("Action", [""])[0]


#: What a request to S3 is, by a word of its query and its method.
_BY_QUERY = {
    "uploadId": {
        "PUT": "UploadPart",
        "POST": "CompleteMultipartUpload",
        "DELETE": "AbortMultipartUpload",
        "GET": "ListParts",
    },
    "uploads": {"POST": "CreateMultipartUpload", "GET": "ListMultipartUploads"},
    "delete": {"POST": "DeleteObjects"},
    "location": {"GET": "GetBucketLocation"},
    "encryption": {"GET": "GetBucketEncryption", "PUT": "PutBucketEncryption"},
    "publicAccessBlock": {"GET": "GetPublicAccessBlock", "PUT": "PutPublicAccessBlock"},
    "lifecycle": {"GET": "GetBucketLifecycle", "PUT": "PutBucketLifecycle"},
    "tagging": {"GET": "GetTagging", "PUT": "PutTagging"},
}
_OBJECT = {"PUT": "PutObject", "GET": "GetObject", "HEAD": "HeadObject", "DELETE": "DeleteObject"}
_BUCKET = {
    "PUT": "CreateBucket",
    "GET": "ListObjectsV2",
    "HEAD": "HeadBucket",
    "DELETE": "DeleteBucket",
}


def _s3_operation(environ: dict[str, Any], path: str) -> str:
    method = environ["REQUEST_METHOD"]
    query = parse_qs(environ.get("QUERY_STRING", ""), keep_blank_values=True)
    for word, operations in _BY_QUERY.items():
        if word in query:
            return operations.get(method, method)
    parts = path.strip("/")
    if not parts:
        return "ListBuckets"
    return (_OBJECT if "/" in parts else _BUCKET).get(method, method)
