"""Figures of an epoch in a job's log."""

from __future__ import annotations

import re

import pytest

from emotion_desktop.domain.epoch_lines import FIGURE, epoch_line, read_epoch_line

VALUES = {"loss": 1.25, "accuracy": 0.5, "mean_recall": 0.25, "recall": {"fear": {"recall": 0.1}}}


def test_a_line_is_read_back_whatever_stands_before_it():
    line = epoch_line(3, VALUES)
    assert read_epoch_line(line) == (3, VALUES)
    assert read_epoch_line(f"algo-1: {line}\n") == (3, VALUES)


@pytest.mark.parametrize(
    "line", ["", "epoch 0: {}", "epoch 1: {", "epoch 1: []", "Epoch[1] Train-accuracy=0.5"]
)
def test_other_lines_are_not_taken_for_one(line):
    assert read_epoch_line(line) is None


def test_aws_finds_the_figures_by_itself():
    line = epoch_line(1, VALUES)
    assert re.search(FIGURE.format("loss"), line)[1] == "1.25"
    assert re.search(FIGURE.format("accuracy"), line)[1] == "0.5"
