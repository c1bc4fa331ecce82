"""Numbers over a picture, and as one: violet for what speaks for an answer, amber against it."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageColor, ImageDraw

from fashion_model.charts.look import MODEL, RUNS
from fashion_model.explaining import Patch
from ui.inline import CRISP, crisp

AGAINST = RUNS[1]
TIMES = CRISP // 28  # each pixel becomes a square of so many
DENSE = 0.8  # how much of the picture the strongest colour hides


def over(picture: np.ndarray, heat: np.ndarray, least: float = 0.0) -> Image.Image:
    """A map (28, 28) over its picture. Its largest value is the strongest colour, unless it is
    below `least`: what is next to nothing should not look like much."""
    strongest = max(float(np.abs(heat).max()), least, 1e-9)
    share = (DENSE * np.abs(heat) / strongest)[..., None]
    grey = np.repeat(picture[..., None], 3, axis=2).astype(float)
    mixed = grey * (1 - share) + _hues(heat) * share
    return crisp(Image.fromarray(mixed.round().astype(np.uint8)))


def without(picture: np.ndarray, patch: Patch) -> Image.Image:
    """The picture with a part erased."""
    covered = Image.fromarray(patch.cover(picture)).convert("RGB")
    return outlined(crisp(covered), patch, AGAINST)


def outlined(shown: Image.Image, patch: Patch, colour: str = MODEL) -> Image.Image:
    """A frame around a part of an enlarged picture."""
    left, top = patch.left * TIMES, patch.top * TIMES
    right, bottom = left + patch.size * TIMES - 1, top + patch.size * TIMES - 1
    draw = ImageDraw.Draw(shown)
    draw.rectangle((left, top, right, bottom), outline="white", width=4)
    draw.rectangle((left + 1, top + 1, right - 1, bottom - 1), outline=colour, width=2)
    return shown


def signed(values: np.ndarray) -> np.ndarray:
    """Numbers above and below zero as colours on black, the largest the brightest: (…, 3) uint8."""
    share = np.abs(values) / max(float(np.abs(values).max()), 1e-9)
    return (_hues(values) * share[..., None]).round().astype(np.uint8)


def _hues(values: np.ndarray) -> np.ndarray:
    for_it, against = (np.array(ImageColor.getrgb(colour), float) for colour in (MODEL, AGAINST))
    return np.where((values >= 0)[..., None], for_it, against)
