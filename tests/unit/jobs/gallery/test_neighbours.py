"""The training photos that a model finds like a face."""

import pytest

from emotion_desktop.assets import FAST_MODEL
from emotion_desktop.dataset.sources.files.fingerprint import digest
from emotion_desktop.domain.files import file_stamp
from emotion_desktop.engines.bundle import KERAS, read_bundle, write_bundle
from emotion_desktop.engines.table import LITERT
from emotion_desktop.jobs.gallery.neighbours import neighbour_words
from emotion_desktop.jobs.gallery.specs import neighbours_job
from emotion_desktop.jobs.resources import Resources
from emotion_desktop.workspace.paths import Workspace
from tests.faces import PORTRAITS, SAMPLES, make_data_set
from tests.unit.jobs.asking import classified, run_here


@pytest.fixture
def trained(builtin, tmp_path, monkeypatch):
    """A bundle that was trained on photos which are here."""
    monkeypatch.setattr(file_stamp, "_TOO_FRESH", -(10**18))
    folder = make_data_set(tmp_path / "data", 6, 2, emotions=("anger", "fear"))
    photos = sorted((folder / "images").glob("*.jpg"))
    path = tmp_path / "m.emodel"
    fast = read_bundle(FAST_MODEL)
    files = {KERAS: b"x", LITERT: fast.read(LITERT)}
    write_bundle(path, fast.card, files, [digest(p.read_bytes()) for p in photos])
    return path, photos


def test_training_photos_that_are_alike_come_first(trained, tmp_path):
    model, photos = trained
    resources = Resources(Workspace(tmp_path))
    asked = photos[0]
    job = neighbours_job(resources.objects.add(classified(resources, asked, model)), asked)
    nothing = run_here(job, resources)
    assert (nothing.photos, nothing.trained_on) == ((), len(photos))
    assert "on this computer" in neighbour_words(nothing)
    for photo in photos:  # they are known once they were looked at
        classified(resources, photo, model)
    found = run_here(job, resources)
    assert found.known == len(photos)
    names = [photo.path for photo in found.photos]
    assert len(names) == 4
    assert str(asked) not in names
    likeness = [photo.likeness for photo in found.photos]
    assert likeness == sorted(likeness, reverse=True)
    # Persons of the same number modulo three are the same portrait, varied.
    portrait = int(asked.name.split("_")[1]) % 3
    same = [int(name.split("Subject_")[1][:2]) % 3 == portrait for name in names]
    assert same[0]
    resources.close()


def test_a_model_that_does_not_say_is_told(builtin, tmp_path):
    path = tmp_path / "m.emodel"
    fast = read_bundle(FAST_MODEL)
    write_bundle(path, fast.card, {KERAS: b"x", LITERT: fast.read(LITERT)})
    resources = Resources(Workspace(tmp_path))
    photo = SAMPLES / PORTRAITS[0]
    job = neighbours_job(resources.objects.add(classified(resources, photo, path)), photo)
    assert "does not say" in neighbour_words(run_here(job, resources))
    resources.close()
