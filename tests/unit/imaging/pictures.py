"""Pictures made for the tests of imaging."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import numpy as np
from PIL import Image

from emotion_desktop.imaging.decode import Pixels


def quarters(width: int = 96, height: int = 64) -> Pixels:
    """Four plain quarters, red, green / blue, white: tells all eight orientations apart."""
    pixels = np.empty((height, width, 3), np.uint8)
    pixels[: height // 2, : width // 2] = (220, 30, 30)
    pixels[: height // 2, width // 2 :] = (30, 200, 30)
    pixels[height // 2 :, : width // 2] = (30, 30, 220)
    pixels[height // 2 :, width // 2 :] = (240, 240, 240)
    return pixels


def encoded(image: Image.Image | Pixels, form: str, **options: Any) -> bytes:
    """The bytes of a file."""
    picture = Image.fromarray(image) if isinstance(image, np.ndarray) else image
    buffer = io.BytesIO()
    picture.save(buffer, form, **options)
    return buffer.getvalue()


def exif(orientation: int) -> bytes:
    """EXIF metadata with nothing but an orientation."""
    data = Image.Exif()
    data[0x0112] = orientation
    return data.tobytes()


def png_header(width: int, height: int) -> bytes:
    """A PNG that promises a picture of this size, and holds next to nothing."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    size = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", size) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def jpeg_header(width: int, height: int) -> bytes:
    """A JPEG whose header promises a picture of this size."""
    data = bytearray(encoded(quarters(), "JPEG"))
    frame = data.index(b"\xff\xc0")
    data[frame + 5 : frame + 9] = struct.pack(">HH", height, width)
    return bytes(data)
