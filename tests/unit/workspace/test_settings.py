"""Settings: only what was changed is stored, and nothing in the file can do harm."""

import json
from dataclasses import asdict, fields

import pytest

from emotion_desktop.imaging.prepare import FaceMode
from emotion_desktop.workspace.settings import Settings, load_settings, save_settings


@pytest.fixture
def path(tmp_path):
    return tmp_path / "settings.json"


def test_without_a_file_everything_is_as_usual(path):
    assert load_settings(path) == Settings()
    assert not path.exists()


def test_only_what_differs_is_stored(path):
    chosen = Settings(theme="dark", model="mine")
    save_settings(path, chosen)
    assert json.loads(path.read_text()) == {"theme": "dark", "model": "mine"}
    assert load_settings(path) == chosen
    save_settings(path, Settings())
    assert json.loads(path.read_text()) == {}


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"5", b"null", b"\xff\xfe\x00", b'"theme"', b"[" * 100_000]
)
def test_a_broken_file_is_as_good_as_none(path, content):
    path.write_bytes(content)
    assert load_settings(path) == Settings()


def test_a_folder_in_its_place_is_as_good_as_none(path):
    path.mkdir()
    assert load_settings(path) == Settings()


@pytest.mark.parametrize(
    "stored",
    [
        {"theme": "pink"},
        {"theme": ["dark"]},
        {"theme": None},
        {"model": 5},
        {"faces": {"find": 1}},
        {"mystery": "dark"},
    ],
)
def test_what_makes_no_sense_falls_to_its_default_alone(path, stored):
    path.write_text(json.dumps({"model": "mine", **stored}))
    expected = Settings() if "model" in stored else Settings(model="mine")
    assert load_settings(path) == expected


def test_each_setting_can_be_drawn_and_offers_its_default():
    for item in fields(Settings):
        meta = item.metadata
        assert meta["title"]
        assert meta["help"].endswith(".")
        assert not meta["choices"] or asdict(Settings())[item.name] in meta["choices"]


def test_the_choices_for_faces_are_those_of_the_engine():
    choices = {item.name: item.metadata["choices"] for item in fields(Settings)}
    assert set(choices["faces"]) == {item.value for item in FaceMode}


def test_what_is_typed_has_a_check_that_takes_its_default():
    typed = [item for item in fields(Settings) if item.metadata["typed"]]
    assert typed
    for item in typed:
        item.metadata["typed"](item.default)
