"""What every spec of a job of the table is: JSON alone, and what the job's function takes."""

from __future__ import annotations

import inspect
import json

from emotion_desktop.domain.job import JobSpec
from emotion_desktop.jobs.table import JOBS


def assert_complete(spec: JobSpec) -> None:
    """Fails unless a spec is enough to run its job in another process."""
    kind = JOBS[spec.kind]
    parameters = dict(spec.parameters)
    assert json.loads(json.dumps(parameters)) == parameters
    inspect.signature(kind.load()).bind(None, **parameters)
    assert (spec.lane, spec.quiet) == (kind.lane, kind.quiet)
