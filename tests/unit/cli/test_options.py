"""What the verbs' options say."""

import pytest

from emotion_desktop.cli.options import key_values, write_answer
from emotion_desktop.domain.errors import AppError, UsageError


def test_settings_are_key_and_value():
    assert key_values(["epochs=20", "note=a=b", " side = 48 "]) == {
        "epochs": "20",
        "note": "a=b",
        "side": "48",
    }


def test_a_setting_without_a_value_is_refused():
    with pytest.raises(UsageError, match="--set epochs was not understood"):
        key_values(["epochs"])


def test_without_standard_output_there_is_a_sentence(monkeypatch):
    monkeypatch.setattr("sys.stdout", None)
    with pytest.raises(AppError, match="no standard output"):
        write_answer("-", "[]")
