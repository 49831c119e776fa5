"""The program, killed at random moments of every kind of work.

    python -m tests.campaigns.kills [--tries N] [--seed S] [--only KIND,KIND]

A process kills itself at a random one of all the files and database statements that it writes, or
up to a tenth of a second later. Survived means: what the program shows then is all that it showed
before, or all that the work makes; doing it again makes the same as if there had been no kill; the
databases are whole; and once that is done, nothing half-written is left. No photo is sent to
Rekognition twice (here the tests' stand-in). Exit status 1 if anything did not survive.
"""

from __future__ import annotations

import json
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.campaigns.doomed import VARIABLE
from tests.campaigns.trials import Tally, options, print_tallies, run_verb
from tests.campaigns.works import (
    WORKS,
    Place,
    TroubleError,
    Work,
    check_again,
    check_databases,
    check_leftovers,
    put_photos,
    run_work,
)

REKOGNITION = "Rekognition"
#: Answers that may be on their way when the program dies: calls under way at once.
_AT_ONCE = 8
KINDS = (*WORKS, REKOGNITION)


def campaign(tries: int, seed: int, kinds: Sequence[str], folder: Path) -> dict[str, Tally]:
    """Runs it; the tally of every kind.

    Args:
        folder: for the files; empty.
    """
    found = {}
    for kind in kinds:
        tally = found[kind] = Tally()
        # At the same path each time, for paths are kept in databases.
        place, kept = Place(folder / "place"), folder / "kept"
        for old in (place.root, kept):
            shutil.rmtree(old, ignore_errors=True)
        place.root.mkdir()
        put_photos(place)
        chance = random.Random(f"{seed} {kind}")
        if kind == REKOGNITION:
            _try_rekognition(tally, place, tries, chance)
            continue
        work = WORKS[kind]
        work.prepare(place)
        before = work.state(place)
        shutil.copytree(place.root, kept)
        count = folder / "count"
        done = run_work(work, place, work.verb(place), {"count": str(count)})
        if done.status != 0:
            raise RuntimeError(f"{kind}, left alone, failed: {done.said}")
        states = before, work.state(place)
        for number in range(tries):
            shutil.rmtree(place.root)
            shutil.copytree(kept, place.root)
            at = chance.randint(1, int(count.read_text()))
            delay_s = chance.choice((0.0, chance.uniform(0, 0.1)))
            what = f"{number} of seed {seed}, at {at} and {delay_s:.2f} s"
            trouble, seconds = _try(work, place, states, {"at": at, "delay_s": delay_s})
            tally.add(what, trouble, seconds)
            print(f"{kind} {what}: {trouble or 'survived'}", flush=True)
    return found


def _try(
    work: Work, place: Place, states: tuple[Any, Any], doom: Mapping[str, Any]
) -> tuple[str, float]:
    """What did not survive, empty for nothing; and how long doing it twice took, seconds."""
    started = time.monotonic()
    try:
        state = _killed(work, place, states, doom)
        check_databases(place)
        check_again(work, place, state, states[1])
        check_leftovers(place)
        check_databases(place)
    except TroubleError as trouble:
        return str(trouble), time.monotonic() - started
    return "", time.monotonic() - started


def _killed(work: Work, place: Place, states: tuple[Any, Any], doom: Mapping[str, Any]) -> Any:
    """Does it until the kill; returns what is shown then."""
    before, after = states
    done = run_work(work, place, work.verb(place), doom)
    # A worker's death is told by its parent.
    if done.status not in (0, -signal.SIGKILL) and not (work.worker and done.status == 1):
        raise TroubleError(f"ended with {done.status}: {done.said[-300:]}")
    state = work.state(place)
    if not (state <= after if work.parts else state in (before, after)):
        raise TroubleError(f"half of it is shown: {str(state)[:300]}")
    if done.status == 0 and state != after:
        raise TroubleError("it was told to be done, and is not there")
    return state


def _try_rekognition(tally: Tally, place: Place, tries: int, chance: random.Random) -> None:
    """A photo is paid once, whatever happened; all that was answered is kept."""
    from tests.stand_ins.aws.server import StandIn

    server = StandIn()
    server.start()
    verb = ["classify", place.photos, "--model", "rekognition", "--yes"]
    verb += ["--json", place.root / "answer.json"]
    try:
        for number in range(tries):
            shutil.rmtree(place.workspace, ignore_errors=True)
            server.reset()
            doom = {"root": str(place.root), "at": chance.randint(5, 120)}
            doom["delay_s"] = chance.choice((0.0, chance.uniform(0, 0.1)))
            trouble, seconds = _pay(server, place, verb, doom)
            what = f"{number}, at {doom['at']} and {doom['delay_s']:.2f} s"
            tally.add(what, trouble, seconds)
            print(f"{REKOGNITION} {what}: {trouble or 'survived'}", flush=True)
    finally:
        server.stop()


def _pay(
    server: Any, place: Place, verb: list[object], doom: Mapping[str, Any]
) -> tuple[str, float]:
    """What did not survive, empty for nothing; and how long doing it twice took, seconds."""
    started = time.monotonic()
    try:
        for order in (doom, {"root": str(place.root)}):
            environment = {**server.environment, VARIABLE: json.dumps(order)}
            done = run_verb(
                place.workspace, *verb, module="tests.campaigns.doomed", environment=environment
            )
        billed = server.rekognition.billed
        if twice := len(billed) - len(set(billed)):
            raise TroubleError(f"{twice} photos paid twice")
        if done.trouble():
            raise TroubleError(done.trouble())
        answers = json.loads((place.root / "answer.json").read_text())
        lost = sum(answer["status"] == "unreadable" for answer in answers)
        if lost > _AT_ONCE or len(answers) != len(list(place.photos.rglob("*.png"))):
            raise TroubleError(f"{lost} of {len(answers)} answers lost")
        check_databases(place)
        check_leftovers(place)
    except TroubleError as trouble:
        return str(trouble), time.monotonic() - started
    return "", time.monotonic() - started


def main() -> int:
    """The program."""
    given = options(__doc__, 10, KINDS)
    with tempfile.TemporaryDirectory() as folder:
        return print_tallies(campaign(given.tries, given.seed, given.only, Path(folder)))


if __name__ == "__main__":
    sys.exit(main())
