"""How long the window's thread stalls while photos are classified and while a training runs.

python -m tests.benchmarks.responsiveness [--photos 2000] [--json -]
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from emotion_desktop.app import Controller
from emotion_desktop.domain.run import RunState
from tests.benchmarks.measure import Figure, parser, percentile, photos_in, report
from tests.benchmarks.window import Gaps, application, real_window, run_until
from tests.faces import make_data_set

_GOAL_MS = 100
_IDLE_S = 3.0
_PATIENCE_S = 600.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures and reports; returns the exit status."""
    options = parser(str(__doc__), photos=2000)
    options.add_argument(
        "--idle", type=float, default=_IDLE_S, metavar="SECONDS", help="of the idle window"
    )
    chosen = options.parse_args(arguments)
    photos = photos_in(chosen.data, chosen.photos)
    if photos:
        figures = measure(photos, chosen.idle)
        report(f"The window while {len(photos):,} photos are classified", figures, chosen.json)
    return 0


def measure(photos: list[Path], idle_s: float = _IDLE_S) -> list[Figure]:
    """The figures: gaps as ratios to the idle window's 99th percentile first, then ms."""
    with tempfile.TemporaryDirectory() as folder:
        data = make_data_set(Path(folder) / "data")
        with real_window(application()) as controller:
            # The very first photos: the window is painted and the models loaded meanwhile.
            classifying = gaps_while_classifying(controller, photos)
            training = gaps_while_training(controller, data)
            run_until(lambda: not controller.manager.unfinished(), _PATIENCE_S)
            idle = gaps_while_idle(idle_s)
    usual = percentile(idle, 99)
    both = (("classifying", classifying), ("training", training))
    return [
        *(
            Figure(f"{name}: worst gap, by the idle window's 99th percentile", max(gaps) / usual)
            for name, gaps in both
        ),
        *(
            figure
            for name, gaps in both
            for figure in (
                Figure(f"{name}: worst gap", max(gaps) * 1000, "ms", at_most=_GOAL_MS),
                Figure(f"{name}: 99th percentile", percentile(gaps, 99) * 1000, "ms"),
            )
        ),
        Figure("idle: worst gap", max(idle) * 1000, "ms"),
        Figure("idle: 99th percentile", usual * 1000, "ms"),
    ]


def gaps_while_idle(seconds: float) -> list[float]:
    """Gaps of the window at rest, seconds: what this machine does anyway."""
    gaps = Gaps()
    with gaps.watched():
        run_until(lambda: False, seconds)
    return gaps.seconds


def gaps_while_classifying(controller: Controller, photos: list[Path]) -> list[float]:
    """Gaps from showing the window until all photos stand in the gallery, seconds."""
    gaps = Gaps()
    gallery = controller.window.gallery
    with gaps.watched():
        controller.start(photos)
        ended = run_until(
            lambda: not controller.manager.unfinished() and bool(gallery.view.model.entries),
            _PATIENCE_S,
        )
        run_until(lambda: False, 0.5)  # the last answers are arranged and painted
    there = {entry.prediction.path for entry in gallery.view.model.entries}
    if not ended or len(there) != len(photos):
        raise RuntimeError(f"{len(there)} of {len(photos)} photos arrived in the gallery")
    return gaps.seconds


def gaps_while_training(controller: Controller, data: Path) -> list[float]:
    """Gaps while a user opens the training page, trains, pauses, goes on and cancels, seconds."""
    gaps = Gaps()
    training, manager = controller.training, controller.manager

    def is_on(run: str, state: RunState, epochs: int = 0) -> bool:
        live = training.registry[run]
        return live.run.state is state and len(live.epochs) >= epochs

    def wait(run: str, state: RunState, epochs: int = 0) -> None:
        if not run_until(lambda: is_on(run, state, epochs), _PATIENCE_S):
            raise RuntimeError(f"the training did not come to be {state.value}")

    with gaps.watched():
        training.show()
        run_until(lambda: training.is_made, _PATIENCE_S)
        training.use_data(data)
        run_until(lambda: training.page.setup.photos is not None, _PATIENCE_S)
        training.page.setup.here.button.click()
        run = next(iter(training.registry)).run.id
        # A page that has shown an epoch has drawn its curves.
        wait(run, RunState.RUNNING, 1)
        run_until(lambda: False, 1.0)
        training.page.run.page.button("pause").click()
        wait(run, RunState.PAUSED)
        run_until(lambda: not manager.unfinished(), _PATIENCE_S)
        training.page.run.page.button("go_on").click()
        wait(run, RunState.RUNNING, 2)
        training.page.run.page.button("cancel").click()
        wait(run, RunState.CANCELLED)
        run_until(lambda: not manager.unfinished(), _PATIENCE_S)
    return gaps.seconds


if __name__ == "__main__":
    sys.exit(main())
