"""How others prepare a picture, to be measured against."""

import numpy as np
from PIL import Image, ImageFilter

SIDE = 28


def squashed(picture: Image.Image) -> np.ndarray:
    """Grey, squashed to 28 × 28: what every app we found does."""
    return np.asarray(_on_white(picture).convert("L").resize((SIDE, SIDE)))


def squashed_and_inverted(picture: Image.Image) -> np.ndarray:
    """The same, light and dark exchanged."""
    return 255 - squashed(picture)


def as_zalando(picture: Image.Image) -> np.ndarray:
    """The pipeline of the Fashion-MNIST paper, which supposes a white studio."""
    pixels = np.asarray(_on_white(picture)).astype(int)
    corner = pixels[0, 0]
    differs = np.abs(pixels - corner).max(axis=2) > 0.05 * 255
    if differs.any():
        rows, columns = np.flatnonzero(differs.any(axis=1)), np.flatnonzero(differs.any(axis=0))
        pixels = pixels[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    trimmed = Image.fromarray(pixels.astype(np.uint8))
    scale = SIDE / max(trimmed.size)
    size = tuple(max(1, round(side * scale)) for side in trimmed.size)
    small = trimmed.resize(size, Image.Resampling.BOX)
    small = small.filter(ImageFilter.UnsharpMask(radius=1, percent=100, threshold=0))
    frame = Image.new("RGB", (SIDE, SIDE), "white")
    frame.paste(small, ((SIDE - size[0]) // 2, (SIDE - size[1]) // 2))
    return 255 - np.asarray(frame.convert("L"))


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode != "RGBA":
        return picture.convert("RGB")
    white = Image.new("RGB", picture.size, "white")
    white.paste(picture, mask=picture.getchannel("A"))
    return white


WAYS = {
    "grey, squashed": squashed,
    "grey, squashed, inverted": squashed_and_inverted,
    "Zalando's pipeline": as_zalando,
}
