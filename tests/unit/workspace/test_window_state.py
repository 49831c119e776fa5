"""How the window was left is read back; what is broken in it is left out, never fatal."""

from __future__ import annotations

import json

import pytest

from emotion_desktop.workspace.window_state import (
    WindowState,
    load_window_state,
    save_window_state,
)


def test_what_was_kept_comes_back(tmp_path):
    state = WindowState(
        geometry="AdnQ",
        page="Train",
        splitters={"gallery": [206, 700, 350]},
        order="By name",
        tile_size=120,
        folders={"photos": "/p"},
        opened={"/p/a": "", "/p/b.jpg": "whole"},
        removed=["/p/a/1.jpg"],
    )
    save_window_state(tmp_path / "deep" / "window.json", state)
    assert load_window_state(tmp_path / "deep" / "window.json") == state


@pytest.mark.parametrize(
    "text", ["", "[]", "nonsense", "[" * 100_000, '{"page": 3, "opened": ["a"], "tile_size": true}']
)
def test_what_cannot_be_read_is_as_if_never_kept(tmp_path, text):
    path = tmp_path / "window.json"
    path.write_text(text)
    assert load_window_state(path) == WindowState()


def test_one_wrong_part_spoils_no_other(tmp_path):
    path = tmp_path / "window.json"
    path.write_text(json.dumps({"page": "Train", "splitters": {"gallery": ["wide"]}, "new": 1}))
    assert load_window_state(path) == WindowState(page="Train")


def test_a_place_that_cannot_be_written_is_no_error(tmp_path):
    (tmp_path / "file").touch()
    save_window_state(tmp_path / "file" / "window.json", WindowState())
