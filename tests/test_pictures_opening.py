"""Any file is opened, or refused by one sentence, quickly and within bounded memory."""

import io
import random
import struct
import subprocess
import sys
import textwrap
import zipfile
import zlib

import numpy as np
import pytest
from PIL import Image

from fashion_model.pictures import PictureError, open_picture, prepare

COLOURS = np.random.default_rng(0).integers(0, 256, (60, 40, 3), dtype=np.uint8)


def encoded(picture: Image.Image, kind: str, **options) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def photo() -> Image.Image:
    return Image.fromarray(COLOURS)


def png_of(width: int, height: int) -> bytes:
    """A PNG that says it is this large and holds next to nothing."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    content = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000)))
    return b"\x89PNG\r\n\x1a\n" + content + chunk(b"IEND", b"")


READABLE = {
    "jpeg": encoded(photo(), "JPEG"),
    "cmyk": encoded(photo().convert("CMYK"), "JPEG"),
    "png": encoded(photo(), "PNG"),
    "16-bit": encoded(Image.fromarray(COLOURS[..., 0].astype(np.uint16) * 257), "PNG"),
    "float": encoded(Image.fromarray(COLOURS[..., 0] / np.float32(255)), "TIFF"),
    "1-bit": encoded(photo().convert("1"), "PNG"),
    "palette": encoded(photo().quantize(16), "PNG"),
    "grey and alpha": encoded(photo().convert("LA"), "PNG"),
    "gif": encoded(photo().quantize(16), "GIF"),
    "webp": encoded(photo(), "WEBP"),
    "heic": encoded(photo(), "HEIF"),
    "avif": encoded(photo(), "AVIF"),
    "bmp": encoded(photo(), "BMP"),
    "tiff": encoded(photo(), "TIFF"),
}


@pytest.mark.parametrize("kind", READABLE)
def test_every_usual_format_opens_in_colour(kind):
    picture = open_picture(READABLE[kind])
    assert picture.mode in ("RGB", "RGBA")
    assert picture.size == (40, 60)


def test_a_path_and_an_open_file_do_as_well(tmp_path):
    path = tmp_path / "photo.png"
    path.write_bytes(READABLE["png"])
    with path.open("rb") as file:
        assert np.array_equal(open_picture(path), open_picture(file))


def test_sixteen_bits_are_scaled_not_clipped():
    pixels = np.asarray(open_picture(READABLE["16-bit"]))[..., 0].astype(int)
    assert np.abs(pixels - COLOURS[..., 0]).max() <= 1


def test_turned_upright_by_exif():
    picture = Image.new("RGB", (40, 20), "white")
    picture.paste("black", (0, 0, 10, 20))
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held so that a quarter turn clockwise makes it upright
    upright = open_picture(encoded(picture, "PNG", exif=exif))
    assert upright.size == (20, 40)
    assert np.asarray(upright)[:10].mean() < 5


def test_the_first_frame_of_a_moving_picture():
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    for kind in ("GIF", "WEBP"):
        moving = encoded(frames[0], kind, save_all=True, append_images=frames[1:])
        red, _, blue = np.asarray(open_picture(moving).convert("RGB")).mean(axis=(0, 1))
        assert red > 200 > 60 > blue


def test_transparency_is_kept_for_the_stages():
    palette = photo().quantize(4)
    picture = open_picture(encoded(palette, "PNG", transparency=0))
    assert picture.mode == "RGBA"
    assert 0 < (np.asarray(picture)[..., 3] == 0).mean() < 1


def test_a_large_photo_comes_out_bounded():
    large = Image.new("RGB", (4032, 3024), "teal")
    assert max(open_picture(encoded(large, "JPEG")).size) <= 1600


REFUSED = {
    "zero bytes": (b"", "empty"),
    "svg": (b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
    "pdf": (b"%PDF-1.7 ...", "PDF"),
    "zip": (b"PK\x03\x04 nested", "zip"),
    "words": (b"hello there", "not a picture"),
    "bomb": (png_of(30_000, 30_000), "too many|pixels"),
    "just too large": (png_of(6_000, 5_000), "6,000 × 5,000"),
    "truncated": (READABLE["jpeg"][: len(READABLE["jpeg"]) // 2], "damaged or cut short"),
    "nothing inside": (png_of(50, 50), "damaged or cut short"),
    "encapsulated postscript": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "not a pict"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_refused_in_one_sentence(kind):
    content, words = REFUSED[kind]
    with pytest.raises(PictureError, match=words) as refusal:
        open_picture(content)
    assert str(refusal.value).endswith(".")
    assert "\n" not in str(refusal.value)


def test_a_path_that_cannot_be_read_is_refused_too(tmp_path):
    for path in (tmp_path / "none.jpg", tmp_path, "a\0b", tmp_path / ("x" * 400)):
        with pytest.raises(PictureError, match="cannot be read"):
            open_picture(path)


def test_a_file_that_is_two_things_is_only_ever_a_picture():
    buffer = io.BytesIO(READABLE["png"])
    buffer.seek(0, 2)
    with zipfile.ZipFile(buffer, "a") as both:
        both.writestr("../../evil.sh", "true")
    assert open_picture(buffer.getvalue()).size == (40, 60)


@pytest.mark.filterwarnings("ignore")
def test_mutated_files_are_opened_or_refused():
    """Nothing but a picture or a `PictureError` comes of damaged files of every kind."""
    chance = random.Random(0)
    tiny = Image.fromarray(COLOURS[:12, :10])
    seeds = [encoded(tiny, kind) for kind in ("JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF")]
    seeds += [encoded(tiny, kind) for kind in ("HEIF", "AVIF")]
    opened = 0
    for number in range(5_000):
        content = bytearray(seeds[number % len(seeds)])
        for _ in range(chance.choice([1, 1, 2, 4, 16])):
            content[chance.randrange(len(content))] = chance.randrange(256)
        if chance.random() < 0.2:
            del content[chance.randrange(len(content)) :]
        try:
            picture = open_picture(bytes(content))
        except PictureError:
            continue
        opened += 1
        if opened % 20 == 0:
            assert prepare(picture).image.shape == (28, 28)
    assert opened > 500


@pytest.mark.parametrize("kind", ["jpeg", "png", "bomb"])
def test_within_two_seconds_and_300_mb(tmp_path, kind):
    large = Image.effect_noise((4032, 3024), 60).convert("RGB")
    path = tmp_path / "large"
    if kind == "bomb":
        path.write_bytes(png_of(30_000, 30_000))
    else:
        large.save(path, kind, **({"compress_level": 1} if kind == "png" else {}))
    script = f"""
        import resource, time
        from fashion_model.pictures import PictureError, open_picture, prepare
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        begun = time.process_time()
        try:
            prepare(open_picture({str(path)!r}))
        except PictureError:
            pass
        seconds = time.process_time() - begun
        print(seconds, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, check=True
    )
    seconds, megabytes = map(float, done.stdout.split())
    assert seconds < 2
    assert megabytes < 300
