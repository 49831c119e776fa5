"""What needs TensorFlow, or all faces at once, of a recipe's training on SageMaker: in a worker."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emotion_desktop.dataset.sources.files.fingerprint import join_digests, split_digests
from emotion_desktop.domain.sagemaker import CloudRun, Machines
from emotion_desktop.jobs.sagemaker.earlier import TRAINED_ON
from emotion_desktop.training.recipe.request import TrainingRequest
from emotion_desktop.training.script.names import KEPT, PACKED

if TYPE_CHECKING:
    from emotion_desktop.jobs.running.context import Context


def pack_training(context: Context, *, request: Mapping[str, Any], folder: str) -> dict[str, Any]:
    """Packs the faces that a rented machine learns from, into the run's folder."""
    from emotion_desktop.training.script.pack import pack

    target = Path(folder, PACKED)
    packed = pack(TrainingRequest.from_dict(request), context.workspace, target, context)
    Path(folder, TRAINED_ON).write_bytes(join_digests(sorted(packed.trained_on)))
    with target.open("rb") as file:
        digest = hashlib.sha256()
        while data := file.read(1 << 20):
            digest.update(data)
    channel = {
        "file": target.name,
        "sha256": digest.hexdigest(),
        "bytes": target.stat().st_size,
        "records": packed.records,
        "counts": packed.counts,
    }
    known = asdict(packed)
    del known["trained_on"], known["records"], known["counts"]
    return {**known, "training": channel}


def finish_training(
    context: Context,
    *,
    request: Mapping[str, Any],
    run: Mapping[str, Any],
    folder: str,
    has_split: bool,
) -> str:
    """Makes a model of what a rented machine left; returns its bundle's path."""
    from emotion_desktop.training.script.finish import Origin, finish
    from emotion_desktop.training.script.kept import read_kept

    record = CloudRun.from_dict(run)
    kept = read_kept(Path(folder, KEPT))
    trained_on = Path(folder, TRAINED_ON)
    origin = Origin(
        labels=record.labels,
        fingerprint=str(record.facts["photos"]),
        facts=_facts(record, kept.about),
        data=record.facts["data"],
        split={"name": record.request["split"], **record.facts["split"]},
        trained_on=split_digests(trained_on.read_bytes()) if trained_on.exists() else [],
        has_split=has_split,
    )
    # With what the split says in it, in case that is not here.
    wanted = {**request, "recipe": dict(record.facts["recipe"])}
    return str(finish(TrainingRequest.from_dict(wanted), kept, origin, context.workspace, context))


def _facts(run: CloudRun, about: Mapping[str, Any]) -> dict[str, Any]:
    """How it was trained, for the model's provenance."""
    machines, job = Machines(**run.request["machines"]), run.job
    return {
        "job": run.name,
        "instance": f"{machines.kind}{', spot' if machines.spot else ''}",
        "billable_s": job.billable if job else None,
        "trained_with": dict(about),
    }
