"""A garment that somebody wears: leave out the skin, and what else they wear."""

import numpy as np
from scipy import ndimage

SKIN_SHARES = (0.02, 0.55)


def garment_alone(lab: np.ndarray, mask: np.ndarray) -> np.ndarray | None:
    """The mask less face, arms, legs and other clothes; None when there is no wearer to be seen."""
    bare = without_skin(lab, mask)
    if bare is None:
        return None
    inside = larger_of_two_garments(lab, bare > 0.5)
    return ndimage.gaussian_filter(inside.astype(np.float32), 0.6) * mask


def without_skin(lab: np.ndarray, mask: np.ndarray) -> np.ndarray | None:
    """The mask less what has the hue of skin; None where it is not plain what is skin.

    A garment of that colour would be taken for skin too, so the hue must hold a small part of the
    piece only, and leave one large piece behind.
    """
    lightness, a, b = lab[..., 0], lab[..., 1], lab[..., 2]
    hue = np.degrees(np.arctan2(b, a))
    chroma = np.hypot(a, b)
    skin = (hue > 22) & (hue < 72) & (chroma > 10) & (chroma < 48) & (lightness > 22)
    inside = mask > 0.5
    skin = ndimage.binary_opening(skin & inside)
    share = skin.sum() / max(inside.sum(), 1)
    if not SKIN_SHARES[0] < share < SKIN_SHARES[1] or _is_in_the_middle(skin, inside):
        return None
    rest = ndimage.binary_opening(inside & ~ndimage.binary_dilation(skin))
    pieces, count = ndimage.label(rest)
    if count == 0:
        return None
    areas = ndimage.sum_labels(rest, pieces, np.arange(1, count + 1))
    kept = np.isin(pieces, 1 + np.flatnonzero(areas >= 0.35 * areas.max()))
    if kept.sum() < 0.3 * inside.sum():
        return None
    return ndimage.binary_fill_holes(ndimage.binary_dilation(kept)).astype(np.float32)


def _is_in_the_middle(skin: np.ndarray, inside: np.ndarray) -> bool:
    """A wearer shows beside the garment; a brown garment is "skin" in its middle too."""
    rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
    middle = np.ix_(
        rows[len(rows) // 4 : -(len(rows) // 4) or None],
        columns[len(columns) // 3 : -(len(columns) // 3) or None],
    )
    return bool(skin[middle].sum() > 0.25 * max(inside[middle].sum(), 1))


def larger_of_two_garments(lab: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """Where a top and trousers (or a skirt) meet at a level line, the larger of them.

    They must differ in colour as wholes; a print or a belt does not part a garment in two.
    """
    rows = np.flatnonzero(inside.any(axis=1))
    if len(rows) < 12:
        return inside
    smooth = ndimage.gaussian_filter(lab, (1, 1, 0))
    quarter = len(rows) // 4
    upper, lower = _mean_colours(smooth, inside, rows[:quarter], rows[-quarter:])
    for _ in range(5):
        is_lower = _nearer(smooth, lower, upper) & inside
        line = _dividing_row(is_lower, inside, rows)
        upper, lower = _mean_colours(smooth, inside, rows[:line], rows[line:])
    below = np.zeros_like(inside)
    below[rows[line] :] = True
    agree = (is_lower == below)[inside].mean()
    if np.linalg.norm(upper - lower) < 18 or agree < 0.88:
        return inside
    above, below = inside & ~below, inside & below
    smaller, larger = sorted((above, below), key=np.count_nonzero)
    return larger if smaller.sum() > 0.06 * inside.sum() else inside


def _mean_colours(lab, inside, upper_rows, lower_rows) -> tuple[np.ndarray, np.ndarray]:
    upper, lower = (lab[rows][inside[rows]] for rows in (upper_rows, lower_rows))
    return np.median(upper, axis=0), np.median(lower, axis=0)


def _nearer(lab: np.ndarray, colour: np.ndarray, other: np.ndarray) -> np.ndarray:
    return np.linalg.norm(lab - colour, axis=-1) < np.linalg.norm(lab - other, axis=-1)


def _dividing_row(is_lower: np.ndarray, inside: np.ndarray, rows: np.ndarray) -> int:
    """Which of `rows` best parts the pixels of the upper colour from those of the lower."""
    low = is_lower[rows].sum(axis=1)
    high = inside[rows].sum(axis=1) - low
    wrong = np.cumsum(low) + np.cumsum(high[::-1])[::-1] - high
    return int(np.clip(np.argmin(wrong) + 1, 2, len(rows) - 2))
