"""SageMaker's image classification, played with MXNet: reads RecordIO, trains a small residual net.

Everything of it that the program meets is as the real one has it: the log's lines, the names of the
files, what it refuses. The net is small whatever ``num_layers`` says, so that tests take seconds.
"""

from __future__ import annotations

import io
import json
import tarfile
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np

from emotion_desktop.dataset.recordio import Record
from emotion_desktop.domain.errors import DataError
from emotion_desktop.engines.mxnet.module import load_mxnet
from tests.record_files import read_records
from tests.unit.engines.mxnet_nets import resnet

_KNOWN: Final = frozenset(
    (
        *("num_classes", "num_training_samples", "num_layers", "image_shape", "epochs"),
        *("use_pretrained_model", "precision_dtype", "multi_label", "use_weighted_loss"),
        *("mini_batch_size", "kv_store", "checkpoint_frequency", "top_k", "optimizer"),
        *("learning_rate", "momentum", "weight_decay", "beta_1", "beta_2", "eps", "gamma"),
        *("lr_scheduler_factor", "lr_scheduler_step", "early_stopping"),
        *("early_stopping_min_epochs", "early_stopping_patience", "early_stopping_tolerance"),
        *("augmentation_type", "resize"),
    )
)
_SMALL_NET: Final = 8
_NAME: Final = "image-classification"


class JobError(Exception):
    """What the real container fails with, as its FailureReason has it."""


@dataclass
class Epoch:
    """What is left of an epoch: enough to go on from."""

    number: int
    params: dict[str, Any]
    train: float
    validation: float


@dataclass
class Training:
    """One run of the container.

    Attributes:
        channels: the bytes of each channel's file.
        log: takes a line.
        stop: says whether to end after this epoch.
        checkpoint: the last epoch of an earlier attempt, for spot training.
    """

    hyperparameters: Mapping[str, str]
    channels: Mapping[str, bytes]
    log: Callable[[str], None]
    stop: Callable[[], bool]
    checkpoint: Epoch | None = None
    best: Epoch | None = None
    last: Epoch | None = None
    symbol: str = ""
    shape: tuple[int, int, int] = (3, 224, 224)
    history: list[Epoch] = field(default_factory=list)

    def run(self, after_epoch: Callable[[Epoch], None] = lambda _: None) -> None:
        """Trains; raises JobError where the real one fails."""
        self._check()
        with tempfile.TemporaryDirectory() as folder:
            for name in ("train", "validation"):
                Path(folder, f"{name}.rec").write_bytes(self.channels[name])
            self._check_records(Path(folder))
            self._fit(Path(folder), after_epoch)

    def archive(self) -> bytes:
        """``model.tar.gz`` of the best epoch."""
        assert self.best is not None
        mx = load_mxnet()
        with tempfile.TemporaryDirectory() as folder:
            mx.nd.save(f"{folder}/params", self.best.params)
            params = Path(folder, "params").read_bytes()
        shapes = [{"shape": [int(self._get("mini_batch_size", "32")), *self.shape], "name": "data"}]
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
            for name, data in (
                (f"{_NAME}-symbol.json", self.symbol.encode()),
                (f"{_NAME}-{self.best.number + 1:04d}.params", params),
                ("model-shapes.json", json.dumps(shapes).encode()),
            ):
                entry = tarfile.TarInfo(name)
                entry.size = len(data)
                tar.addfile(entry, io.BytesIO(data))
        return buffer.getvalue()

    def _get(self, name: str, default: str) -> str:
        return self.hyperparameters.get(name, default)

    def _check(self) -> None:
        unknown = sorted(set(self.hyperparameters) - _KNOWN)
        if unknown:
            raise JobError(
                "ClientError: Additional properties are not allowed "
                f"({', '.join(repr(name) for name in unknown)} "
                f"{'was' if len(unknown) == 1 else 'were'} unexpected)"
            )
        for name in ("num_classes", "num_training_samples"):
            if name not in self.hyperparameters:
                raise JobError(f"ClientError: '{name}' is a required property")
        for name in ("train", "validation"):
            if name not in self.channels:
                raise JobError(f"ClientError: Required channel {name} is missing")
        self.shape = tuple(int(v) for v in self._get("image_shape", "3,224,224").split(","))
        if self._get("use_pretrained_model", "0") == "1" and self.shape != (3, 224, 224):
            raise JobError("ClientError: use_pretrained_model needs image_shape 3,224,224")
        if int(self._get("mini_batch_size", "32")) > int(
            self.hyperparameters["num_training_samples"]
        ):
            raise JobError("ClientError: mini_batch_size is larger than num_training_samples")

    def _check_records(self, folder: Path) -> None:
        counts = {}
        try:
            for name in ("train", "validation"):
                counts[name] = 0
                for record in read_records(folder / f"{name}.rec"):
                    self._check_record(record)
                    counts[name] += 1
        except DataError as error:
            raise JobError(f"ClientError: Invalid RecordIO ({error.message})") from None
        if counts["train"] != int(self.hyperparameters["num_training_samples"]):
            raise JobError("ClientError: num_training_samples does not match the training data")

    def _check_record(self, record: Record) -> None:
        picture = cv2.imdecode(np.frombuffer(record.picture, np.uint8), 1)
        if picture is None:
            raise JobError("ClientError: A picture cannot be decoded")
        height, width = picture.shape[:2]
        if height < self.shape[1] or width < self.shape[2]:
            raise JobError(
                f"ClientError: Image size ({width}x{height}) is smaller than "
                f"image_shape {self._get('image_shape', '3,224,224')}"
            )
        if record.label >= int(self.hyperparameters["num_classes"]):
            raise JobError("ClientError: Label id is not less than num_classes")

    def _say(self, text: str) -> None:
        now = datetime.now(timezone.utc).strftime("%m/%d/%Y %H:%M:%S")
        self.log(f"[{now} INFO 140393221838656] {text}")

    def _fit(self, folder: Path, after_epoch: Callable[[Epoch], None]) -> None:
        mx = load_mxnet()
        mx.random.seed(7)
        batch = int(self._get("mini_batch_size", "32"))
        readers = {
            name: mx.io.ImageRecordIter(
                path_imgrec=str(folder / f"{name}.rec"),
                data_shape=self.shape,
                batch_size=batch,
                shuffle=name == "train",
                seed=3,
                rand_mirror=name == "train" and "augmentation_type" in self.hyperparameters,
                preprocess_threads=1,
                verbose=False,
            )
            for name in ("train", "validation")
        }
        module = self._module(mx, batch)
        begin = self.checkpoint.number + 1 if self.checkpoint else 0
        self.best = self.last = self.checkpoint
        for number in range(begin, int(self._get("epochs", "30"))):
            started = time.monotonic()
            train = self._pass(mx, module, readers["train"], train=True)
            self._say(f"Epoch[{number}] Train-accuracy={train:.6f}")
            self._say(f"Epoch[{number}] Time cost={time.monotonic() - started:.3f}")
            validation = self._pass(mx, module, readers["validation"], train=False)
            self._say(f"Epoch[{number}] Validation-accuracy={validation:.6f}")
            arguments, auxiliaries = module.get_params()
            params = {
                **{f"arg:{k}": v.copy() for k, v in arguments.items()},
                **{f"aux:{k}": v.copy() for k, v in auxiliaries.items()},
            }
            self.last = Epoch(number, params, train, validation)
            self.history.append(self.last)
            if self.best is None or validation >= self.best.validation:
                self.best = self.last
                self._say(f"Storing the best model with validation accuracy: {validation:.6f}")
                self._say(f'Saved checkpoint to "/opt/ml/model/{_NAME}-{number + 1:04d}.params"')
            after_epoch(self.last)
            if self.stop():
                break

    def _module(self, mx: Any, batch: int) -> Any:
        symbol = resnet(mx, _SMALL_NET, int(self.hyperparameters["num_classes"]), self.shape)
        self.symbol = symbol.tojson()
        module = mx.mod.Module(symbol, context=mx.cpu())
        module.bind([("data", (batch, *self.shape))], [("softmax_label", (batch,))])
        module.init_params(mx.init.Xavier(rnd_type="gaussian", factor_type="in", magnitude=2))
        start = self.checkpoint.params if self.checkpoint else self._earlier(mx)
        if start:
            arguments = {k[4:]: v for k, v in start.items() if k.startswith("arg:")}
            auxiliaries = {k[4:]: v for k, v in start.items() if k.startswith("aux:")}
            try:
                module.set_params(arguments, auxiliaries)
            except (mx.MXNetError, ValueError, RuntimeError):
                raise JobError("ClientError: The model channel does not fit this network") from None
        optimiser = self._get("optimizer", "sgd")
        options: dict[str, float] = {
            "learning_rate": float(self._get("learning_rate", "0.1")),
            "wd": float(self._get("weight_decay", "0.0001")),
            "rescale_grad": 1 / batch,
        }
        if optimiser in ("sgd", "nag"):
            options["momentum"] = float(self._get("momentum", "0.9"))
        module.init_optimizer(optimizer=optimiser, optimizer_params=options)
        return module

    def _earlier(self, mx: Any) -> dict[str, Any]:
        """The parameters in the channel ``model``, for incremental training."""
        if "model" not in self.channels:
            return {}
        with tempfile.TemporaryDirectory() as folder:
            try:
                with tarfile.open(fileobj=io.BytesIO(self.channels["model"])) as tar:
                    tar.extractall(folder, filter="data")
            except tarfile.TarError:
                raise JobError("ClientError: The model channel holds no model") from None
            found = next(Path(folder).rglob("*.params"))
            return dict(mx.nd.load(str(found)))

    @staticmethod
    def _pass(mx: Any, module: Any, reader: Any, *, train: bool) -> float:
        metric = mx.metric.Accuracy()
        reader.reset()
        for batch in reader:
            module.forward(batch, is_train=train)
            if batch.pad == 0 or not train:
                kept = batch.data[0].shape[0] - batch.pad
                metric.update([batch.label[0][:kept]], [module.get_outputs()[0][:kept]])
            if train:
                module.backward()
                module.update()
        return float(metric.get()[1])


class Inference:
    """The same image, answering for pictures."""

    def __init__(self, archive: bytes) -> None:
        from emotion_desktop.engines.mxnet.files import read_mxnet_files

        self._mx = load_mxnet()
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "model.tar.gz")
            path.write_bytes(archive)
            files = read_mxnet_files(path)
            Path(folder, "m-symbol.json").write_bytes(files.symbol)
            Path(folder, "m-0001.params").write_bytes(files.params)
            assert files.shape is not None
            self._shape = files.shape
            self._module = self._mx.mod.Module.load(
                str(Path(folder, "m")),
                1,
                False,
                label_names=["softmax_label"],
                context=self._mx.cpu(),
            )
            self._module.bind([("data", (1, *self._shape))], for_training=False)
            self._module.set_params(
                self._module._arg_params, self._module._aux_params, allow_missing=True
            )

    def answer(self, picture: bytes) -> dict[str, Any]:
        """``{"prediction": […]}``; the aspect ratio is not kept."""
        channels, height, width = self._shape
        pixels = cv2.imdecode(np.frombuffer(picture, np.uint8), 1 if channels == 3 else 0)
        if pixels is None:
            raise JobError("ClientError: 400: Unsupported picture")
        pixels = cv2.resize(pixels, (width, height)).reshape(height, width, channels)
        rgb = pixels[:, :, ::-1].transpose(2, 0, 1)[None].astype(np.float32)
        self._module.forward(self._mx.io.DataBatch([self._mx.nd.array(rgb)]), is_train=False)
        return {"prediction": self._module.get_outputs()[0].asnumpy()[0].tolist()}
