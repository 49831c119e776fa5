"""A data set imported, checked and split: how long it takes, and how the window answers meanwhile.

    python -m tests.benchmarks.dataset [--photos 0] [--json -]

The photos are taken with the label file that belongs to them; 0 takes all there are.
"""

from __future__ import annotations

import csv
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from emotion_desktop.dataset.audit.audit import audit
from emotion_desktop.dataset.freezing import freeze
from emotion_desktop.dataset.importing import import_source
from emotion_desktop.dataset.opening import open_source
from emotion_desktop.domain.split import SplitOrder
from emotion_desktop.imaging.decode import decode
from emotion_desktop.jobs.context import LocalContext
from emotion_desktop.jobs.dataset.auditing import audit_job
from emotion_desktop.jobs.dataset.importing import ImportOrder, import_job
from emotion_desktop.workspace.catalogue import Catalogue
from tests.benchmarks.measure import Figure, parser, percentile, photos_in, report
from tests.benchmarks.window import Gaps, application, real_window, run_until

_GOAL_S = 60
_GOAL_MS = 100
_PATIENCE_S = 900.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures and reports; returns the exit status."""
    chosen = parser(str(__doc__), photos=0).parse_args(arguments)
    photos = photos_in(chosen.data, chosen.photos or 10**9)
    if photos:
        with tempfile.TemporaryDirectory() as folder:
            source = _part_of(chosen.data, photos, Path(folder))
            figures = measure(source, photos, Path(folder))
        report(f"A data set of {len(photos):,} photos", figures, chosen.json)
    return 0


def measure(source: Path, photos: Sequence[Path], folder: Path) -> list[Figure]:
    """The figures: ratios first, then seconds and milliseconds."""
    stages = _work(source, folder / "workspace")
    whole = sum(stages.values())
    alone = _decode(photos)
    gaps = _gaps(source)
    return [
        Figure("all of it, by decoding every photo once", whole / alone),
        Figure("import, check and split", whole, "s", at_most=_GOAL_S),
        *(Figure(name, seconds, "s") for name, seconds in stages.items()),
        Figure("worst gap of the window meanwhile", max(gaps) * 1000, "ms", at_most=_GOAL_MS),
        Figure("99th percentile", percentile(gaps, 99) * 1000, "ms"),
    ]


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


def _work(source: Path, workspace: Path) -> dict[str, float]:
    """Seconds of each stage, without a window."""
    context = LocalContext(lambda _: None)
    seconds: dict[str, float] = {}
    with Catalogue(workspace / "catalogue.sqlite") as catalogue:
        begin = time.perf_counter()
        import_source(catalogue, open_source(source, workspace), context)
        seconds["import"] = time.perf_counter() - begin
        begin = time.perf_counter()
        audit(catalogue, context)
        seconds["check"] = time.perf_counter() - begin
        begin = time.perf_counter()
        freeze(catalogue, "benchmark", SplitOrder())
        seconds["split"] = time.perf_counter() - begin
    return seconds


def _decode(photos: Sequence[Path]) -> float:
    """Seconds to decode every photo in full, one after the other."""
    begin = time.perf_counter()
    for photo in photos:
        decode(photo)
    return time.perf_counter() - begin


def _gaps(source: Path) -> list[float]:
    """Gaps of the window, its data set page in front, while all is imported and checked."""
    gaps = Gaps()
    with real_window(application()) as controller:
        controller.window.show()
        controller.window.show_page(controller.dataset.page.parentWidget())
        run_until(lambda: False, 0.5)
        root = controller.services.workspace.root
        with gaps.watched():
            controller.manager.submit(*import_job(root, ImportOrder(str(source))))
            controller.manager.submit(*audit_job(root))
            ended = run_until(lambda: not controller.manager.unfinished(), _PATIENCE_S)
            run_until(lambda: False, 1.0)  # what was found is read and painted
        if not ended or not controller.dataset.page.photos.model.rowCount():
            raise RuntimeError("the data set did not arrive on the page")
    return gaps.seconds


if __name__ == "__main__":
    sys.exit(main())
