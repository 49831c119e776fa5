"""The one decode: every picture the program looks at comes through here.

A picture is upright, 8-bit RGB, without transparency, first frame only. JPEGs may be decoded at a
fraction of their size (the transform of the format itself averages the pixels, so nothing aliases).
"""

from __future__ import annotations

import io
import threading
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt
import simplejpeg
from PIL import Image, UnidentifiedImageError

from emotion_desktop.domain.errors import UnreadablePictureError
from emotion_desktop.domain.files.picture_formats import HEIC, PICTURE_FORMATS, readable_formats
from emotion_desktop.imaging.file_content import read_bytes

if TYPE_CHECKING:
    from collections.abc import Callable

Pixels = npt.NDArray[np.uint8]

#: A picture with more pixels is refused: 200 megapixels are the largest of today's cameras.
MAX_PIXELS: Final = 210_000_000

#: The same for what cannot be decoded at a fraction of its size: it takes seconds, and 3 to 8 bytes
#: a pixel before it can be made smaller. 102 megapixels are the largest of today's cameras.
MAX_WHOLE_PIXELS: Final = 110_000_000
#: Pictures with more are made smaller, as far as they may be, before they are converted.
_LARGE: Final = 40_000_000
#: Rows of deep grey that are converted at a time: bounds the memory.
_ROWS: Final = 256

#: What Pillow may try. Its other decoders are rare, and some start other programs.
_READERS: Final = tuple(
    dict.fromkeys(name for row in PICTURE_FORMATS if not row.plugin for name in row.readers)
)
# Pillow refuses a picture of more than twice this by itself, also where one is inside another.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS // 2
# It warns of large pictures and odd metadata; the judgement here is our own. Once for all:
# catch_warnings() is not for threads.
warnings.filterwarnings("ignore", module=r"PIL\.")

_EXIF = b"Exif\x00\x00"
_APP1: Final = 0xE1
#: Markers of a JPEG that stand alone, and those after which there is no more metadata.
_NO_LENGTH: Final = frozenset((0x01, *range(0xD0, 0xD9)))
_PICTURE_BEGINS: Final = frozenset((0xD9, 0xDA))
#: Brands of the files that Pillow's own reader of AVIF takes.
_AVIF: Final = (b"avif", b"avis")
#: Pillow knows many ways that TIFF has to store pixels, but not floating-point colours, say.
_TIFF: Final = (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")
_ZIP: Final = b"PK\x03\x04"
_ORIENTATION_TAG = 0x0112
_TRANSFORMS: Final[dict[int, Callable[[Pixels], Pixels]]] = {
    2: lambda a: a[:, ::-1],
    3: lambda a: a[::-1, ::-1],
    4: lambda a: a[::-1],
    5: lambda a: a.transpose(1, 0, 2),
    6: lambda a: a.transpose(1, 0, 2)[:, ::-1],
    7: lambda a: a.transpose(1, 0, 2)[::-1, ::-1],
    8: lambda a: a.transpose(1, 0, 2)[::-1],
}
_heif_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Picture:
    """A decoded picture.

    Attributes:
        pixels: (height, width, 3) uint8, RGB, upright; perhaps smaller than the file's picture.
        width, height: size of the file's picture, upright, pixels.
    """

    pixels: Pixels
    width: int
    height: int

    @property
    def scale(self) -> tuple[float, float]:
        """How many pixels of ``pixels`` make one of the file's picture, across and down."""
        return self.pixels.shape[1] / self.width, self.pixels.shape[0] / self.height


def decode(source: Path | bytes, at_least: int = 0) -> Picture:
    """Decodes a picture.

    Args:
        source: a file, or a file's bytes.
        at_least: a JPEG may be decoded smaller as long as its shorter side keeps this many
            pixels, and so may very large pictures of other formats; 0 decodes in full.

    Raises:
        UnreadablePictureError: it is not a picture, damaged, or too large.
    """
    data = source if isinstance(source, bytes) else read_bytes(source)
    if data[:3] == b"\xff\xd8\xff":
        picture = _decode_plain_jpeg(data, at_least)
        if picture is not None:
            return picture
    return _decode_any(data, at_least)


def _decode_plain_jpeg(data: bytes, at_least: int) -> Picture | None:
    """The fast way for the common case; None where Pillow shall judge."""
    try:
        height, width, colours, _ = simplejpeg.decode_jpeg_header(data, strict=False)
        _check_size(width, height)
        if colours not in ("Gray", "YCbCr"):
            return None
        limit = {"min_height": at_least, "min_width": at_least} if at_least else {}
        pixels = simplejpeg.decode_jpeg(data, "RGB", strict=True, **limit)
    except UnreadablePictureError:
        raise
    except ValueError as error:
        if "premature end of data" in str(error):
            # Pillow would show the missing part as grey, and say nothing.
            raise UnreadablePictureError(
                "The picture is damaged.", "A part of it is missing."
            ) from None
        return None
    except Exception:  # noqa: BLE001 - it raises anything on damaged files (KeyError, say)
        return None
    if not _has_exif(data):
        return Picture(pixels, width, height)
    orientation = _stored_orientation(data)
    if orientation >= 5:
        width, height = height, width
    return Picture(_turned(pixels, orientation), width, height)


def is_upright(data: bytes) -> bool:
    """Whether a picture's pixels are stored upright, as readers that ignore EXIF show them.

    Args:
        data: a file's bytes; those of no picture count as upright.
    """
    if data[:3] == b"\xff\xd8\xff" and not _has_exif(data):
        return True
    return _stored_orientation(data) == 1


def _has_exif(jpeg: bytes) -> bool:
    """Whether EXIF is among a JPEG's segments, however much lies before it."""
    place = 2
    while place + 10 <= len(jpeg) and jpeg[place] == 0xFF:
        marker = jpeg[place + 1]
        if marker == 0xFF:  # padding
            place += 1
            continue
        if marker in _NO_LENGTH:
            place += 2
            continue
        if marker in _PICTURE_BEGINS:
            return False
        if marker == _APP1 and jpeg.startswith(_EXIF, place + 4):
            return True
        place += 2 + int.from_bytes(jpeg[place + 2 : place + 4], "big")
    return False


def _stored_orientation(data: bytes) -> int:
    try:
        with _open(data) as image:
            return _orientation(image)
    except Exception:  # noqa: BLE001 - Pillow's parsers raise anything on damaged metadata
        return 1


def _orientation(image: Image.Image) -> int:
    """The EXIF orientation, 1 to 8; 1 (upright) where the metadata says nothing sensible."""
    try:
        orientation = image.getexif().get(_ORIENTATION_TAG, 1)
    except Exception:  # noqa: BLE001 - Pillow's parsers raise anything on damaged metadata
        return 1
    return orientation if isinstance(orientation, int) and orientation in _TRANSFORMS else 1


def _turned(pixels: Pixels, orientation: int) -> Pixels:
    if orientation == 1:
        return pixels
    return np.ascontiguousarray(_TRANSFORMS[orientation](pixels))


def _decode_any(data: bytes, at_least: int = 0) -> Picture:
    try:
        with _open(data) as image:
            _check_size(*image.size, MAX_WHOLE_PIXELS)
            loaded, (width, height) = _loaded(image, at_least)
            # After its pixels: some formats are turned on loading, some have it at their end.
            orientation = _orientation(image)
            pixels = _turned(_to_rgb(loaded), orientation)
    except UnreadablePictureError:
        raise
    except UnidentifiedImageError:
        if data.startswith(_ZIP):
            raise UnreadablePictureError(
                "This is a packed file (ZIP), not a picture.",
                "If there are photos in it, unpack it and open the folder.",
            ) from None
        if data.startswith(_TIFF):
            raise UnreadablePictureError(
                "This TIFF file stores its pixels in a way that the program cannot read.",
                "Save it with 8 or 16 bits per channel, as TIFF or PNG.",
            ) from None
        raise UnreadablePictureError(
            "This is not a picture in a format the program knows.", readable_formats()
        ) from None
    except Image.DecompressionBombError:
        raise _too_large() from None
    except MemoryError:
        raise UnreadablePictureError("There is not enough memory for this picture.") from None
    except Exception as error:  # noqa: BLE001 - Pillow's decoders raise anything on damaged files
        raise UnreadablePictureError("The picture is damaged.", _reason(error)) from None
    if orientation >= 5:
        width, height = height, width
    return Picture(pixels, width, height)


def _loaded(image: Image.Image, at_least: int) -> tuple[Image.Image, tuple[int, int]]:
    """A picture with its pixels, a very large one made smaller, as far as it may be; and its size
    in the file."""
    size = image.size
    factor = min(size) // at_least if at_least else 1
    large = size[0] * size[1] > _LARGE and factor > 1
    # A JPEG whose colours only Pillow knows is loaded at a fraction of its size.
    drafted = image.draft(None, (size[0] // factor, size[1] // factor)) if large else None
    image.load()
    if drafted is None:
        size = image.size
    factor = min(image.size) // at_least if large else 1
    if factor < 2 or image.mode.startswith("I;16"):
        return image, size
    if image.mode not in ("L", "RGB", "RGBA", "CMYK", "I", "F"):  # colours by number, say
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    return image.reduce(factor), size


def _open(data: bytes) -> Image.Image:
    if data[4:8] == b"ftyp" and not _is_avif(data):
        _register_heif()
        return Image.open(io.BytesIO(data), formats=HEIC.readers)
    return Image.open(io.BytesIO(data), formats=_READERS)


def _is_avif(data: bytes) -> bool:
    """Whether a file of the HEIF family says anywhere that it is AVIF: its first brand may be the
    family's (mif1, msf1)."""
    end = min(int.from_bytes(data[:4], "big"), 512)
    brands = [data[8:12], *(data[place : place + 4] for place in range(16, end, 4))]
    return any(brand in _AVIF for brand in brands)


def _register_heif() -> None:
    """Loads the plug-in when the first such file comes."""
    with _heif_lock:
        if "HEIF" not in Image.OPEN:
            import pillow_heif

            pillow_heif.register_heif_opener()


def _check_size(width: int, height: int, most: int = MAX_PIXELS) -> None:
    if width * height > most:
        raise _too_large(width, height)
    if width < 1 or height < 1:
        raise UnreadablePictureError("The picture has no pixels.")


def _too_large(width: int = 0, height: int = 0) -> UnreadablePictureError:
    size = f" ({width:,} x {height:,} pixels)" if width else ""
    return UnreadablePictureError(
        f"The picture is too large{size}.",
        f"Up to {MAX_PIXELS // 1_000_000} megapixels can be read as an ordinary JPEG, up to "
        f"{MAX_WHOLE_PIXELS // 1_000_000} in other formats. Save it smaller.",
    )


def _reason(error: Exception) -> str:
    text = str(error).strip()
    return f"The decoder says: {text}." if text and len(text) < 120 else ""


def _to_rgb(image: Image.Image) -> Pixels:
    if image.mode.startswith("I;16") or image.mode in ("I", "F"):
        return _deep_grey(np.asarray(image))
    if image.has_transparency_data:
        # Transparent parts become white, as viewers show them.
        layer = image.convert("RGBA")
        canvas = Image.new("RGBA", layer.size, "white")
        canvas.alpha_composite(layer)
        image = canvas
    return np.array(image.convert("RGB"))


def _deep_grey(values: npt.NDArray[Any]) -> Pixels:
    """More than 8 bits of grey: by the type's range where it has one, else by the values'."""
    if values.dtype in (np.dtype("<u2"), np.dtype(">u2")):
        grey = (values.astype(np.uint32) + 128) // 257
    else:
        bands = [values[row : row + _ROWS] for row in range(0, len(values), _ROWS)]
        low = min(float(np.min(_plain(band))) for band in bands)
        high = max(float(np.max(_plain(band))) for band in bands)
        if low < 0 or high > 65535:
            high -= low
            top = high or 1.0
        else:
            low = 0.0
            top = 1.0 if high <= 1 else 255.0 if high <= 255 else 65535.0
        grey = np.concatenate(
            [np.rint((_plain(band) - low) / top * 255).astype(np.uint8) for band in bands]
        )
    return np.repeat(grey.astype(np.uint8)[:, :, None], 3, axis=2)


def _plain(values: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    return np.nan_to_num(values.astype(np.float64))
