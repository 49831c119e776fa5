"""The log of a job in the cloud, read bit by bit."""

from __future__ import annotations

import time

import boto3
import pytest

from emotion_desktop.aws.errors import CloudError
from emotion_desktop.aws.sagemaker.job_log import GROUP, JobLog


@pytest.fixture
def logs(aws):
    client = boto3.client("logs")
    client.create_log_group(logGroupName=GROUP)
    return client


def say(logs, stream, *lines):
    known = logs.describe_log_streams(logGroupName=GROUP, logStreamNamePrefix=stream)
    if not known["logStreams"]:
        logs.create_log_stream(logGroupName=GROUP, logStreamName=stream)
    now = int(time.time() * 1000)
    logs.put_log_events(
        logGroupName=GROUP,
        logStreamName=stream,
        logEvents=[{"timestamp": now, "message": line} for line in lines],
    )


def test_each_line_comes_once_also_to_a_later_reader(logs):
    say(logs, "job-1/algo-1-170", "one", "two")
    say(logs, "job-10/algo-1-170", "of another job")
    reader = JobLog(logs, "job-1")
    assert reader.new_lines() == ["one", "two"]
    assert reader.new_lines() == []
    say(logs, "job-1/algo-1-170", "three")
    assert JobLog(logs, "job-1", reader.tokens).new_lines() == ["three"]


def test_of_several_machines_each_line_says_which(logs):
    say(logs, "job-1/algo-1-170", "one")
    say(logs, "job-1/algo-2-171", "two")
    assert JobLog(logs, "job-1").new_lines() == ["algo-1: one", "algo-2: two"]


def test_what_was_read_before_an_error_is_not_lost(logs, aws):
    say(logs, "job-1/algo-1-170", "one")
    say(logs, "job-1/algo-2-171", "two")
    reader = JobLog(logs, "job-1")
    # The first stream answers twice: with its line, and that there is no more.
    aws.faults.add("GetLogEvents", after=2, code="AccessDeniedException", status=400)
    with pytest.raises(CloudError):
        reader.new_lines()
    aws.faults.clear()
    assert reader.new_lines() == ["algo-1: one", "algo-2: two"]


def test_no_log_yet_is_no_error(aws):
    assert JobLog(boto3.client("logs"), "job-1").new_lines() == []
