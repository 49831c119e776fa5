"""AWS's TensorFlow container in script mode: what it is told, and how its figures are found.

From the public SageMaker training toolkit: it fetches ``sourcedir.tar.gz``, installs its
requirements.txt, and runs the program in it with SM_ variables that say where everything is.
"""

from __future__ import annotations

import json
from typing import Final

from emotion_desktop.aws.regions import container_uri
from emotion_desktop.aws.sagemaker.training_jobs import Algorithm
from emotion_desktop.domain.epoch_lines import FIGURE
from emotion_desktop.domain.sagemaker import CloudRun, Machines, has_gpu

#: The container's folder that SageMaker keeps in S3.
_CHECKPOINTS: Final = "/opt/ml/checkpoints"
_METRICS: Final = (
    ("train:loss", FIGURE.format("loss")),
    ("validation:accuracy", FIGURE.format("accuracy")),
    ("validation:mean_recall", FIGURE.format("mean_recall")),
)


def script_algorithm(run: CloudRun, source: str, program: str, region: str) -> Algorithm:
    """A program of ours in the container.

    Args:
        source: the address of ``sourcedir.tar.gz``.
        program: its name in there.

    Raises:
        CloudError: the container is not known in that region.
    """
    machines = Machines(**run.request["machines"])
    told = {
        "sagemaker_program": program,
        "sagemaker_submit_directory": source,
        "sagemaker_container_log_level": 20,
        "sagemaker_job_name": run.name,
        "sagemaker_region": region,
        **({"checkpoints": _CHECKPOINTS} if machines.spot else {}),
    }
    return Algorithm(
        container_uri(region, gpu=has_gpu(machines.kind)),
        {name: json.dumps(value) for name, value in told.items()},
        _METRICS,
        _CHECKPOINTS,
    )
