"""The verbs of the model store."""

import pytest

from emotion_desktop.domain.errors import AppError, BundleError, CancelledError, UsageError
from emotion_desktop.engines.bundle import KERAS, write_bundle
from emotion_desktop.engines.table import LITERT
from emotion_desktop.jobs.models import store as module
from emotion_desktop.jobs.models.store import export_model, list_models
from emotion_desktop.jobs.running.context import LocalContext
from emotion_desktop.workspace.model_store import BUILTIN, FAST, ModelStore
from emotion_desktop.workspace.paths import Workspace


def quiet():
    return LocalContext(lambda event: None)


def cancelled_at(stage):
    """A context whose job the user cancels in a stage."""
    context = LocalContext(lambda event: event.text == stage and context.cancel())
    return context


def import_model(store, source, name=None):
    return module.import_model(Workspace(store.folder.parent), source, name, quiet())


@pytest.fixture
def store(tmp_path):
    return ModelStore(tmp_path / "models")


def test_a_model_goes_round_unchanged(store, builtin, tmp_path):
    given = tmp_path / "given.emodel"
    given.write_bytes(builtin.path.read_bytes())
    assert import_model(store, given) == "given"
    assert import_model(store, given) == "given-2"
    assert import_model(store, given, "third") == "third"
    listed = list_models(store)
    assert [model.reference for model in listed] == [BUILTIN, FAST, "given", "given-2", "third"]
    assert all(model.card == builtin.card for model in listed if model.reference != FAST)
    out = export_model(store, "third", tmp_path / "out.emodel", quiet())
    assert out.read_bytes() == builtin.path.read_bytes()


def test_into_a_folder_it_goes_by_its_name(store, builtin, tmp_path):
    assert export_model(store, BUILTIN, tmp_path, quiet()) == tmp_path / "builtin.emodel"
    with pytest.raises(AppError, match="already there"):
        export_model(store, BUILTIN, tmp_path, quiet())


def test_a_file_is_replaced_where_the_user_said_so_and_only_by_a_whole_one(
    store, builtin, tmp_path
):
    target = tmp_path / "out.emodel"
    target.write_bytes(b"before")
    context = LocalContext(lambda event: context.cancel())
    with pytest.raises(CancelledError):
        export_model(store, BUILTIN, target, context, replace=True)
    assert target.read_bytes() == b"before"
    export_model(store, BUILTIN, target, quiet(), replace=True)
    assert target.read_bytes() == builtin.path.read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == ["out.emodel"]


def test_an_import_tells_its_stages_and_can_be_cancelled_in_each(store, builtin):
    told = []
    workspace = Workspace(store.folder.parent)
    module.import_model(workspace, builtin.path, "good", LocalContext(told.append))
    stages = list(dict.fromkeys(event.text for event in told))
    assert stages == ["checking the model", "writing good.emodel"]
    for stage in stages:
        context = cancelled_at(stage.replace("good", "bad"))
        with pytest.raises(CancelledError):
            module.import_model(workspace, builtin.path, "bad", context)
        assert [path.name for path in store.folder.iterdir()] == ["good.emodel"]


def test_what_is_wanted_must_be_there(store, tmp_path):
    with pytest.raises(UsageError, match="no model"):
        export_model(store, "missing", tmp_path / "x", quiet())
    with pytest.raises(BundleError, match="no model file"):
        import_model(store, tmp_path / "missing.emodel")


@pytest.mark.parametrize("name", ["../evil", BUILTIN])
def test_a_name_that_is_not_allowed(store, builtin, name):
    with pytest.raises(UsageError, match="cannot be a model's name"):
        import_model(store, builtin.path, name)


@pytest.mark.parametrize("damage", ["half", "keras", "litert"])
def test_a_damaged_model_does_not_come_in(store, builtin, tmp_path, damage):
    path = tmp_path / "bad.emodel"
    if damage == "half":
        data = builtin.path.read_bytes()
        path.write_bytes(data[: len(data) // 2])
    elif damage == "litert":
        write_bundle(path, builtin.card, {KERAS: b"x", LITERT: b"TFL3 is what this is not"})
    else:
        data = bytearray(builtin.path.read_bytes())
        place = data.index(KERAS.encode()) + 1000
        data[place] ^= 0xFF
        path.write_bytes(data)
    with pytest.raises(BundleError):
        import_model(store, path)
    assert not store.folder.exists()


def test_a_model_that_went_bad_in_the_store_is_listed_with_its_problem(store, builtin):
    import_model(store, builtin.path, "good")
    (store.folder / "bad.emodel").write_bytes(b"x")
    models = {model.reference: model for model in list_models(store)}
    assert models["bad"].card is None
    assert models["bad"].problem.endswith(".")
    assert models["good"].problem == ""
