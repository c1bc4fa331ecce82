"""Line drawings of what is worn above the waist: all share one outline and differ in detail."""

import numpy as np

from fashion_model.everyday.pen import Stroke, arc, ellipse, line, mirrored

Random = np.random.Generator


def _torso(
    random: Random,
    sleeve: str,
    length: float,
    hem: float,
    waist: float,
    neck: str = "round",
    ribs: float = 0.0,
) -> list[Stroke]:
    """The outline all tops share, from the right half mirrored; `sleeve` none, short or long."""
    neck_half = random.uniform(0.1, 0.2)
    shoulder = random.uniform(0.33, 0.46)
    drop = random.uniform(0.02, 0.14)
    armpit_y = random.uniform(0.3, 0.42)
    armpit_x = shoulder * random.uniform(0.75, 0.98)
    right = [(neck_half, 0.0), (shoulder, drop)]
    cuff: list[tuple[float, float]] = []
    if sleeve != "none":
        reach = random.uniform(0.18, 0.38) if sleeve == "short" else random.uniform(0.55, 0.95)
        angle = np.radians(random.uniform(15, 75) if sleeve == "short" else random.uniform(25, 86))
        width = random.uniform(0.1, 0.22)
        end = np.array([shoulder, drop]) + reach * np.array([np.cos(angle), np.sin(angle)])
        across = width * np.array([-np.sin(angle), np.cos(angle)])
        outer, inner = end, end + across
        # A sleeve that hangs straight down must still come back to the armpit beside the body.
        inner[0] = max(inner[0], armpit_x + 0.02)
        cuff = [tuple(outer), tuple(inner)]
        if sleeve == "long" and random.random() < 0.35:
            elbow = (np.array([shoulder, drop]) + end) / 2 + random.normal(0, 0.04, 2)
            right.append(tuple(elbow))
        right += cuff
    body = [(armpit_x, armpit_y), (armpit_x * waist, (armpit_y + length) / 2), (hem, length)]
    right += body
    outline = np.array(right)
    strokes = []
    left = mirrored(outline)
    bottom = arc((hem, length), (-hem, length), random.normal(0, 0.03))
    if random.random() < 0.5:
        strokes.append(np.concatenate([outline, bottom, left[::-1]]))
    else:
        strokes += [outline, left, bottom]
    strokes += _neckline(random, neck, neck_half)
    if ribs and random.random() < ribs:
        inset = random.uniform(0.04, 0.1)
        strokes.append(arc((hem, length - inset), (-hem, length - inset), 0.0))
        if cuff:
            start = np.array(outline[1])
            part = [np.array(point) + (start - np.array(point)) * inset * 1.2 for point in cuff]
            band = np.array(part)
            strokes += [band, mirrored(band)]
    return strokes


def _neckline(random: Random, neck: str, half: float) -> list[Stroke]:
    if neck == "v":
        depth = random.uniform(0.12, 0.35)
        return [np.array([(-half, 0), (0, depth), (half, 0)])]
    if neck == "high":
        rise = random.uniform(0.05, 0.16)
        return [np.array([(-half, 0), (-half * 0.9, -rise), (half * 0.9, -rise), (half, 0)])]
    depth = random.uniform(0.03, 0.18)
    strokes = [arc((-half, 0), (half, 0), depth)]
    if random.random() < 0.4:
        strokes.append(arc((-half, 0), (half, 0), depth * random.uniform(0.2, 0.6)))
    return strokes


def tshirt(random: Random) -> list[Stroke]:
    hem = random.uniform(0.28, 0.45)
    strokes = _torso(
        random,
        "short" if random.random() < 0.93 else "none",
        random.uniform(0.8, 1.25),
        hem,
        random.uniform(0.88, 1.05),
        random.choice(["round", "round", "round", "v"]),
    )
    if random.random() < 0.25:
        strokes += _print(random, 0.55)
    return strokes


def _print(random: Random, y: float) -> list[Stroke]:
    """Something on the chest: a shape, a word, stripes."""
    kind = random.integers(4)
    if kind == 0:
        return [ellipse((0, y), random.uniform(0.06, 0.16), random.uniform(0.06, 0.16))]
    if kind == 1:
        points = random.uniform(-0.15, 0.15, (random.integers(3, 8), 2)) + np.array([0, y])
        return [points]
    if kind == 2:
        heights = y + np.arange(random.integers(2, 6)) * random.uniform(0.07, 0.15) - 0.1
        return [line((-0.3, height), (0.3, height)) for height in heights]
    x = np.linspace(-0.2, 0.2, 9)
    return [np.stack([x, y + random.normal(0, 0.04, 9)], axis=1)]


def pullover(random: Random) -> list[Stroke]:
    neck = random.choice(["round", "round", "v", "high"])
    hem = random.uniform(0.28, 0.45)
    strokes = _torso(
        random, "long", random.uniform(0.8, 1.15), hem, random.uniform(0.9, 1.08), neck, ribs=0.65
    )
    kind = random.integers(6)
    if kind == 0:
        strokes += _print(random, 0.5)
    elif kind == 1:
        for height in np.linspace(0.3, 0.85, random.integers(1, 4)):
            x = np.linspace(-0.32, 0.32, random.integers(6, 14))
            zigzag = height + 0.04 * np.where(np.arange(len(x)) % 2, 1, -1)
            strokes.append(np.stack([x, zigzag], axis=1))
    elif kind == 2:
        for height in np.linspace(0.3, 0.9, random.integers(2, 5)):
            strokes.append(line((-0.33, height), (0.33, height)))
    return strokes


def coat(random: Random) -> list[Stroke]:
    length, hem = random.uniform(0.85, 1.5), random.uniform(0.3, 0.5)
    sleeve = "long" if random.random() < 0.92 else "none"
    neck = random.choice(["round", "v", "high"])
    strokes = _torso(random, sleeve, length, hem, random.uniform(0.85, 1.05), neck, ribs=0.4)
    strokes += _opening(random, length, double=random.random() < 0.4)
    if random.random() < 0.5:
        strokes += _lapels(random)
    if random.random() < 0.25:
        strokes.append(arc((-0.2, 0.02), (0.2, 0.02), -random.uniform(0.25, 0.4)))
    if random.random() < 0.55:
        y, slant = length * random.uniform(0.6, 0.75), random.uniform(-0.08, 0.12)
        pocket = line((0.12, y), (0.26, y + slant))
        if random.random() < 0.4:
            pocket = np.array([(0.1, y), (0.27, y), (0.27, y + 0.18), (0.1, y + 0.18), (0.1, y)])
        strokes += [pocket, mirrored(pocket)]
    if random.random() < 0.3:
        strokes += _buttons(random, length, random.uniform(0.03, 0.08))
    return strokes


def _opening(random: Random, length: float, double: bool) -> list[Stroke]:
    top = random.uniform(0.0, 0.3)
    if not double:
        return [line((0, top), (random.normal(0, 0.02), length))]
    gap = random.uniform(0.02, 0.12)
    return [line((-gap, top), (-gap, length)), line((gap, top), (gap, length))]


def _lapels(random: Random) -> list[Stroke]:
    low, wide = random.uniform(0.25, 0.55), random.uniform(0.1, 0.24)
    lapel = np.array([(0.12, 0), (wide + 0.04, low * 0.45), (wide * 0.6, low * 0.5), (0, low)])
    return [lapel, mirrored(lapel)]


def _buttons(random: Random, length: float, x: float = 0.0) -> list[Stroke]:
    size = random.uniform(0.012, 0.03)
    heights = np.linspace(random.uniform(0.15, 0.35), length * 0.9, random.integers(3, 7))
    return [ellipse((x, height), size, size) for height in heights]


def shirt(random: Random) -> list[Stroke]:
    length, hem = random.uniform(0.85, 1.25), random.uniform(0.28, 0.42)
    sleeve = "long" if random.random() < 0.65 else "short"
    strokes = _torso(random, sleeve, length, hem, random.uniform(0.88, 1.02), ribs=0.15)
    wide, low = random.uniform(0.1, 0.2), random.uniform(0.1, 0.2)
    collar = np.array([(0.15, -0.02), (wide + 0.06, low), (0.0, low * random.uniform(0.5, 1))])
    strokes += [collar, mirrored(collar)]
    if random.random() < 0.75:
        strokes.append(line((0, low), (0, length)))
    strokes += _buttons(random, length, 0.02)
    if random.random() < 0.4:
        strokes.append(np.array([(0.1, 0.4), (0.25, 0.4), (0.25, 0.56), (0.1, 0.56), (0.1, 0.4)]))
    return strokes
