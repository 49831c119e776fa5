"""Every kind of file and message that the program reads, and how it reads it."""

from __future__ import annotations

import io
import json
import random
import struct
import zipfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tests.campaigns.damage import damaged, damaged_json, damaged_text

Damage = Callable[[bytes, random.Random], bytes]


@dataclass(frozen=True)
class Kind:
    """A kind of input.

    Attributes:
        originals: makes good ones.
        read: does with one all that the program does. Raises AppError, or one of ``refusals``,
            where that is damaged; AssertionError where what was read is not true.
        damage: how it is damaged.
        suffix: of its file's name.
        refusals: what the reader documents to raise besides.
    """

    originals: Callable[[Path], Sequence[bytes]]
    read: Callable[[Path], None]
    damage: Damage = damaged
    suffix: str = ""
    refusals: tuple[type[Exception], ...] = ()


# -- pictures and records --------------------------------------------------------------------------


def _pictures(_: Path) -> list[bytes]:
    import pillow_heif
    from PIL import Image

    pillow_heif.register_heif_opener()
    rng = np.random.default_rng(0)
    colours = Image.fromarray(rng.integers(0, 256, (24, 20, 3), np.uint8))
    grey = colours.convert("L")
    found = []
    for form in ("JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP", "AVIF", "HEIF", "PPM"):
        for image in (colours, grey, colours.convert("CMYK"), colours.convert("P")):
            buffer = io.BytesIO()
            with suppress(Exception):  # not every form takes every mode
                image.save(buffer, form)
                found.append(buffer.getvalue())
    return found


def _read_picture(path: Path) -> None:
    from emotion_desktop.imaging.decode import decode

    for least in (0, 8):
        pixels = decode(path, at_least=least).pixels
        assert pixels.dtype == np.uint8
        assert pixels.ndim == 3
        assert pixels.shape[2] == 3


def _records(folder: Path) -> list[bytes]:
    from emotion_desktop.dataset.recordio import Record, write_records

    pictures = _pictures(folder)[:6]
    magic = struct.pack("<I", 0xCED7230A)
    pictures.append(magic * 3 + b"x")
    records = [Record(n % 7, n, picture) for n, picture in enumerate(pictures)]
    write_records(folder / "good.rec", records)
    return [(folder / "good.rec").read_bytes()]


def _import_here(path: Path) -> None:
    """Imports a source, all the way, into a workspace beside it."""
    from emotion_desktop.dataset.importing import import_source
    from emotion_desktop.dataset.sources.open_source import open_source
    from emotion_desktop.jobs.running.context import LocalContext
    from emotion_desktop.workspace.catalogue.catalogue import Catalogue

    workspace = path.parent / "workspace"
    plan = open_source(path, workspace)
    with Catalogue(workspace / "catalogue.sqlite") as catalogue:
        told = import_source(catalogue, plan, LocalContext(lambda _: None))
    json.dumps(told.to_dict(), allow_nan=False)


# -- tables and archives of photos -----------------------------------------------------------------


def _pixel_tables(_: Path) -> list[bytes]:
    rng = np.random.default_rng(0)
    rows = [" ".join(map(str, rng.integers(0, 256, 64))) for _ in range(4)]
    plain = [f"{n % 7},{row},Training" for n, row in enumerate(rows)]
    quoted = [f'{n % 7},"[{row.replace(" ", ", ")}]"' for n, row in enumerate(rows)]
    each = [f"{n % 7},{row.replace(' ', ',')}" for n, row in enumerate(rows)]
    columns = ",".join(f"pixel{n}" for n in range(64))
    heads = ("emotion,pixels,Usage", "emotion,pixels", f"label,{columns}")
    tables = zip(heads, (plain, quoted, each), strict=True)
    return ["\n".join((head, *body, "")).encode() for head, body in tables]


_NAMES = ("a_1.jpg", "a_2.jpg", "b_1.jpg")


def _label_tables(_: Path) -> list[bytes]:
    labels = ("anger", "fear", "anger")
    pairs = list(zip(_NAMES, labels, strict=True))
    votes = ["name,neutral,happiness,anger", *(f"{name},1,2,7" for name in _NAMES)]
    objects = [{"image": name, "label": label} for name, label in pairs]
    texts = (
        "\n".join(["image,emotion", *(f"{name},{label}" for name, label in pairs)]),
        "\n".join(f"{n}\t{n % 2}\t{name}" for n, name in enumerate(_NAMES)),
        "\n".join(votes),
        json.dumps(objects),
        "\n".join(map(json.dumps, objects)),
        "\n".join(f"{name} {label}" for name, label in pairs),
    )
    return [text.encode() for text in texts] + [texts[0].encode("utf-16")]


def _read_table(path: Path) -> None:
    from PIL import Image

    for name in _NAMES:
        Image.new("RGB", (9, 9)).save(path.with_name(name))
    _import_here(path)


def _archives(folder: Path) -> list[bytes]:
    found = []
    for way in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", way) as archive:
            for number, picture in enumerate(_pictures(folder)[:4]):
                archive.writestr(f"set/{'fear' if number % 2 else 'anger'}/{number}.jpg", picture)
        found.append(buffer.getvalue())
    return found


def _parquets(folder: Path) -> list[bytes]:
    import pyarrow
    from pyarrow import parquet

    pictures = _pictures(folder)[:4]
    cells = [{"bytes": picture, "path": f"{n}.jpg"} for n, picture in enumerate(pictures)]
    table = pyarrow.table({"image": cells, "label": ["anger", "fear"] * 2})
    parquet.write_table(table, folder / "good.parquet")
    return [(folder / "good.parquet").read_bytes()]


# -- models ----------------------------------------------------------------------------------------


def _bundles(folder: Path) -> list[bytes]:
    from tests.small_model import write_small_model

    write_small_model(folder / "good.emodel")
    return [(folder / "good.emodel").read_bytes()]


def _read_bundle(path: Path) -> None:
    from emotion_desktop.engines.bundle import read_bundle
    from emotion_desktop.engines.model_card import card_markdown

    bundle = read_bundle(path, verify=True)
    json.dumps(bundle.card.to_dict(), allow_nan=False)
    assert card_markdown(bundle.card)


def _read_whole_bundle(path: Path) -> None:
    """One whose manifest is not damaged is the model itself, or refused."""
    from emotion_desktop.engines.bundle import read_bundle
    from tests.small_model import LABELS

    _read_bundle(path)
    assert read_bundle(path).card.labels == LABELS


def _manifests(folder: Path) -> list[bytes]:
    from emotion_desktop.assets import FAST_MODEL

    with zipfile.ZipFile(FAST_MODEL) as archive:
        return [archive.read("manifest.json")]


def _read_manifest(path: Path) -> None:
    """Reads the built-in bundle with another manifest."""
    from emotion_desktop.assets import FAST_MODEL

    bundle = path.with_name("odd.emodel")
    with zipfile.ZipFile(FAST_MODEL) as archive, zipfile.ZipFile(bundle, "w") as changed:
        for name in archive.namelist():
            data = path.read_bytes() if name == "manifest.json" else archive.read(name)
            changed.writestr(name, data)
    _read_bundle(bundle)


def _mxnet_params(folder: Path) -> list[bytes]:
    values = np.arange(6, dtype="<f4").reshape(2, 3)
    rest = struct.pack("<iii", 1, 0, 0) + values.tobytes()
    arrays = (
        struct.pack("<IiIqq", 0xF993FAC9, 0, 2, 2, 3) + rest,
        struct.pack("<IIqq", 0xF993FAC8, 2, 2, 3) + rest,
        struct.pack("<III", 2, 2, 3) + rest,
    )
    names = b"".join(struct.pack("<Q", 5) + name for name in (b"arg:a", b"aux:b", b"arg:c"))
    head = struct.pack("<QQQ", 0x112, 0, len(arrays))
    return [head + b"".join(arrays) + struct.pack("<Q", len(arrays)) + names]


def _read_mxnet_params(path: Path) -> None:
    from emotion_desktop.engines.mxnet.params import read_params

    for array in read_params(path.read_bytes()).values():
        assert array.nbytes < 1 << 20


def _mxnet_symbols(_: Path) -> list[bytes]:
    nodes = [
        {"op": "null", "name": "data", "inputs": []},
        {"op": "null", "name": "fc_weight", "inputs": []},
        {"op": "null", "name": "fc_bias", "inputs": []},
        {
            "op": "FullyConnected",
            "name": "fc",
            "attrs": {"num_hidden": "3"},
            "inputs": [[0, 0, 0], [1, 0, 0], [2, 0, 0]],
        },
        {"op": "null", "name": "softmax_label", "inputs": []},
        {"op": "SoftmaxOutput", "name": "softmax", "inputs": [[3, 0, 0], [4, 0, 0]]},
    ]
    return [json.dumps({"nodes": nodes, "arg_nodes": [0, 1, 2, 4], "heads": [[5, 0, 0]]}).encode()]


def _read_mxnet_symbol(path: Path) -> None:
    from emotion_desktop.engines.mxnet.symbol import read_symbol

    read_symbol(path.read_bytes(), ["fc_weight", "fc_bias"])


# -- what the workspace keeps ----------------------------------------------------------------------


def _checkpoints(folder: Path) -> list[bytes]:
    from emotion_desktop.training.fit.checkpoint import Checkpoint, write_checkpoint

    write_checkpoint(folder / "good.npz", Checkpoint({"epoch": 3}, {"w": np.arange(24.0)}))
    return [(folder / "good.npz").read_bytes()]


def _read_checkpoint(path: Path) -> None:
    from emotion_desktop.training.fit.checkpoint import read_checkpoint

    found = read_checkpoint(path)
    assert found is not None
    # The names of the file's entries are not covered by its checksums.
    assert all(np.array_equal(a, np.arange(24.0)) for a in found.arrays.values())


def _event_lines(folder: Path) -> list[bytes]:
    from emotion_desktop.domain.training_events import TrainingBegan
    from emotion_desktop.workspace.runs.run_folder import RunFolder

    run = RunFolder(folder / "run")
    run.begin({"seed": 3})
    run.add_began(TrainingBegan("abacus", 3, 2, 9, ("fear",), ({"loss": 1.0},)))
    for loss in (1.0, 0.5):
        run.add_epoch({"loss": loss, "recall": {"fear": {"recall": 0.5, "count": 3}}})
        run.add_log(f"loss {loss}")
    return [(run.path / "events.jsonl").read_bytes()]


def _read_event_lines(path: Path) -> None:
    from emotion_desktop.workspace.runs.run_folder import RunFolder

    folder = path.parent / "run"
    folder.mkdir()
    path.rename(folder / "events.jsonl")
    read = RunFolder(folder).read()
    assert all(isinstance(figures, dict) for figures in read.epochs)
    RunFolder(folder).begin_again(read.epochs[:1])
    assert RunFolder(folder).read().epochs == read.epochs[:1]


def _worker_lines(_: Path) -> list[bytes]:
    from emotion_desktop.domain.job import Batch, JobSpec, Lane, Log, Metrics, Progress
    from emotion_desktop.domain.training_events import StepDone, TrainingBegan
    from emotion_desktop.jobs.running import protocol

    began = TrainingBegan("abacus", 3, 2, 9, ("fear",), ({"loss": 1.0},))
    events = (Progress(1, 2, "x"), Metrics(1, {"loss": 1.0}), Batch((1, "x")), Log("x"))
    told = [protocol.encode_event(event) for event in (*events, StepDone(1, 1.0), began)]
    ends = [{"end": "done", "result": [1]}, {"end": "failed", "message": "m", "hint": "h"}]
    spec = protocol.encode_spec(JobSpec("k", "t", Lane.COMPUTE, {"a": 1}), Path("/w"))
    return [json.dumps(line).encode() for line in (*told, *ends)] + [spec.encode()]


def _read_worker_line(path: Path) -> None:
    from emotion_desktop.jobs.running import protocol

    line = path.read_text(encoding="utf-8", errors="replace")
    try:
        protocol.decode_spec(line)
    except ValueError:
        protocol.decode_message(line)


def _cloud_records(_: Path) -> list[bytes]:
    from emotion_desktop.domain.sagemaker import AwsChoice, CloudRun

    run = CloudRun("job-1", "training", AwsChoice("p", "r"), "1", {"model": "m"}, created=1.0)
    return [json.dumps(run.to_dict()).encode()]


def _read_cloud_record(path: Path) -> None:
    from emotion_desktop.workspace.paths import Workspace
    from emotion_desktop.workspace.runs.cloud_runs import CloudRuns

    place = Workspace(path.parent)
    folder = place.cloud_runs / "job-1"
    folder.mkdir(parents=True)
    path.rename(folder / "run.json")
    runs = CloudRuns(place.cloud_runs)
    for run in runs.all():
        json.dumps(run.to_dict())
    runs.save(runs.load("job-1"))


def _settings(_: Path) -> list[bytes]:
    from dataclasses import asdict

    from emotion_desktop.workspace.settings import Settings

    return [json.dumps(asdict(Settings())).encode()]


def _read_settings(path: Path) -> None:
    from emotion_desktop.workspace.settings import Settings, load_settings

    found = load_settings(path)
    assert isinstance(found, Settings)
    assert isinstance(found.machine_prices, dict)


def _workspace(folder: Path) -> Path:
    """One with photos, changes, a split, a health check and trainings."""
    from tests.earlier_workspace import earlier_workspace
    from tests.unit.dataset.pictures import put_pictures

    names = [f"{e}/{p}_{n}.png" for e in ("anger", "fear") for p in "abc" for n in range(2)]
    put_pictures(*(folder / "photos" / name for name in names), side=16)
    place = earlier_workspace(folder / "workspace")
    for verb in (("import", folder / "photos"), ("split", "--name", "first")):
        assert run_here(place.root, "dataset", *verb) == 0
    return place.root


def _catalogues(folder: Path) -> list[bytes]:
    return [(_workspace(folder) / "catalogue.sqlite").read_bytes()]


def run_here(workspace: Path, *arguments: object) -> int:
    """Runs a verb in this process; what it prints goes where this process prints."""
    from emotion_desktop.cli.main import main

    status = main([*map(str, arguments), "--workspace", str(workspace)])
    assert status in (0, 1), f"status {status}"
    return status


def _read_catalogue(path: Path) -> None:
    workspace = path.parent / "workspace"
    workspace.mkdir()
    path.rename(workspace / "catalogue.sqlite")
    for verb in (
        ("dataset", "show"),
        ("runs", "list"),
        ("dataset", "undo"),
        ("dataset", "split", "--name", "second"),
        ("dataset", "export", "--format", "csv", path.parent / "out.csv"),
    ):
        run_here(workspace, *verb)


def _prediction_caches(folder: Path) -> list[bytes]:
    from emotion_desktop.domain.geometry import Box, Frame
    from emotion_desktop.domain.prediction import FacePrediction, PhotoStatus, Prediction
    from emotion_desktop.workspace.predictions.cache import PredictionCache

    face = FacePrediction(Box(1, 2, 3, 4), Frame(1, 2, 3, 4, 0), {"fear": 0.5, "anger": 0.5})
    said = [
        Prediction(f"/{n}", PhotoStatus.OK, (face,), size=(9, 9), digest=bytes([n]) * 16)
        for n in range(20)
    ]
    with PredictionCache(folder / "good.sqlite") as cache:
        cache.save(_Source(), said, 1.0)
        cache.save_greys({bytes([n]) * 16: True for n in range(20)})
        cache.save_features("e", {bytes([n]) * 16: b"12345678" for n in range(20)})
    return [(folder / "good.sqlite").read_bytes()]


@dataclass(frozen=True)
class _Source:
    """Who predicts; see domain.prediction.PredictionSource."""

    key: str = "k"
    labels: tuple[str, ...] = ("fear", "anger")
    calibrated: bool = True
    model: str = "m"


def _read_prediction_cache(path: Path) -> None:
    from emotion_desktop.workspace.predictions.cache import PredictionCache

    digests = {Path(f"/{n}"): bytes([n]) * 16 for n in range(20)}
    with PredictionCache(path) as cache:
        for prediction in cache.get(_Source(), digests).values():
            assert all(face.probabilities for face in prediction.faces)
        cache.greys(digests.values())
        cache.features("e", digests.values())
        cache.speed(_Source())
        cache.known_files()
        cache.save_greys({b"x": False})


KINDS: dict[str, Kind] = {
    "pictures": Kind(_pictures, _read_picture),
    "RecordIO": Kind(_records, _import_here, suffix=".rec"),
    "pixel tables": Kind(_pixel_tables, _import_here, damaged_text, ".csv"),
    "label tables": Kind(_label_tables, _read_table, damaged_text, ".csv"),
    "archives": Kind(_archives, _import_here, suffix=".zip"),
    "Parquet": Kind(_parquets, _import_here, suffix=".parquet"),
    "bundles": Kind(_bundles, _read_whole_bundle, suffix=".emodel"),
    "manifests": Kind(_manifests, _read_manifest, damaged_json),
    "MXNet params": Kind(_mxnet_params, _read_mxnet_params),
    "MXNet symbols": Kind(_mxnet_symbols, _read_mxnet_symbol, damaged_json),
    "checkpoints": Kind(_checkpoints, _read_checkpoint),
    "event lines": Kind(_event_lines, _read_event_lines, damaged_text),
    "worker's lines": Kind(_worker_lines, _read_worker_line, damaged_json, refusals=(ValueError,)),
    "cloud records": Kind(_cloud_records, _read_cloud_record, damaged_json),
    "settings": Kind(_settings, _read_settings, damaged_json),
    "catalogue": Kind(_catalogues, _read_catalogue),
    "predictions": Kind(_prediction_caches, _read_prediction_cache),
}
