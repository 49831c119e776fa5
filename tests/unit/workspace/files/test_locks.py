"""Locks: one holder, whoever claims, and none that is dead."""

import multiprocessing
import subprocess
import sys
import threading

import pytest

from emotion_desktop.domain.errors import AppError
from emotion_desktop.workspace.files.locks import locked

_TURNS = 200


def _claim(folder, barrier, answers):
    """Claims each lock at the very moment the other process does; keeps it till both have tried."""
    for turn in range(_TURNS):
        barrier.wait(60)
        with locked(folder / str(turn)) as mine:
            answers.put((turn, mine))
            barrier.wait(60)


def test_of_two_processes_that_claim_at_once_exactly_one_owns(tmp_path):
    spawn = multiprocessing.get_context("spawn")
    barrier, answers = spawn.Barrier(2), spawn.Queue()
    both = [spawn.Process(target=_claim, args=(tmp_path, barrier, answers)) for _ in range(2)]
    for process in both:
        process.start()
    said = [answers.get(timeout=120) for _ in range(2 * _TURNS)]
    for process in both:
        process.join(60)
    owners = [sum(mine for turn, mine in said if turn == number) for number in range(_TURNS)]
    assert owners == [1] * _TURNS


_HOLDS = """
import sys
from pathlib import Path
from emotion_desktop.workspace.files.locks import locked
with locked(Path(sys.argv[1])) as mine:
    print(mine, flush=True)
    sys.stdin.read()
"""


def test_the_lock_of_a_killed_owner_is_free_at_once(tmp_path):
    path = tmp_path / "lock"
    command = [sys.executable, "-c", _HOLDS, str(path)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as owner:
        assert owner.stdout.readline() == "True\n"
        with locked(path) as mine:
            assert not mine
        owner.kill()
        owner.wait()
        with locked(path) as mine:
            assert mine


def test_threads_of_one_program_exclude_one_another(tmp_path):
    path, said = tmp_path / "lock", []

    def claim():
        with locked(path) as mine:
            said.append(mine)

    with locked(path) as mine:
        assert mine
        claim()
        other = threading.Thread(target=claim)
        other.start()
        other.join(30)
    claim()
    assert said == [False, False, True]


def test_who_waits_gets_it_when_the_other_is_done(tmp_path):
    path, held = tmp_path / "lock", threading.Event()
    go = threading.Event()

    def hold():
        with locked(path):
            held.set()
            go.wait(30)

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(30)
    threading.Timer(0.2, go.set).start()
    with locked(path, wait_s=30) as mine:
        assert mine
    holder.join(30)


def test_a_place_that_cannot_be_written_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(AppError, match="could not be written"), locked(tmp_path / "file" / "lock"):
        pass
