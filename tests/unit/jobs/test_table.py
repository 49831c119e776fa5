"""The table of jobs: its rows are complete, what does them is there, and its page is up to date."""

import inspect
import json
import pkgutil
import runpy
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from emotion_desktop import jobs
from emotion_desktop.domain.balance import Balance, Method, Synthesis
from emotion_desktop.domain.errors import AppError, UsageError
from emotion_desktop.domain.external_model import ExternalModelOptions
from emotion_desktop.domain.geometry import Box
from emotion_desktop.domain.job import JobSpec, Lane
from emotion_desktop.domain.sagemaker import (
    AwsChoice,
    CloudRun,
    Machines,
    SageMakerTrainingRequest,
    TransformRequest,
)
from emotion_desktop.domain.split import SplitRequest
from emotion_desktop.jobs.comparing import specs as comparing
from emotion_desktop.jobs.dataset import specs
from emotion_desktop.jobs.gallery import specs as gallery
from emotion_desktop.jobs.models import specs as models
from emotion_desktop.jobs.predicting import specs as predicting
from emotion_desktop.jobs.predicting.labelled_set import LabelledSource
from emotion_desktop.jobs.predicting.model_choice import ModelChoice
from emotion_desktop.jobs.sagemaker import specs as sagemaker
from emotion_desktop.jobs.table import JOBS, JobKind, Where, kind_of
from tests.job_specs import assert_complete

ROOT = Path(__file__).resolve().parents[3]
PAGE = ROOT / "docs" / "jobs.md"
LIGHT = [
    module.name
    for module in pkgutil.walk_packages(jobs.__path__, "emotion_desktop.jobs.")
    if module.name.endswith((".specs", ".table"))
]
LABELLED = LabelledSource(split="S")
MODEL = ModelChoice("Mine", "/models/mine.emodel")
CHOICE = AwsChoice("work", "eu-west-1")
TRAINING = SageMakerTrainingRequest("m", "s", 28, True, {"epochs": "3"}, Machines(), "arn", "b")
TRANSFORMING = TransformRequest("m", "s3://b/m", Machines(), "arn", "b", paths=("/photos",))
BALANCE = Balance(Method.SYNTHESIS, 0.0, Synthesis({"fear": 20}))
EXTERNAL = ExternalModelOptions(("fear",), "0-1", 48, "box", 1.1, True, Path("p"), {"columns": {}})
SPECS = [
    models.import_model_job(Path("a{b}.emodel")),
    models.import_model_job(Path("b\udcff.emodel"), "mine"),
    models.rename_model_job("mine", "ours"),
    models.export_model_job("mine", Path("out.emodel"), replace=True),
    models.check_bundle_job(Path("a{b}.emodel")),
    models.describe_external_job(Path("a{b}.keras")),
    models.try_external_job(Path("b\udcff.onnx"), EXTERNAL),
    models.import_external_job(Path("b.onnx"), ExternalModelOptions(()), name="mine"),
    models.describe_mxnet_job(Path("model.tar.gz")),
    models.import_mxnet_job(Path("model.tar.gz"), ("fear", "anger"), size=28),
    specs.find_labelled_job([Path("a"), Path("b\udcff")]),
    specs.preview_import_job(specs.ImportRequest("s3://bucket/a{b}", columns={"photo": 1})),
    specs.import_job(specs.ImportRequest("/data/set", decided={"3": None})),
    specs.export_job(specs.ExportRequest("/data/out", "csv")),
    specs.export_job(specs.ExportRequest("s3://bucket/out/", "recordio", "honest", copies=True)),
    specs.remove_source_job("/data/a{b}", "a{b}"),
    specs.audit_job(),
    specs.move_job(Path("/data")),
    specs.relabel_job((1, 2), "fear"),
    specs.relabel_job(range(3), None),
    specs.exclude_job([1], "by hand"),
    specs.exclude_job([1], None),
    specs.fix_job("same_bytes", "keep_one"),
    specs.correct_job([specs.FaceToCorrect(Path("a"), Box(1, 2, 3, 4), True)], "fear"),
    specs.undo_job(),
    specs.redo_job(),
    specs.history_job(),
    specs.draft_split_job(SplitRequest(balance=BALANCE)),
    specs.split_job("honest", SplitRequest((0.5, 0.25, 0.25), 7, "photo", False, BALANCE)),
    specs.split_again_job("honest"),
    specs.remove_split_job("honest"),
    specs.leak_demo_job(seed=3),
    gallery.classify_job([Path("a{b}")], Path("m.emodel"), "find"),
    gallery.classify_job([Path("a"), Path("b\udcff")], "rekognition", "whole", "onnx"),
    gallery.second_opinion_job([Path("a")], "Mine", "/models/mine.emodel", "find"),
    gallery.explain_job("1", Path("a{b}")),
    gallery.neighbours_job("1", Path("a")),
    gallery.save_predictions_job("1", Path("a.csv"), gallery.PredictionFormat.TABLE),
    predicting.quote_job([Path("a")], LABELLED, ["/models/mine.emodel"]),
    predicting.approve_job(3),
    models.warm_up_job(Path("m.emodel")),
    models.load_library_job("pyqtgraph"),
    comparing.labelled_sources_job(),
    comparing.evaluate_job([MODEL], LABELLED, "find"),
    comparing.evaluate_job([MODEL, MODEL], LABELLED, "whole", include_trained_on=True),
    comparing.label_issues_job([], LABELLED),
    comparing.decide_job(Path("a{b}"), "fear"),
    comparing.decisions_job([Path("a")]),
    comparing.report_job("1", Path("a{b}.html"), LABELLED, "find"),
    sagemaker.examine_account_job(CHOICE, "arn", "bucket", Machines()),
    sagemaker.make_bucket_job(CHOICE),
    sagemaker.sign_in_job(["aws", "sso", "login"]),
    sagemaker.list_leftovers_job(CHOICE, "bucket"),
    sagemaker.clean_job(CHOICE, "bucket", {"run-1"}),
    sagemaker.training_offer_job(TRAINING, "eu-west-1"),
    sagemaker.transform_offer_job(TRANSFORMING, CHOICE),
    *(
        job(CloudRun.new(request, CHOICE, "123456789012"))
        for job in (sagemaker.begin_run_job, sagemaker.resume_run_job)
        for request in (TRAINING, TRANSFORMING)
    ),
    sagemaker.attach_job("run-1", CHOICE, ("anger", "fear")),
    sagemaker.job_status_job("run-1", CHOICE),
    sagemaker.stop_job("run-1", CHOICE),
    sagemaker.overview_job(),
    sagemaker.run_log_job("run-1"),
    sagemaker.forget_run_job("run-1"),
]


@pytest.mark.parametrize("kind", JOBS.values(), ids=JOBS)
def test_a_row_has_a_documented_function(kind):
    function = kind.load()
    assert inspect.getdoc(function), "it says what the job does"
    others = list(inspect.signature(function).parameters.values())
    if kind.where is not Where.CONVERSATION:
        assert others.pop(0).kind is inspect.Parameter.POSITIONAL_OR_KEYWORD, "the context"
    assert all(other.kind is other.KEYWORD_ONLY for other in others), "they come by name"
    assert not function.__qualname__.count("."), "it is found by its name in the module"


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.kind)
def test_a_spec_is_enough_to_run_its_job(spec):
    assert_complete(spec)
    assert "{" not in spec.title.replace("{b}", "")


def test_titles():
    titles = {spec.kind: spec.title for spec in SPECS}
    assert titles["preview-import"] == "Look at a{b}"
    assert titles["export-to-s3"] == "Write the data set to out"
    assert titles["relabel"] == "Label 2 photos as fear"
    assert titles["take-label-back"] == "Label 3 photos as their sources have it"
    assert titles["exclude"] == "Leave 1 photo out"
    assert titles["correct"] == "1 face is fear"
    assert titles["split"] == "Split “honest”"


def test_what_is_said_of_an_external_model_comes_out_of_its_spec_as_it_went_in():
    (spec,) = (spec for spec in SPECS if spec.kind == "try-external")
    said = ExternalModelOptions.from_dict(spec.parameters["options"])
    assert said == replace(EXTERNAL, photos=Path("p").absolute())


def test_a_split_comes_out_of_its_spec_as_it_went_in():
    request = SplitRequest((0.5, 0.25, 0.25), 7, "photo", False, BALANCE)
    written = json.loads(json.dumps(request.to_dict()))
    assert SplitRequest.from_dict(written) == request


def test_what_is_no_emotion_is_refused_before_anything_runs():
    with pytest.raises(UsageError, match="none of the emotions"):
        specs.relabel_job([1], "boredom")
    with pytest.raises(UsageError, match="none of the emotions"):
        specs.correct_job([], "boredom")


def test_a_job_of_another_version_is_refused_in_words():
    with pytest.raises(AppError, match="no job “juggle”"):
        kind_of(JobSpec("juggle", "Juggle", Lane.COMPUTE))


def test_titles_name_what_they_show():
    """A word in a title that a builder forgets is found when the spec is made, not shown."""
    kind = JobKind("test", "Label {photos}", Lane.EDITS, "dataset.editing:relabel")
    with pytest.raises(KeyError):
        kind.spec()
    assert kind.spec(photos="3 photos").title == "Label 3 photos"
    assert kind.spec({"photos": 3}).title == "Label 3"


@pytest.mark.parametrize("module", LIGHT)
def test_describing_jobs_loads_nothing_that_does_them(module):
    script = f"import {module}, sys; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    loaded = {name for name in done.stdout.split() if name.startswith("emotion_desktop.")}
    allowed = {"emotion_desktop.domain", "emotion_desktop.jobs"}
    outside = {name for name in loaded if ".".join(name.split(".")[:2]) not in allowed}
    assert not outside
    assert not {"numpy", "sqlite3", "PIL"} & set(done.stdout.split())


def test_the_page_shows_the_table():
    script = runpy.run_path(str(ROOT / "packaging" / "make_jobs_page.py"))
    assert PAGE.read_text(encoding="utf-8") == script["render"](), (
        "the table has changed: python packaging/make_jobs_page.py"
    )


def test_the_page_has_a_line_for_every_row():
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    for name in JOBS:
        assert sum(line.startswith(f"| `{name}` |") for line in lines) == 1
