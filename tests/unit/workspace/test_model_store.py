"""The model store: names, and which file a name means."""

import pytest

from emotion_desktop.assets import BUILTIN_MODEL
from emotion_desktop.domain.errors import AppError, UsageError
from emotion_desktop.workspace.model_store import BUILTIN, FAST, ModelStore
from tests.stored_models import put_model


@pytest.fixture
def store(tmp_path):
    return ModelStore(tmp_path / "models")


@pytest.fixture
def bundle(tmp_path):
    path = tmp_path / "some.emodel"
    path.write_bytes(b"a bundle; the store does not look into it")
    return path


def test_an_empty_store_has_the_built_in_model(store):
    assert store.names() == [BUILTIN, FAST]
    assert store.resolve(BUILTIN) == BUILTIN_MODEL
    assert not store.folder.exists()


def test_a_model_comes_in_and_goes(store, bundle):
    path = put_model(store, bundle, "My model 2.0")
    assert path.read_bytes() == bundle.read_bytes()
    assert store.names() == [BUILTIN, FAST, "My model 2.0"]
    assert store.resolve("My model 2.0") == path
    store.remove("My model 2.0")
    assert store.names() == [BUILTIN, FAST]


def test_a_path_is_taken_as_it_is(store, bundle):
    assert store.resolve(str(bundle)) == bundle


@pytest.mark.parametrize("name", ["missing", "../models/x", "", ".", "/", "a" * 300])
def test_a_model_that_is_not_there(store, name):
    with pytest.raises(UsageError, match="There are: builtin"):
        store.resolve(name)


@pytest.mark.parametrize(
    "name", [BUILTIN, "", ".", "..", "../evil", "a/b", "a\\b", ".hidden", "end ", "x" * 65, "a\nb"]
)
def test_names_that_are_not_allowed(store, bundle, name):
    with pytest.raises(UsageError, match="cannot be a model's name"):
        put_model(store, bundle, name)
    assert not store.folder.exists()


def test_a_name_is_taken_once(store, bundle):
    put_model(store, bundle, "mine")
    with pytest.raises(UsageError, match="already a model"):
        put_model(store, bundle, "mine")


@pytest.mark.parametrize(
    "wanted",
    ["mine", "../evil", "", "...", BUILTIN, "ü😀ber", "x" * 500, "x" * 58 + " - " + "y" * 9, "_a_"],
)
def test_a_free_name_can_always_be_used_again_and_again(store, bundle, wanted):
    names = set()
    for _ in range(12):
        name = store.free_name(wanted)
        put_model(store, bundle, name)
        names.add(name)
    assert len(names) == 12
    assert set(store.names()) == {BUILTIN, FAST, *names}


def test_files_that_were_put_there_by_hand_disturb_nothing(store, bundle):
    put_model(store, bundle, "mine")
    for name in ("builtin", "@odd", ".emodel"):
        (store.folder / f"{name}.emodel").write_bytes(b"x")
    (store.folder / "folder.emodel").mkdir()
    (store.folder / "notes.txt").touch()
    assert store.names() == [BUILTIN, FAST, "mine"]


@pytest.mark.parametrize(
    ("name", "words"),
    [(BUILTIN, "stays"), ("missing", "no model"), ("../models/mine", "no model"), ("", "no model")],
)
def test_what_cannot_be_removed(store, bundle, name, words):
    put_model(store, bundle, "mine")
    with pytest.raises(UsageError, match=words):
        store.remove(name)
    assert BUILTIN_MODEL.exists()
    assert store.names() == [BUILTIN, FAST, "mine"]


def test_a_file_that_cannot_be_deleted(store, bundle, monkeypatch):
    put_model(store, bundle, "mine")

    def forbid(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.unlink", forbid)
    with pytest.raises(AppError, match="may not be written"):
        store.remove("mine")
