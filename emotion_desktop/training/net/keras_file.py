"""Keras files looked into before Keras sees them: who wrote them, and whether they are harmless.

A file's configuration names what is built from it. Keras's safe mode refuses Python code in it, but
Keras 2 has none for HDF5, and would import any module and call any function of TensorFlow by name.
So names are compared with what nets are made of, and sizes are limited, before anything is built.
"""

from __future__ import annotations

import io
import json
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any, Final

from emotion_desktop.domain.errors import BundleError
from emotion_desktop.domain.text import counted

#: How HDF5 and ZIP files begin.
_HDF5: Final = b"\x89HDF\r\n\x1a\n"
_ZIP: Final = b"PK\x03\x04"
_CONFIG: Final = "config.json"
_METADATA: Final = "metadata.json"
_MAX_CONFIG: Final = 16 << 20
#: Of all that is in a file; with what an optimiser kept it is three times a model's weights.
_MAX_CONTENT: Final = 2 << 30
_MAX_ENTRIES: Final = 100_000
#: The largest nets for pictures have about a thousand.
_MAX_LAYERS: Final = 5_000
#: Weights hardly shrink when they are compressed; what shrinks more is made to burst.
_MOST_SHRUNK: Final = 50
_SMALL: Final = 16 << 20

#: The parts of Keras that nets are built from; nothing is taken from any other module.
_MODULES: Final = re.compile(
    r"builtins|(?:tf_)?keras(?:\.src)?(?:\."
    r"(?:engine|layers|models|ops|initializers|regularizers|constraints|activations|dtype_policies"
    r"|mixed_precision|optimizers|losses|metrics|saving|applications)(?:\.\w+)*)?"
)
#: Layers that execute what a file brings, or read other files.
_UNSAFE_LAYERS: Final = frozenset(
    {
        *("TFSMLayer", "TorchModuleWrapper", "JaxLayer", "FlaxLayer", "ClassMethod"),
        *("InstanceMethod", "InstanceProperty", "TensorFlowOpLayer"),
        *("StringLookup", "IntegerLookup", "IndexLookup", "TextVectorization"),
    }
)
#: They have names as layers have.
_POLICIES: Final = ("DTypePolicy", "Policy")
_CODE: Final = ("Lambda", "__lambda__")
#: Functions of TensorFlow that Keras 2 keeps by name, and that calculate and nothing else.
_FUNCTIONS: Final = re.compile(
    r"(?:compat\.v1\.|keras\.backend\.)?"
    r"(?:(?:math|nn|linalg|__operators__|experimental\.numpy)\.\w+"
    r"|image\.(?:resize\w*|rgb_to_grayscale|grayscale_to_rgb|per_image_standardization|flip_\w+)"
    r"|reshape|concat|stack|unstack|split|transpose|squeeze|expand_dims|cast|pad|tile|shape|slice"
    r"|strided_slice|identity|clip_by_value|convert_to_tensor|constant|zeros_like|ones_like|where"
    r"|gather|broadcast_to|reverse|repeat|mean|sum|max|min|batch_normalization|l2_normalize)"
)


#: Policies of GPUs: variables are float32, but what is calculated is less exact, and LiteRT cannot.
_MIXED: Final = re.compile(rb'"(?:mixed_(?:b?float16)|b?float16)"')


@dataclass(frozen=True, slots=True)
class KerasFile:
    """A file that may be given to Keras.

    Attributes:
        is_zip: it has the form ``.keras``; else it is HDF5.
        version: of the Keras that wrote it, such as ``2.15.0``; empty where it does not say.
    """

    path: Path
    is_zip: bool
    version: str

    @property
    def is_keras2(self) -> bool:
        """Keras 3, which is another program, reads some of these files, and some not."""
        return self.version.startswith(("1.", "2."))


@contextmanager
def read_keras_file(path: Path) -> Iterator[KerasFile]:
    """Looks into a file; within it there is one that Keras takes for what it is, in float32.

    Raises:
        BundleError: it is none of Keras's, is damaged, too large, not a whole model, or would
            execute code or read other files.
    """
    found, config = check_keras_file(path)
    plain = _MIXED.sub(b'"float32"', config)
    wanted = ".keras" if found.is_zip else ".h5"
    if path.suffix == wanted and plain == config:
        yield found
        return
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(shutil.copyfile(path, Path(folder, f"model{wanted}")))
        if plain != config:
            _put_config(copy, found.is_zip, plain)
        yield replace(found, path=copy)


def check_keras_file(path: Path) -> tuple[KerasFile, bytes]:
    """What a file is, and its configuration.

    Raises:
        BundleError: as read_keras_file.
    """
    try:
        return _look_into(path)
    except MemoryError:
        raise _too_large() from None
    except BundleError:
        raise
    except Exception as error:
        # h5py and zipfile raise whatever comes when files are damaged.
        raise damaged() from error


def _look_into(path: Path) -> tuple[KerasFile, bytes]:
    with path.open("rb") as file:
        begin = file.read(len(_HDF5))
        if begin == _HDF5:
            version, config = _look_into_hdf5(file)
        elif begin.startswith(_ZIP):
            version, config = _look_into_zip(file)
        else:
            raise damaged()
    _check_config(config)
    return KerasFile(path, begin != _HDF5, version), config


def _put_config(path: Path, is_zip: bool, config: bytes) -> None:
    """Writes another configuration into a file."""
    if not is_zip:
        import h5py

        with h5py.File(path, "r+") as content:
            content.attrs["model_config"] = config.decode()
        return
    with zipfile.ZipFile(path) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in {**contents, _CONFIG: config}.items():
            archive.writestr(name, data)


def damaged() -> BundleError:
    """The error of a file that is not whole, or no model."""
    return BundleError(
        "This is no Keras file, or a damaged one.",
        "Save the model again, or choose another file.",
    )


def _look_into_zip(file: IO[bytes]) -> tuple[str, bytes]:
    """The version of Keras that wrote a ``.keras`` file, and its configuration."""
    with zipfile.ZipFile(file) as archive:
        entries = {entry.filename: entry for entry in archive.infolist()}
        total = sum(entry.file_size for entry in entries.values())
        bursts = any(_bursts(e.compress_size, e.file_size) for e in entries.values())
        if len(entries) > _MAX_ENTRIES or total > _MAX_CONTENT or bursts:
            raise _too_large()
        if not {_CONFIG, _METADATA} <= entries.keys():
            raise damaged()
        if max(entries[_CONFIG].file_size, entries[_METADATA].file_size) > _MAX_CONFIG:
            raise _too_large()
        told = json.loads(archive.read(_METADATA))
        for name, entry in entries.items():
            if name.endswith(".h5"):
                with archive.open(entry) as inner:
                    _check_weights(io.BytesIO(inner.read()) if entry.compress_type else inner)
        return str(told.get("keras_version", "")), archive.read(_CONFIG)


def _check_weights(file: Any) -> None:
    import h5py

    with h5py.File(file, "r") as content:
        _check_hdf5(content)


def _look_into_hdf5(file: IO[bytes]) -> tuple[str, bytes]:
    """The version of Keras that wrote an HDF5 file, and its configuration."""
    import h5py

    with h5py.File(file, "r") as content:
        _check_hdf5(content)
        config = content.attrs.get("model_config")
        if config is None:
            raise BundleError(
                "This file holds the weights alone of a model.",
                "Save the whole model with model.save(…).",
            )
        version = content.attrs.get("keras_version", b"")
        return _text(version), _text(config).encode()


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def _check_hdf5(content: Any) -> None:
    """Refuses what leads to other files, or is more than it seems.

    Raises:
        BundleError: it does.
    """
    import h5py

    total = seen = 0
    waiting = [content]
    while waiting:
        group = waiting.pop()
        for name in group:
            seen += 1
            link = group.get(name, getlink=True)
            if not isinstance(link, h5py.HardLink) or seen > _MAX_ENTRIES:
                raise damaged()
            item = group[name]
            if isinstance(item, h5py.Group):
                waiting.append(item)
            elif isinstance(item, h5py.Dataset):
                if item.external or item.is_virtual:
                    raise damaged()
                size = item.size * item.dtype.itemsize if item.size else 0
                total += size
                if total > _MAX_CONTENT or _bursts(item.id.get_storage_size(), size):
                    raise _too_large()


def _bursts(stored: int, size: int) -> bool:
    return size > _SMALL and size > stored * _MOST_SHRUNK


def _check_config(data: bytes) -> None:
    """Refuses a configuration that names what no net is made of.

    Raises:
        BundleError: it does.
    """
    if len(data) > _MAX_CONFIG:
        raise _too_large()
    try:
        config = json.loads(data)
    except (ValueError, RecursionError):
        raise damaged() from None
    layers = 0
    for item in _tables(config):
        name, given = item.get("class_name"), item.get("config")
        if not isinstance(name, str) or given is None:
            continue
        module = item.get("module")
        if name in _CODE:
            raise BundleError(
                "The model has a Lambda layer: Python code, which is not executed here.",
                "Put layers of Keras in its place and save the model again, or export it to ONNX.",
            )
        if isinstance(module, str) and not _MODULES.fullmatch(module):
            raise _foreign_class(name)
        function = given.get("function") if isinstance(given, Mapping) else None
        named = name in ("TFOpLambda", "SlicingOpLambda")
        if name in _UNSAFE_LAYERS or (named and not _FUNCTIONS.fullmatch(str(function))):
            raise BundleError(
                f"The model has a step “{function if named else name}”, which could do more than "
                "calculate.",
                "Save it without, or export it to ONNX.",
            )
        layers += name not in _POLICIES and isinstance(given, Mapping) and "name" in given
        if layers > _MAX_LAYERS:
            raise BundleError(
                f"The model has more than {counted(_MAX_LAYERS, 'layer')}.",
                "No net that reads pictures of faces needs as many.",
            )


def _tables(config: Any) -> Iterator[Mapping[str, Any]]:
    """All tables in JSON values, however deep."""
    waiting = [config]
    while waiting:
        item = waiting.pop()
        if isinstance(item, Mapping):
            yield item
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item)


def _foreign_class(name: str) -> BundleError:
    return BundleError(
        f"The model uses “{name[:60]}”, which is none of Keras's own layers and functions.",
        "Save it with layers of Keras alone, or export it to ONNX.",
    )


def _too_large() -> BundleError:
    return BundleError(
        "The Keras file is too large to be loaded safely.",
        "Save the model again, without its optimiser, or choose another file.",
    )
