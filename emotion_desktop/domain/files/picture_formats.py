"""The picture formats that can be read: a row each, for everything that must know them.

A row is all that a format of Pillow's needs: folders are walked for its suffixes, the file dialog
offers them, the launcher registers them, and the decoder tries its reader.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class PictureFormat:
    """A format.

    Attributes:
        title: what people call it.
        suffixes: of its files, in lower case, the usual one first.
        media_type: as IANA or the freedesktop.org names it.
        readers: Pillow's names of the decoders that may read it.
        plugin: whether its reader is none of Pillow's own, and is loaded when it is needed.
    """

    title: str
    suffixes: tuple[str, ...]
    media_type: str
    readers: tuple[str, ...]
    plugin: bool = False


JPEG: Final = PictureFormat("JPEG", (".jpg", ".jpeg", ".jpe", ".jfif"), "image/jpeg", ("JPEG",))
PNG: Final = PictureFormat("PNG", (".png",), "image/png", ("PNG",))
#: Phones write HEIC; its decoder is a plug-in.
HEIC: Final = PictureFormat("HEIC", (".heic", ".heif"), "image/heif", ("HEIF",), plugin=True)
PICTURE_FORMATS: Final = (
    JPEG,
    PNG,
    PictureFormat("WebP", (".webp",), "image/webp", ("WEBP",)),
    HEIC,
    PictureFormat("AVIF", (".avif",), "image/avif", ("AVIF",)),
    PictureFormat("TIFF", (".tif", ".tiff"), "image/tiff", ("TIFF",)),
    PictureFormat("GIF", (".gif",), "image/gif", ("GIF",)),
    PictureFormat("BMP", (".bmp", ".dib"), "image/bmp", ("BMP", "DIB")),
    PictureFormat("PPM", (".ppm",), "image/x-portable-pixmap", ("PPM",)),
    PictureFormat("PGM", (".pgm",), "image/x-portable-graymap", ("PPM",)),
)

#: Names that are taken for pictures when a folder is walked.
PICTURE_SUFFIXES: Final = frozenset(
    suffix for format in PICTURE_FORMATS for suffix in format.suffixes
)


def readable_formats() -> str:
    """What can be read, as a sentence."""
    *first, last = (format.title for format in PICTURE_FORMATS)
    return f"{', '.join(first)} and {last} can be read."


def dialog_filter() -> str:
    """The pictures of a file dialog, as Qt writes a filter."""
    patterns = (f"*{suffix}" for format in PICTURE_FORMATS for suffix in format.suffixes)
    return f"Photos ({' '.join(patterns)})"
