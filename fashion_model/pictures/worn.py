"""A garment that somebody wears: leave out the skin, where it is plain which part is skin."""

import numpy as np
from scipy import ndimage


def without_skin(lab: np.ndarray, mask: np.ndarray) -> np.ndarray | None:
    """The mask less face, arms and legs; None when there is no wearer to be seen.

    Skin is told by its hue. A garment of that colour would be taken for skin too, so the hue must
    hold a small part of the piece only, and leave one large piece behind.
    """
    lightness, a, b = lab[..., 0], lab[..., 1], lab[..., 2]
    hue = np.degrees(np.arctan2(b, a))
    chroma = np.hypot(a, b)
    skin = (hue > 22) & (hue < 72) & (chroma > 10) & (chroma < 48) & (lightness > 22)
    inside = mask > 0.5
    skin = ndimage.binary_opening(skin & inside)
    share = skin.sum() / max(inside.sum(), 1)
    if not 0.03 < share < 0.55:
        return None
    rest = ndimage.binary_opening(inside & ~ndimage.binary_dilation(skin), iterations=1)
    pieces, count = ndimage.label(rest)
    if count == 0:
        return None
    areas = ndimage.sum_labels(rest, pieces, np.arange(1, count + 1))
    kept = np.isin(pieces, 1 + np.flatnonzero(areas >= 0.35 * areas.max()))
    if kept.sum() < 0.3 * inside.sum():
        return None
    kept = ndimage.binary_fill_holes(ndimage.binary_dilation(kept))
    return ndimage.gaussian_filter(kept.astype(np.float32), 0.6) * mask
