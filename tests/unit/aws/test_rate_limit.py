import threading
import time

from emotion_desktop.aws.rate_limit import RateLimit


def test_calls_of_many_threads_come_one_after_the_other(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    monkeypatch.setattr(time, "sleep", lambda s: now.__setitem__(0, now[0] + s))
    limit = RateLimit(20)
    turns = []
    for _ in range(41):
        assert limit.wait()
        turns.append(now[0])
    assert turns[-1] - turns[0] >= 40 / 20 - 1e-6
    assert all(b - a >= 0.05 - 1e-9 for a, b in zip(turns, turns[1:], strict=False))


def test_waiting_ends_when_it_is_stopped():
    limit = RateLimit(0.01)
    assert limit.wait()
    stop = threading.Event()
    threading.Timer(0.05, stop.set).start()
    assert not limit.wait(stop.is_set)
