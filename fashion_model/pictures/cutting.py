"""Which pixels of a picture are the garment: colours of the rim against colours of the middle."""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

COLOUR_BINS = (12, 14, 14)
ROUNDS = 6


@dataclass(frozen=True)
class Cutout:
    """`mask` (h, w) float 0..1 is 1 on the garment; `confidence` 0..1 is how much to trust it."""

    mask: np.ndarray
    confidence: float


def cut_out(rgb: np.ndarray) -> Cutout:
    """Separate the garment from what it lies on, hangs on or stands before.

    `rgb` is (h, w, 3) uint8, best between 96 and 160 pixels on its longest side.
    """
    lab = to_lab(rgb)
    ground = flat_ground(lab)
    likely = _against_flat_ground(lab, ground) if ground is not None else _middle_against_rim(lab)
    mask = _one_garment(likely)
    return Cutout(mask, _confidence(lab, mask, likely))


def to_lab(rgb: np.ndarray) -> np.ndarray:
    """sRGB bytes → CIE L*a*b*, where distances are close to what an eye sees."""
    linear = _LINEAR[rgb]
    xyz = linear @ _TO_XYZ
    root = np.cbrt(np.maximum(xyz, 0.008856))
    lightness = 116 * root[..., 1] - 16
    a = 500 * (root[..., 0] - root[..., 1])
    b = 200 * (root[..., 1] - root[..., 2])
    return np.stack([lightness, a, b], axis=-1).astype(np.float32)


_BYTES = np.arange(256) / 255
_LINEAR = np.where(_BYTES <= 0.04045, _BYTES / 12.92, ((_BYTES + 0.055) / 1.055) ** 2.4).astype(
    np.float32
)
_TO_XYZ = np.array(
    [[0.4339, 0.2126, 0.0178], [0.3763, 0.7152, 0.1095], [0.1898, 0.0722, 0.8727]], np.float32
)


def flat_ground(lab: np.ndarray, tolerance: float = 4.0) -> np.ndarray | None:
    """The one colour nearly the whole rim has (a studio's white, paper, a screenshot), or None."""
    rim = _rim(lab)
    colour = np.median(rim, axis=0)
    near = np.linalg.norm(rim - colour, axis=1) < tolerance
    return colour if near.mean() > 0.7 and _rim_sides_flat(lab, colour, tolerance) else None


def _rim_sides_flat(lab: np.ndarray, colour: np.ndarray, tolerance: float) -> bool:
    """At least three of the four sides; a model's legs or a cropped hem may leave by one."""
    sides = (lab[:2], lab[-2:], lab[:, :2], lab[:, -2:])
    flat = [
        np.median(np.linalg.norm(side.reshape(-1, 3) - colour, axis=1)) < tolerance
        for side in sides
    ]
    return sum(flat) >= 3


def _rim(values: np.ndarray) -> np.ndarray:
    width = max(1, round(0.03 * max(values.shape[:2])))
    parts = (values[:width], values[-width:], values[:, :width], values[:, -width:])
    return np.concatenate([part.reshape(-1, *values.shape[2:]) for part in parts])


def _against_flat_ground(lab: np.ndarray, ground: np.ndarray) -> np.ndarray:
    distance = np.linalg.norm(lab - ground, axis=-1)
    noise = np.percentile(_rim(distance), 80)
    threshold = max(5.0, 2.0 * noise)
    # A soft shadow is darker than the ground but has its hue, and no edge.
    likely = 1 / (1 + np.exp((threshold - distance) / (0.25 * threshold)))
    solid = ndimage.binary_closing(np.pad(likely > 0.5, 4), iterations=2)[4:-4, 4:-4]
    filled = ndimage.binary_fill_holes(solid)
    holes, count = ndimage.label(filled & ~solid)
    # A white shirt on white is known by its outline alone, so what it encloses belongs to it,
    # unless nothing of it differs from the ground at all and it is large (the handle of a bag).
    for number in range(1, count + 1):
        hole = holes == number
        if np.median(distance[hole]) > 0.35 * threshold or hole.sum() < 0.2 * filled.sum():
            likely[hole] = np.maximum(likely[hole], 0.9)
    return likely.astype(np.float32)


def _middle_against_rim(lab: np.ndarray) -> np.ndarray:
    """Learn the garment's and the ground's colours from where they lie, a few times over."""
    height, width = lab.shape[:2]
    smooth = ndimage.gaussian_filter(lab, (0.8, 0.8, 0))
    bins = _colour_bins(smooth)
    size = int(np.prod(COLOUR_BINS))
    prior = _where_garments_are(height, width)
    odds = prior / (1 - prior)
    guide = smooth[..., 0] / 100
    likely = prior
    for number in range(ROUNDS):
        # Where it lies teaches the colours; once they are known it should say less and less.
        place = odds ** max(0.15, 1 - 0.2 * number)
        garment = _histogram(bins, likely, size)
        ground = _histogram(bins, 1 - likely, size)
        ratio = ((garment + 1e-5) / (ground + 1e-5))[bins] * place
        likely = _follow_edges(ratio / (1 + ratio), guide)
    return likely


def _where_garments_are(height: int, width: int) -> np.ndarray:
    y = np.abs(np.linspace(-1, 1, height))[:, None]
    x = np.abs(np.linspace(-1, 1, width))[None, :]
    distance = (x**3 + y**3) ** (1 / 3)
    return np.clip(1 / (1 + np.exp((distance - 0.72) / 0.11)), 0.02, 0.85).astype(np.float32)


def _colour_bins(lab: np.ndarray) -> np.ndarray:
    """The number of each pixel's colour, finer where a picture has few colours."""
    number = np.zeros(lab.shape[:2], np.int64)
    for channel, (bins, least) in enumerate(zip(COLOUR_BINS, (40, 28, 28), strict=True)):
        values = lab[..., channel]
        low, high = np.percentile(values, (1, 99))
        spread = max(high - low, least)
        start = (low + high - spread) / 2
        step = ((values - start) * (bins / spread)).astype(np.int64).clip(0, bins - 1)
        number = number * bins + step
    return number


def _histogram(bins: np.ndarray, weights: np.ndarray, size: int) -> np.ndarray:
    counts = np.bincount(bins.ravel(), weights.ravel(), size).reshape(COLOUR_BINS)
    smooth = ndimage.gaussian_filter(counts, 0.8, mode="constant").ravel()
    return smooth / max(smooth.sum(), 1e-9)


def _follow_edges(values: np.ndarray, guide: np.ndarray, radius: int = 4) -> np.ndarray:
    """Smooth `values` without crossing the edges of `guide` (guided filter, He et al. 2010)."""

    def mean(array: np.ndarray) -> np.ndarray:
        return ndimage.uniform_filter(array, 2 * radius + 1, mode="nearest")

    mean_guide, mean_values = mean(guide), mean(values)
    variance = mean(guide * guide) - mean_guide**2
    slope = (mean(guide * values) - mean_guide * mean_values) / (variance + 2e-3)
    smooth = mean(slope) * guide + mean(mean_values - slope * mean_guide)
    return smooth.clip(0.001, 0.999)


def _one_garment(likely: np.ndarray) -> np.ndarray:
    """Keep the main piece (and a second shoe), drop crumbs, fill small holes, soften the edge."""
    solid = likely > 0.5
    opened = ndimage.binary_opening(solid)
    if opened.sum() > 0.5 * solid.sum():
        solid = opened
    pieces, count = ndimage.label(solid)
    if count == 0:
        return np.ones_like(likely)
    middle = _where_garments_are(*likely.shape)
    numbers = np.arange(1, count + 1)
    score = ndimage.sum_labels(middle, pieces, numbers)
    kept = np.isin(pieces, numbers[score >= 0.3 * score.max()])
    filled = ndimage.binary_fill_holes(kept)
    holes, count = ndimage.label(filled & ~kept)
    if count:
        areas = ndimage.sum_labels(np.ones_like(likely), holes, np.arange(1, count + 1))
        small = 1 + np.flatnonzero(areas < 0.04 * filled.sum())
        kept |= np.isin(holes, small)
    return ndimage.gaussian_filter(kept.astype(np.float32), 0.6)


def _confidence(lab: np.ndarray, mask: np.ndarray, likely: np.ndarray) -> float:
    """Decided pixels, colours that do not overlap, and a garment that is not half outside."""
    inside = mask > 0.5
    share = inside.mean()
    if not 0.02 < share < 0.95:
        return 0.0
    decided = float(np.abs(2 * likely - 1).mean())
    bins = _colour_bins(lab)
    size = int(np.prod(COLOUR_BINS))
    apart = (
        1
        - np.minimum(
            _histogram(bins, inside * 1.0, size), _histogram(bins, 1.0 - inside, size)
        ).sum()
    )
    within = 1 - float((_rim(mask) > 0.5).mean())
    return float(np.clip(decided * (0.3 + 0.7 * apart) * within**2, 0, 1))
