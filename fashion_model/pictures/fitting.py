"""The last steps of every preparation: greys levelled, trimmed, and fitted as Zalando did."""

import numpy as np
from PIL import Image, ImageFilter

SIDE = 28


def level(grey: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """Stretch the greys (0..1) so that a garment is bright whatever its colour was.

    Folds and prints keep their contrast, but never more than three times what they had: a plain
    garment must stay plain.
    """
    values = grey[inside] if inside.any() else grey
    low, high = np.percentile(values, (3, 98))
    gain = 0.75 / max(high - low, 0.25)
    return (1 - (high - grey) * gain).clip(0.08, 1).astype(np.float32)


def box_of(mask: np.ndarray) -> tuple[int, int, int, int]:
    """(left, top, right, bottom) around what is inside; the whole when nothing is."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if len(rows) == 0:
        return 0, 0, mask.shape[1], mask.shape[0]
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def fit(grey: np.ndarray, box: tuple[int, int, int, int], sharpen: bool = True) -> np.ndarray:
    """Trim to `box`, longest side to 28 pixels, sharpen, centre on black → (28, 28) uint8."""
    left, top, right, bottom = box
    trimmed = Image.fromarray((grey[top:bottom, left:right] * 255).astype(np.uint8), "L")
    scale = SIDE / max(trimmed.size)
    size = tuple(max(1, round(side * scale)) for side in trimmed.size)
    fitted = trimmed.resize(size, Image.Resampling.BICUBIC if scale > 1 else Image.Resampling.BOX)
    if sharpen:
        fitted = fitted.filter(ImageFilter.UnsharpMask(radius=1, percent=50, threshold=0))
    frame = Image.new("L", (SIDE, SIDE))
    frame.paste(fitted, ((SIDE - size[0]) // 2, (SIDE - size[1]) // 2))
    return np.asarray(frame)
