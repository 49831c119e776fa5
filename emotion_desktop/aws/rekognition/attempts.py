"""Calls that are paid one by one: tried again only where the last one cannot have been charged."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any, Final

#: As many as boto3 makes of other calls.
_ATTEMPTS: Final = 8
#: Before the second attempt, and at most, seconds; doubled each time, and drawn by lot below that.
_FIRST_PAUSE_S: Final = 1.0
_LONGEST_PAUSE_S: Final = 20.0
#: The service was too busy to look at it: AWS's codes.
_BUSY: Final = frozenset(
    ("ThrottlingException", "ProvisionedThroughputExceededException", "Throttling", "SlowDown")
)
#: The call never left: boto3's names.
_NEVER_SENT: Final = frozenset(
    ("EndpointConnectionError", "ConnectTimeoutError", "ProxyConnectionError", "SSLError")
)


def until_answered(
    call: Callable[[], dict[str, Any]], stop: Callable[[], bool] = lambda: False
) -> dict[str, Any]:
    """Calls until an answer comes.

    A call that may have arrived is never made again: whoever wrote down that it was made decides.

    Args:
        call: raises what boto3 raises; boto3 itself tries it once.
        stop: no more attempts are wanted.
    """
    for attempt in range(1, _ATTEMPTS):
        try:
            return call()
        except Exception as error:
            if stop() or not _cannot_be_charged(error):
                raise
        longest = min(_LONGEST_PAUSE_S, _FIRST_PAUSE_S * 2.0 ** (attempt - 1))
        time.sleep(random.uniform(0, longest))
    return call()


def _cannot_be_charged(error: Exception) -> bool:
    response = getattr(error, "response", None)
    if isinstance(response, dict):
        status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        return response.get("Error", {}).get("Code") in _BUSY or status >= 500
    return any(kind.__name__ in _NEVER_SENT for kind in type(error).__mro__)
