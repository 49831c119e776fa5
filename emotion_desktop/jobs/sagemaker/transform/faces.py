"""The faces on the photos of a transform: found and cut out here, then sent to S3.

Each is a file of its own, since the service answers for whole objects. They have numbers for names:
nothing tells which photo one is from but the list that stays here.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from emotion_desktop.domain.errors import UnreadablePictureError
from emotion_desktop.domain.geometry import Box, Frame
from emotion_desktop.domain.job import JobContext, Progress
from emotion_desktop.jobs.sagemaker.transform.in_threads import in_threads

if TYPE_CHECKING:
    from emotion_desktop.aws.s3.bucket import Bucket
    from emotion_desktop.domain.model import Preprocessing
    from emotion_desktop.imaging.faces import FaceFinder
    from emotion_desktop.imaging.prepare import FaceMode

_LIST: Final = "photos.json"
_FACES: Final = "faces"
_UPLOADS: Final = 8


@dataclass(frozen=True, slots=True)
class CutFace:
    """One face, in a file of its own."""

    file: str
    box: Box
    frame: Frame


@dataclass(frozen=True, slots=True)
class SeenPhoto:
    """One photo of this computer, as it was looked at.

    Attributes:
        size: width and height, pixels.
        digest: of the file's content; empty for a photo that could not be read.
        error: why it could not be read.
    """

    path: str
    size: tuple[int, int] = (0, 0)
    digest: bytes = b""
    faces: tuple[CutFace, ...] = ()
    error: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """JSON values; from_dict reads them back."""
        return {
            "path": self.path,
            "size": list(self.size),
            "digest": self.digest.hex(),
            "faces": [
                {
                    "file": face.file,
                    "box": face.box.to_list(),
                    "frame": [
                        face.frame.x,
                        face.frame.y,
                        face.frame.width,
                        face.frame.height,
                        face.frame.angle,
                    ],
                }
                for face in self.faces
            ],
            "error": self.error,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> SeenPhoto:
        """Reads what to_dict wrote."""
        return cls(
            path=data["path"],
            size=(data["size"][0], data["size"][1]),
            digest=bytes.fromhex(data.get("digest", "")),
            faces=tuple(
                CutFace(face["file"], Box(*face["box"]), Frame(*face["frame"]))
                for face in data["faces"]
            ),
            error=data.get("error"),
        )


class FaceCutter:
    """Looks at photos with the finder and the preprocessing that classify them here, too."""

    def __init__(self, finder: FaceFinder, preprocessing: Preprocessing, faces: FaceMode) -> None:
        self._finder = finder
        self._preprocessing = preprocessing
        self._faces = faces

    def cut(self, paths: Sequence[Path], folder: Path, context: JobContext) -> list[SeenPhoto]:
        """Writes the faces of photos into a run's folder, and the list of them.

        Raises:
            CancelledError: the user cancelled.
        """
        pictures = folder / _FACES
        pictures.mkdir(parents=True, exist_ok=True)
        total, number = len(paths), 0
        photos = []

        def tell(done: int) -> Progress:
            return Progress(done, total, f"finding faces, {done:,} of {total:,} photos")

        cores = os.cpu_count() or 1
        for photo, found in in_threads(self._see, paths, context, threads=cores, tell=tell):
            faces = []
            for box, frame, png in found:
                faces.append(CutFace(f"{number:07}.png", box, frame))
                (pictures / faces[-1].file).write_bytes(png)
                number += 1
            photos.append(replace(photo, faces=tuple(faces)))
        (folder / _LIST).write_text(
            json.dumps([photo.to_dict() for photo in photos]), encoding="utf-8"
        )
        return photos

    def _see(self, path: Path) -> tuple[SeenPhoto, list[tuple[Box, Frame, bytes]]]:
        from emotion_desktop.dataset.sources.files.fingerprint import digest
        from emotion_desktop.imaging.file_content import read_bytes
        from emotion_desktop.imaging.pixels import encode_png
        from emotion_desktop.imaging.prepare import prepare_faces

        try:
            data = read_bytes(path)
            picture, faces = prepare_faces(data, self._finder, self._preprocessing, self._faces)
        except UnreadablePictureError as error:
            return SeenPhoto(str(path), error=str(error)), []
        photo = SeenPhoto(str(path), (picture.width, picture.height), digest(data))
        return photo, [(face.box, face.frame, encode_png(face.pixels)) for face in faces]


def seen_photos(folder: Path) -> list[SeenPhoto]:
    """The photos whose faces were cut into a run's folder."""
    listed = json.loads((folder / _LIST).read_text(encoding="utf-8"))
    return [SeenPhoto.from_dict(item) for item in listed]


def send_faces(bucket: Bucket, prefix: str, folder: Path, context: JobContext) -> None:
    """Sends the faces in a run's folder; what is there is not sent again.

    Raises:
        CloudError: that cannot be done.
        CancelledError: the user cancelled.
    """
    there = {item.key for item in bucket.objects(prefix)}
    files = [face.file for photo in seen_photos(folder) for face in photo.faces]
    missing = [file for file in files if prefix + file not in there]

    def send(file: str) -> None:
        bucket.write(prefix + file, (folder / _FACES / file).read_bytes())

    def tell(sent: int) -> Progress:
        done = len(files) - len(missing) + sent
        return Progress(done, len(files), f"uploading, {done:,} of {len(files):,} faces")

    for _ in in_threads(send, missing, context, threads=_UPLOADS, tell=tell):
        pass


def delete_faces(folder: Path) -> None:
    """Deletes the faces in a run's folder; the list of them stays."""
    for path in (folder / _FACES).glob("*.png"):
        path.unlink()
