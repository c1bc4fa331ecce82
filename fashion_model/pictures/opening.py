"""Anyone's file → an upright picture of bounded size, or one sentence that says why not."""

import io
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pillow_heif
from PIL import Image

from fashion_model.errors import FittingRoomError

Image.init()  # Pillow knows the rarer formats by name only after this
pillow_heif.register_heif_opener()

# Nothing that starts another program (EPS) or that draws (SVG, PDF) is on this list.
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "HEIF", "AVIF")
MOST_BYTES = 40 * 2**20
# libjpeg shrinks while it reads, so a JPEG may be larger than a file that must be unpacked whole;
# WebP is unpacked four times over on the way, as if it moved.
MOST_PIXELS = {"JPEG": 64_000_000, "MPO": 64_000_000, "WEBP": 16_000_000}
MOST_PIXELS_UNPACKED = 25_000_000
LONGEST_KEPT = 1600
ENOUGH = 640  # pixels on the shorter side: a photo need not be unpacked any larger
ROWS = 256


class PictureError(FittingRoomError):
    """A file that cannot be used as a picture; the text says why in one sentence."""


def open_picture(source: str | Path | bytes | BinaryIO) -> Image.Image:
    """Open a photo or drawing as it should be looked at.

    `source` is a path, the bytes of a file, or an open binary file. JPEG, PNG, WebP, HEIC, AVIF,
    GIF, BMP and TIFF are read; of a moving picture, the first frame. The answer is in mode RGB, or
    RGBA when something shows through, with at most 1600 pixels on its longest side.
    """
    content = _content(source)
    if not content:
        raise PictureError("The file is empty; choose a photo or a drawing.")
    try:
        picture = Image.open(io.BytesIO(content), formats=FORMATS)
    except Image.DecompressionBombError:
        raise PictureError(_too_large("far too many")) from None
    except Exception:  # Pillow's readers raise whatever a broken header makes them stumble over
        raise PictureError(_refusal(content)) from None
    _check_size(picture)
    try:
        picture.draft("RGB", (ENOUGH, ENOUGH))
        picture.load()
    except Exception:
        raise PictureError(
            "The picture is damaged or cut short; open it elsewhere and save it again."
        ) from None
    _check_size(picture)
    return _resolved(picture)


def _content(source: str | Path | bytes | BinaryIO) -> bytes:
    if isinstance(source, bytes | bytearray | memoryview):
        content = bytes(source)
    elif isinstance(source, str | Path):
        try:
            with open(source, "rb") as file:
                content = file.read(MOST_BYTES + 1)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "not a usable path"
            raise PictureError(f"{str(source)!r} cannot be read: {reason}.") from None
    else:
        content = source.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise PictureError("The file is larger than 40 MB; save the picture smaller and try again.")
    return content


def _refusal(content: bytes) -> str:
    start = content[:1024].lstrip().lower()
    if start.startswith(b"%pdf"):
        kind = "This is a PDF"
    elif b"<svg" in start or (start.startswith(b"<?xml") and b"svg" in start):
        kind = "This is an SVG drawing"
    elif start.startswith(b"pk\x03\x04"):
        kind = "This is a zip archive"
    else:
        kind = "This file is not a picture that can be read"
    return f"{kind}; save it as JPEG, PNG, WebP or HEIC and try again."


def _too_large(pixels: str) -> str:
    return f"The picture has {pixels} pixels; save it smaller and try again."


def _check_size(picture: Image.Image) -> None:
    width, height = picture.size
    if width < 1 or height < 1:
        raise PictureError("The picture has no pixels; choose another.")
    if width * height > MOST_PIXELS.get(picture.format, MOST_PIXELS_UNPACKED):
        raise PictureError(_too_large(f"{width:,} × {height:,}"))


def _resolved(picture: Image.Image) -> Image.Image:
    """Shrink first (memory), then turn every colour mode into RGB or RGBA, then upright."""
    orientation = _orientation(picture)
    picture = _eight_bits(picture)
    if picture.mode in ("P", "PA", "1"):  # an average of palette numbers would mean nothing
        picture = picture.convert("RGBA" if "transparency" in picture.info else "RGB")
    if max(picture.size) > LONGEST_KEPT:
        picture.thumbnail((LONGEST_KEPT, LONGEST_KEPT), Image.Resampling.BOX, reducing_gap=2.0)
    seen_through = picture.has_transparency_data
    try:
        picture = picture.convert("RGBA" if seen_through else "RGB")
    except ValueError:
        raise PictureError("The picture's colours cannot be read; save it as PNG.") from None
    if seen_through and picture.getchannel("A").getextrema()[0] == 255:
        picture = picture.convert("RGB")
    return picture.transpose(orientation) if orientation is not None else picture


TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def _orientation(picture: Image.Image) -> Image.Transpose | None:
    try:
        return TURNS.get(picture.getexif().get(0x0112))
    except Exception:  # a damaged EXIF block is no reason to refuse the picture beside it
        return None


def _eight_bits(picture: Image.Image) -> Image.Image:
    """Pillow clips 16-bit, 32-bit and float greys when it converts them, so do it by hand.

    A few rows at a time: as floats, a large picture would take hundreds of megabytes.
    """
    if not (picture.mode.startswith("I") or picture.mode == "F"):
        return picture
    grey = np.asarray(picture)
    blocks = [slice(start, start + ROWS) for start in range(0, len(grey), ROWS)]
    top = max(float(_finite(grey[rows]).max(initial=0)) for rows in blocks)
    bottom = min(float(_finite(grey[rows]).min(initial=0)) for rows in blocks)
    if picture.mode.startswith("I;16") or (picture.mode == "I" and top > 255):
        top, bottom = 65535.0, 0.0
    eight = np.empty(grey.shape, np.uint8)
    for rows in blocks:
        scaled = (_finite(grey[rows]) - bottom) * (255 / max(top - bottom, 1e-6))
        eight[rows] = scaled.clip(0, 255)
    return Image.fromarray(eight, "L")


def _finite(grey: np.ndarray) -> np.ndarray:
    return np.nan_to_num(grey.astype(np.float32), posinf=0.0, neginf=0.0)
