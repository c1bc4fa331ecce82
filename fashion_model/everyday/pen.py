"""Strokes, and the unsteady hand that draws them."""

import numpy as np
from PIL import Image, ImageDraw

Stroke = np.ndarray
"""(n, 2) float points x, y; y points down."""


def line(start: tuple[float, float], end: tuple[float, float]) -> Stroke:
    return np.array([start, end], float)


def arc(start: tuple[float, float], end: tuple[float, float], sag: float) -> Stroke:
    """From start to end, bulging by `sag` at the middle (down is positive for left to right)."""
    t = np.linspace(0, 1, 9)[:, None]
    first, last = np.array(start, float), np.array(end, float)
    return first + t * (last - first) + 4 * t * (1 - t) * np.array([0, sag])


def ellipse(centre: tuple[float, float], across: float, down: float) -> Stroke:
    turn = np.linspace(0, 2 * np.pi, 17)
    return np.array(centre) + np.stack([across * np.cos(turn), down * np.sin(turn)], axis=1)


def mirrored(stroke: Stroke) -> Stroke:
    return stroke * (-1, 1)


def by_hand(strokes: list[Stroke], random: np.random.Generator) -> list[Stroke]:
    """As somebody would draw it with a mouse: skewed, wavy, corners cut, ends that do not meet."""
    turn = np.radians(random.normal(0, 7))
    shear = random.normal(0, 0.06)
    matrix = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    matrix = matrix @ np.array([[1, shear], [0, 1]]) @ np.diag(np.exp(random.normal(0, 0.12, 2)))
    size = np.ptp(np.concatenate(strokes), axis=0).max()
    waves, steady = random.uniform(0.003, 0.022), random.uniform(0.0, 0.015)
    rounding = int(random.integers(0, 4))
    bend = random.normal(0, 0.03, (2, 2, 2))
    drawn = []
    for stroke in strokes:
        if np.ptp(stroke, axis=0).max() < 0.6 * size and random.random() < 0.05:
            continue
        points = _dense(stroke, 0.03 * size)
        for _ in range(rounding):
            points[1:-1] = (points[:-2] + 2 * points[1:-1] + points[2:]) / 4
        wobble = _smooth(random.normal(0, 1, points.shape)) * waves * size
        shake = random.normal(0, steady * size * 0.3, points.shape)
        low = 2 * points / size - 1
        warp = (bend[:, :, 0] @ np.sin(low.T * 1.5) + bend[:, :, 1] @ np.cos(low.T * 2)).T * size
        points = points + wobble + shake + warp + random.normal(0, 0.006 * size, 2)
        drop = random.integers(0, 3, 2) if len(points) > 12 and random.random() < 0.4 else (0, 0)
        drawn.append(points[drop[0] : len(points) - drop[1]] @ matrix.T)
    return drawn


def _dense(stroke: Stroke, step: float) -> Stroke:
    stroke = np.asarray(stroke, float)
    lengths = np.linalg.norm(np.diff(stroke, axis=0), axis=1)
    along = np.concatenate([[0], np.cumsum(lengths)])
    at = np.linspace(0, along[-1], max(2, int(along[-1] / step) + 1))
    return np.stack([np.interp(at, along, stroke[:, axis]) for axis in (0, 1)], axis=1)


def _smooth(noise: np.ndarray, window: int = 9) -> np.ndarray:
    """Slow waves from white noise."""
    kernel = np.hanning(window + 2)[1:-1]
    padded = np.pad(noise, ((window // 2, window // 2), (0, 0)), mode="edge")
    columns = [np.convolve(padded[:, axis], kernel / kernel.sum(), "valid") for axis in (0, 1)]
    return 2 * np.stack(columns, axis=1)


def drawn_picture(
    strokes: list[Stroke], random: np.random.Generator, side: int = 200
) -> Image.Image:
    """The strokes on paper: thin or thick, dark on light (mostly), somewhere on the sheet."""
    points = np.concatenate(strokes)
    low, size = points.min(axis=0), max(float(np.ptp(points, axis=0).max()), 1e-6)
    margin = random.uniform(0.03, 0.2)
    scale = side * (1 - 2 * margin) / size
    offset = side * margin + (side * (1 - 2 * margin) - scale * np.ptp(points, axis=0)) * 0.5
    width = max(1, round(side * random.choice([0.006, 0.01, 0.015, 0.02, 0.03, 0.045])))
    paper, ink = (255, 0) if random.random() < 0.9 else (int(random.integers(200, 256)), 40)
    if random.random() < 0.06:
        paper, ink = 0, 255
    picture = Image.new("L", (side, side), paper)
    pen = ImageDraw.Draw(picture)
    for stroke in strokes:
        at = [tuple(point) for point in (stroke - low) * scale + offset]
        pen.line(at, fill=ink, width=width, joint="curve")
    return picture.convert("RGB")
