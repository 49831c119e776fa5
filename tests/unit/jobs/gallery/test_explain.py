"""Where a model looked: heat that is where it should be."""

import cv2
import numpy as np
import pytest

from emotion_desktop.assets import BUILTIN_MODEL, FAST_MODEL
from emotion_desktop.domain.errors import AppError
from emotion_desktop.engines.bundle import KERAS, read_bundle, write_bundle
from emotion_desktop.engines.occlusion import occlusion
from emotion_desktop.engines.table import LITERT
from emotion_desktop.imaging.pixels import normalise_heat, overlay_heat
from emotion_desktop.jobs.gallery.explain import heat_words, seen_face
from emotion_desktop.jobs.gallery.specs import explain_job
from emotion_desktop.jobs.resources import Resources
from emotion_desktop.workspace.paths import Workspace
from tests.faces import PORTRAITS, SAMPLES
from tests.unit.jobs.asking import classified, run_here


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


def test_covering_finds_where_a_classifier_looks(builtin):
    classifier = LooksAtACorner(builtin.card)
    face = np.full((64, 64, 1), 40, np.uint8)
    face[32:, 32:] = 220
    heat = occlusion(classifier, face, builtin.card.labels.index("happiness"))
    assert heat.shape == (10, 10)
    assert heat[6:, 6:].min() > heat[:4, :4].max()
    shown = overlay_heat(face, normalise_heat(heat))
    assert shown.shape == (64, 64, 3)
    assert normalise_heat(heat).max() == 1
    assert normalise_heat(np.full((3, 3), -1.0)).max() == 0


@pytest.fixture
def resources(tmp_path):
    made = Resources(Workspace(tmp_path / "workspace"))
    yield made
    made.close()


def explain(resources, face):
    return run_here(explain_job(resources.objects.add(face), face.photo), resources)


def test_the_nets_own_gradients_are_asked_where_there_is_a_keras_net(resources):
    photo = SAMPLES / PORTRAITS[0]
    for model in (FAST_MODEL, BUILTIN_MODEL):
        face = classified(resources, photo, model)
        heat = explain(resources, face)
        assert heat.way == "gradients"
        assert heat.emotion == face.face.emotion
        size = resources.models.bundle(model).card.preprocessing.size
        assert heat.picture.shape == (size, size, 3)
        assert "gradients" in heat_words(heat)
        # The same face again is answered by the same process, and in the same way.
        assert np.array_equal(explain(resources, face).picture, heat.picture)


def test_gradients_point_to_what_the_answer_rests_on(resources):
    """Covering the warmest part takes more from the answer than covering the coldest."""
    from emotion_desktop.engines.calibration import calibrate

    loaded = resources.models
    won = []
    for name in PORTRAITS:
        photo = SAMPLES / name
        face = classified(resources, photo, FAST_MODEL)
        pixels = seen_face(face)
        card = face.card
        import base64

        label = card.labels.index(face.face.emotion)
        answer = resources.explainers.ask(
            loaded.bundle(FAST_MODEL),
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
                loaded.classifier(FAST_MODEL).logits(np.stack([pixels, covered])), card.calibration
            )
            losses.append(rows[0, label] - rows[1, label])
        won.append(losses[0] - losses[1])
    assert np.mean(won) > 0


def test_a_bundle_without_a_usable_keras_net_is_explained_by_covering(resources, tmp_path):
    path = tmp_path / "m.emodel"
    fast = read_bundle(FAST_MODEL)
    write_bundle(path, fast.card, {KERAS: b"no net", LITERT: fast.read(LITERT)})
    photo = SAMPLES / PORTRAITS[0]
    face = classified(resources, photo, path)
    with pytest.raises(AppError):
        resources.explainers.ask(resources.models.bundle(path), {})
    heat = explain(resources, face)
    assert heat.way == "covering"
    assert "covering" in heat_words(heat)
