import pytest

from emotion_desktop.dataset.fingerprint import digest
from emotion_desktop.dataset.labels import read_labelled
from emotion_desktop.domain.errors import CancelledError
from emotion_desktop.domain.job import Progress
from emotion_desktop.domain.prediction import PhotoStatus
from emotion_desktop.jobs.context import LocalContext
from emotion_desktop.training.pictures import prepare_pictures
from emotion_desktop.training.recipes import RECIPES
from tests.faces import make_data_set

NEEDED = RECIPES["quick"].preprocessing


@pytest.fixture(scope="module")
def samples(tmp_path_factory):
    folder = make_data_set(
        tmp_path_factory.mktemp("faces"), 1, emotions=("fear", "neutral"), faceless=1, broken=2
    )
    return read_labelled(folder).samples


def test_every_photo_has_its_status_and_every_face_its_row(samples):
    events = []
    pictures = prepare_pictures(samples, NEEDED, LocalContext(events.append))
    assert pictures.faces.shape == (4, 64, 64, 1)
    assert [pictures.count(s, samples) for s in PhotoStatus] == [4, 1, 2]
    assert pictures.digests == {s.path: digest(s.path.read_bytes()) for s in samples}
    assert events[-1] == Progress(7, 7, "finding faces, 7 of 7")

    part = pictures.part(samples[1:])
    assert len(part.samples) == len(part.faces) == 3
    assert len(part.missing) == 3
    assert (part.faces[0] == pictures.faces[1]).all()
    assert part.targets(("fear",)).tolist() == [0, -1, -1]


def test_cancelling_ends_it(samples):
    context = LocalContext(lambda event: context.cancel())
    with pytest.raises(CancelledError):
        prepare_pictures(samples, NEEDED, context)
