"""What the page of the models says of one."""

from dataclasses import replace

from emotion_desktop.assets import BUILTIN_MODEL
from emotion_desktop.domain.model import Calibration
from emotion_desktop.engines.bundle import read_bundle
from emotion_desktop.jobs.models.store import StoredModel
from emotion_desktop.ui.models.describe import about


def test_a_model_says_what_it_tells_apart_and_where_it_comes_from():
    card = read_bundle(BUILTIN_MODEL).card
    told = about(StoredModel("builtin", BUILTIN_MODEL, card))
    assert "It tells apart anger, contempt" in told
    assert "sadness and surprise." in told
    assert f"Trained with the recipe “{card.provenance.recipe['name']}” on" in told


def test_a_model_that_was_made_elsewhere_claims_no_training():
    card = read_bundle(BUILTIN_MODEL).card
    for recipe in ({"name": "elsewhere", "scaling": "-1-1"}, {"name": "MXNet, elsewhere"}):
        origin = replace(card.provenance, recipe=recipe, data={"source": "unknown"})
        told = about(StoredModel("mine", BUILTIN_MODEL, replace(card, provenance=origin)))
        assert "trained elsewhere, on photos that are not known here" in told
        assert "recipe" not in told
        assert ("pixels scaled to −1 to 1" in told) == ("scaling" in recipe)


def test_confidence_that_was_never_fitted_is_said_to_be_its_own():
    card = read_bundle(BUILTIN_MODEL).card
    assert "never fitted" not in about(StoredModel("mine", BUILTIN_MODEL, card))
    bare = replace(card, calibration=Calibration.none(len(card.labels)))
    assert "never fitted" in about(StoredModel("mine", BUILTIN_MODEL, bare))
