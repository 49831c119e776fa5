"""The one file that counts in the ``model.tar.gz`` of a recipe's training."""

from __future__ import annotations

import shutil
import zlib
from pathlib import Path, PurePosixPath
from typing import Final

from emotion_desktop.domain.errors import BundleError
from emotion_desktop.engines.mxnet.archive import open_archive
from emotion_desktop.training.script.names import KEPT
from emotion_desktop.workspace.files.atomic import written_atomically

#: Of the weights of a net and its answers for the validation photos.
_MAX_BYTES: Final = 4 << 30
_MAX_FILES: Final = 200


def take_kept(archive: Path, target: Path) -> None:
    """Unpacks what the training kept, and nothing else.

    Raises:
        BundleError: it is not in there, too large, or the archive is damaged.
        AppError: the disk is full.
    """
    found = False
    try:
        with open_archive(archive) as members:
            for number, (member, file) in enumerate(members):
                if number >= _MAX_FILES:
                    raise BundleError("The archive holds too many files.", "It is another job's.")
                if file is None or PurePosixPath(member.name).name != KEPT:
                    continue
                if member.size > _MAX_BYTES:
                    raise BundleError(f"{KEPT} is too large to be loaded safely.", "Train again.")
                with written_atomically(target) as out:
                    shutil.copyfileobj(file, out)
                found = True
    except (OSError, EOFError, ValueError, zlib.error) as error:
        target.unlink(missing_ok=True)
        raise BundleError(
            f"What came back from the job is damaged ({error}).", "Go on: it is fetched anew."
        ) from None
    if not found:
        raise BundleError(
            f"There is no {KEPT} in what came back from the job.",
            "It was stopped before its first epoch was over. Train again.",
        )
