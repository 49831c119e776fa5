"""Show me why: both ways are trained on the user's photos, and what each has seen is told apart."""

import numpy as np
import pytest

from emotion_desktop.dataset.importing import import_source
from emotion_desktop.dataset.sources.open_source import open_source
from emotion_desktop.domain.errors import CancelledError, DataError
from emotion_desktop.domain.job import Progress
from emotion_desktop.jobs.running.context import LocalContext
from emotion_desktop.training.leak_demo import (
    _as_notebooks,
    _honestly,
    _limited,
    _set_of,
    compare_procedures,
)
from emotion_desktop.workspace.catalogue.catalogue import Catalogue
from emotion_desktop.workspace.catalogue.photos import labelled_photos
from emotion_desktop.workspace.paths import Workspace
from tests.faces import make_data_set


@pytest.fixture
def workspace(tmp_path):
    emotions = ("anger", "happiness", "fear", "neutral")
    data = make_data_set(tmp_path / "data", 5, 3, emotions=emotions)
    with Catalogue(tmp_path / "w" / "catalogue.sqlite") as catalogue:
        import_source(catalogue, open_source(data, catalogue.root), LocalContext(lambda _: None))
    return tmp_path / "w"


def compare(workspace, context, photos=500):
    return compare_procedures(context, Workspace(workspace), 0, photos, epochs=1)


def test_both_ways_are_trained_and_judged_on_people_neither_saw(workspace):
    told = []
    result = compare(workspace, LocalContext(told.append))
    assert result["photos"] == 60
    assert 0 < result["unseen"] < 30
    for way in ("notebook", "honest"):
        for what in ("reported", "unseen"):
            assert all(0 <= value <= 1 for value in result[way][what].values())
    # The notebooks' test pictures are known; the honest ones are not.
    assert result["notebook"]["known"] > 0.5
    assert result["honest"]["known"] == 0
    steps = [e for e in told if isinstance(e, Progress) and ": " in e.text]
    assert {e.text.split(":")[0] for e in steps} == {"as the notebooks do", "split by person first"}
    shares = [e.done / e.total for e in steps]
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1)


class _Faces:
    """Numbers for faces: what is divided, not what is seen."""

    def __init__(self, count):
        self.count = count

    def __len__(self):
        return self.count

    def part(self, which):
        return _Faces(len(which))


class _Pictures:
    def __init__(self, count):
        self.rows = np.arange(count)
        self.faces = _Faces(count)


def test_the_ways_differ_in_what_they_know(workspace):
    with Catalogue(workspace / "catalogue.sqlite") as catalogue:
        samples = labelled_photos(catalogue).samples
    everything = _set_of(samples, _Pictures(len(samples)))
    pool = np.arange(len(samples))
    for seed in range(3):
        first = _as_notebooks(everything, samples, pool, seed)
        assert first.known > 0.5
        second = _honestly(everything, samples, samples, seed)
        assert second.known == 0
        # Copies are in training alone.
        assert second.training.part.copies == len(second.training.original) - len(
            set(second.training.original.tolist())
        )
        assert len(set(second.test.original.tolist())) == len(second.test.original)


def test_all_photos_of_the_persons_drawn_are_taken(workspace):
    with Catalogue(workspace / "catalogue.sqlite") as catalogue:
        samples = labelled_photos(catalogue).samples
    some = _limited(samples, 30, 1)
    assert len(some) == 30
    assert some == _limited(list(reversed(samples)), 30, 1)
    assert len({s.person for s in some}) == 10


def test_too_few_photos_are_said(workspace):
    with pytest.raises(DataError, match="too few"):
        compare(workspace, LocalContext(lambda _: None), photos=12)


def test_it_can_be_cancelled(workspace):
    context = LocalContext(lambda _: None)
    context.cancel()
    with pytest.raises(CancelledError):
        compare(workspace, context)
