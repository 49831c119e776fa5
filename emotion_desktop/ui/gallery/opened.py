"""Where the gallery's photos came from, so that the next start opens them again; no Qt in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path


class OpenedPhotos:
    """Files and folders in the order they were opened, and the photos of them that were taken out.

    Attributes:
        paths: each with how faces are found (imaging.prepare.FaceMode); empty for the setting.
        removed: paths of photos that are not wanted although their folder is.
    """

    def __init__(self, paths: Mapping[str, str] | None = None, removed: Iterable[str] = ()) -> None:
        self.paths = dict(paths or {})
        self.removed = set(removed)

    def add(self, paths: Iterable[Path], faces: str) -> None:
        """Notes what is opened; photos in it that were taken out are wanted again."""
        for path in paths:
            absolute = path.absolute()
            self.paths[str(absolute)] = faces
            self.removed = {
                text
                for text in self.removed
                if absolute != Path(text).absolute()
                and absolute not in Path(text).absolute().parents
            }

    def remove(self, paths: Iterable[str]) -> None:
        """Notes that photos are taken out."""
        for text in paths:
            absolute = str(Path(text).absolute())
            if self.paths.pop(absolute, None) is None:  # it came with its folder
                self.removed.add(text)

    def copy(self) -> OpenedPhotos:
        """The same, by itself."""
        return OpenedPhotos(self.paths, self.removed)

    def joined(self, later: OpenedPhotos) -> OpenedPhotos:
        """These, and what was opened later."""
        return OpenedPhotos({**self.paths, **later.paths}, self.removed)

    def by_faces(self) -> dict[str, list[Path]]:
        """The paths by how faces are found, each list in the order they came."""
        found: dict[str, list[Path]] = {}
        for text, faces in self.paths.items():
            found.setdefault(faces, []).append(Path(text))
        return found
