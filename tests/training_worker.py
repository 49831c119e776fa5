"""A worker that trains as its request's notes say, in no time and without TensorFlow.

For tests of everything around a training: put WORKER into ``worker_process._command``.
"""

WORKER = """
import os, sys
from dataclasses import replace
from pathlib import Path
from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.domain.errors import AppError, PausedError
from emotion_desktop.domain.job import Log, Metrics, Progress
from emotion_desktop.domain.training_events import DataRead, StepDone, TrainingBegan
from emotion_desktop.engines.bundle import read_bundle, write_bundle
from emotion_desktop.jobs import worker_loop
from emotion_desktop.jobs.training import train as module
from emotion_desktop.assets import BUILTIN_MODEL

EPOCHS = 3


def fit_model(context, *, request):
    given = request
    state = context.workspace.run(given["run"]).checkpoint
    done = int(state.read_text()) if state.exists() else 0
    ends = given["notes"] or os.environ.get("TRAINING_ENDS", "")
    figures = {
        "loss": 1.0, "log_loss": 0.9, "seconds": 2.0, "mean_recall": 0.5, "accuracy": 0.6,
        "standard_error": 0.1, "best_epoch": 1,
        "recall": {emotion: {"recall": 0.5, "count": 10} for emotion in EMOTIONS},
    }
    context.emit(Progress(0, 0, "reading the labels"))
    context.emit(DataRead("f1"))
    context.emit(TrainingBegan("abacus", EPOCHS, 2, 9, ("fear",), (figures,) * done))
    context.emit(Log("begun"))
    for epoch in range(done + 1, EPOCHS + 1):
        context.emit(StepDone(2 * epoch, 1.0))
        context.emit(Progress(2 * epoch, 2 * EPOCHS, f"epoch {epoch} of {EPOCHS}"))
        context.emit(Metrics(epoch, {**figures, "loss": 1 / epoch, "best_epoch": epoch}))
        state.write_text(str(epoch))
        if epoch == 2 and not done:
            if ends == "wait":
                while not (context.pause_wanted or context.finish_early or context.cancelled):
                    context.wait(0.01)
                if context.pause_wanted:
                    raise PausedError(f"Paused in epoch 3 of {EPOCHS}.")
                context.check_cancelled()
                break
            if ends == "fail":
                raise AppError("The disk is full.", "Free some space.")
            if ends == "die":
                os._exit(3)
    output = Path(given["output"])
    made = read_bundle(BUILTIN_MODEL)
    origin = made.card.provenance
    origin = replace(origin, recipe={**origin.recipe, "run": given["run"]})
    files = {name: made.read(name) for name in made.files if name != "CARD.md"}
    write_bundle(output, replace(made.card, provenance=origin), files)
    scores = made.card.scores.to_dict()
    return {"model": str(output), "scores": scores, "summary": "s", "warning": ""}


module.fit_model = fit_model
sys.exit(worker_loop.main())
"""
