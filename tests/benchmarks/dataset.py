"""A data set dropped on the window, checked and split: how long, and how the window fares.

    python -m tests.benchmarks.dataset [--photos 0] [--json -]

The photos are taken with the label file that belongs to them; 0 takes all there are. The goal is
in processor time: where others use the machine as well, the clock tells of them, too.
"""

from __future__ import annotations

import csv
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from emotion_desktop.dataset.audit.audit import audit
from emotion_desktop.dataset.importing import import_source
from emotion_desktop.dataset.sources.open_source import open_source
from emotion_desktop.dataset.splitting.freeze import DraftSplit, plan_split
from emotion_desktop.domain.health import Card
from emotion_desktop.domain.split import SplitRequest
from emotion_desktop.imaging.decode import decode
from emotion_desktop.jobs.running.context import LocalContext
from emotion_desktop.workspace.catalogue.catalogue import Catalogue
from tests.benchmarks.measure import Figure, parser, percentile, photos_in, report
from tests.benchmarks.window import Gaps, application, real_window, run_until

_GOAL_S = 60
_GOAL_MS = 100
_CORES = 2
_PATIENCE_S = 900.0
_GET_READY_S = 4.0
_IDLE_S = 2.0
_STAGES = ("import", "check", "split")
#: What is counted of the cards of the audit.
_TOLD = {
    "spellings": "spellings merged",
    "repeated": "photos listed twice with the same label",
    "contradictory": "photos listed with different labels",
    "unlabelled": "photos without a label",
    "near_copies": "photos that are nearly copies",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures and reports; returns the exit status."""
    chosen = parser(str(__doc__), photos=0).parse_args(arguments)
    photos = photos_in(chosen.data, chosen.photos or 10**9)
    if photos:
        with tempfile.TemporaryDirectory() as folder:
            source = _part_of(chosen.data, photos, Path(folder))
            figures, sentences = measure(source, photos, Path(folder))
        report(f"A data set of {len(photos):,} photos", figures, chosen.json)
        if chosen.json is None:
            print("", *sentences, sep="\n")
    return 0


def measure(source: Path, photos: Sequence[Path], folder: Path) -> tuple[list[Figure], list[str]]:
    """The figures, ratios first, then seconds and milliseconds; and what was found, in words."""
    # First, as in a program of its own: what the others leave behind is garbage to look through.
    clock, gaps, busy, idle = _in_the_window(source)
    alone = _decode(photos)
    seconds, processor, cards, drafted = _work(source, folder / "workspace")
    counts = {card.key: card.count for card in cards}
    given_away = [card for card in cards if card.key.startswith("shortcut:")]
    figures = [
        Figure("all of it, by decoding every photo once", sum(processor.values()) / alone),
        Figure(
            "import, check and split: processor time of two cores",
            sum(processor.values()) / _CORES,
            "s",
            at_most=_GOAL_S,
        ),
        Figure("the same by the clock", sum(seconds.values()), "s"),
        *(Figure(f"{stage} by the clock", seconds[stage], "s") for stage in _STAGES),
        Figure("in the window, from the drop to the frozen split", clock, "s"),
        Figure("the window's worst gap meanwhile", max(gaps) * 1000, "ms", at_most=_GOAL_MS),
        Figure("99th percentile", percentile(gaps, 99) * 1000, "ms"),
        Figure("the window's most work at once: processor time", max(busy) * 1000, "ms", _GOAL_MS),
        Figure("the idle window's worst gap", max(idle) * 1000, "ms"),
        *(Figure(name, counts[key], "found") for key, name in _TOLD.items() if counts.get(key)),
    ]
    sentences = [
        *(card.sentence for card in given_away),
        drafted.leaks.sentence,
        *drafted.leaks.impossible,
    ]
    return figures, sentences


def _part_of(data: Path, photos: Sequence[Path], folder: Path) -> Path:
    """A label file of these photos alone, beside links to them; or their folder without one."""
    legend = data.parent / "data" / "legend.csv"
    place = folder / "set" / "images"
    place.mkdir(parents=True)
    for photo in photos:
        (place / photo.name).symlink_to(photo)
    if not legend.is_file():
        return place
    names = {photo.name for photo in photos}
    with legend.open(newline="", encoding="utf-8") as file:
        head, *rows = csv.reader(file)
    column = head.index("image")
    target = folder / "set" / "legend.csv"
    with target.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([head, *(row for row in rows if row[column] in names)])
    return target


def _work(
    source: Path, workspace: Path
) -> tuple[dict[str, float], dict[str, float], list[Card], DraftSplit]:
    """Seconds of each stage without a window, by the clock and of the processor; what was found."""
    context = LocalContext(lambda _: None)
    clock: dict[str, float] = {}
    processor: dict[str, float] = {}

    @contextmanager
    def timed(stage: str) -> Iterator[None]:
        begin, spent = time.perf_counter(), time.process_time()
        yield
        clock[stage] = time.perf_counter() - begin
        processor[stage] = time.process_time() - spent

    with Catalogue(workspace / "catalogue.sqlite") as catalogue:
        with timed("import"):
            import_source(catalogue, open_source(source, workspace), context)
        with timed("check"):
            cards = audit(catalogue, context)
        with timed("split"):
            drafted = plan_split(catalogue, SplitRequest())
    return clock, processor, cards, drafted


def _decode(photos: Sequence[Path]) -> float:
    """Seconds to decode every photo in full, one after the other."""
    begin = time.perf_counter()
    for photo in photos:
        decode(photo)
    return time.perf_counter() - begin


def _in_the_window(source: Path) -> tuple[float, list[float], list[float], list[float]]:
    """Seconds from the drop to the frozen split; gaps, and work in each; gaps at rest."""
    gaps, idle = Gaps(), Gaps()
    with real_window(application()) as controller:
        manager, window = controller.manager, controller.window

        def wait(done: Callable[[], bool], what: str) -> None:
            if not run_until(done, _PATIENCE_S):
                raise RuntimeError(f"{what} did not come")

        window.show()
        controller.get_ready()
        run_until(lambda: False, _GET_READY_S)
        with idle.watched():
            run_until(lambda: False, _IDLE_S)
        importer = controller.dataset.importer
        begin = time.perf_counter()
        with gaps.watched():
            controller.dataset.import_source(source)
            wait(lambda: importer.dialog is not None and importer.dialog.go.isEnabled(), "a look")
            importer.dialog.go.click()
            page = controller.dataset.page
            # The check is queued by what tells the end of the import.
            wait(lambda: page.photos.model.rowCount() > 0, "the photos")
            wait(lambda: not manager.unfinished(), "the check")
            page.show_view(1)
            wait(lambda: bool(page.health.frames), "the cards")
            page.show_view(2)
            wait(lambda: page.splitting.table.rowCount() > 0, "a draft")
            page.splitting.form.name.setText("benchmark")
            page.splitting.form.freeze.click()
            wait(lambda: bool(page.splitting.rows), "the split")
        seconds = time.perf_counter() - begin
    return seconds, gaps.seconds, gaps.busy, idle.seconds


if __name__ == "__main__":
    sys.exit(main())
