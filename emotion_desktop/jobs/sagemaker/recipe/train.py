"""Training a recipe on SageMaker: the same stages, by AWS's TensorFlow container.

What needs TensorFlow or much memory is done in worker processes: faces are packed before, the net
is finished after.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Final

from emotion_desktop.aws.s3.transfers import upload
from emotion_desktop.aws.sagemaker.script_mode import script_algorithm
from emotion_desktop.aws.sagemaker.training_jobs import Algorithm, run_prefix
from emotion_desktop.domain.errors import AppError, BundleError, CancelledError, PausedError
from emotion_desktop.domain.job import Metrics, Progress
from emotion_desktop.domain.sagemaker import Stage
from emotion_desktop.jobs import table
from emotion_desktop.jobs.running.worker_process import run_in_worker
from emotion_desktop.jobs.sagemaker.import_trained import already_imported, split_of
from emotion_desktop.jobs.sagemaker.recipe.archive import take_kept
from emotion_desktop.jobs.sagemaker.recipe.source import PROGRAM, SOURCE, write_source
from emotion_desktop.jobs.sagemaker.train import TrainingRun
from emotion_desktop.training.recipe.recipe import Recipe
from emotion_desktop.training.recipe.request import TrainingRequest
from emotion_desktop.training.script.names import KEPT
from emotion_desktop.workspace.files.atomic import write_atomically

#: The channel of the faces; SM_CHANNEL_TRAINING is where the container has it.
CHANNEL: Final = "training"


class RecipeTrainingRun(TrainingRun):
    """Works on one training of a recipe."""

    channels: ClassVar[tuple[str, ...]] = (CHANNEL,)

    def prepare(self) -> None:
        """Packs the faces of the split, and the program that will learn from them."""
        request = self._request
        frozen = self._cloud.split(request.split)
        folder = self._folder
        folder.mkdir(parents=True, exist_ok=True)
        self._keep_start()
        spec = table.PACK_TRAINING.spec(
            {"request": self._training_request().to_dict(), "folder": str(folder)},
            model=request.model,
        )
        packed: dict[str, Any] = run_in_worker(spec, self._context, self._cloud.workspace.root)
        write_source(folder / SOURCE, with_expert=bool(packed["recipe"]["expert_net"] != "none"))
        self._update(
            stage=Stage.UPLOADING,
            labels=tuple(packed["labels"]),
            facts={
                **{name: packed[name] for name in (CHANNEL, "recipe", "faces", "missing", "data")},
                "split": packed["split"],
                "photos": packed["data"]["fingerprint"],
                "fingerprint": frozen.fingerprint,
                "hyperparameters": {},
            },
        )

    def _send_more(self) -> None:
        """Sends the program."""
        path = self._folder / SOURCE
        if not path.exists():
            write_source(path, with_expert=self._recipe["expert_net"] != "none")
        upload(
            self._bucket(),
            path,
            self._source_key,
            report=lambda _: self._context.emit(Progress(0, 0, "uploading the program")),
            stop=lambda: self._context.cancelled,
        )

    @property
    def _source_key(self) -> str:
        return f"{run_prefix(self._run.name)}/source/{SOURCE}"

    @property
    def _recipe(self) -> Mapping[str, Any]:
        """The recipe, with what the split says once that is known."""
        recipe: Mapping[str, Any] = self._run.facts.get("recipe") or self._request.recipe
        return recipe

    def _algorithm(self, region: str) -> Algorithm:
        source = f"s3://{self._request.bucket}/{self._source_key}"
        return script_algorithm(self._run, source, PROGRAM, region)

    def _metrics(self, row: Mapping[str, Any]) -> Metrics:
        """The figures of an epoch, as a training on this computer counts it: from 1."""
        values = {name: value for name, value in row.items() if name != "epoch"}
        return Metrics(int(row["epoch"]) + 1, values)

    @property
    def _epochs(self) -> int:
        return int(self._request.recipe.get("epochs", 0))

    def _epochs_done(self) -> int:
        return len(self._run.history)

    def _import(self, archive: Path) -> str:
        made = already_imported(self._cloud.store, self._run.name)
        if made:
            return made
        kept = self._folder / KEPT
        try:
            take_kept(archive, kept)
            spec = table.FINISH_TRAINING.spec(
                {
                    "request": self._training_request().to_dict(),
                    "run": self._run.to_dict(),
                    "folder": str(self._folder),
                    "has_split": split_of(self._cloud, self._run, self._request) is not None,
                },
                model=self._request.model,
            )
            path: str = run_in_worker(spec, self._context, self._cloud.workspace.root)
        except (CancelledError, PausedError):
            raise
        except AppError as error:
            # What came of it is fetched anew, once whatever stood in the way is mended.
            raise BundleError(error.message, error.hint) from None
        finally:
            kept.unlink(missing_ok=True)
        return Path(path).stem

    def _training_request(self) -> TrainingRequest:
        """What a training on this computer would be asked for."""
        store, wanted = self._cloud.store, self._request
        name = store.free_name(wanted.model)
        start = Path(wanted.start_from) if wanted.start_from else None
        if start is not None and self._start_copy(start).exists():
            start = self._start_copy(start)
        return TrainingRequest(
            Recipe.from_dict(wanted.recipe),
            store.path_for(name),
            name,
            split=wanted.split,
            seed=wanted.seed,
            start_from=start,
            run=self._run.name,
        )

    def _keep_start(self) -> None:
        """The model to start from may be removed meanwhile, and the result needs it."""
        if self._request.start_from:
            start = Path(self._request.start_from)
            write_atomically(self._start_copy(start), start.read_bytes())

    def _start_copy(self, start: Path) -> Path:
        return self._folder / "start" / start.name
