"""Every kind of work that writes: what it needs, its verb, and what is there when it is done."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.campaigns.doomed import VARIABLE
from tests.campaigns.inputs import run_here
from tests.campaigns.trials import Verb, run_verb

#: What no half-written file may be called once the next start has cleaned up.
_LEFT = ".part-"
_EMOTIONS = ("anger", "fear", "happiness")


class TroubleError(Exception):
    """What did not survive."""


@dataclass(frozen=True)
class Place:
    """Where work is done. All of it lies below ``root``."""

    root: Path

    @property
    def workspace(self) -> Path:
        return self.root / "workspace"

    @property
    def photos(self) -> Path:
        return self.root / "photos"

    @property
    def out(self) -> Path:
        return self.root / "out"


State = Callable[[Place], Any]


@dataclass(frozen=True)
class Work:
    """A kind of work.

    Attributes:
        verb: its arguments, without the workspace.
        state: what the program shows of it; equal where nothing that counts differs.
        prepare: what must have been done before.
        again: the verb that does it, or the rest of it, after it was broken off.
        parts: whether ``state`` is a set that may be there in part, each member whole.
        refused: doing it again, once it was done, is refused in a sentence.
        stand_in: trained by a stand-in.
        worker: it is the worker that is killed.
    """

    verb: Callable[[Place], list[object]]
    state: State
    prepare: Callable[[Place], None] = lambda _: None
    again: Callable[[Place], list[object]] | None = None
    parts: bool = False
    refused: bool = False
    stand_in: bool = False
    worker: bool = False


def _do(place: Place, *arguments: object) -> None:
    """Runs a verb in this process, quietly."""
    said = io.StringIO()
    with redirect_stdout(said), redirect_stderr(said):
        status = run_here(place.workspace, *arguments)
    if status != 0:
        raise TroubleError(f"{arguments[0]} {arguments[1]}: {said.getvalue()[-300:]}")


# -- what is there ---------------------------------------------------------------------------------


def shown(place: Place) -> Any:
    """The data set, as the program shows it."""
    if not (place.workspace / "catalogue.sqlite").exists():
        return None
    answer = place.root / "shown.json"
    _do(place, "dataset", "show", "--json", answer)
    told = json.loads(answer.read_text())
    answer.unlink()
    told["sources"] = [_without(s, "imported") for s in told["sources"] if s["complete"]]
    told["splits"] = [_without(split, "created") for split in told["splits"]]
    return told if told["sources"] else None


def files_in(folder: Callable[[Place], Path]) -> State:
    """The files of a folder, with what they hold; None where there is no folder."""

    def state(place: Place) -> Any:
        root = folder(place)
        if root.is_file():
            return _digest(root)
        if not root.exists():
            return None
        return {
            str(path.relative_to(root)): _digest(path)
            for path in root.rglob("*")
            if path.is_file() and _LEFT not in str(path)
        }

    return state


def _report(place: Place) -> bool:
    """Whether it is there; half of one is not shown as whole."""
    path = place.out / "report.html"
    if not path.exists():
        return False
    if not path.read_text(encoding="utf-8").rstrip().endswith("</html>"):
        raise TroubleError("half a report")
    return True


def _copies(place: Place) -> set[str]:
    """Sorted copies of photos; each is one of the photos."""
    whole = {_digest(path) for path in place.photos.rglob("*.png")}
    found = {path for path in place.out.rglob("*.png") if _LEFT not in str(path)}
    if not all(_digest(path) in whole for path in found):
        raise TroubleError("half a photo")
    return {path.name for path in found}


def _trained(place: Place) -> Any:
    """Runs that are done with their models."""
    if not (place.workspace / "catalogue.sqlite").exists():
        return None
    answer = place.root / "runs.json"
    _do(place, "runs", "list", "--json", answer)
    runs = json.loads(answer.read_text())
    answer.unlink()
    models = sorted(path.name for path in (place.workspace / "models").glob("*.emodel"))
    for run in runs:
        if run["state"] == "succeeded" and Path(run["model"]).name not in models:
            raise TroubleError("a run is done and its model is not there")
    if len(models) > 1:
        raise TroubleError("two models of one run")
    done = [run["name"] for run in runs if run["state"] == "succeeded"]
    return done or None


def _without(table: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in table.items() if name != key}


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


# -- preparations ----------------------------------------------------------------------------------


def put_photos(place: Place) -> None:
    """Twelve photos of six persons."""
    from tests.unit.dataset.pictures import put_pictures

    names = [f"{emotion}/p{n}_{n}.png" for emotion in _EMOTIONS for n in range(4)]
    put_pictures(*(place.photos / name for name in names), side=48)


def _imported(place: Place) -> None:
    _do(place, "dataset", "import", place.photos)


def _split(place: Place) -> None:
    _imported(place)
    _do(place, "dataset", "split", "--name", "s")


def _relabelled(place: Place) -> None:
    _imported(place)
    _do(place, "dataset", *_relabel(place))


def _relabel(place: Place) -> list[object]:
    return ["relabel", *sorted(place.photos.rglob("*.png")), "--as", "sadness"]


def _small_model(place: Place) -> None:
    from tests.small_model import write_small_model

    write_small_model(place.root / "small.emodel")


def _stored_model(place: Place) -> None:
    _small_model(place)
    store = place.workspace / "models"
    store.mkdir(parents=True)
    shutil.copyfile(place.root / "small.emodel", store / "small.emodel")


def _models(place: Place) -> Path:
    return place.workspace / "models"


def _out(place: Place) -> Path:
    return place.out


def _go_on(place: Place) -> list[object]:
    """A training goes on where there is something of it, and is begun anew where there is not."""
    catalogue = place.workspace / "catalogue.sqlite"
    if catalogue.exists():
        with closing(sqlite3.connect(catalogue)) as connection:
            rows = connection.execute("SELECT id, state FROM runs").fetchall()
        if rows and rows[0][1] != "succeeded":
            return ["runs", "go-on", rows[0][0]]
        if rows:
            return ["runs", "list"]
    return _train(place)


def _train(place: Place) -> list[object]:
    return ["train", "--data", place.photos, "--recipe", "quick", "--name", "Mine"]


_EVALUATE = ("evaluate", "--model", "builtin", "--faces", "whole", "--report")

WORKS: dict[str, Work] = {
    "import": Work(lambda p: ["dataset", "import", p.photos], shown),
    "import --copy": Work(lambda p: ["dataset", "import", "--copy", p.photos], shown),
    "relabel": Work(lambda p: ["dataset", *_relabel(p)], shown, _imported),
    "undo": Work(lambda p: ["dataset", "undo"], shown, _relabelled, refused=True),
    "split": Work(lambda p: ["dataset", "split", "--name", "s"], shown, _imported, refused=True),
    "export": Work(
        lambda p: ["dataset", "export", p.out, "--split", "s"],
        files_in(_out),
        _split,
        refused=True,
    ),
    "export recordio": Work(
        lambda p: ["dataset", "export", p.out, "--format", "recordio", "--split", "s"],
        files_in(_out),
        _split,
        refused=True,
    ),
    "models import": Work(
        lambda p: ["models", "import", p.root / "small.emodel", "--name", "small"],
        files_in(_models),
        _small_model,
        refused=True,
    ),
    "models export": Work(
        lambda p: ["models", "export", "small", p.out / "copy.emodel"],
        files_in(_out),
        _stored_model,
        refused=True,
    ),
    "report": Work(lambda p: [*_EVALUATE, p.out / "report.html", "--data", p.photos], _report),
    "classify": Work(
        lambda p: ["classify", p.photos, "--faces", "whole", "--sort-into", p.out],
        _copies,
        parts=True,
    ),
    "training": Work(_train, _trained, again=_go_on, stand_in=True),
    "training's worker": Work(_train, _trained, again=_go_on, stand_in=True, worker=True),
}


def run_work(work: Work, place: Place, verb: list[object], doom: Mapping[str, Any]) -> Verb:
    """Does it in a process of its own; see tests.campaigns.doomed."""
    order = {"root": str(place.root), "worker": work.worker, "stand_in": work.stand_in, **doom}
    return run_verb(
        place.workspace,
        *verb,
        module="tests.campaigns.doomed",
        environment={VARIABLE: json.dumps(order)},
    )


# -- what must hold whatever happened --------------------------------------------------------------


def check_databases(place: Place) -> None:
    """All are whole."""
    for path in place.root.rglob("*.sqlite"):
        with closing(sqlite3.connect(path)) as connection:
            (said,) = connection.execute("PRAGMA integrity_check").fetchone()
        if said != "ok":
            raise TroubleError(f"{path.name}: {said}")


def check_leftovers(place: Place) -> None:
    """Nothing half-written is there."""
    left = [str(p.relative_to(place.root)) for p in place.root.rglob("*") if _LEFT in p.name]
    if left:
        raise TroubleError(f"left: {', '.join(left[:3])}")


def check_again(work: Work, place: Place, state: Any, after: Any) -> None:
    """Done again it makes the same as if nothing had happened."""
    again = run_work(work, place, (work.again or work.verb)(place), {})
    if again.trouble():
        raise TroubleError(f"again: {again.trouble()}: {again.said[-300:]}")
    if again.status != 0 and not (work.refused and state == after):
        raise TroubleError(f"again: {again.said[-300:]}")
    if work.state(place) != after:
        raise TroubleError("done again it is not the same")
