"""Starts the stand-in for trying the program by hand.

    python -m tests.stand_ins.aws

prints the variables to set, and serves until Ctrl-C.
"""

from __future__ import annotations

import threading
from contextlib import suppress

from tests.stand_ins.aws.server import StandIn


def main() -> None:
    server = StandIn()
    server.start()
    for name, value in server.environment.items():
        print(f"export {name}={value}", flush=True)
    with suppress(KeyboardInterrupt):
        threading.Event().wait()
    server.stop()


if __name__ == "__main__":
    main()
