"""Records of runs: whole or old, one owner, odd files passed over."""

from __future__ import annotations

import json
import os
from dataclasses import replace

import pytest

from emotion_desktop.domain.errors import AppError, UsageError
from emotion_desktop.domain.sagemaker import AwsChoice, CloudRun, Stage
from emotion_desktop.workspace.runs.cloud_runs import CloudRuns

RUN = CloudRun("job-1", "training", AwsChoice(), "1", {"model": "m"}, created=1.0)


@pytest.fixture
def runs(tmp_path):
    return CloudRuns(tmp_path / "sagemaker")


def test_runs_are_kept_and_listed_newest_first(runs):
    assert runs.all() == []
    newer = replace(RUN, name="job-2", created=2.0)
    for run in (RUN, newer):
        runs.save(run)
    assert runs.all() == [newer, RUN]
    changed = replace(RUN, stage=Stage.DONE, result="m")
    runs.save(changed)
    assert runs.load("job-1") == changed
    runs.add_log("job-1", ["one\n", "two"])
    runs.add_log("job-1", ["three"])
    assert runs.log("job-1") == ["one", "two", "three"]
    assert runs.add_log("job-1", ["two"], len("one\n")) == len("one\ntwo\n")
    assert runs.log("job-1") == ["one", "two"], "what a dead reader wrote came twice"
    runs.forget("job-1")
    runs.forget("job-1")
    assert runs.all() == [newer]
    assert runs.log("job-1") == []


@pytest.mark.parametrize("key", ["created", "labels", "request", "facts", "account", "result"])
@pytest.mark.parametrize("odd", [None, "1", [1], {"a": 1}, True, 10**400, 1e300])
def test_records_of_another_form_are_passed_over(runs, key, odd):
    """Whatever stands in a record, the list of runs is there."""
    runs.save(RUN)
    place = runs.folder("job-2")
    place.mkdir()
    record = {**replace(RUN, name="job-2").to_dict(), key: odd}
    (place / "run.json").write_text(json.dumps(record))
    assert RUN in runs.all()
    try:
        assert getattr(runs.load("job-2"), key) == type(getattr(RUN, key))(odd)
    except UsageError as error:
        assert "cannot be read" in error.message


@pytest.mark.parametrize("name", ["../up", "a/b", "", "x" * 70, "-dash", "a_b"])
def test_names_lead_nowhere_else(runs, name):
    with pytest.raises(UsageError, match="no name of a job"):
        runs.folder(name)


def test_damaged_records_are_passed_over(runs, tmp_path):
    runs.save(RUN)
    for name, text in (("odd", "{"), ("list", "[]"), ("deep", "[" * 99_999), ("none", "null")):
        place = tmp_path / "sagemaker" / name
        place.mkdir()
        (place / "run.json").write_text(text)
    assert runs.all() == [RUN]
    with pytest.raises(UsageError, match="cannot be read"):
        runs.load("odd")
    with pytest.raises(UsageError, match="knows no job"):
        runs.load("job-9")


def test_one_program_works_on_a_run(runs, tmp_path):
    with runs.owned("job-1") as first:
        assert first
        with CloudRuns(tmp_path / "sagemaker").owned("job-1") as second:
            assert not second
    with runs.owned("job-1") as again:
        assert again


@pytest.mark.parametrize("owner", ["4194303", "", "nobody", "-1", "1", str(os.getpid())])
def test_owner_files_of_earlier_versions_own_nothing(runs, tmp_path, owner):
    """The process that one names may long be another: 1, say, lives for ever."""
    place = tmp_path / "sagemaker" / "job-1"
    place.mkdir(parents=True)
    (place / "owner").write_text(owner)
    with runs.owned("job-1") as mine:
        assert mine
    assert not (place / "owner").exists()


def test_a_full_disk_is_said_and_the_old_record_stays(runs, monkeypatch):
    runs.save(RUN)
    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError(28, "full")))
        with pytest.raises(AppError, match="disk is full"):
            runs.save(replace(RUN, stage=Stage.DONE))
    assert runs.load("job-1") == RUN
