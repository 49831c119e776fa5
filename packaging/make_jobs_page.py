"""Writes docs/jobs.md: the table of jobs (emotion_desktop/jobs/table.py) as a page."""

from __future__ import annotations

import inspect
from pathlib import Path

from emotion_desktop.jobs.table import JOBS, JobKind, Where

PAGE = Path(__file__).resolve().parents[1] / "docs" / "jobs.md"
_WHERE = {
    Where.HERE: "this process",
    Where.WORKER: "a worker process",
    Where.GUARDED: "a worker process with bounds",
    Where.CONVERSATION: "a process that answers questions",
}
_HEAD = """\
# Jobs

Everything long that the program does, a row a job: made from `emotion_desktop/jobs/table.py` and
the functions' docstrings by `python packaging/make_jobs_page.py`. Jobs of one lane wait for one
another (`classify`, `compute`, `catalogue` and `edits` run one at a time). A quiet job is neither
shown in the list of jobs nor kept. Functions are below `emotion_desktop.jobs`.

| Kind | Title | Lane | Where | What it does | Function |
| --- | --- | --- | --- | --- | --- |
"""


def render() -> str:
    """The page."""
    return _HEAD + "".join(_row(kind) for kind in JOBS.values())


def _row(kind: JobKind) -> str:
    quiet = ", quiet" if kind.quiet else ""
    does, *_ = (inspect.getdoc(kind.load()) or "").splitlines()
    cells = (
        *(f"`{kind.name}`", kind.title, kind.lane.value + quiet),
        *(_WHERE[kind.where], does.replace("``", "`")),
    )
    return f"| {' | '.join(cells)} | `{kind.function}` |\n"


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
