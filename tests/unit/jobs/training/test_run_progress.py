"""What is known of a run follows from what it tells, for who writes it down and who shows it."""

import pytest

from emotion_desktop.domain.job import JobState, Log, Metrics, Outcome, Progress, StateChanged
from emotion_desktop.domain.run import HERE, Run, RunState
from emotion_desktop.domain.training_events import DataRead, StepDone, TrainingBegan
from emotion_desktop.jobs.training.run_progress import RunProgress


@pytest.fixture
def progress():
    return RunProgress(Run("r", "Mine", HERE, RunState.QUEUED, {}, 1.0), job="j")


def began(*history):
    return TrainingBegan("abacus", 3, 2, 9, ("fear",), history)


def test_a_run_is_followed_from_its_data_to_its_epochs(progress):
    for event in (
        StateChanged(JobState.RUNNING),
        DataRead("f1"),
        began(),
        StepDone(1, 0.9),
        Metrics(1, {"loss": 1.0, "seconds": 2.0, "best_epoch": 1}),
        Log("said"),
        Progress(2, 6, "epoch 2 of 3"),
    ):
        progress.apply_event(event)
    run = progress.run
    assert (run.state, run.fingerprint, run.device, run.photos) == (
        *(RunState.RUNNING, "f1", "abacus", 9),
    )
    assert (run.epochs, run.seconds) == (1, 2.0)
    assert (progress.steps, progress.log) == ([(0.5, 0.9)], [1, "said"])
    assert progress.began == began()


def test_epochs_after_those_it_goes_on_from_are_done_again(progress):
    figures = {"loss": 1.0, "seconds": 2.0}
    progress.apply_event(began())
    for epoch in (1, 2):
        progress.apply_event(Metrics(epoch, figures))
    progress.apply_event(began(figures))
    assert (progress.run.epochs, progress.run.seconds, progress.log) == (1, 2.0, [1])
    progress.apply_event(Metrics(2, figures))
    assert (progress.run.epochs, progress.run.seconds) == (2, 4.0)


@pytest.mark.parametrize(
    ("job", "run"),
    [
        (JobState.PAUSED, RunState.PAUSED),
        (JobState.CANCELLED, RunState.CANCELLED),
        (JobState.FAILED, RunState.FAILED),
    ],
)
@pytest.mark.parametrize("words", ["Paused in epoch 2.", "In pausa.", ""])
def test_how_it_ended_is_told_by_its_state_alone(progress, job, run, words):
    progress.asked = "Pausing"
    progress.apply_event(StateChanged(job, Outcome(words, "Hint.")))
    assert (progress.run.state, progress.run.message, progress.run.hint) == (run, words, "Hint.")
    assert (progress.job, progress.asked) == ("", "")
    assert progress.run.ended is not None


def test_every_state_of_a_job_means_one_of_a_run(progress):
    for state in JobState:
        if state is not JobState.SUCCEEDED:
            progress.apply_event(StateChanged(state, Outcome("")))
