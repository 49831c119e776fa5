"""Bundles: written whole, read with suspicion."""

import json
import struct
import tracemalloc
import warnings
import zipfile

import pytest

from emotion_desktop.dataset.copies import TrainingPhotos
from emotion_desktop.domain.errors import AppError, BundleError
from emotion_desktop.domain.experts import EXPERT_FEATURES
from emotion_desktop.engines.bundle import (
    CARD,
    COPY_CODES,
    FORMAT,
    KERAS,
    TRAINED_ON,
    read_bundle,
    write_bundle,
)
from emotion_desktop.engines.table import LITERT
from emotion_desktop.imaging.copy_code import CODE_BYTES
from tests.unit.engines.bundles import MANIFEST, add_link, manifest, pack, small_files


@pytest.fixture
def files(builtin):
    return small_files(builtin)


@pytest.fixture
def card(builtin):
    return builtin.card.to_dict()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.emodel"


def refused(path, verify=True):
    with pytest.raises(BundleError) as caught:
        read_bundle(path, verify)
    assert caught.value.message.endswith(".")
    return str(caught.value)


def test_a_bundle_holds_what_was_put_into_it(builtin, files, path):
    digests = [b"12345678", b"abcdefgh", b"12345678"]
    written = write_bundle(path, builtin.card, files, digests)
    bundle = read_bundle(path, verify=True)
    assert bundle == written
    assert bundle.card == builtin.card
    assert {name: bundle.read(name) for name in (KERAS, LITERT)} == files
    assert bundle.trained_on == {b"12345678", b"abcdefgh"}
    assert bundle.files.keys() == {KERAS, LITERT, TRAINED_ON, CARD}
    assert bundle.read(CARD).decode().startswith(f"# {builtin.card.name}\n")


def test_the_same_model_makes_the_same_bytes(builtin, files, path, tmp_path):
    first = write_bundle(path, builtin.card, files, [b"87654321", b"12345678"])
    read = {name: first.read(name) for name in (KERAS, LITERT)}
    again = write_bundle(tmp_path / "b.emodel", first.card, read, sorted(first.trained_on))
    assert again.path.read_bytes() == path.read_bytes()
    assert again.digest == first.digest


def test_another_model_has_another_digest(builtin, files, path, tmp_path):
    other = write_bundle(tmp_path / "b.emodel", builtin.card, {**files, KERAS: b"other"})
    assert write_bundle(path, builtin.card, files).digest != other.digest


def test_copy_codes_are_kept_and_those_of_another_version_are_not_trusted(
    builtin, files, path, monkeypatch
):
    codes = [bytes([n]) * CODE_BYTES for n in (3, 2, 3)]
    bundle = write_bundle(path, builtin.card, files, [b"12345678"], codes)
    assert bundle.read(COPY_CODES)[1:] == codes[1] + codes[0]
    assert bundle.training_photos == TrainingPhotos(frozenset([b"12345678"]), frozenset(codes))
    monkeypatch.setattr("emotion_desktop.engines.bundle.COPY_CODE_VERSION", 77)
    assert read_bundle(path).training_photos == TrainingPhotos(frozenset([b"12345678"]))


def test_a_model_need_not_say_what_it_was_trained_on(builtin, files, path):
    assert write_bundle(path, builtin.card, files).trained_on == frozenset()


def test_the_built_in_model_is_whole(builtin):
    assert read_bundle(builtin.path, verify=True).card == builtin.card
    assert builtin.path.stat().st_size < 6 << 20


def test_a_bundle_cut_in_half(builtin, path):
    data = builtin.path.read_bytes()
    for part in (0, 1, 100, len(data) // 2, len(data) - 1):
        path.write_bytes(data[:part])
        assert "only a part" in refused(path)


def test_something_else_than_a_bundle(path, tmp_path):
    path.write_text("hello")
    assert "not a model" in refused(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("holiday.jpg", b"x")
    assert "does not belong" in refused(path)
    with zipfile.ZipFile(path, "w"):
        pass
    assert "not a model" in refused(path)
    assert "no model file" in refused(tmp_path / "missing.emodel")
    assert refused(tmp_path)


@pytest.mark.parametrize(
    "name",
    [
        "../evil",
        "/etc/passwd",
        "C:\\evil.exe",
        "a/model.tflite",
        "./model.tflite",
        "model.tflite/",
        "MODEL.TFLITE",
    ],
)
def test_a_name_that_does_not_belong_there(card, files, path, name):
    pack(path, manifest(card, files), {**files, name: b"x"})
    assert "does not belong" in refused(path)


def test_a_name_that_stands_twice(card, files, path):
    pack(path, manifest(card, files), files)
    with warnings.catch_warnings(), zipfile.ZipFile(path, "a") as archive:
        warnings.simplefilter("ignore")
        archive.writestr(LITERT, b"another")
    assert "twice" in refused(path)


def test_links_lead_nowhere(card, files, path, tmp_path):
    (tmp_path / "secret").write_bytes(files[LITERT])
    description = manifest(card, files)
    pack(path, description, {KERAS: files[KERAS]})
    add_link(path, LITERT, str(tmp_path / "secret"))
    assert "damaged" in refused(path)


def central_entry(data: bytes, name: str) -> int:
    """Where an entry of the archive's directory begins."""
    place = data.index(b"PK\x01\x02")
    while data[place + 46 : place + 46 + len(name)] != name.encode():
        place = data.index(b"PK\x01\x02", place + 4)
    return place


def lie_about_size(path, name, size):
    data = bytearray(path.read_bytes())
    entry = central_entry(data, name)
    data[entry + 24 : entry + 28] = struct.pack("<I", size)
    path.write_bytes(data)


@pytest.mark.parametrize("size", [0, 10])
def test_sizes_that_lie(card, files, path, size):
    pack(path, manifest(card, files), files, zipfile.ZIP_DEFLATED)
    lie_about_size(path, LITERT, size)
    assert "damaged" in refused(path)


def test_a_size_that_is_too_large_is_refused_before_anything_is_read(card, files, path):
    pack(path, manifest(card, files), files)
    lie_about_size(path, LITERT, 513 << 20)
    assert "too large" in refused(path, verify=False)


def test_a_bomb_is_not_unpacked(card, path):
    bomb = bytes(20 << 20)
    pack(path, json.dumps(manifest(card, {})) + bomb.decode(), {}, zipfile.ZIP_DEFLATED)
    assert path.stat().st_size < 100_000
    del bomb
    for lie in (None, 1000):  # the directory tells the truth, or does not
        if lie:
            lie_about_size(path, MANIFEST, lie)
        tracemalloc.start()
        try:
            assert refused(path)
            assert tracemalloc.get_traced_memory()[1] < 12 << 20
        finally:
            tracemalloc.stop()


@pytest.mark.parametrize("way", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_rare_compressions_are_refused(card, files, path, way):
    pack(path, manifest(card, files), files, way)
    assert "damaged" in refused(path)


def test_a_file_that_is_not_as_described(builtin, card, files, path):
    pack(path, manifest(card, files), {**files, KERAS: b"NOT opened in these tests"})
    assert "damaged" in refused(path)
    bundle = read_bundle(path)  # quick, and the damage is found when the file is wanted
    with pytest.raises(BundleError, match="damaged"):
        bundle.read(KERAS)
    assert bundle.read(LITERT) == files[LITERT]


def test_files_that_are_missing(card, files, path):
    pack(path, manifest(card, files), {LITERT: files[LITERT]})
    assert "damaged" in refused(path)
    only_keras = {KERAS: files[KERAS]}
    pack(path, manifest(card, only_keras), only_keras)
    assert "can classify" in refused(path)
    only_litert = {LITERT: files[LITERT]}
    pack(path, manifest(card, only_litert), only_litert)
    with pytest.raises(BundleError, match=r"model\.keras"):
        read_bundle(path).read(KERAS)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '{"format": 1}',
        "[" * 100_000,
        "\x00",
        '{"format": 1, "files": {}, "card": []}',
        '{"format": 1, "files": [], "card": {}}',
        '{"format": "1", "files": {}, "card": {}}',
        '{"format": true, "files": {}, "card": {}}',
        '{"format": 1, "files": {"model.tflite": []}, "card": {}}',
        '{"format": 1, "files": {"model.tflite": {"bytes": "1", "sha256": ""}}, "card": {}}',
        '{"format": 1, "files": {"../evil": {"bytes": 1, "sha256": ""}}, "card": {}}',
        '{"format": 1, "files": {"manifest.json": {"bytes": 1, "sha256": ""}}, "card": {}}',
    ],
)
def test_a_description_that_is_none(files, path, text):
    pack(path, text, files)
    assert "description cannot be read" in refused(path)


def test_a_number_that_is_none(card, files, path):
    card["provenance"]["recipe"] = {"rate": float("nan")}
    pack(path, manifest(card, files), files)
    assert "description cannot be read" in refused(path)


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("labels", ["boredom", "anger"]),
        ("labels", ["anger", "anger"]),
        ("calibration", {"temperature": 1.0, "bias": [0.0, 0.0]}),
        ("calibration", {"temperature": 1e999, "bias": [0.0] * 8}),
        ("preprocessing", {}),
        ("name", None),
    ],
)
def test_a_description_of_no_usable_model(card, files, path, part, value):
    description = json.dumps(manifest({**card, part: value}, files)).replace("Infinity", "1e999")
    pack(path, description, files)
    assert "cannot be used" in refused(path)


def test_a_bundle_from_the_future(card, files, path):
    pack(path, manifest(card, files, format=FORMAT + 1), files)
    assert "newer version" in refused(path)


@pytest.mark.parametrize("count", [59, EXPERT_FEATURES])
def test_a_bundle_with_expert_features_of_an_earlier_version(card, files, path, count):
    signals = {"means": [0.0] * count, "weights": [[0.0] * 8] * count, "bias": [0.0] * 8}
    pack(path, manifest({**card, "signals": signals}, files, format=4), files)
    assert "earlier version" in refused(path)


def test_a_disk_that_is_full(builtin, files, path, monkeypatch):
    path.write_bytes(b"the former one")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(AppError, match="disk is full"):
        write_bundle(path, builtin.card, files)
    assert path.read_bytes() == b"the former one"
    assert list(path.parent.iterdir()) == [path]
