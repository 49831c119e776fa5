"""A recipe on SageMaker, through the TensorFlow container: taken away, stopped, refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from emotion_desktop.domain.job import JobState
from emotion_desktop.domain.sagemaker import Machines, Stage
from emotion_desktop.engines.bundle import read_bundle
from emotion_desktop.jobs.sagemaker.specs import attach_job
from emotion_desktop.training.recipe.presets import recipe_named
from emotion_desktop.workspace.paths import Workspace
from tests.unit.jobs.sagemaker_rig import BUCKET, CHOICE, EMOTIONS, Rig, train

#: TensorFlow starts several times, on a machine that does other things, too.
PATIENCE_S = 900


def wanted(*, epochs=2, **more):
    """A request for a recipe that takes seconds."""
    recipe = replace(recipe_named("notebook"), epochs=epochs, batch=4, size=36, channels=1)
    made = {
        "side": recipe.size,
        "grey": True,
        "hyperparameters": {},
        "recipe": recipe.to_dict(),
        "machines": Machines("ml.c5.2xlarge"),
    }
    return {**made, **more}


@pytest.fixture
def small(rig):
    """Machines without a GPU may be used, too."""
    rig.aws.quotas.set("ml.c5.2xlarge", 1)
    return rig


def names_in_s3(rig):
    found = rig.aws.client("s3").list_objects_v2(Bucket=BUCKET)["Contents"]
    return {item["Key"].rpartition("/")[2] for item in found}


def test_a_spare_machine_that_is_taken_away(small):
    rig = small
    rig.aws.training.plan.interruptions = 1
    machines = Machines("ml.c5.2xlarge", spot=True)
    record = rig.run(train(rig, **wanted(epochs=30, machines=machines)), PATIENCE_S)
    assert record.state is JobState.SUCCEEDED, (record.outcome, rig.said)
    run = rig.only_run()
    assert run.labels == EMOTIONS
    assert "Interrupted" in [t.status for t in run.job.transitions]
    assert [row["epoch"] for row in run.history] == list(range(30))
    # The events of a training on this computer, so that its curves can be drawn.
    assert {event.epoch for event in rig.epochs} == set(range(1, 31))
    figures = {"loss", "seconds", "best_epoch", "accuracy", "mean_recall", "recall"}
    assert all(figures <= set(event.values) for event in rig.epochs)
    assert set(run.job.metrics) == {"train:loss", "validation:accuracy", "validation:mean_recall"}
    assert any("Goes on in epoch" in line for line in rig.cloud.runs.log(run.name))
    assert "state.npz" in names_in_s3(rig)
    origin = read_bundle(rig.cloud.store.resolve("cloud")).card.provenance.recipe
    assert origin["epochs_run"] == 30
    assert origin["instance"] == "ml.c5.2xlarge, spot"
    assert origin["parity"]["gap"] < 1e-4


def test_stopped_it_keeps_the_best_here_and_elsewhere(small, tmp_path):
    rig = small
    job = rig.start(train(rig, **wanted(epochs=500)))
    rig.until(lambda: rig.epochs, PATIENCE_S)
    rig.manager.finish_early(job)
    record = rig.manager.wait(job, PATIENCE_S)
    assert record.state is JobState.SUCCEEDED, (record.outcome, rig.said)
    run = rig.only_run()
    assert run.job.status == "Stopped"
    bundle = read_bundle(rig.cloud.store.resolve(run.result))
    assert bundle.card.scores is not None
    assert bundle.card.provenance.recipe["epochs_run"] < 500
    elsewhere = Rig(rig.aws, Workspace(tmp_path / "elsewhere"))
    record = elsewhere.run(attach_job(run.name, CHOICE), PATIENCE_S)
    elsewhere.close()
    assert record.state is JobState.SUCCEEDED, record.outcome
    other = read_bundle(elsewhere.cloud.store.resolve(run.result), verify=True)
    assert other.card.labels == EMOTIONS
    assert other.card.scores is None, "its photos are not there"
    assert other.trained_on == bundle.trained_on


def test_a_graphics_card_that_is_not_found_is_not_paid_for(rig):
    rig.aws.training.plan.gpus = 1
    record = rig.run(train(rig, **wanted(machines=Machines())), PATIENCE_S)
    assert record.state is JobState.FAILED
    assert record.outcome.message == (
        "The machine has 1 GPU, and TensorFlow finds none. Choose another kind of machine."
    )
    assert rig.only_run().stage is Stage.FAILED
    assert rig.cloud.store.names() == ["builtin", "builtin-fast"]
