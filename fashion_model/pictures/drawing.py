"""Drawings: find the ink, close the outline and fill it, keep lines visible at 28 pixels."""

import numpy as np
from PIL import Image
from scipy import ndimage

from fashion_model.pictures.cutting import flat_ground
from fashion_model.pictures.fitting import SIDE, box_of

LARGE = 3 * SIDE
MARGIN = 6
PAPER = 8.0  # how far the colour of paper may stray


def ink_of(lab: np.ndarray, sure: bool = False) -> np.ndarray | None:
    """The mask of the strokes, or None for what is no line drawing.

    `sure` is for a canvas, where everything that is not ground was drawn by hand.
    """
    ground = np.median(lab.reshape(-1, 3), axis=0) if sure else flat_ground(lab, PAPER)
    if ground is None:
        return None
    distance = np.linalg.norm(lab - ground, axis=-1)
    strongest = np.percentile(distance, 99.7)
    ink = distance > max(0.4 * strongest, 8.0)
    if sure:
        return ink
    if strongest < 25 or not 0.002 < ink.mean() < 0.3:
        return None
    left, top, right, bottom = box_of(ink)
    thick = max(2, round(0.035 * max(right - left, bottom - top)))
    core = ndimage.distance_transform_edt(ink) > thick + 0.5
    # Shading between ink and ground is a photo's; a drawing has only the soft rims of its lines.
    shaded = (distance > 0.12 * strongest) & ~ndimage.binary_dilation(ink, iterations=2)
    return ink if core.sum() < 0.03 * ink.sum() and shaded.mean() < 0.04 else None


def lines_and_body(ink: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Strokes and what they enclose, both (28, 28) float, and the share of the body enclosed."""
    large = _in_large_frame(ink)
    stroke = _thickened(large)
    body, closed = _enclosed(stroke)
    inner = slice(MARGIN, -MARGIN)
    lines = _shrunk(stroke[inner, inner].astype(np.float32)) * 1.25
    return lines.clip(0, 1), _shrunk(body[inner, inner].astype(np.float32)), closed


def _in_large_frame(ink: np.ndarray) -> np.ndarray:
    """The trimmed ink, longest side to three times 28, every stroke kept however thin."""
    left, top, right, bottom = box_of(ink)
    trimmed = ink[top:bottom, left:right]
    height, width = trimmed.shape
    scale = LARGE / max(height, width)
    new_height, new_width = max(1, round(height * scale)), max(1, round(width * scale))
    frame = np.zeros((LARGE + 2 * MARGIN, LARGE + 2 * MARGIN), bool)
    y0 = MARGIN + (LARGE - new_height) // 2
    x0 = MARGIN + (LARGE - new_width) // 2
    if scale > 1:
        picture = Image.fromarray((trimmed * 255).astype(np.uint8), "L")
        resized = np.asarray(picture.resize((new_width, new_height), Image.Resampling.BILINEAR))
        frame[y0 : y0 + new_height, x0 : x0 + new_width] = resized > 127
        return frame
    y, x = np.nonzero(trimmed)
    rows = np.minimum((y * scale).astype(int), new_height - 1)
    columns = np.minimum((x * scale).astype(int), new_width - 1)
    frame[y0 + rows, x0 + columns] = True
    return frame


def _thickened(ink: np.ndarray) -> np.ndarray:
    """Lines of about one pixel of the final picture, whatever pen they were drawn with."""
    depth = ndimage.distance_transform_edt(ink)
    half_width = float(np.percentile(depth[ink], 90)) if ink.any() else 1.0
    return ndimage.binary_dilation(ink, np.ones((3, 3))) if half_width < 1.6 else ink


def _enclosed(stroke: np.ndarray) -> tuple[np.ndarray, float]:
    """Fill the outline, bridging gaps no wider than needed for the body to be a real part of it."""
    hull = _swept(stroke)
    goal = 0.55 * hull.sum()
    filled = stroke
    for gap in (0, 2, 4, 6, 9):
        bridged = ndimage.binary_dilation(stroke, _disc(gap)) if gap else stroke
        solid = ndimage.binary_fill_holes(bridged)
        if gap:
            solid = ndimage.binary_erosion(solid, _disc(gap)) | stroke
        if solid.sum() > 1.15 * filled.sum() or gap == 0:
            filled = solid
        if filled.sum() > goal:
            break
    return filled, float(min(1.0, filled.sum() / max(goal, 1)))


def _swept(stroke: np.ndarray) -> np.ndarray:
    """Everything between the first and last stroke of its row and of its column."""
    across = (
        np.logical_or.accumulate(stroke, 1) & np.logical_or.accumulate(stroke[:, ::-1], 1)[:, ::-1]
    )
    down = np.logical_or.accumulate(stroke, 0) & np.logical_or.accumulate(stroke[::-1], 0)[::-1]
    return across & down


def _disc(radius: int) -> np.ndarray:
    y, x = np.ogrid[-radius : radius + 1, -radius : radius + 1]
    return x * x + y * y <= radius * radius + 1


def _shrunk(large: np.ndarray) -> np.ndarray:
    return large.reshape(SIDE, 3, SIDE, 3).mean(axis=(1, 3))
