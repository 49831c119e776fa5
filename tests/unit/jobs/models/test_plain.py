"""Models as plain files by the command line."""

from emotion_desktop.jobs.models.specs import export_plain_job
from tests.command_line import program
from tests.job_specs import assert_complete


def test_the_job_is_complete(tmp_path):
    assert_complete(export_plain_job("builtin", tmp_path / "out", "onnx"))


def test_the_verb_writes_a_folder_and_does_not_replace_it(tmp_path):
    arguments = ("models", "export", "builtin-fast", tmp_path / "out", "--as", "onnx")
    more = ("--workspace", tmp_path / "workspace")
    out, error = program(*arguments, *more).communicate(timeout=300)
    assert f"Written to {tmp_path / 'out'}." in out, error
    written = {path.name for path in (tmp_path / "out").iterdir()}
    assert written == {"model.onnx", "labels.txt", "README.md"}
    again = program(*arguments, *more)
    assert "out is already there." in again.communicate(timeout=300)[1]
    assert again.returncode == 1
