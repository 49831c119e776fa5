"""Starts the stand-in for trying the program by hand.

    python -m tests.stand_ins.aws

prints the variables to set, and serves until Ctrl-C. Its jobs take their time, so that there is
something to see.
"""

from __future__ import annotations

import threading
from contextlib import suppress

from tests.stand_ins.aws.server import StandIn


def main() -> None:
    server = StandIn()
    server.start()
    server.reset()
    server.training.plan.pace = 4.0
    server.training.plan.epoch_pace = 2.0
    server.transform.pace = 4.0
    for name, value in server.environment.items():
        print(f"export {name}={value}", flush=True)
    with suppress(KeyboardInterrupt):
        threading.Event().wait()
    server.stop()


if __name__ == "__main__":
    main()
