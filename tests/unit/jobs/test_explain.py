"""Why a model answered so: heat that is where it should be, and training photos that are alike."""

import cv2
import numpy as np
import pytest

from emotion_desktop.dataset.fingerprint import digest
from emotion_desktop.domain.errors import AppError
from emotion_desktop.domain.job import Batch
from emotion_desktop.engines.bundle import KERAS, LITERT, read_bundle, write_bundle
from emotion_desktop.engines.occlusion import occlusion
from emotion_desktop.imaging.heat import overlay, scaled
from emotion_desktop.jobs.classify import classify_job
from emotion_desktop.jobs.context import LocalContext
from emotion_desktop.jobs.engine_room import EngineRoom
from emotion_desktop.jobs.explain import (
    Explainers,
    explain_job,
    neighbour_words,
    neighbours_job,
    words,
)
from emotion_desktop.workspace import readings as store
from emotion_desktop.workspace.paths import BUILTIN_MODEL, FAST_MODEL
from tests.faces import PORTRAITS, SAMPLES, make_data_set


class LooksAtACorner:
    """A classifier that is happy the brighter the lower right quarter is."""

    def __init__(self, card):
        self.card = card

    def logits(self, faces):
        size = faces.shape[1]
        bright = faces[:, size // 2 :, size // 2 :].mean(axis=(1, 2, 3)) / 32
        logits = np.zeros((len(faces), len(self.card.labels)), np.float32)
        logits[:, self.card.labels.index("happiness")] = bright
        return logits


def run(job):
    spec, function = job
    events = []
    function(spec, LocalContext(events.append))
    return [item for e in events if isinstance(e, Batch) for item in e.items]


def reading_of(room, photo, model):
    return run(classify_job(room, [photo], model, "find"))[0].faces[0]


def test_covering_finds_where_a_classifier_looks(builtin):
    classifier = LooksAtACorner(builtin.card)
    face = np.full((64, 64, 1), 40, np.uint8)
    face[32:, 32:] = 220
    heat = occlusion(classifier, face, builtin.card.labels.index("happiness"))
    assert heat.shape == (10, 10)
    assert heat[6:, 6:].min() > heat[:4, :4].max()
    shown = overlay(face, scaled(heat))
    assert shown.shape == (64, 64, 3)
    assert scaled(heat).max() == 1
    assert scaled(np.full((3, 3), -1.0)).max() == 0


@pytest.fixture(scope="module")
def explainers():
    made = Explainers()
    yield made
    made.close()


def test_the_nets_own_gradients_are_asked_where_there_is_a_keras_net(explainers):
    room = EngineRoom()
    photo = SAMPLES / PORTRAITS[0]
    for model in (FAST_MODEL, BUILTIN_MODEL):
        face = reading_of(room, photo, model)
        (heat,) = run(explain_job(room, explainers, model, photo, face))
        assert heat.way == "gradients"
        assert heat.emotion == face.emotion
        size = room.bundle(model).card.preprocessing.size
        assert heat.picture.shape == (size, size, 3)
        assert "gradients" in words(heat)
        # The same face again is answered by the same process, and in the same way.
        (again,) = run(explain_job(room, explainers, model, photo, face))
        assert np.array_equal(again.picture, heat.picture)


def test_gradients_point_to_what_the_answer_rests_on():
    """Covering the warmest part takes more from the answer than covering the coldest."""
    from emotion_desktop.engines.calibration import calibrate
    from emotion_desktop.jobs.explain import _seen

    room, asked = EngineRoom(), Explainers()
    won = []
    for name in PORTRAITS:
        photo = SAMPLES / name
        face = reading_of(room, photo, FAST_MODEL)
        pixels = _seen(room, FAST_MODEL, photo, face)
        card = room.bundle(FAST_MODEL).card
        import base64

        label = card.labels.index(face.emotion)
        answer = asked.ask(
            FAST_MODEL,
            {
                "face": pixels.shape,
                "data": base64.b64encode(pixels.tobytes()).decode(),
                "label": label,
            },
        )
        size = pixels.shape[0]
        heat = cv2.resize(np.array(answer["heat"]), (size, size))
        losses = []
        for chosen in (heat >= np.quantile(heat, 0.85), heat <= np.quantile(heat, 0.15)):
            covered = pixels.copy()
            covered[chosen] = pixels.mean()
            rows = calibrate(
                room.classifier(FAST_MODEL).logits(np.stack([pixels, covered])), card.calibration
            )
            losses.append(rows[0, label] - rows[1, label])
        won.append(losses[0] - losses[1])
    asked.close()
    assert np.mean(won) > 0


def test_a_bundle_without_a_usable_keras_net_is_explained_by_covering(builtin, tmp_path):
    path = tmp_path / "m.emodel"
    fast = read_bundle(FAST_MODEL)
    write_bundle(path, fast.card, {KERAS: b"no net", LITERT: fast.read(LITERT)})
    room, asked = EngineRoom(), Explainers()
    photo = SAMPLES / PORTRAITS[0]
    face = reading_of(room, photo, path)
    with pytest.raises(AppError):
        asked.ask(path, {})
    (heat,) = run(explain_job(room, asked, path, photo, face))
    assert heat.way == "covering"
    assert "covering" in words(heat)
    asked.close()


@pytest.fixture
def trained(builtin, tmp_path, monkeypatch):
    """A bundle that was trained on photos which are here."""
    monkeypatch.setattr(store, "_TOO_FRESH", -(10**18))
    folder = make_data_set(tmp_path / "data", 6, 2, emotions=("anger", "fear"))
    photos = sorted((folder / "images").glob("*.jpg"))
    path = tmp_path / "m.emodel"
    fast = read_bundle(FAST_MODEL)
    files = {KERAS: b"x", LITERT: fast.read(LITERT)}
    write_bundle(path, fast.card, files, [digest(p.read_bytes()) for p in photos])
    return path, photos


def test_training_photos_that_are_alike_come_first(trained, tmp_path):
    model, photos = trained
    room = EngineRoom(tmp_path / "readings.sqlite")
    catalogue = tmp_path / "catalogue.sqlite"
    asked = photos[0]
    face = reading_of(room, asked, model)
    (nothing,) = run(neighbours_job(room, model, asked, face, catalogue))
    assert (nothing.photos, nothing.trained_on) == ((), len(photos))
    assert "on this computer" in neighbour_words(nothing)
    for photo in photos:  # they are known once they were looked at
        reading_of(room, photo, model)
    (found,) = run(neighbours_job(room, model, asked, face, catalogue))
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
    room.close()


def test_a_model_that_does_not_say_is_told(builtin, tmp_path):
    path = tmp_path / "m.emodel"
    fast = read_bundle(FAST_MODEL)
    write_bundle(path, fast.card, {KERAS: b"x", LITERT: fast.read(LITERT)})
    room = EngineRoom()
    photo = SAMPLES / PORTRAITS[0]
    job = neighbours_job(room, path, photo, reading_of(room, photo, path), tmp_path / "none")
    (found,) = run(job)
    assert "does not say" in neighbour_words(found)
