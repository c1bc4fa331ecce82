"""Arrays of 28 × 28 that hold no garment, as a program rather than a person would hand them in."""

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from scipy import ndimage

from fashion_model.everyday.doodles import DIGITS, doodle
from fashion_model.everyday.pen import by_hand


def raw_nothings(random: np.random.Generator, amount: int) -> np.ndarray:
    """(amount, 28, 28) uint8, light on dark: written digits, noise, blots, even greys."""
    makers = (_written, _written, _written, _printed, _noise, _blot)
    made = [makers[random.integers(len(makers))](random) for _ in range(amount)]
    return np.stack(made) if made else np.zeros((0, 28, 28), np.uint8)


def _written(random: np.random.Generator) -> np.ndarray:
    strokes = DIGITS[int(random.integers(10))] if random.random() < 0.75 else doodle(random)
    strokes = by_hand(strokes, random)
    points = np.concatenate(strokes)
    low, size = points.min(axis=0), max(float(np.ptp(points, axis=0).max()), 1e-6)
    tall = random.uniform(60, 100)
    offset = (112 - tall * np.ptp(points, axis=0) / size) / 2
    picture = Image.new("L", (112, 112))
    pen = ImageDraw.Draw(picture)
    for stroke in strokes:
        at = [tuple(point) for point in (stroke - low) * (tall / size) + offset]
        pen.line(at, fill=255, width=int(random.integers(4, 17)), joint="curve")
    return np.asarray(picture.resize((28, 28), Image.Resampling.BOX))


def _printed(random: np.random.Generator) -> np.ndarray:
    picture = Image.new("L", (28, 28))
    font = ImageFont.load_default(float(random.uniform(14, 30)))
    sign = chr(int(random.integers(33, 127)))
    ImageDraw.Draw(picture).text((14, 14), sign, fill=255, font=font, anchor="mm")
    return np.asarray(picture.rotate(random.normal(0, 8), Image.Resampling.BILINEAR))


def _noise(random: np.random.Generator) -> np.ndarray:
    if random.random() < 0.4:
        return random.integers(0, 256, (28, 28), dtype=np.uint8)
    noise = random.normal(size=(28, 28))
    if random.random() < 0.5:
        noise = ndimage.gaussian_filter(noise, random.uniform(0.4, 3))
    noise = random.uniform(0, 1) + noise / noise.std() * random.uniform(0.02, 0.5)
    return (noise * 255).clip(0, 255).astype(np.uint8)


def _blot(random: np.random.Generator) -> np.ndarray:
    field = ndimage.gaussian_filter(random.normal(size=(28, 28)), random.uniform(1.5, 4))
    inside = field > np.quantile(field, random.uniform(0.2, 0.95))
    if random.random() < 0.15:
        return np.full((28, 28), random.integers(0, 256), np.uint8)
    shade = random.integers(60, 256) + random.normal(0, 10, (28, 28))
    return (inside * shade).clip(0, 255).astype(np.uint8)
