"""Damaged and malicious files of MXNet: a sentence, never anything else, and no memory for lies."""

from __future__ import annotations

import io
import json
import os
import random
import struct
import tarfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emotion_desktop.domain.errors import BundleError, UsageError
from emotion_desktop.engines.mxnet.files import MxnetFiles, read_mxnet_files
from emotion_desktop.engines.mxnet.model_files import model_files, preprocessing_for
from emotion_desktop.engines.mxnet.module import load_mxnet
from emotion_desktop.engines.mxnet.params import read_params
from emotion_desktop.engines.mxnet.symbol import read_symbol
from tests.unit.engines.mxnet_nets import bn, random_params, saved

SHAPE = (3, 8, 8)


@pytest.fixture(scope="module")
def mx():
    return load_mxnet()


@pytest.fixture(scope="module")
def small(mx, tmp_path_factory) -> tuple[bytes, bytes]:
    """Symbol and parameters of a small net."""
    x = bn(mx, mx.sym.Variable("data"), "bn_data")
    x = mx.sym.Convolution(x, kernel=(3, 3), num_filter=4, name="conv0")
    x = mx.sym.Pooling(x, kernel=(2, 2), stride=(2, 2), pool_type="max", name="pool0")
    x = mx.sym.FullyConnected(mx.sym.Flatten(x), num_hidden=3, name="fc")
    symbol = mx.sym.SoftmaxOutput(x, name="softmax")
    return saved(mx, symbol, random_params(mx, symbol, SHAPE), tmp_path_factory.mktemp("small"))


def use(symbol: bytes, params: bytes) -> None:
    """All that is done with a model that is brought in."""
    files = MxnetFiles(symbol, params, SHAPE)
    files.classes()
    model_files(files, 3, preprocessing_for(files))


def test_the_small_net_itself_is_good(small):
    use(*small)


@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_damaged_parameters(small, data):
    symbol, params = small
    broken = bytearray(params)
    for _ in range(data.draw(st.integers(1, 4))):
        # The structure lies at the beginning and the end; in between are mere numbers.
        place = data.draw(st.integers(0, 120) | st.integers(len(params) - 300, len(params) - 1))
        broken[place] = data.draw(st.integers(0, 255))
    end = data.draw(st.integers(0, len(params)) | st.just(len(params)))
    try:
        use(symbol, bytes(broken[:end]))
    except BundleError as error:
        assert error.message


@given(st.binary(max_size=200))
def test_noise_is_no_parameters(noise):
    for begin in (b"", struct.pack("<QQ", 0x112, 0)):
        with pytest.raises(BundleError):
            read_params(begin + noise + b"x")


@pytest.mark.parametrize(
    "claim",
    [
        struct.pack("<QQQ", 0x112, 0, 1 << 60),
        struct.pack("<QQQ", 0x112, 0, 1)
        + struct.pack("<IiI", 0xF993FAC9, 0, 3)
        + struct.pack("<qqq", 1 << 40, 1 << 40, 1 << 40)
        + struct.pack("<iii", 1, 0, 0),
        struct.pack("<QQQ", 0x112, 0, 1)
        + struct.pack("<IiI", 0xF993FAC9, 0, 2)
        + struct.pack("<qq", -1, -5)
        + struct.pack("<iii", 1, 0, 0),
        struct.pack("<QQQ", 0x112, 0, 1) + struct.pack("<Ii", 0xF993FAC9, 1),
        struct.pack("<QQQ", 0x112, 0, 1) + struct.pack("<I", 4_000_000_000),
        struct.pack("<QQQQQ", 0x112, 0, 0, 1, 1 << 40),
        struct.pack("<QQQ", 0x112, 0, 1)
        + struct.pack("<IiI", 0xF993FAC9, 0, 3)
        + struct.pack("<qqq", 0, 1 << 62, 1 << 62)
        + struct.pack("<iii", 1, 0, 0),
    ],
)
def test_claims_of_size_are_not_believed(claim):
    with pytest.raises(BundleError):
        read_params(claim)


def test_every_version_of_an_array_is_read():
    values = np.arange(6, dtype="<f4").reshape(2, 3)
    head = struct.pack("<QQQ", 0x112, 0, 1)
    name = struct.pack("<QQ", 1, 5) + b"arg:w"
    rest = struct.pack("<iii", 1, 0, 0) + values.tobytes() + name
    for version in (
        struct.pack("<IiIqq", 0xF993FAC9, 0, 2, 2, 3),
        struct.pack("<IiIqq", 0xF993FACA, 0, 2, 2, 3),
        struct.pack("<IIqq", 0xF993FAC8, 2, 2, 3),
        struct.pack("<III", 2, 2, 3),
    ):
        assert np.array_equal(read_params(head + version + rest)["w"], values)


@given(data=st.data())
@settings(max_examples=200, deadline=None)
def test_damaged_symbols(small, data):
    content = json.loads(small[0])
    node = data.draw(st.sampled_from(content["nodes"]))
    odd = st.sampled_from([None, -1, 10**9, 1.5, "", "x", [], [[0, 0, 0]], {}, "(1, 2, 3)", True])
    what = data.draw(st.sampled_from(["op", "name", "inputs", "attrs", "heads", "nodes", "attr"]))
    if what in ("heads", "nodes"):
        content[what] = data.draw(odd)
    elif what == "attr" and node.get("attrs"):
        node["attrs"][data.draw(st.sampled_from(sorted(node["attrs"])))] = data.draw(odd)
    elif what == "inputs":
        count = st.integers(-2, len(content["nodes"]) + 2)
        node["inputs"] = data.draw(st.lists(st.lists(count, max_size=4), max_size=6))
    else:
        node[what] = data.draw(odd)
    try:
        use(json.dumps(content).encode(), small[1])
    except BundleError as error:
        assert error.message


@given(
    name=st.sampled_from(["kernel", "stride", "pad", "num_filter", "num_hidden", "eps", "dilate"]),
    value=st.text(max_size=12)
    | st.sampled_from(
        [
            "(0, 0)",
            "(-1, -1)",
            "(1000000, 1000000)",
            "nan",
            "inf",
            "1e400",
            "[1, 2]",
            "-1",
            "__import__('os')",
            "(" * 500,
            "9" * 400,
        ]
    ),
)
@settings(max_examples=200, deadline=None)
def test_absurd_attributes(small, name, value):
    content = json.loads(small[0])
    for node in content["nodes"]:
        if name in node.get("attrs", {}):
            node["attrs"][name] = value
    try:
        use(json.dumps(content).encode(), small[1])
    except BundleError as error:
        assert error.message


@given(st.binary(max_size=300) | st.text().map(str.encode))
def test_noise_is_no_symbol(noise):
    with pytest.raises(BundleError):
        read_symbol(noise, [])


@pytest.mark.parametrize("text", ["[" * 100_000, '{"nodes":' * 5000, "null", "1e999", "{}"])
def test_deep_and_empty_json(text):
    with pytest.raises(BundleError):
        read_symbol(text.encode(), [])


# -- archives -----------------------------------------------------------------------------------


def archive(path, members, mode="w:gz"):
    with tarfile.open(path, mode) as tar:
        for name, data, *more in members:
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            for key, value in (more[0] if more else {}).items():
                setattr(entry, key, value)
            tar.addfile(entry, io.BytesIO(data))
    return path


def good(small):
    shapes = json.dumps([{"shape": [16, *SHAPE], "name": "data"}]).encode()
    return [
        ("image-classification-symbol.json", small[0]),
        ("image-classification-0004.params", small[1]),
        ("model-shapes.json", shapes),
    ]


def test_sagemakers_archive(small, tmp_path):
    path = archive(tmp_path / "model.tar.gz", good(small))
    assert read_mxnet_files(path) == MxnetFiles(small[0], small[1], SHAPE)
    inside = [(f"./sub/{name}", data) for name, data in good(small)]
    older = ("image-classification-0002.params", b"older")
    path = archive(tmp_path / "model.tgz", [*inside, older, ("readme.txt", b"x")])
    assert read_mxnet_files(path).params == small[1]
    assert read_mxnet_files(path).classes() == 3


def test_two_files(small, tmp_path):
    for name, data in good(small):
        (tmp_path / name).write_bytes(data)
    (tmp_path / "image-classification-0003.params").write_bytes(b"older")
    for name, *_ in good(small)[:2]:
        assert read_mxnet_files(tmp_path / name) == MxnetFiles(small[0], small[1], SHAPE)
    (tmp_path / "model-shapes.json").unlink()
    files = read_mxnet_files(tmp_path / "image-classification-symbol.json")
    assert files.shape is None
    with pytest.raises(UsageError, match="how large"):
        preprocessing_for(files)
    assert preprocessing_for(files, 8).channels == 3
    (tmp_path / "image-classification-symbol.json").unlink()
    with pytest.raises(BundleError, match="other is missing"):
        read_mxnet_files(tmp_path / "image-classification-0004.params")


@pytest.mark.parametrize(
    ("extra", "words"),
    [
        (("../evil.params", b"x"), "leads out"),
        (("/etc/passwd", b"x"), "leads out"),
        (("a/../../b", b"x"), "leads out"),
        (("..\\evil", b"x"), "leads out"),
        (("link", b"", {"type": tarfile.SYMTYPE, "linkname": "/etc/passwd"}), "a link"),
        (("hard", b"", {"type": tarfile.LNKTYPE, "linkname": "../x"}), "a link"),
        (("pipe", b"", {"type": tarfile.FIFOTYPE}), "a link"),
        (("device", b"", {"type": tarfile.CHRTYPE}), "a link"),
        (("other-symbol.json", b"{}"), "several models"),
    ],
)
def test_archives_that_are_not_harmless(small, tmp_path, extra, words):
    for members in ([extra, *good(small)], [*good(small), extra]):
        path = archive(tmp_path / "model.tar.gz", members)
        with pytest.raises(BundleError, match=words):
            read_mxnet_files(path)
        assert {p.name for p in tmp_path.iterdir()} == {"model.tar.gz"}


def test_archives_too_large_or_too_full(small, tmp_path, monkeypatch):
    many = [(f"{n}.txt", b"") for n in range(300)]
    with pytest.raises(BundleError, match="too many"):
        read_mxnet_files(archive(tmp_path / "many.tar.gz", many))
    bomb = [("model-shapes.json", bytes(3 << 20)), *good(small)[:2]]
    with pytest.raises(BundleError, match="too large"):
        read_mxnet_files(archive(tmp_path / "bomb.tar.gz", bomb))
    monkeypatch.setattr("emotion_desktop.engines.mxnet.files.MAX_ARCHIVE", 100)
    with pytest.raises(BundleError, match="too large"):
        read_mxnet_files(archive(tmp_path / "large.tar.gz", good(small)))


def test_an_archive_packed_on_a_mac(small, tmp_path):
    """macOS keeps what it knows of a file in another one beside it."""
    beside = [(f"._{name}", b"\0\5\x16\7" + bytes(102)) for name, _ in good(small)]
    members = [item for pair in zip(good(small), beside, strict=True) for item in pair]
    found = read_mxnet_files(archive(tmp_path / "model.tar.gz", members))
    assert found == MxnetFiles(small[0], small[1], SHAPE)
    folder = [(f"__MACOSX/{name}", b"x") for name, _ in good(small)]
    found = read_mxnet_files(archive(tmp_path / "model.tgz", [*folder, *good(small)]))
    assert found == MxnetFiles(small[0], small[1], SHAPE)


@pytest.mark.parametrize("mode", ["w:gz", "w:bz2", "w:xz"])
def test_no_flipped_bit_passes_for_the_model(small, tmp_path, mode):
    """Single bits, all over the archive: refused, but where nothing of the model changes."""
    path = archive(tmp_path / "model.tar.gz", good(small), mode)
    whole, expected = path.read_bytes(), read_mxnet_files(path)
    chance = random.Random(6)
    for _ in range(200):
        broken = bytearray(whole)
        # Behind gzip's head, which names a date and a system.
        place = chance.randrange(10, len(whole))
        broken[place] ^= 1 << chance.randrange(8)
        path.write_bytes(broken)
        try:
            found = read_mxnet_files(path)
        except BundleError as error:
            assert error.hint
        else:
            assert mode == "w:bz2"  # its last bits mean nothing
            assert found == expected


def test_of_many_checkpoints_the_last_is_taken(small, tmp_path):
    (symbol, last, shapes) = good(small)
    older = [(f"image-classification-{n:04d}.params", bytes(n)) for n in range(1, 300)]
    newest = ("image-classification-0300.params", last[1])
    path = archive(tmp_path / "model.tar.gz", [symbol, *older, newest, shapes])
    assert read_mxnet_files(path).params == last[1]
    path = archive(tmp_path / "model.tar.gz", [newest, *older, symbol])
    assert read_mxnet_files(path).params == last[1]


@pytest.mark.parametrize(
    ("accuracies", "taken"),
    [
        ({1: 0.5, 2: 0.7, 3: 0.6}, 2),
        ({1: 0.7, 2: 0.7, 3: 0.6}, 2),
        ({1: 0.0}, 1),
        ({9: 0.9}, 3),
        ({}, 3),
    ],
)
def test_of_checkpoints_the_best_is_taken_where_that_is_known(small, tmp_path, accuracies, taken):
    symbol, _, shapes = good(small)
    checkpoints = [(f"image-classification-{n:04d}.params", b"%d" % n) for n in (3, 1, 2)]
    path = archive(tmp_path / "model.tar.gz", [symbol, *checkpoints, shapes])
    files = read_mxnet_files(path, accuracies)
    assert files.params == b"%d" % taken


def test_an_archive_that_bursts_is_not_unpacked(small, tmp_path):
    zeros = bytes(64 << 20)
    members = [(f"{n}.bin", zeros) for n in range(20)]
    path = archive(tmp_path / "bomb.tar.gz", [*members, *good(small)])
    with pytest.raises(BundleError, match="far more than any model"):
        read_mxnet_files(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes here")
def test_a_pipe_is_not_waited_on(small, tmp_path):
    for name, data in good(small):
        (tmp_path / name).write_bytes(data)
    for name in ("model.tar.gz", "other-symbol.json", "model.tgz", "x-0001.params"):
        os.mkfifo(tmp_path / name)
        with pytest.raises(BundleError):
            read_mxnet_files(tmp_path / name)
    (tmp_path / "model-shapes.json").unlink()
    (tmp_path / "image-classification-0004.params").unlink()
    os.mkfifo(tmp_path / "image-classification-0004.params")
    with pytest.raises(BundleError, match="a pipe"):
        read_mxnet_files(tmp_path / "image-classification-symbol.json")


@given(data=st.data())
@settings(max_examples=100, deadline=None)
def test_damaged_archives(small, tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("archive")
    mode = data.draw(st.sampled_from(["w:gz", "w"]))
    whole = bytearray(archive(folder / "model.tar.gz", good(small), mode).read_bytes())
    place = data.draw(st.integers(0, 2000))
    whole[place % len(whole)] ^= data.draw(st.integers(1, 255))
    (folder / "model.tar.gz").write_bytes(bytes(whole[: data.draw(st.integers(0, len(whole)))]))
    try:
        files = read_mxnet_files(folder / "model.tar.gz")
        use(files.symbol, files.params)
    except BundleError as error:
        assert error.message


@pytest.mark.parametrize("length", range(32))
def test_an_archive_of_which_only_the_beginning_came(small, tmp_path, length):
    path = archive(tmp_path / "model.tar.gz", good(small), "w:gz")
    path.write_bytes(path.read_bytes()[:length])
    with pytest.raises(BundleError) as caught:
        read_mxnet_files(path)
    assert caught.value.hint


def test_nothing_there_and_no_archive(tmp_path):
    with pytest.raises(BundleError, match="cannot be read"):
        read_mxnet_files(tmp_path / "none.tar.gz")
    (tmp_path / "odd.tar.gz").write_bytes(b"not an archive")
    with pytest.raises(BundleError, match="damaged"):
        read_mxnet_files(tmp_path / "odd.tar.gz")
    with pytest.raises(BundleError, match="no MXNet model"):
        read_mxnet_files(archive(tmp_path / "other.tar.gz", [("readme", b"x")]))
