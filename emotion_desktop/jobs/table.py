"""Everything long that the program does, one row a job; docs/jobs.md shows the table as a page.

A job is described by a JobSpec, which a builder next to the job's function makes, and which holds
JSON alone: it is enough to run the job, in this process or another one. The function is imported
from here by the thread or process that runs the job, and called as ``function(context,
**parameters)``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from importlib import import_module
from typing import Any, Final

from emotion_desktop.domain.errors import AppError
from emotion_desktop.domain.job import JobSpec, Lane

_PACKAGE: Final = "emotion_desktop.jobs"
CATALOGUE, CLASSIFY, CLOUD = Lane.CATALOGUE, Lane.CLASSIFY, Lane.CLOUD
COMPUTE, EDITS, FOLLOW = Lane.COMPUTE, Lane.EDITS, Lane.FOLLOW


class Where(str, Enum):
    """Where a job's function runs."""

    HERE = "here"  # on a thread of this process: it finds the models that are loaded already
    WORKER = "worker"  # in a process of its own: what may take all memory, or crash
    GUARDED = "guarded"  # the same, with bounds: for files of models that others made
    CONVERSATION = "conversation"  # in a process that then answers questions; the manager has none


@dataclass(frozen=True, slots=True)
class JobKind:
    """A row of the table.

    Attributes:
        name: the ``kind`` of its specs.
        title: what people read, with the names of words or parameters in braces.
        lane: jobs of one lane wait for one another.
        function: its module below emotion_desktop.jobs, a colon, and its name there.
        where: in this process, or in a worker process.
        quiet: the program's own business, a list that is read again, say: neither shown nor kept.
    """

    name: str
    title: str
    lane: Lane
    function: str
    where: Where = Where.HERE
    quiet: bool = False

    def spec(self, parameters: Mapping[str, Any] | None = None, /, **words: str) -> JobSpec:
        """Describes a job of this kind.

        Args:
            parameters: JSON values; what the function takes beside its context.
            words: what the title says for its names in braces; else it shows parameters.
        """
        given = dict(parameters or {})
        title = self.title.format_map({**given, **words})
        return JobSpec(self.name, title, self.lane, given, quiet=self.quiet)

    def load(self) -> Callable[..., Any]:
        """The function, imported: not for the window's thread."""
        module, _, name = self.function.partition(":")
        function: Callable[..., Any] = getattr(import_module(f"{_PACKAGE}.{module}"), name)
        return function


#: The rows by name, in order.
JOBS: Final[dict[str, JobKind]] = {}


def kind_of(spec: JobSpec) -> JobKind:
    """The row of a spec.

    Raises:
        AppError: there is none; the spec is another version's.
    """
    if spec.kind not in JOBS:
        raise AppError(f"There is no job “{spec.kind}”.", "Start the program again.")
    return JOBS[spec.kind]


def _job(name: str, title: str, lane: Lane, function: str) -> JobKind:
    return _add(JobKind(name, title, lane, function))


def _worker_job(name: str, title: str, lane: Lane, function: str) -> JobKind:
    return _add(JobKind(name, title, lane, function, Where.WORKER))


def _quiet_job(name: str, title: str, lane: Lane, function: str) -> JobKind:
    return _add(JobKind(name, title, lane, function, quiet=True))


def _guarded_job(name: str, title: str, lane: Lane, function: str) -> JobKind:
    """What it reads is the file or folder of its parameter ``source``; see jobs.running.guarded."""
    return _add(JobKind(name, title, lane, function, Where.GUARDED))


def _conversation(name: str, title: str, lane: Lane, function: str) -> JobKind:
    """Its function returns what answers questions; see jobs.running.conversation."""
    return _add(JobKind(name, title, lane, function, Where.CONVERSATION))


def _add(kind: JobKind) -> JobKind:
    assert kind.name not in JOBS, f"two jobs are called {kind.name}"
    JOBS[kind.name] = kind
    return kind


# -- the data set: photos in and out ---------------------------------------------------------------

FIND_LABELLED: Final = _quiet_job(
    "find-labelled", "Look at what was dropped", EDITS, "dataset.import_preview:find_labelled"
)
PREVIEW_IMPORT: Final = _quiet_job(
    "preview-import", "Look at {name}", EDITS, "dataset.import_preview:preview_import"
)
IMPORT: Final = _worker_job("import", "Import {name}", CATALOGUE, "dataset.importing:import_photos")
REMOVE_SOURCE: Final = _job("remove-source", "Remove {name}", EDITS, "dataset.importing:remove")
EXPORT: Final = _worker_job(
    "export", "Write the data set to {name}", CATALOGUE, "dataset.exporting:export_photos"
)
EXPORT_TO_S3: Final = _worker_job(
    "export-to-s3", "Write the data set to {name}", CLOUD, "dataset.exporting:export_to_s3"
)
AUDIT: Final = _worker_job(
    "audit", "Check the data set", CATALOGUE, "dataset.auditing:audit_photos"
)
MOVE: Final = _job("move", "Look for photos in {name}", EDITS, "dataset.editing:move")

# -- the data set: the user's changes, which can be undone -----------------------------------------

RELABEL: Final = _quiet_job(
    "relabel", "Label {photos} as {emotion}", EDITS, "dataset.editing:relabel"
)
TAKE_LABEL_BACK: Final = _quiet_job(
    "take-label-back", "Label {photos} as their sources have it", EDITS, "dataset.editing:relabel"
)
EXCLUDE: Final = _quiet_job("exclude", "Leave {photos} out", EDITS, "dataset.editing:exclude")
INCLUDE: Final = _quiet_job("include", "Take {photos} in again", EDITS, "dataset.editing:exclude")
FIX: Final = _quiet_job("fix", "Mend the data set", EDITS, "dataset.editing:fix")
CORRECT: Final = _quiet_job("correct", "{faces} {emotion}", EDITS, "dataset.correcting:correct")
UNDO: Final = _quiet_job("undo", "Undo", EDITS, "dataset.editing:undo")
REDO: Final = _quiet_job("redo", "Redo", EDITS, "dataset.editing:redo")
HISTORY: Final = _quiet_job("history", "Read the history", EDITS, "dataset.editing:history")

# -- the data set: splits --------------------------------------------------------------------------

DRAFT_SPLIT: Final = _quiet_job(
    "draft-split", "Try the split", EDITS, "dataset.splitting:draft_split"
)
SPLIT: Final = _job("split", "Split “{name}”", CATALOGUE, "dataset.splitting:split")
SPLIT_AGAIN: Final = _job(
    "split-again", "Split “{name}” again by person", CATALOGUE, "dataset.splitting:split_again"
)
REMOVE_SPLIT: Final = _quiet_job(
    "remove-split", "Remove the split “{name}”", EDITS, "dataset.splitting:remove"
)
LEAK_DEMO: Final = _worker_job(
    "leak-demo", "Show me why", COMPUTE, "dataset.leak_demo:compare_ways"
)

# -- trainings on this computer --------------------------------------------------------------------

TRAIN: Final = _job("train", "Train “{name}”", COMPUTE, "training.train:train")
FIT_MODEL: Final = _worker_job("fit-model", "Train “{name}”", COMPUTE, "training.train:fit_model")
ENLIST_RUN: Final = _quiet_job(
    "enlist-run", "Write down a training", CATALOGUE, "training.runs:enlist"
)
END_RUN: Final = _quiet_job("end-run", "Write down a training", CATALOGUE, "training.runs:end")
REMOVE_RUN: Final = _quiet_job("remove-run", "Remove “{name}”", CATALOGUE, "training.runs:remove")
TRAINING_OVERVIEW: Final = _quiet_job(
    "training-overview", "Look at runs and splits", CATALOGUE, "training.overview:read_overview"
)
LABELLED_FOLDER: Final = _quiet_job(
    "labelled-folder", "Look into {name}", CATALOGUE, "training.overview:count_labelled"
)

# -- the gallery -----------------------------------------------------------------------------------

CLASSIFY_PHOTOS: Final = _job("classify", "Classify {what}", CLASSIFY, "gallery.classify:classify")
SECOND_OPINION: Final = _job(
    "opinion", "Ask {name} for a second opinion", CLASSIFY, "gallery.classify:classify"
)
REKOGNITION_QUOTE: Final = _job(
    "rekognition-quote", "Look at what would be sent", CATALOGUE, "predicting.rekognition:quote"
)
REKOGNITION_APPROVE: Final = _quiet_job(
    "rekognition-approve", "Keep your agreement", EDITS, "predicting.rekognition:save_approval"
)
EXPLAIN: Final = _job(
    "explain", "Where did the model look on {photo}?", CLASSIFY, "gallery.explain:explain"
)
NEIGHBOURS: Final = _job(
    "neighbours",
    "Find training photos like {photo}",
    COMPUTE,
    "gallery.neighbours:find_neighbours",
)
SAVE_PREDICTIONS: Final = _job(
    "save-predictions", "Save {name}", CATALOGUE, "gallery.saving:save_predictions"
)

# -- models compared, labels doubted ---------------------------------------------------------------

LABELLED_SOURCES: Final = _quiet_job(
    "labelled-sources", "Look for labelled sets", EDITS, "predicting.labelled_set:find_sources"
)
EVALUATE: Final = _job("evaluate", "{what} on {set}", CLASSIFY, "comparing.evaluate:evaluate")
LABEL_ISSUES: Final = _job(
    "doubtful",
    "Look for doubtful labels in {set}",
    COMPUTE,
    "comparing.label_issues:find_label_issues",
)
DECIDE: Final = _quiet_job(
    "decide", "Label {photos} as {emotion}", EDITS, "comparing.label_decisions:decide"
)
DECISIONS: Final = _quiet_job(
    "decisions", "Look up decisions", EDITS, "comparing.label_decisions:find_decisions"
)
REPORT: Final = _job("report", "Write {name}", CATALOGUE, "comparing.report:report")

# -- models ----------------------------------------------------------------------------------------

IMPORT_MODEL: Final = _job(
    "import-model", "Import the model {file}", CLASSIFY, "models.store:import_bundle"
)
RENAME_MODEL: Final = _quiet_job(
    "rename-model", "Rename the model “{name}”", EDITS, "models.store:rename_model"
)
EXPORT_MODEL: Final = _job(
    "export-model", "Export the model “{reference}”", CLASSIFY, "models.store:export_bundle"
)
EXPORT_PLAIN: Final = _worker_job(
    "export-plain", "Export the model “{reference}” as {form}", COMPUTE, "models.plain:export_plain"
)
CHECK_BUNDLE: Final = _guarded_job(
    "check-bundle", "Check {file}", CATALOGUE, "models.store:load_bundle"
)
DESCRIBE_EXTERNAL: Final = _guarded_job(
    "describe-external", "Look into {file}", CATALOGUE, "models.import_external:describe"
)
TRY_EXTERNAL: Final = _guarded_job(
    "try-external", "Try {file} on photos", COMPUTE, "models.import_external:try_on_photos"
)
IMPORT_EXTERNAL: Final = _guarded_job(
    "import-external", "Import {file}", COMPUTE, "models.import_external:convert"
)
DESCRIBE_MXNET: Final = _guarded_job(
    "describe-mxnet", "Look into {file}", CATALOGUE, "models.import_mxnet:describe"
)
IMPORT_MXNET: Final = _guarded_job(
    "import-mxnet", "Import {file}", CATALOGUE, "models.import_mxnet:convert"
)

WARM_UP: Final = _quiet_job("warm-up", "Get ready", CLASSIFY, "models.warm_up:load_model")
LOAD_LIBRARY: Final = _quiet_job("load", "Load {module}", CATALOGUE, "models.warm_up:load_library")

# -- the AWS account -------------------------------------------------------------------------------

EXAMINE_ACCOUNT: Final = _quiet_job(
    "aws-examine", "Look at the AWS account", CLOUD, "sagemaker.account:examine_account"
)
MAKE_BUCKET: Final = _job(
    "aws-make-bucket", "Make a bucket", CLOUD, "sagemaker.account:create_bucket"
)
SIGN_IN: Final = _job("aws-sign-in", "Sign in to AWS", CLOUD, "sagemaker.account:sign_in")
LIST_LEFTOVERS: Final = _quiet_job(
    "aws-leftovers", "Look into {bucket}", CLOUD, "sagemaker.clean:list_leftovers"
)
CLEAN: Final = _job("aws-clean", "Clean up {bucket}", CLOUD, "sagemaker.clean:clean")

# -- Amazon SageMaker ------------------------------------------------------------------------------

TRAINING_OFFER: Final = _quiet_job(
    "sagemaker-offer", "Work out time and cost", CLOUD, "sagemaker.offer:work_out"
)
TRANSFORM_OFFER: Final = _job(
    "sagemaker-transform-offer", "Work out time and cost", CLOUD, "sagemaker.transform.offer:offer"
)
TRAIN_ON_SAGEMAKER: Final = _job(
    "sagemaker-train", "Train “{model}” on SageMaker", FOLLOW, "sagemaker.runs:begin"
)
RESUME_TRAINING: Final = _job(
    "sagemaker-train-resume", "Train “{model}” on SageMaker", FOLLOW, "sagemaker.runs:resume"
)
PACK_TRAINING: Final = _worker_job(
    "sagemaker-pack",
    "Pack the faces for “{model}”",
    COMPUTE,
    "sagemaker.recipe.worker:pack_training",
)
FINISH_TRAINING: Final = _worker_job(
    "sagemaker-finish", "Finish “{model}”", COMPUTE, "sagemaker.recipe.worker:finish_training"
)
ATTACH: Final = _job("sagemaker-attach", "Take up {run}", FOLLOW, "sagemaker.attach:attach")
TRANSFORM: Final = _job(
    "sagemaker-transform", "Classify with “{model}” on SageMaker", FOLLOW, "sagemaker.runs:begin"
)
RESUME_TRANSFORM: Final = _job(
    "sagemaker-transform-resume",
    "Classify with “{model}” on SageMaker",
    FOLLOW,
    "sagemaker.runs:resume",
)
JOB_STATUS: Final = _job(
    "sagemaker-status", "Ask after {run}", CLOUD, "sagemaker.job_status:status"
)
STOP: Final = _job("sagemaker-stop", "Stop {run}", CLOUD, "sagemaker.job_status:stop")
RUNS_OVERVIEW: Final = _quiet_job(
    "sagemaker-overview",
    "Look for jobs in the cloud",
    CATALOGUE,
    "sagemaker.runs:overview",
)
RUN_LOG: Final = _quiet_job("sagemaker-log", "Read a log", CATALOGUE, "sagemaker.runs:log")
FORGET_RUN: Final = _quiet_job(
    "sagemaker-forget", "Forget {run}", CATALOGUE, "sagemaker.runs:forget"
)

# -- processes that answer questions ---------------------------------------------------------------

LOGITS: Final = _conversation(
    "answer", "Answer", CLASSIFY, "predicting.remote_classifier:load_answerer"
)
HEAT: Final = _conversation("heat", "Explain", CLASSIFY, "gallery.explain:load_explainer")

#: After these the data set may be another one: what shows it is read again, however they ended.
CHANGES_DATA_SET: Final = frozenset(
    kind.name for kind in (IMPORT, REMOVE_SOURCE, AUDIT, MOVE, SPLIT, SPLIT_AGAIN, REMOVE_SPLIT)
)
