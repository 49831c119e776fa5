"""Whatever is done to a bundle, it is the same model or a sentence."""

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emotion_desktop.domain.errors import BundleError
from emotion_desktop.engines.bundle import KERAS, read_bundle, write_bundle
from emotion_desktop.engines.model_card import card_markdown
from emotion_desktop.engines.table import LITERT
from tests.unit.engines.bundles import manifest, pack


@pytest.fixture(scope="module")
def files():
    return {KERAS: b"keras" * 20, LITERT: b"tflite" * 20}


@pytest.fixture(scope="module")
def original(builtin, files, tmp_path_factory):
    path = tmp_path_factory.mktemp("bundle") / "small.emodel"
    write_bundle(path, builtin.card, files, [b"12345678"])
    return path.read_bytes()


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return Path(tempfile.mkdtemp(dir=tmp_path_factory.mktemp("mutated"))) / "m.emodel"


@given(
    changes=st.lists(
        st.tuples(st.integers(0, 1 << 20), st.binary(max_size=4), st.integers(0, 4)),
        min_size=1,
        max_size=5,
    )
)
@settings(max_examples=300, deadline=None)
def test_mutated_bundles(builtin, files, original, place, changes):
    data = bytearray(original)
    for where, put, drop in changes:
        start = where % (len(data) + 1)
        data[start : start + drop] = put
    place.write_bytes(data)
    try:
        bundle = read_bundle(place, verify=True)
    except BundleError as error:
        assert error.message.endswith(".")
    else:
        assert bundle.card == builtin.card
        assert bundle.read(LITERT) == files[LITERT]


_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.just(10**400)
    | st.floats()
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@given(data=st.data())
@settings(max_examples=200, deadline=None)
def test_mutated_descriptions(builtin, files, place, data):
    """Any value in any place of the description."""
    description = manifest(builtin.card.to_dict(), files)
    target = description
    while True:
        keys = sorted(target) if isinstance(target, dict) else range(len(target))
        key = data.draw(st.sampled_from(list(keys)))
        deeper = target[key]
        if not isinstance(deeper, dict | list) or not deeper or data.draw(st.booleans()):
            break
        target = deeper
    target[key] = data.draw(_VALUES)
    pack(place, json.dumps(description), files)
    try:
        card = read_bundle(place, verify=True).card
    except BundleError as error:
        assert error.message.endswith(".")
    else:
        json.dumps(card.to_dict(), allow_nan=False)
        assert card_markdown(card)
