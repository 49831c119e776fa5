"""What runs in AWS's TensorFlow container: fits the recipe on the faces it was sent.

The container says by SM_ variables where everything is (SageMaker's script mode). What is written
here goes to the job's log, which the computer at home reads.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any, Final

from emotion_desktop import __version__
from emotion_desktop.domain.epoch_lines import epoch_line
from emotion_desktop.domain.errors import AppError
from emotion_desktop.domain.job import JobEvent, Log, Metrics, Progress
from emotion_desktop.domain.training_events import TrainingBegan
from emotion_desktop.training.script.kept import Kept, write_kept
from emotion_desktop.training.script.names import KEPT, PACKED
from emotion_desktop.training.script.packed import PackedTraining, read_packed

#: What a sentence of this program begins with where AWS reports why a job failed.
SAYS: Final = "Emotion Desktop:"
_STATE: Final = "state.npz"
#: How often the log says how far the training is, seconds.
_PROGRESS_S: Final = 30.0


def main() -> None:
    """Trains; a mistake is a sentence in the log, and exit status 1."""
    try:
        _train(_Log())
    except AppError as error:
        print(f"{SAYS} {error}", file=sys.stderr, flush=True)
        sys.exit(1)


class _Log:
    """A JobContext that writes to the job's log; SIGTERM is the wish to stop."""

    def __init__(self) -> None:
        self.finish_early = False
        self.cancelled = False
        self.pause_wanted = False
        self._told = 0.0

    def emit(self, event: JobEvent) -> None:
        """Writes what is worth a line."""
        if isinstance(event, Log):
            self.say(event.line)
        elif isinstance(event, Metrics):
            self.say(epoch_line(event.epoch, event.values))
        elif isinstance(event, TrainingBegan):
            self.say(f"{event.photos} faces, {event.steps_per_epoch} steps an epoch")
        elif isinstance(event, Progress) and time.monotonic() - self._told > _PROGRESS_S:
            self._told = time.monotonic()
            self.say(f"{event.text}, step {event.done} of {event.total}")

    def say(self, line: str) -> None:
        """Writes a line."""
        print(line, flush=True)

    def check_cancelled(self) -> None:
        """Nobody cancels here: the machine is stopped."""

    def wait(self, seconds: float) -> bool:
        """See JobContext."""
        time.sleep(seconds)
        return False

    def stop(self, *_: Any) -> None:
        """Ends the training after this step; the best so far is kept."""
        self.say("Asked to stop; the best so far is kept.")
        self.finish_early = True


def _train(log: _Log) -> None:
    wishes = json.loads(os.environ.get("SM_HPS") or "{}")
    checkpoints, model = wishes.get("checkpoints"), Path(os.environ["SM_MODEL_DIR"])
    # A spare machine that is taken away gets the signal, too. A training that ended on it by itself
    # would count as done: there it goes on to the last moment, and from its checkpoint later.
    signal.signal(signal.SIGTERM, signal.SIG_IGN if checkpoints else log.stop)
    packed = read_packed(Path(os.environ["SM_CHANNEL_TRAINING"], PACKED))
    from emotion_desktop.training.fit.best import Best
    from emotion_desktop.training.fit.trainer import Plan, fit
    from emotion_desktop.training.net.backend import tf

    _check_cards(len(tf.config.list_physical_devices("GPU")))
    about = _about()
    target = model / KEPT

    def keep(best: Best, epochs: int) -> None:
        # At once: a machine that is stopped gives up what lies in its folder for models.
        assert best.metrics is not None
        kept = Kept(best.epoch, epochs, best.metrics, best.weights, best.logits, about=about)
        write_kept(target, kept)

    state = Path(checkpoints, _STATE) if checkpoints else None
    if state is not None:
        state.parent.mkdir(parents=True, exist_ok=True)
    plan = Plan(
        packed.recipe,
        packed.labels,
        packed.seed,
        build=_builder(packed),
        checkpoint=state,
        on_kept=keep,
    )
    done = fit(plan, packed.training, packed.validation, log)
    weights = done.model.get_weights()
    write_kept(
        target,
        Kept(done.epoch, done.epochs, done.metrics, weights, done.logits, done.warning, about),
    )
    log.say(f"Done: epoch {done.epoch} of {done.epochs} is kept.")


def _builder(packed: PackedTraining) -> Any:
    if not packed.start:
        return None
    from emotion_desktop.training.net.transfer import builder_of

    return builder_of(packed.start, packed.start_labels, packed.labels, packed.recipe)


def _check_cards(found: int) -> None:
    """A machine with a graphics card that is not used would be paid for in vain."""
    there = int(os.environ.get("SM_NUM_GPUS") or 0)
    if there and not found:
        raise AppError(
            f"The machine has {there} GPU, and TensorFlow finds none.",
            "Choose another kind of machine.",
        )


def _about() -> dict[str, Any]:
    """What it is trained with."""
    import numpy as np

    from emotion_desktop.training.net.backend import keras, tf
    from emotion_desktop.training.net.devices import device_words

    versions = {
        "python": sys.version.split()[0],
        "tensorflow": tf.__version__,
        "keras": keras.__version__,
        "numpy": np.__version__,
    }
    return {"program": __version__, "device": device_words(), "versions": versions}
