"""The model bundle: one ZIP file (``.emodel``) with everything a model needs to be used.

    manifest.json   format, the model's card, size and SHA-256 of every other file
    model.keras     the Keras model, for going on with; only ever opened in Keras's safe mode
    model.tflite    its LiteRT form, for classifying; or the files of another engine (see table)
    trained_on.bin  8 bytes of hash per training photo, so that no score counts them
    copy_codes.bin  78 bytes per training photo, by which its copies are known; a version before
    MODEL_CARD.md   the same description for people

Nothing in a bundle is executed. Files are read into memory by their known names and never
unpacked, so no path in the archive can lead anywhere; sizes are limited before anything is read.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from emotion_desktop.dataset.copies import TrainingPhotos, join_codes, split_codes
from emotion_desktop.dataset.sources.files.fingerprint import join_digests, split_digests
from emotion_desktop.domain.copy_code import COPY_CODE_VERSION
from emotion_desktop.domain.errors import BundleError, UsageError
from emotion_desktop.domain.model import ModelCard
from emotion_desktop.engines.model_card import card_markdown
from emotion_desktop.engines.table import ENGINES
from emotion_desktop.workspace.files.atomic import write_atomically
from emotion_desktop.workspace.files.kinds import is_special

#: 6: the card's ``signals`` and their ``share`` are ``experts`` and ``regression_weight``;
#: there may be copy codes.
FORMAT: Final = 6
#: The first format whose expert features are those of today.
_EXPERTS_SINCE: Final = 5
KERAS: Final = "model.keras"
TRAINED_ON: Final = "trained_on.bin"
COPY_CODES: Final = "copy_codes.bin"
CARD: Final = "MODEL_CARD.md"
_MANIFEST: Final = "manifest.json"
_LIMITS: Final[dict[str, int]] = {
    _MANIFEST: 4 << 20,
    KERAS: 512 << 20,
    **{name: most for engine in ENGINES.values() for name, most in engine.files.items()},
    TRAINED_ON: 64 << 20,
    COPY_CODES: 512 << 20,
    CARD: 1 << 20,
}
_DAMAGED = "The model file is damaged."
_AGAIN = "Export or download it again."


@dataclass(frozen=True)
class Bundle:
    """A bundle that passed its checks."""

    path: Path
    card: ModelCard
    files: Mapping[str, Mapping[str, Any]]
    #: SHA-256 of the manifest, which holds those of all files: names exactly this model.
    digest: str

    def read(self, name: str) -> bytes:
        """A file of the bundle.

        Raises:
            BundleError: it is not there, or not as the manifest says.
        """
        entry = self.files.get(name)
        if entry is None:
            raise BundleError(f"The model file holds no {name}.", _AGAIN)
        with _opened(self.path) as archive:
            data = _read(archive, name)
        if len(data) != entry["bytes"] or hashlib.sha256(data).hexdigest() != entry["sha256"]:
            raise BundleError(_DAMAGED, _AGAIN)
        return data

    @property
    def engines(self) -> tuple[str, ...]:
        """What can answer with this bundle, its own choice first; names of ENGINES."""
        held = set(self.files)
        return tuple(name for name, engine in ENGINES.items() if held.issuperset(engine.files))

    def engine(self, wanted: str = "") -> str:
        """The engine wanted, or the bundle's own choice.

        Raises:
            UsageError: the bundle has nothing for it.
        """
        if wanted and wanted not in self.engines:
            raise UsageError(
                f"The model “{self.card.name}” has nothing for the engine “{wanted}”.",
                f"It has: {', '.join(self.engines)}.",
            )
        return wanted or self.engines[0]

    @cached_property
    def trained_on(self) -> frozenset[bytes]:
        """Hashes of the photos the model was trained on (see dataset.sources.files.fingerprint)."""
        if TRAINED_ON not in self.files:
            return frozenset()
        return frozenset(split_digests(self.read(TRAINED_ON)))

    @cached_property
    def training_photos(self) -> TrainingPhotos:
        """What tells whether a photo is one the model was trained on, or a copy of one.

        Bundles of earlier versions hold no codes: of theirs only the very same files are known.
        """
        codes = self.read(COPY_CODES) if COPY_CODES in self.files else b""
        known = codes[:1] == bytes([COPY_CODE_VERSION])
        return TrainingPhotos(self.trained_on, split_codes(codes[1:]) if known else frozenset())


def read_bundle(path: Path, verify: bool = False) -> Bundle:
    """Opens a bundle and checks it.

    Args:
        verify: check every file now, not only when it is read (for a bundle from elsewhere).

    Raises:
        BundleError: it is not there, not a bundle, damaged, too new, or describes no usable model.
    """
    with _opened(path) as archive:
        _check_entries(archive)
        raw = _read(archive, _MANIFEST)
    manifest = _parse(raw)
    files = manifest["files"]
    if manifest["format"] < _EXPERTS_SINCE and manifest["card"].get("signals"):
        raise BundleError(
            "The model was made by an earlier version of this program, with other expert features.",
            "Train it again, with the preset Best.",
        )
    try:
        card = ModelCard.from_dict(manifest["card"])
    except (ValueError, KeyError) as error:
        raise BundleError(f"The model's description cannot be used: {error}.", _AGAIN) from None
    bundle = Bundle(path, card, files, hashlib.sha256(raw).hexdigest())
    if not any(ENGINES[name].portable for name in bundle.engines):
        raise BundleError("The model file holds no model that can classify.", _AGAIN)
    if verify:
        for name in files:
            bundle.read(name)
    return bundle


def write_bundle(
    path: Path,
    card: ModelCard,
    files: Mapping[str, bytes],
    trained_on: Iterable[bytes] = (),
    copy_codes: Iterable[bytes] = (),
) -> Bundle:
    """Writes a bundle in one step: either all of it is there afterwards, or nothing changed.

    Args:
        files: bytes by name; all that one of ENGINES needs, and KERAS where there is one.
        trained_on: hashes of the training photos.
        copy_codes: of the training photos (see imaging.copy_code).

    Raises:
        AppError: the disk is full or the folder may not be written.
    """
    contents = {**files, CARD: card_markdown(card).encode()}
    digests = join_digests(trained_on)
    if digests:
        contents[TRAINED_ON] = digests
    codes = join_codes(copy_codes)
    if codes:
        contents[COPY_CODES] = bytes([COPY_CODE_VERSION]) + codes
    manifest = {
        "format": FORMAT,
        "card": card.to_dict(),
        "files": {
            name: {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
            for name, data in contents.items()
        },
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        # A fixed date: the same model makes the same bytes.
        for name, data in {
            _MANIFEST: json.dumps(manifest, indent=1).encode(),
            **contents,
        }.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    write_atomically(path, buffer.getvalue())
    return read_bundle(path)


def _opened(path: Path) -> zipfile.ZipFile:
    if is_special(path):
        raise BundleError(f"{path.name} is no file, but a pipe or a device.", "Choose a file.")
    try:
        return zipfile.ZipFile(path)
    except FileNotFoundError:
        raise BundleError(f"There is no model file {path.name}.", "Check its path.") from None
    except zipfile.BadZipFile:
        raise BundleError("This is not a model file, or only a part of one.", _AGAIN) from None
    except IsADirectoryError:
        raise BundleError(
            f"{path.name} is a folder, and none that a model was saved in.",
            "Choose a model file, or a SavedModel's own folder.",
        ) from None
    except OSError as error:
        reason = error.strerror or "unknown reason"
        raise BundleError(
            f"The model file cannot be read ({reason}).", "Check that you may read it."
        ) from None
    except Exception:  # noqa: BLE001 - damaged directories make zipfile raise whatever comes
        raise BundleError(_DAMAGED, _AGAIN) from None


def _check_entries(archive: zipfile.ZipFile) -> None:
    names = [entry.filename for entry in archive.infolist()]
    if len(set(names)) != len(names):
        raise BundleError("The model file holds a name twice.", _AGAIN)
    for entry in archive.infolist():
        limit = _LIMITS.get(entry.filename)
        if limit is None:
            raise BundleError(
                "The model file holds something that does not belong there.",
                "Only import model files from people you trust.",
            )
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise BundleError(_DAMAGED, _AGAIN)
        if entry.file_size > limit:
            raise BundleError("The model file is too large to be loaded safely.", _AGAIN)
    if _MANIFEST not in names:
        raise BundleError("This ZIP file is not a model of this program.", _AGAIN)


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    limit = _LIMITS[name]
    try:
        with archive.open(name) as file:
            # The size in the directory may lie: read no further than the limit.
            data = file.read(limit + 1)
    except (
        KeyError,
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        NotImplementedError,
        RuntimeError,
        ValueError,
    ):
        raise BundleError(_DAMAGED, _AGAIN) from None
    if len(data) > limit:
        raise BundleError("The model file is too large to be loaded safely.", _AGAIN)
    return data


def _parse(raw: bytes) -> dict[str, Any]:
    try:
        manifest = json.loads(raw, parse_constant=_refuse_constant)
        version = manifest["format"]
        files = manifest["files"]
        sound = (
            type(version) is int
            and isinstance(manifest["card"], dict)
            and isinstance(files, dict)
            and set(files) <= set(_LIMITS) - {_MANIFEST}
            and all(
                isinstance(entry["bytes"], int) and isinstance(entry["sha256"], str)
                for entry in files.values()
            )
        )
    except (ValueError, KeyError, TypeError, RecursionError):
        raise BundleError("The model's description cannot be read.", _AGAIN) from None
    if not sound:
        raise BundleError("The model's description cannot be read.", _AGAIN)
    if version > FORMAT:
        raise BundleError(
            "The model was made by a newer version of this program.", "Update the program."
        )
    return dict(manifest)


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")
