"""Models that are damaged, or made to do harm: each import is a model or a sentence.

    python -m tests.campaigns.hostile_models [--tries N] [--seed S] [--only KIND,KIND]

Every file goes through the real verb in a process of its own. Survived means: it ended by itself
within two minutes, with a status that the verb documents, without a traceback or “Something
unexpected”, its processes took no more than 2.2 GB together, and nothing was written that a file
asked for. Exit status 1 if anything did not survive.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import random
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from pathlib import Path

from tests.campaigns.damage import damaged
from tests.campaigns.trials import Tally, options, print_tallies, run_verb

LABELS = "anger,disgust,fear,happiness,sadness,surprise,neutral"
THREE = "fear,happiness,neutral"
#: Traps of three classes.
_OF_THREE = ("constant.onnx", "steps.onnx", "acting")
_SIZE = 24
#: What a hostile file tries to write.
CANARY = "canary"


# -- good files of every kind ----------------------------------------------------------------------


def good_files(folder: Path) -> dict[str, Path]:
    """A small model in each form, by its kind."""
    import tf_keras

    from emotion_desktop.assets import FAST_MODEL
    from emotion_desktop.training.net.backend import keras, tf
    from tests.unit.training.onnx_models import convolving_net

    def net(library):  # type: ignore[no-untyped-def]
        pixels = library.Input((_SIZE, _SIZE, 1))
        x = library.layers.Conv2D(4, 5, activation="relu")(pixels)
        x = library.layers.Flatten()(x)
        return library.Model(pixels, library.layers.Dense(7, activation="softmax")(x))

    found = {kind: folder / f"good.{kind}" for kind in ("keras", "h5", "tflite", "onnx", "emodel")}
    net(keras).save(found["keras"])
    net(tf_keras).save(found["h5"])
    convolving_net(found["onnx"])
    with redirect_stdout(io.StringIO()):
        converter = tf.lite.TFLiteConverter.from_keras_model(net(keras))
        found["tflite"].write_bytes(converter.convert())
    found["emodel"].write_bytes(FAST_MODEL.read_bytes())
    net(keras).export(folder / "saved", verbose=False)
    found["saved"] = folder / "saved"
    return found


# -- damage ----------------------------------------------------------------------------------------


def resigned(path: Path, change: Callable[[bytes], bytes], name: str = "model.tflite") -> bytes:
    """A bundle one of whose files was changed, with a manifest that says it was always so."""
    with zipfile.ZipFile(path) as archive:
        contents = {item: archive.read(item) for item in archive.namelist()}
    contents[name] = change(contents[name])
    if name != "manifest.json":
        manifest = json.loads(contents["manifest.json"])
        manifest["files"][name] = {
            "bytes": len(contents[name]),
            "sha256": hashlib.sha256(contents[name]).hexdigest(),
        }
        contents["manifest.json"] = json.dumps(manifest).encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for item, data in contents.items():
            archive.writestr(item, data)
    return buffer.getvalue()


def mutants(kind: str, good: dict[str, Path], place: Path, chance: random.Random) -> Path:
    """A damaged file of a kind."""
    if kind == "saved":
        target = place / "saved"
        (target / "variables").mkdir(parents=True)
        files = [path for path in good["saved"].rglob("*") if path.is_file()]
        spoilt = chance.choice(files)
        for path in files:
            data = path.read_bytes()
            data = damaged(data, chance) if path == spoilt and data else data
            (target / path.relative_to(good["saved"])).write_bytes(data)
        return target
    if kind == "bundled":
        target = place / "odd.emodel"
        target.write_bytes(resigned(good["emodel"], lambda data: damaged(data, chance)))
        return target
    target = place / f"odd.{kind}"
    target.write_bytes(damaged(good[kind].read_bytes(), chance))
    return target


# -- bombs and traps -------------------------------------------------------------------------------


def traps(good: dict[str, Path], place: Path) -> Iterator[tuple[str, Path]]:
    """Files that are made to do harm, with what each does."""
    for name in ("a.emodel", "a.h5", "a.keras", "a.onnx", "a.tflite", "a.tar.gz", "a.zip"):
        os.mkfifo(place / name)
        yield f"a pipe called {name}", place / name
    for name in ("zero.keras", "zero.emodel", "zero.tar.gz"):
        (place / name).symlink_to("/dev/zero")
        yield f"/dev/zero called {name}", place / name
    yield "a wide layer", _with_units(good["keras"], place / "wide.keras", 2_000_000_000)
    yield "a wide layer", _with_units(good["keras"], place / "broad.keras", 2_000_000)
    yield "many layers", _with_layers(good["keras"], place / "deep.keras", 4_000)
    yield "a bomb of JSON", _with_json(good["keras"], place / "json.keras")
    yield "zeros without end", _tar_bomb(place / "bomb.tar.gz")
    yield "zeros in a bundle", _zip_bomb(place / "bomb.emodel", "model.tflite")
    yield "zeros in a Keras file", _zip_bomb(place / "bomb.keras", "model.weights.h5")
    yield "archives in archives", _nested(place / "nested.zip")
    yield from onnx_traps(place)
    yield "a program", _acting_saved_model(place)


def _rewritten(source: Path, target: Path, change: Callable[[dict], None]) -> Path:  # type: ignore[type-arg]
    with zipfile.ZipFile(source) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    config = json.loads(contents["config.json"])
    change(config)
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in {**contents, "config.json": json.dumps(config).encode()}.items():
            archive.writestr(name, data)
    return target


def _with_units(source: Path, target: Path, units: int) -> Path:
    def change(config: dict) -> None:  # type: ignore[type-arg]
        config["config"]["layers"][3]["config"]["units"] = units

    return _rewritten(source, target, change)


def _with_layers(source: Path, target: Path, count: int) -> Path:
    def change(config: dict) -> None:  # type: ignore[type-arg]
        layers = config["config"]["layers"]
        for number in range(count):
            more = json.loads(json.dumps(layers[1]))
            more["name"] = more["config"]["name"] = f"more{number}"
            more["config"]["filters"] = 2_000
            layers.insert(2, more)

    return _rewritten(source, target, change)


def _with_json(source: Path, target: Path) -> Path:
    with zipfile.ZipFile(source) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in {**contents, "config.json": b"[" * 300_000_000}.items():
            archive.writestr(name, data)
    return target


def _tar_bomb(target: Path) -> Path:
    with gzip.open(target, "wb", 1) as file, tarfile.open(fileobj=file, mode="w|") as archive:
        for number in range(20):
            entry = tarfile.TarInfo(f"a-{number:04d}.params")
            entry.size = 500 << 20
            archive.addfile(entry, _Zeros(entry.size))
    return target


class _Zeros(io.RawIOBase):
    def __init__(self, size: int) -> None:
        self._left = size

    def read(self, size: int = -1) -> bytes:
        taken = min(self._left, size if size >= 0 else self._left)
        self._left -= taken
        return bytes(taken)


def _zip_bomb(target: Path, name: str) -> Path:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for other in ("manifest.json", "metadata.json", "config.json"):
            archive.writestr(other, '{"format": 5, "card": {}, "files": {}}')
        with archive.open(name, "w", force_zip64=True) as file:
            for _ in range(40):
                file.write(bytes(64 << 20))
    return target


def _nested(target: Path) -> Path:
    data = bytes(50 << 20)
    for level in range(5):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("model.keras" if level else "model.h5", data)
            archive.writestr("other.bin", data * 4 if len(data) < 1 << 20 else data)
        data = buffer.getvalue()
    target.write_bytes(data)
    return target


def onnx_traps(place: Path) -> Iterator[tuple[str, Path]]:
    """ONNX files that are made to do harm, with what each does."""
    from onnx import TensorProto, helper, load, save

    from tests.unit.training.onnx_models import convolving_net, save_net

    shape = [100_000, 100_000]
    nodes = [
        helper.make_node("ConstantOfShape", ["huge"], ["zeros"]),
        helper.make_node("ReduceSum", ["zeros"], ["sum"], keepdims=0),
        helper.make_node("ReduceMean", ["in"], ["mean"], axes=[2, 3], keepdims=0),
        helper.make_node("Add", ["mean", "sum"], ["out"]),
    ]
    huge = {"huge": shape}
    yield (
        "a huge constant",
        save_net(place / "constant.onnx", nodes, ["n", 3, 8, 8], ["n", 3], huge),
    )
    model = load(str(convolving_net(place / "weights.onnx")))
    model.graph.initializer[0].dims[:] = [1 << 20, 1 << 20, 5, 5]
    save(model, str(place / "weights.onnx"))
    yield "weights that are not there", place / "weights.onnx"
    model = load(str(convolving_net(place / "outside.onnx")))
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="../../../../etc/passwd")
    save(model, str(place / "outside.onnx"))
    yield "weights in another file", place / "outside.onnx"
    nodes = [helper.make_node("ReduceMean", ["in"], ["v0"], axes=[2, 3], keepdims=0)]
    nodes += [helper.make_node("Add", [f"v{n}", f"v{n}"], [f"v{n + 1}"]) for n in range(100_000)]
    nodes.append(helper.make_node("Identity", ["v100000"], ["out"]))
    yield "many steps", save_net(place / "steps.onnx", nodes, ["n", 3, 8, 8], ["n", 3])


def _acting_saved_model(place: Path) -> Path:
    from emotion_desktop.training.net.backend import tf

    written = str(place / CANARY)

    class Net(tf.Module):  # type: ignore[misc]
        @tf.function(input_signature=[tf.TensorSpec([None, 8, 8, 3], tf.float32)])  # type: ignore[untyped-decorator]
        def say(self, pixels):  # type: ignore[no-untyped-def]
            tf.io.write_file(written, "x")
            return {"answer": tf.reduce_mean(pixels, axis=[1, 2])}

    net = Net()
    tf.saved_model.save(net, str(place / "acting"), signatures={"serving_default": net.say})
    return place / "acting"


# -- the campaign ----------------------------------------------------------------------------------

MUTATED = ("keras", "h5", "onnx", "tflite", "emodel", "bundled", "saved")
TRAPS = "traps"


def campaign(each: int, seed: int, kinds: tuple[str, ...]) -> dict[str, Tally]:
    """Runs it; the tally of every kind."""
    found: dict[str, Tally] = {}
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder, "good")
        base.mkdir()
        good = good_files(base)
        for kind in kinds:
            tally = found[kind] = Tally()
            if kind == TRAPS:
                place = Path(folder, TRAPS)
                place.mkdir()
                for what, path in traps(good, place):
                    _try(tally, what, path, Path(folder))
                if (place / CANARY).exists():
                    tally.troubles.append("a file was written that a model asked for")
                continue
            for number in range(each):
                place = Path(folder, f"{kind}-{number}")
                place.mkdir()
                path = mutants(kind, good, place, random.Random(f"{seed} {kind} {number}"))
                _try(tally, f"{kind} {number} of seed {seed}", path, Path(folder))
    return found


def _try(tally: Tally, what: str, path: Path, folder: Path) -> None:
    """Imports a file; a bundle is used without being imported, too."""
    given: list[object] = ["models", "import", path]
    if path.suffix != ".emodel":
        labels = THREE if path.name in _OF_THREE else LABELS
        given += ["--labels", labels]
        given += [] if path.name.endswith(".tar.gz") else ["--scaling", "0-1"]
    done = run_verb(folder / "workspace", *given)
    trouble = done.trouble()
    tally.add(what, trouble, done.seconds, done.memory)
    print(f"{what}: {trouble or 'survived'}, {done.seconds:.0f} s", flush=True)
    line = next((text for text in done.said.splitlines() if "Error:" in text), "imported")
    print(f"    {line[:150]}", flush=True)


def main() -> int:
    """The program."""
    given = options(__doc__, 20, (TRAPS, *MUTATED))
    found = campaign(given.tries, given.seed, given.only)
    return print_tallies(found)


if __name__ == "__main__":
    sys.exit(main())
