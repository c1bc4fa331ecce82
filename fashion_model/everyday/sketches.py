"""Line drawings of the ten garments, made up: as people draw them, no two alike.

Every function takes a random generator and gives strokes, arrays (n, 2) of points x, y, with y
down; what scale they are drawn at does not matter.
"""

from collections.abc import Callable

import numpy as np

from fashion_model.everyday.pen import Stroke, arc, ellipse, line, mirrored
from fashion_model.everyday.tops import coat, pullover, shirt, tshirt

Random = np.random.Generator


def trouser(random: Random) -> list[Stroke]:
    waist = random.uniform(0.2, 0.34)
    hip = waist * random.uniform(1.0, 1.3)
    crotch = random.uniform(0.25, 0.5)
    length = random.uniform(1.0, 1.7) if random.random() < 0.85 else random.uniform(0.6, 0.9)
    spread = random.uniform(0.0, 0.25)
    leg = random.uniform(0.12, 0.26)
    outer = hip + spread
    inner = max(outer - leg, 0.02)
    half = np.array([(waist, 0), (hip, 0.25), (outer, length), (inner, length), (0.0, crotch)])
    left = mirrored(half)
    strokes = [np.concatenate([half, left[::-1]]), line((-waist, 0), (waist, 0))]
    if random.random() < 0.5:
        strokes.append(line((-waist, 0.09), (waist, 0.09)))
    if random.random() < 0.35:
        strokes.append(line((0, 0.0), (0, crotch)))
    if random.random() < 0.3:
        pocket = arc((waist * 0.5, 0.1), (hip * 0.97, 0.25), random.uniform(0.02, 0.1))
        strokes += [pocket, mirrored(pocket)]
    if random.random() < 0.2:
        cuff = line((outer, length - 0.1), (inner, length - 0.1))
        strokes += [cuff, mirrored(cuff)]
    return strokes


def dress(random: Random) -> list[Stroke]:
    shoulder, strap = random.uniform(0.16, 0.3), random.uniform(0.03, 0.12)
    waist_y, waist = random.uniform(0.45, 0.75), random.uniform(0.12, 0.25)
    length, hem = random.uniform(1.2, 1.9), random.uniform(0.26, 0.75)
    armpit = (shoulder * random.uniform(0.95, 1.15), random.uniform(0.18, 0.32))
    half = [(shoulder - strap, 0.0), (shoulder, 0.0)]
    if random.random() < 0.3:
        half += [(shoulder + 0.22, 0.22), (shoulder + 0.13, 0.3)]
    half += [armpit, (waist, waist_y)]
    half += [(waist + (hem - waist) * random.uniform(0.4, 0.8), (waist_y + length) / 2)]
    half = np.array([*half, (hem, length)])
    bottom = arc((hem, length), (-hem, length), random.normal(0, 0.05))
    neckline = arc((-(shoulder - strap), 0), (shoulder - strap, 0), random.uniform(0.04, 0.25))
    strokes = [np.concatenate([half, bottom, mirrored(half)[::-1]]), neckline]
    if random.random() < 0.55:
        strokes.append(arc((-waist, waist_y), (waist, waist_y), random.normal(0, 0.03)))
        if random.random() < 0.3:
            strokes.append(arc((-waist, waist_y + 0.07), (waist, waist_y + 0.07), 0.0))
    for _ in range(random.integers(0, 4)):
        x = random.uniform(-0.8, 0.8)
        strokes.append(line((x * waist, waist_y + 0.1), (x * hem, length)))
    return strokes


def sandal(random: Random) -> list[Stroke]:
    if random.random() < 0.3:
        return _heeled_sandal(random)
    one = _flip_flop(random)
    if random.random() < 0.45:
        return one
    gap = random.uniform(0.5, 0.75)
    other = _flip_flop(random) if random.random() < 0.2 else [mirrored(stroke) for stroke in one]
    return one + [stroke + np.array([gap, random.normal(0, 0.05)]) for stroke in other]


def _flip_flop(random: Random) -> list[Stroke]:
    """A sole seen from above, a strap from between the toes to both sides."""
    half, length = random.uniform(0.17, 0.28), random.uniform(0.9, 1.2)
    turn = np.linspace(0, 2 * np.pi, 25)
    narrow = 1 - random.uniform(0, 0.35) * (np.sin(turn) > 0) * np.sin(turn)
    sole = np.stack([half * np.cos(turn) * narrow, length / 2 * np.sin(turn)], axis=1)
    toe = (random.normal(0, 0.03), -length * random.uniform(0.25, 0.38))
    side = random.uniform(-0.1, 0.15) * length
    left = arc(toe, (-half * 0.95, side), random.normal(0, 0.05))
    right = arc(toe, (half * 0.95, side), random.normal(0, 0.05))
    strokes = [sole, left, right]
    if random.random() < 0.4:
        low = (0.0, toe[1] + random.uniform(0.08, 0.2))
        strokes += [
            arc(low, (-half * 0.9, side + 0.08), 0.02),
            arc(low, (half * 0.9, side + 0.08), 0.02),
        ]
    if random.random() < 0.25:
        strokes.append(sole + random.uniform(0.02, 0.08, 2))
    if random.random() < 0.12:
        y = random.uniform(-0.3, 0.0) * length
        strokes = [
            sole,
            arc((-half, y), (half, y), -0.08),
            arc((-half, y + 0.2), (half, y + 0.2), -0.08),
        ]
    return strokes


def _heeled_sandal(random: Random) -> list[Stroke]:
    heel = random.uniform(0.1, 0.5)
    sole = np.array([(0, 0.5), (0.35, 0.5), (0.7, 0.5 - heel * 0.6), (1.0, 0.5 - heel)])
    back = np.array([(1.0, 0.5 - heel), (0.97, 0.5), (0.92, 0.5), (0.9, 0.54 - heel)])
    strokes = [sole, sole + np.array([0, 0.04]), back]
    for x in random.uniform(0.1, 0.35, random.integers(1, 4)):
        strokes.append(
            arc((x, 0.5), (x + random.uniform(0.1, 0.25), 0.48), -random.uniform(0.1, 0.25))
        )
    ankle = 0.5 - heel - random.uniform(0.1, 0.3)
    strokes.append(arc((0.75, 0.45 - heel * 0.7), (1.0, ankle), -random.uniform(0.0, 0.15)))
    strokes.append(line((1.0, 0.5 - heel), (1.0, ankle)))
    return strokes


def sneaker(random: Random) -> list[Stroke]:
    """From the side: a low opening at the heel, a slope with laces, a round toe, a sole."""
    collar, toe = random.uniform(0.3, 0.5), random.uniform(0.1, 0.22)
    top = np.array([(1.0, 0.0), (0.98, -collar), (0.7, -collar * random.uniform(0.75, 1.0))])
    slope = np.array([(0.4, -toe * 1.4), (0.12, -toe), (0.0, -0.04), (0.02, 0.0)])
    strokes = [np.concatenate([top, slope])]
    sole = random.uniform(0.05, 0.13)
    strokes.append(np.array([(0.0, 0), (1.0, 0), (1.01, sole), (0.0, sole), (0.0, 0)]))
    if random.random() < 0.7:
        for share in np.linspace(0.15, 0.9, random.integers(2, 6)):
            x, y = 0.4 + 0.3 * share, -toe * 1.4 - (collar * 0.85 - toe * 1.4) * share
            strokes.append(line((x - 0.03, y - 0.03), (x + 0.09, y + 0.09)))
    if random.random() < 0.35:
        strokes.append(arc((0.5, -0.05), (0.95, -collar * 0.6), random.uniform(0.05, 0.15)))
    if random.random() < 0.35:
        strokes.append(arc((0.02, 0.0), (0.25, -toe), -0.03))
    return strokes


def bag(random: Random) -> list[Stroke]:
    top, bottom = random.uniform(0.3, 0.55), random.uniform(0.35, 0.6)
    height = random.uniform(0.4, 0.95)
    round_corner = random.uniform(0.0, 0.12)
    half = [(top, 0), (bottom, height - round_corner), (bottom - round_corner, height), (0, height)]
    half = np.array(half)
    strokes = [np.concatenate([half, mirrored(half)[::-1]]), line((-top, 0), (top, 0))]
    reach, rise = top * random.uniform(0.4, 1.0), random.uniform(0.2, 0.9)
    if random.random() < 0.92:
        strokes.append(arc((-reach, 0), (reach, 0), -rise))
        if random.random() < 0.5:
            inner = random.uniform(0.75, 0.92)
            strokes.append(arc((-reach * inner, 0), (reach * inner, 0), -rise * inner))
    kind = random.integers(5)
    if kind == 0:
        strokes.append(arc((-top, 0), (top, 0), random.uniform(0.2, 0.5) * height * 1.5))
    elif kind == 1:
        strokes.append(line((-top, height * 0.3), (top, height * 0.3)))
    elif kind == 2:
        strokes.append(np.array([(-top, 0), (0, height * random.uniform(0.3, 0.6)), (top, 0)]))
    if random.random() < 0.5:
        size = random.uniform(0.03, 0.08)
        strokes.append(ellipse((0, height * random.uniform(0.1, 0.45)), size, size))
    return strokes


def ankle_boot(random: Random) -> list[Stroke]:
    shaft, toe = random.uniform(0.6, 1.1), random.uniform(0.15, 0.28)
    heel = random.uniform(0.03, 0.35)
    front = random.uniform(0.45, 0.58)
    upper = np.array(
        [(1.0, 0), (0.97, -shaft), (front, -shaft), (front, -toe - 0.15), (0.15, -toe), (0.0, 0.0)]
    )
    strokes = [upper]
    step = random.uniform(0.6, 0.78)
    if heel > 0.1:
        strokes.append(
            np.array([(0, 0), (0.45, 0.0), (step, -0.02), (step + 0.02, heel), (1, heel), (1, 0)])
        )
    else:
        strokes.append(np.array([(0.0, 0), (0.0, 0.07), (1.0, 0.07), (1.0, 0), (0.0, 0.0)]))
    if random.random() < 0.4:
        for y in np.linspace(-shaft * 0.9, -toe - 0.15, random.integers(3, 6)):
            strokes.append(line((front, y), (front + 0.15, y + random.normal(0, 0.02))))
    if random.random() < 0.35:
        strokes.append(line((0.97, -shaft * 0.85), (front, -shaft * 0.85)))
    return strokes


GARMENTS: tuple[Callable[[Random], list[Stroke]], ...] = (
    tshirt,
    trouser,
    pullover,
    dress,
    coat,
    sandal,
    shirt,
    sneaker,
    bag,
    ankle_boot,
)
"""In the order of the classes."""
