"""The one decode: what comes out of every kind of file."""

import struct
import tracemalloc
import zipfile

import numpy as np
import pillow_heif
import pytest
from PIL import Image

from emotion_desktop.domain.errors import UnreadablePictureError
from emotion_desktop.imaging import decode as module
from emotion_desktop.imaging import file_content
from emotion_desktop.imaging.decode import decode, is_upright
from tests.faces import SAMPLES
from tests.unit.imaging.pictures import encoded, exif, jpeg_header, png_header, quarters

#: What a viewer does for each EXIF orientation, in NumPy's words (EXIF 2.32, 4.6.4.A).
UPRIGHT = {
    1: lambda a: a,
    2: np.fliplr,
    3: lambda a: np.rot90(a, 2),
    4: np.flipud,
    5: lambda a: np.fliplr(np.rot90(a, -1)),
    6: lambda a: np.rot90(a, -1),
    7: lambda a: np.fliplr(np.rot90(a, 1)),
    8: lambda a: np.rot90(a, 1),
}


def assert_close(pixels, expected, tolerance=6):
    """Compares away from edges, where lossy formats ring."""
    assert pixels.shape == expected.shape
    assert pixels.dtype == np.uint8
    far = np.abs(pixels.astype(int) - expected.astype(int)).max(axis=2)
    assert np.percentile(far, 85) <= tolerance


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize(
    ("form", "options"),
    [
        ("JPEG", {"quality": 95}),
        ("PNG", {}),
        ("WEBP", {"lossless": True}),
        ("TIFF", {}),
        ("AVIF", {"quality": 95}),
    ],
)
def test_pictures_are_turned_upright(form, options, orientation):
    data = encoded(quarters(), form, exif=exif(orientation), **options)
    picture = decode(data)
    expected = UPRIGHT[orientation](quarters())
    assert_close(picture.pixels, expected, 12)
    assert (picture.height, picture.width) == expected.shape[:2]
    assert picture.pixels.flags.c_contiguous


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_fast_way_and_pillow_agree(orientation):
    data = encoded(quarters(), "JPEG", exif=exif(orientation), quality=95)
    fast, slow = module._decode_plain_jpeg(data, 0), module._decode_any(data)
    assert fast is not None
    assert (fast.width, fast.height) == (slow.width, slow.height)
    assert np.abs(fast.pixels.astype(int) - slow.pixels).max() <= 3


@pytest.mark.parametrize("orientation", [0, 9, 255])
@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_an_orientation_that_does_not_exist_turns_nothing(form, orientation):
    picture = decode(encoded(quarters(), form, exif=exif(orientation)))
    assert (picture.width, picture.height) == (96, 64)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_damaged_metadata_does_not_cost_the_picture(form):
    good = exif(6)
    data = encoded(quarters(), form, exif=good)
    start = data.index(good[-20:])
    spoilt = data[:start] + b"\xff" * 20 + data[start + 20 :]
    if form == "PNG":  # its checksum goes with it
        spoilt = encoded(quarters(), form, exif=good[:8] + b"\xff" * 20)
    assert_close(decode(spoilt).pixels, quarters(), 40)


def test_grey_becomes_rgb():
    grey = np.tile(np.arange(0, 256, 4, dtype=np.uint8), (32, 1))
    for form in ("PNG", "JPEG"):
        pixels = decode(encoded(grey, form)).pixels
        assert_close(pixels, np.repeat(grey[:, :, None], 3, axis=2))
        assert (pixels[:, :, 0] == pixels[:, :, 2]).all()


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_transparent_parts_are_white(mode):
    image = Image.new("RGBA", (20, 10), (0, 0, 0, 255))
    image.paste((0, 0, 0, 0), (0, 0, 10, 10))
    image.paste((0, 0, 0, 128), (15, 0, 20, 10))
    pixels = decode(encoded(image.convert(mode), "PNG")).pixels
    assert (pixels[:, :10] == 255).all()
    assert (pixels[:, 10:15] == 0).all()
    assert np.abs(pixels[:, 15:].astype(int) - 127).max() <= 1


def test_a_palette_with_transparency():
    image = Image.new("P", (4, 1))
    image.putpalette([10, 20, 30, 200, 100, 50, 0, 0, 0])
    for x, index in enumerate((0, 1, 2, 0)):
        image.putpixel((x, 0), index)
    pixels = decode(encoded(image, "PNG", transparency=2)).pixels
    assert pixels[0].tolist() == [[10, 20, 30], [200, 100, 50], [255, 255, 255], [10, 20, 30]]


def test_one_bit():
    image = Image.new("1", (8, 1))
    image.putpixel((3, 0), 1)
    assert decode(encoded(image, "PNG")).pixels[0, :, 0].tolist() == [0, 0, 0, 255, 0, 0, 0, 0]


@pytest.mark.parametrize("form", ["PNG", "TIFF"])
def test_sixteen_bits_of_grey_are_scaled_not_cut(form):
    ramp = np.linspace(0, 65535, 256).astype(np.uint16)[None, :].repeat(4, axis=0)
    pixels = decode(encoded(Image.fromarray(ramp), form)).pixels
    assert pixels[0, :, 0].tolist() == list(range(256))


def test_sixteen_bits_of_a_dark_picture_stay_dark():
    dark = np.full((4, 4), 257 * 20, np.uint16)
    assert (decode(encoded(Image.fromarray(dark), "PNG")).pixels == 20).all()


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0.0, 0.5, 1.0], [0, 128, 255]),  # fractions
        ([0.0, 100.0, 255.0], [0, 100, 255]),
        ([0.0, 25700.0, 65535.0], [0, 100, 255]),
        ([-1.0, 0.0, 1.0], [0, 128, 255]),
        ([0.0, np.nan, 1.0], [0, 0, 255]),
    ],
)
def test_floating_point_grey(values, expected):
    image = Image.fromarray(np.array([values], np.float32))
    assert decode(encoded(image, "TIFF")).pixels[0, :, 0].tolist() == expected


def test_thirty_two_bits_of_grey():
    image = Image.fromarray(np.array([[0, 32768, 65535]], np.int32))
    assert decode(encoded(image, "TIFF")).pixels[0, :, 0].tolist() == [0, 128, 255]


def test_the_inks_of_a_print_become_colours():
    image = Image.new("CMYK", (16, 16), (0, 255, 255, 0))
    image.paste((255, 0, 0, 0), (0, 0, 8, 16))
    pixels = decode(encoded(image, "JPEG", quality=95)).pixels
    assert pixels[8, 12, 0] > 240
    assert pixels[8, 12, 1:].max() < 15
    assert pixels[8, 2, 0] < 15
    assert pixels[8, 2, 1:].min() > 240


@pytest.mark.parametrize(("form", "options"), [("GIF", {}), ("WEBP", {"lossless": True})])
def test_of_an_animation_the_first_frame_is_taken(form, options):
    frames = [Image.new("RGB", (16, 16), colour) for colour in ("red", "lime", "blue")]
    data = encoded(frames[0], form, save_all=True, append_images=frames[1:], **options)
    pixels = decode(data).pixels
    assert pixels.shape == (16, 16, 3)
    assert (pixels == (255, 0, 0)).all()


@pytest.mark.parametrize("form", ["WEBP", "AVIF", "BMP", "PPM"])
def test_other_formats(form):
    assert_close(decode(encoded(quarters(), form)).pixels, quarters(), 12)


def test_heic(tmp_path):
    path = tmp_path / "phone.heic"
    pillow_heif.from_pillow(Image.fromarray(quarters())).save(path, quality=95)
    assert path.read_bytes()[4:8] == b"ftyp"
    assert_close(decode(path).pixels, quarters(), 12)


@pytest.mark.parametrize(
    ("at_least", "height"), [(0, 800), (801, 800), (640, 800), (320, 400), (150, 200), (1, 100)]
)
def test_a_jpeg_is_decoded_no_larger_than_needed(at_least, height):
    picture = decode(SAMPLES / "official_portrait.jpg", at_least=at_least)
    assert (picture.width, picture.height) == (640, 800)
    assert picture.pixels.shape[0] == height
    assert min(picture.pixels.shape[:2]) >= min(at_least, 640)
    assert picture.scale == (picture.pixels.shape[1] / 640, height / 800)


def test_a_turned_jpeg_keeps_its_full_size_when_decoded_smaller():
    data = encoded(quarters(800, 400), "JPEG", exif=exif(6))
    picture = decode(data, at_least=100)
    assert (picture.width, picture.height) == (400, 800)
    assert picture.pixels.shape == (200, 100, 3)


def test_a_scaled_decode_does_not_alias():
    board = (np.indices((512, 512)).sum(axis=0) % 2 * 255).astype(np.uint8)
    pixels = decode(encoded(board, "JPEG", quality=95), at_least=64).pixels
    assert pixels.shape[0] == 64
    assert pixels.astype(float).std() < 3
    assert abs(pixels.mean() - 127) < 8


def refused(source):
    with pytest.raises(UnreadablePictureError) as caught:
        decode(source)
    error = caught.value
    assert error.message.endswith(".")
    assert len(str(error)) < 250
    assert "Traceback" not in str(error)
    return str(error)


def test_a_file_that_is_not_there(tmp_path):
    assert "no such file" in refused(tmp_path / "missing.jpg")
    assert "not a file" in refused(tmp_path)
    assert refused(tmp_path / ("x" * 300))
    assert refused(tmp_path / "a\0b.jpg")


def test_an_archive(tmp_path):
    with zipfile.ZipFile(tmp_path / "photos.zip", "w") as archive:
        archive.writestr("a.jpg", b"")
    assert "unpack it" in refused(tmp_path / "photos.zip")


def test_an_empty_file(tmp_path):
    path = tmp_path / "empty.jpg"
    path.touch()
    assert "empty" in refused(path)


def test_a_file_that_may_not_be_read(tmp_path, monkeypatch):
    path = tmp_path / "secret.jpg"
    path.write_bytes(b"x")

    def forbid(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(file_content, "_opened", forbid)
    assert "may not be read" in refused(path)


def test_a_disk_that_fails(tmp_path, monkeypatch):
    path = tmp_path / "bad.jpg"
    path.write_bytes(b"x")

    def fail(*_):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(file_content, "_opened", fail)
    assert "Input/output error" in refused(path)


def test_a_file_that_is_far_too_large(tmp_path, monkeypatch):
    path = tmp_path / "film.jpg"
    path.write_bytes(b"x" * 100)
    monkeypatch.setattr(file_content, "MAX_BYTES", 99)
    assert "too large" in refused(path)


@pytest.mark.parametrize(
    "data",
    [
        b"just some text, called .jpg",
        b"\xff\xd8\xff",
        b"\xff\xd8\xff\xe0 no picture",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n%%EndComments\nshowpage\n",
        b"%PDF-1.4",
        b"\x00\x00\x00\x18ftypheic" + bytes(20),
        b"\x00\x00\x00\x18ftypavif" + bytes(20),
    ],
)
def test_something_else(data):
    assert refused(data)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF", "AVIF"])
@pytest.mark.parametrize("part", [0.02, 0.3, 0.6, 0.9])
def test_half_a_picture_is_refused(form, part):
    rng = np.random.default_rng(0)
    data = encoded(rng.integers(0, 256, (60, 80, 3), dtype=np.uint8), form)
    assert refused(data[: int(len(data) * part)])


@pytest.mark.parametrize(
    ("options", "filling"), [({}, b""), ({}, bytes(2000)), ({"progressive": True}, b"")]
)
def test_a_jpeg_with_its_middle_missing_is_not_shown_half_grey(options, filling):
    with Image.open(SAMPLES / "official_portrait.jpg") as image:
        data = encoded(image, "JPEG", **options)
    half = len(data) // 2
    if options:
        half = data.index(b"\xff\xda", half // 2) + 40  # within a scan
    assert "damaged" in refused(data[:half] + filling + b"\xff\xd9")


@pytest.mark.parametrize("make", [png_header, jpeg_header])
@pytest.mark.parametrize(("width", "height"), [(30_000, 30_000), (15_000, 14_001)])
def test_a_header_that_promises_too_much_is_refused_at_once(make, width, height):
    data = make(width, height)
    tracemalloc.start()
    try:
        assert "too large" in refused(data)
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", ['it\'s "quoted".jpg', "two\nlines.jpg", "😀 party.jpg", " .jpg"])
def test_odd_names(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(encoded(quarters(), "JPEG"))
    assert decode(path).width == 96


def _jpeg_with_exif_behind(size: int) -> bytes:
    """A JPEG whose EXIF lies behind so many bytes of other metadata."""
    data = encoded(quarters(), "JPEG", exif=exif(6), quality=95)
    length = 60_000
    segment = b"\xff\xe2" + (length + 2).to_bytes(2, "big") + bytes(length)
    return data[:2] + segment * (size // length + 1) + data[2:]


def test_exif_is_found_however_far_behind_it_lies():
    data = _jpeg_with_exif_behind(200_000)
    assert_close(decode(data).pixels, UPRIGHT[6](quarters()), 12)
    assert not is_upright(data)


@pytest.mark.parametrize("brand", [b"mif1", b"msf1"])
def test_avif_is_read_whatever_brand_comes_first(brand):
    data = bytearray(encoded(quarters(), "AVIF", quality=95))
    assert b"avif" in data[16:64]
    data[8:12] = brand
    assert_close(decode(bytes(data)).pixels, quarters(), 12)


def test_a_tiff_of_floating_point_colours_is_called_what_it_is():
    def entry(tag: int, kind: int, value: int) -> bytes:
        return struct.pack("<HHII", tag, kind, 1, value)

    fields = [(256, 4, 2), (257, 4, 2), (258, 3, 32), (259, 3, 1), (262, 3, 2), (273, 4, 200)]
    fields += [(277, 3, 3), (278, 4, 2), (279, 4, 48), (339, 3, 3)]
    head = b"II*\0" + struct.pack("<IH", 8, len(fields)) + b"".join(entry(*f) for f in fields)
    data = (head + bytes(4)).ljust(200, b"\0") + struct.pack("<12f", *[0.5] * 12)
    with pytest.raises(UnreadablePictureError, match="TIFF file stores its pixels in a way"):
        decode(data)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_whether_pixels_are_stored_upright(form):
    assert is_upright(encoded(quarters(), form))
    assert is_upright(encoded(quarters(), form, exif=exif(1)))
    assert not is_upright(encoded(quarters(), form, exif=exif(3)))
    assert is_upright(b"no picture")


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "L", "F", "I;16", "CMYK", "LA", "1"])
def test_a_very_large_picture_is_made_smaller_as_far_as_it_may_be(monkeypatch, mode):
    """It shows the same, at a fraction of the pixels, and knows how large its file's picture is."""
    with Image.open(SAMPLES / "official_portrait.jpg") as opened:
        image = opened.convert("L" if mode == "I;16" else mode)
    if mode == "I;16":
        image = Image.fromarray(np.asarray(image).astype(np.uint16) * 257)
    kinds = {"F": "TIFF", "CMYK": "JPEG", "I;16": "TIFF"}
    data = encoded(image, kinds.get(mode, "PNG"))
    whole = decode(data)
    monkeypatch.setattr(module, "_LARGE", 1000)
    small = decode(data, at_least=40)
    assert (small.width, small.height) == (whole.width, whole.height) == image.size
    assert min(small.pixels.shape[:2]) >= 40
    if mode != "I;16":
        assert small.pixels.size < whole.pixels.size / 4
    assert small.pixels.mean() == pytest.approx(whole.pixels.mean(), abs=4)
    assert decode(data).pixels.shape == whole.pixels.shape


@pytest.mark.parametrize("orientation", [1, 6])
def test_a_very_large_picture_is_upright(monkeypatch, orientation):
    image = Image.new("RGB", (400, 200), "red")
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = encoded(image, "PNG", exif=exif)
    monkeypatch.setattr(module, "_LARGE", 1000)
    small = decode(data, at_least=50)
    across = orientation == 1
    assert (small.width, small.height) == ((400, 200) if across else (200, 400))
    assert small.pixels.shape == ((50, 100, 3) if across else (100, 50, 3))


def test_what_is_decoded_whole_may_be_less_large(monkeypatch):
    assert "up to 110 in other formats" in refused(png_header(12_000, 10_000))
