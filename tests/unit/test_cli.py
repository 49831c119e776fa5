"""The command line: what it prints, where, and with which exit status."""

import csv
import io
import json
import os
import signal
import time
from pathlib import Path

import pytest
import typer

from emotion_desktop import __main__ as door
from emotion_desktop import __version__
from emotion_desktop.assets import BUILTIN_MODEL, SAMPLES
from emotion_desktop.cli.main import app
from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.training.recipe.presets import RECIPES
from emotion_desktop.verbs import VERBS
from tests.command_line import program
from tests.faces import FACELESS, PORTRAITS, make_data_set
from tests.unit.training.onnx_models import onnx_net


@pytest.fixture
def photos(tmp_path):
    """One of each kind: a face, none, not readable, a name that is hard on parsers."""
    folder = tmp_path / "photos"
    folder.mkdir()
    (folder / "smile.jpg").write_bytes((SAMPLES / "official_portrait.jpg").read_bytes())
    (folder / "cat.jpg").write_bytes((SAMPLES / FACELESS).read_bytes())
    (folder / "text.jpg").write_text("no picture")
    (folder / 'odd, "[red]"\n:smile: 😀.jpg').write_bytes((SAMPLES / PORTRAITS[1]).read_bytes())
    return folder


def test_the_verbs_are_those_that_are_registered():
    commands = {verb.name or verb.callback.__name__ for verb in app.registered_commands}
    groups = {group.name for group in app.registered_groups}
    assert commands | groups == VERBS


def test_the_help_of_train_names_every_recipe():
    """It is written out: to load the recipes for it would take every verb 25 ms."""
    train = typer.main.get_command(app).commands["train"]
    (option,) = (option for option in train.params if option.name == "recipe")
    assert all(name in option.help for name in RECIPES)


def check_schema(entries):
    """The form that is promised for JSON."""
    for entry in entries:
        assert set(entry) == {"path", "status", "error", "faces", "model"}
        assert entry["status"] in ("ok", "no_face", "unreadable")
        assert bool(entry["faces"]) == (entry["status"] == "ok")
        assert (entry["error"] is None) == (entry["status"] != "unreadable")
        for face in entry["faces"]:
            assert set(face) == {"box", "emotion", "confidence", "sure", "probabilities"}
            assert len(face["box"]) == 4
            assert all(type(figure) is int and figure >= 0 for figure in face["box"])
            assert tuple(face["probabilities"]) == EMOTIONS
            assert sum(face["probabilities"].values()) == pytest.approx(1)
            assert face["confidence"] == max(face["probabilities"].values())
            assert face["probabilities"][face["emotion"]] == face["confidence"]
            assert face["sure"] is (face["confidence"] >= 0.55)


def test_classify_in_a_process_of_its_own_prints_json_and_nothing_else(photos):
    done = program("classify", photos, photos / "missing.jpg", "--json", "-")
    out, err = done.communicate(timeout=60)
    assert done.returncode == 0
    assert err == ""
    entries = json.loads(out)
    check_schema(entries)
    by_name = {entry["path"].split("/")[-1]: entry for entry in entries}
    assert {name: entry["status"] for name, entry in by_name.items()} == {
        "smile.jpg": "ok",
        "cat.jpg": "no_face",
        "text.jpg": "unreadable",
        'odd, "[red]"\n:smile: 😀.jpg': "ok",
        "missing.jpg": "unreadable",
    }
    (face,) = by_name["smile.jpg"]["faces"]
    assert face["emotion"] == "happiness"
    x, y, width, height = face["box"]
    assert x < 320 < x + width
    assert y < 240 < y + height


def test_files_are_written_and_photos_sorted(call, photos, tmp_path):
    out = tmp_path / "out"
    status, printed, err = call(
        "classify",
        photos,
        "--json",
        out / "a.json",
        "--csv",
        out / "a.csv",
        "--sort-into",
        out / "[/sorted]",
    )
    assert (status, printed) == (0, "")
    assert f"3 photos copied into {out}/[/sorted]." in err.replace("\n", "")
    entries = json.loads((out / "a.json").read_text())
    check_schema(entries)
    rows = list(csv.DictReader(io.StringIO((out / "a.csv").read_text())))
    assert [row["path"] for row in rows] == [entry["path"] for entry in entries]
    assert (out / "[/sorted]" / "happiness" / "smile.jpg").is_file()
    assert (out / "[/sorted]" / "no face" / "cat.jpg").is_file()


def test_without_a_file_to_write_a_table_is_printed(call, photos):
    status, out, _ = call("classify", photos)
    assert status == 0
    assert "happiness" in out
    assert "no face found" in out
    assert "could not be read" in out
    assert '"[red]"' in out
    assert ":smile:" in out


def test_whole_photos_are_classified_if_that_is_wanted(call):
    for faces, status in (("find", "no_face"), ("find-or-whole", "ok"), ("whole", "ok")):
        _, out, _ = call("classify", SAMPLES / FACELESS, "--faces", faces, "--json", "-")
        assert [entry["status"] for entry in json.loads(out)] == [status]


def test_an_empty_folder_is_an_empty_list(call, tmp_path):
    (tmp_path / "empty").mkdir()
    status, out, err = call("classify", tmp_path / "empty", "--json", "-")
    assert (status, json.loads(out)) == (0, [])
    assert err.startswith("There are no photos there. JPEG")
    status, out, err = call("classify", tmp_path / "empty")
    assert (status, out) == (0, "")
    assert err.startswith("There are no photos there.")


def test_what_may_not_be_read_is_an_entry_even_if_it_was_named(call, photos, monkeypatch):
    monkeypatch.setattr(os, "access", lambda *_, **__: False)
    status, out, err = call("classify", photos / "smile.jpg", photos / "text.jpg", "--json", "-")
    assert (status, len(json.loads(out)), err) == (0, 2, "")


@pytest.mark.parametrize(
    "arguments",
    [
        ["classify"],
        ["classify", "a.jpg", "--faces", "all"],
        ["classify", "a.jpg", "--model", "missing [/b]"],
        ["classify", "a.jpg", "--nonsense"],
        ["nonsense"],
        ["--nonsense"],
        ["models", "nonsense"],
        ["models", "remove", "builtin"],
        ["evaluate"],
        ["train"],
        ["train", "--data", ".", "--recipe", "magic"],
        ["runs", "go-on", "abc"],
        ["runs", "repeat", "abc"],
        ["runs", "remove", "abc"],
        ["train", "--data", ".", "--recipe", "quick", "--split", "1/x"],
        ["train", "--data", ".", "--recipe", "quick", "--split", "0/0/0"],
        ["train", "--data", ".", "--recipe", "quick", "--epochs", "0"],
        ["train", "--data", ".", "--recipe", "quick", "--set", "epochs"],
        ["train", "--data", ".", "--recipe", "quick", "--set", "magic=1"],
        ["train", "--data", ".", "--recipe", "quick", "--set", "learning_rate=fast"],
        ["train", "--data", ".", "--seed", "-1"],
        ["dataset", "split", "--name", "a", "--seed", "-1"],
        ["dataset", "split", "--name", "a", "--balance", "magic"],
        ["dataset", "split", "--name", "a", "--balance", "synthesis", "--target", "many"],
        ["dataset", "audit"],
        ["/not/there.jpg"],
    ],
)
def test_wrong_use_is_told(call, arguments):
    status, out, err = call(*arguments)
    assert status == 2
    assert out == ""
    assert len(err) > 10
    for python in ("Traceback", "invalid literal", "not a valid"):
        assert python not in err


@pytest.mark.parametrize("arguments", [["--help"], ["classify", "-h"], ["models", "--help"]])
def test_help(call, arguments):
    status, out, _ = call(*arguments)
    assert status == 0
    assert "Usage" in out


def test_the_version(call):
    assert call("--version")[:2] == (0, f"emotion-desktop {__version__}\n")


def test_what_fails_is_status_1_and_a_sentence(call, tmp_path):
    bad = tmp_path / "[b" / "bad [bold].emodel"
    bad.parent.mkdir()
    bad.write_bytes(b"x")
    for arguments in (
        ["classify", SAMPLES, "--model", bad],
        ["models", "import", bad],
        ["models", "import", tmp_path / "[/none]"],
        ["classify", SAMPLES, "--json", bad / "out.json"],
        ["evaluate", "--data", tmp_path],
    ):
        status, out, err = call(*arguments)
        assert (status, out) == (1, "")
        assert err.startswith("Error: ")
        assert "Traceback" not in err


@pytest.mark.skipif(os.name != "posix", reason="another signal there")
def test_ctrl_c_ends_a_run_without_a_traceback(tmp_path):
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(3000):
        (folder / f"{number}.jpg").symlink_to(SAMPLES / PORTRAITS[0])
    ready = tmp_path / "workspace" / "catalogue.sqlite"
    run = program("classify", folder, "--json", "-", "--workspace", ready.parent)
    until = time.monotonic() + 30
    while not ready.exists() and time.monotonic() < until:
        time.sleep(0.02)
    time.sleep(0.5)
    run.send_signal(signal.SIGINT)
    out, err = run.communicate(timeout=20)
    assert run.returncode == 130
    assert out == ""
    assert err == "Cancelled.\n"


@pytest.mark.skipif(os.name != "posix", reason="pipes break in another way there")
def test_a_reader_that_has_enough_is_no_error(photos):
    run = program("classify", *[photos / "text.jpg"], "--json", "-")
    run.stdout.close()
    assert run.stderr.read() == ""
    run.stderr.close()
    assert run.wait(60) == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no such device here")
@pytest.mark.parametrize(
    "arguments", [["classify", "text.jpg", "--json", "-"], ["classify", "text.jpg"], ["--help"]]
)
def test_an_answer_that_cannot_be_printed_is_told(photos, arguments):
    with Path("/dev/full").open("w") as full:
        run = program(*arguments, cwd=photos, stdout=full)
        _, err = run.communicate(timeout=60)
    assert run.returncode == 1
    assert err.startswith("Error: The answer could not be printed (No space left on device).")
    assert "Traceback" not in err


def test_a_bug_is_a_sentence_and_its_stack_is_in_the_log(call, tmp_path, monkeypatch):
    def bug(_):
        raise KeyError("of all things")

    monkeypatch.setattr("emotion_desktop.jobs.training.runs.list_runs", bug)
    status, out, err = call("runs", "list", "--workspace", tmp_path / "w")
    assert (status, out) == (1, "")
    assert err.startswith("Error: Something unexpected went wrong (KeyError).\nThe log says more")
    log = (tmp_path / "w" / "logs" / "emotion-desktop.log").read_text()
    assert "Traceback" in log
    assert "of all things" in log


def test_ctrl_c_before_a_verb_has_begun_is_no_traceback(monkeypatch):
    def interrupted(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(door, "_start", interrupted)
    assert door.main() == 130


def test_models_come_and_go(call, tmp_path):
    given = tmp_path / "given.emodel"
    given.write_bytes(BUILTIN_MODEL.read_bytes())
    assert call("models", "import", given)[:2] == (0, "Imported as “given”.\n")
    assert call("models", "import", given, "--name", "second")[0] == 0
    assert call("models", "import", given, "--name", "second")[0] == 2
    status, _, told = call("models", "import", given, "--labels", "anger,fear")
    assert status == 2
    assert "--labels has no use here." in told

    status, out, _ = call("models", "list", "--json", "-")
    entries = json.loads(out)
    assert status == 0
    assert [entry["name"] for entry in entries] == ["builtin", "builtin-fast", "given", "second"]
    assert [entry["problem"] for entry in entries] == [None] * 4
    assert entries[0]["card"]["labels"] == list(EMOTIONS)
    status, out, _ = call("models", "list")
    assert status == 0
    assert all(name in out for name in ("builtin", "given", "second"))

    copy = tmp_path / "copy.emodel"
    assert call("models", "export", "second", copy)[0] == 0
    assert copy.read_bytes() == given.read_bytes()
    assert call("models", "export", "second", copy)[0] == 1
    status, _, told = call("models", "export", "second", tmp_path / "plain", "--as", "torch")
    assert status == 2
    assert "keras, savedmodel, tflite, onnx" in told

    status, out, _ = call("classify", SAMPLES / PORTRAITS[0], "--model", "second", "--json", "-")
    assert json.loads(out)[0]["status"] == "ok"
    assert call("models", "remove", "second")[0] == 0
    assert call("models", "remove", "second")[0] == 2
    status, out, _ = call("classify", SAMPLES / PORTRAITS[0], "--model", given, "--json", "-")
    assert status == 0


def test_a_model_made_elsewhere_is_taken_over(call, tmp_path):
    net = onnx_net(tmp_path / "means.onnx")
    data = make_data_set(tmp_path / "data", 2, 1, emotions=("anger", "fear"))
    assert call("models", "import", net)[0] == 2
    labels = ["--labels", "angry,fear,happy"]
    assert call("models", "import", net, *labels)[0] == 1  # nothing says how pixels are scaled
    for wrong in (["--scaling", "0-2"], ["--crop", "nose"]):
        status, _, told = call("models", "import", net, *labels, *wrong)
        assert status == 2
        assert "Choose one of" in told
    status, out, _ = call("models", "import", net, *labels, "--check", data, "--crop", "box")
    assert (status, out) == (0, "Imported as “means”.\n")
    status, out, _ = call("classify", SAMPLES / PORTRAITS[0], "--model", "means", "--json", "-")
    (face,) = json.loads(out)[0]["faces"]
    assert set(face["probabilities"]) == {"anger", "fear", "happiness"}


def test_a_model_is_judged(call, tmp_path):
    data = make_data_set(tmp_path / "data", 2, 3, faceless=1)
    legend = data / "data" / "legend.csv"
    for source in (data, legend):
        status, out, _ = call("evaluate", "--data", source, "--json", "-")
        assert status == 0
        scores = json.loads(out)
        assert (scores["photos"], scores["unanswered"]) == (49, 1)
        assert set(scores["per_emotion"]) == set(EMOTIONS)
        assert len(scores["mean_recall_interval"]) == 2
        assert sum(map(sum, scores["confusion"])) == 49
        assert 0 <= scores["calibration_error"] <= 1
    status, out, _ = call("evaluate", "--data", data, "--model", "builtin")
    assert status == 0
    assert "Balanced score" in out


def test_scores_that_could_not_be_computed_are_no_trouble(call, tmp_path):
    data = make_data_set(tmp_path / "data", 1, 1, emotions=("anger", "fear"))
    status, out, _ = call("evaluate", "--data", data, "--json", "-")
    assert status == 0
    assert json.loads(out)["mean_recall"] is None
    status, out, _ = call("evaluate", "--data", data)
    assert status == 0
    assert "too few" in out


def test_photos_are_read_where_nothing_may_be_written(call, tmp_path):
    (tmp_path / "file").touch()
    place = tmp_path / "file" / "workspace"
    status, out, err = call("classify", SAMPLES / PORTRAITS[0], "--json", "-", "--workspace", place)
    assert (status, err) == (0, "")
    assert json.loads(out)[0]["status"] == "ok"


def test_a_model_of_mxnet_is_imported_with_its_labels(call, tmp_path):
    from tests.unit.engines.mxnet_models import make_archive

    archive = make_archive(tmp_path / "model.tar.gz")
    code, _, error = call("models", "import", str(archive))
    assert code == 2
    assert "--labels" in error
    labels = "anger,contempt,disgust,fear,happy,neutral,sad,surprise"
    code, out, error = call("models", "import", str(archive), "--labels", labels, "--name", "cloud")
    assert (code, out) == (0, "Imported as “cloud”.\n"), error
    photo = str(SAMPLES / "official_portrait.jpg")
    for engine in ("onnx", "mxnet"):
        code, out, error = call(
            "classify", photo, "--model", "cloud", "--engine", engine, "--json", "-"
        )
        assert code == 0, error
        assert json.loads(out)[0]["status"] == "ok"
    assert call("classify", photo, "--engine", "mxnet")[0] == 2
    assert call("classify", photo, "--engine", "steam")[0] == 2
