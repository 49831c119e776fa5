"""What goes over a worker's pipes comes out as it went in."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emotion_desktop.domain.job import (
    Batch,
    JobSpec,
    JobState,
    Lane,
    Log,
    Metrics,
    Progress,
    StateChanged,
)
from emotion_desktop.jobs.running import protocol

#: Any text, also file names that are no valid Unicode.
texts = st.text(st.characters(), max_size=20)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
tables = st.dictionaries(texts, values, max_size=4)
specs = st.builds(JobSpec, texts, texts, st.sampled_from(Lane), tables, texts)
events = st.one_of(
    st.builds(Progress, st.integers(), st.integers(), texts),
    st.builds(Metrics, st.integers(), tables),
    st.builds(Batch, st.lists(values, max_size=4).map(tuple)),
    st.builds(Log, texts),
)


@given(specs)
def test_jobs(spec):
    line = protocol.encode_spec(spec)
    assert "\n" not in line
    assert line.isascii()
    assert protocol.decode_spec(line) == (spec, None)


def test_a_job_brings_its_workspace(tmp_path):
    spec = JobSpec("audit", "Check the data set", Lane.CATALOGUE)
    assert protocol.decode_spec(protocol.encode_spec(spec, tmp_path)) == (spec, tmp_path)


@given(events)
def test_events(event):
    line = json.dumps(protocol.encode_event(event))
    assert "\n" not in line
    assert protocol.decode_event(json.loads(line)) == event


def test_states_never_cross():
    with pytest.raises(TypeError, match="StateChanged"):
        protocol.encode_event(StateChanged(JobState.FAILED))


@given(st.text(max_size=30) | values.map(json.dumps))
def test_other_lines_are_no_jobs(line):
    with pytest.raises(ValueError):
        protocol.decode_spec(line)


@given(values)
def test_other_values_are_no_events(value):
    with pytest.raises(ValueError):
        protocol.decode_event(value)


@pytest.mark.parametrize(
    "message",
    [
        {"event": "progress", "done": "x", "total": 1, "text": ""},
        {"event": "progress"},
        {"event": "progress", "done": float("inf"), "total": 1, "text": ""},
        {"event": "metrics", "epoch": 1, "values": 5},
        {"event": "batch", "items": None},
        {"event": "end of the world"},
        {"event": []},
    ],
)
def test_messages_with_something_wrong(message):
    with pytest.raises(ValueError):
        protocol.decode_event(message)


@given(st.text(max_size=30) | values.map(json.dumps))
def test_other_lines_are_no_messages(line):
    with pytest.raises(ValueError):
        protocol.decode_message(line)


@pytest.mark.parametrize(
    "line",
    ["[" * 100_000, '{"end": "done"}', '{"end": "failed", "message": "x"}', '{"end": []}', "1e999"],
    ids=lambda line: line[:20],
)
def test_messages_with_something_missing(line):
    with pytest.raises(ValueError):
        protocol.decode_message(line)


def test_the_end_of_a_job():
    end = {"end": "done", "result": [1]}
    assert protocol.decode_message(json.dumps(end)) == end
    assert protocol.decode_message('{"event": "log", "line": "x"}') == Log("x")
