"""What is none of the ten garments: figures, letters, things of every shape, drawn or filled."""

import math
import string
from collections.abc import Callable
from itertools import pairwise

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from fashion_model.everyday.pen import Stroke, arc, by_hand, drawn_picture, ellipse, line, mirrored

Random = np.random.Generator


def doodle(random: Random) -> list[Stroke]:
    """A line drawing of something that nobody wears, or of nothing at all."""
    maker = THINGS[random.integers(len(THINGS))] if random.random() < 0.6 else _assembled
    return maker(random)


def doodle_picture(random: Random) -> Image.Image:
    """One picture of no garment: a drawing, a letter or digit, a filled shape, a texture."""
    kind = random.random()
    if kind < 0.5:
        return drawn_picture(by_hand(doodle(random), random), random)
    if kind < 0.62:
        return drawn_picture(by_hand(_digit(random), random), random)
    if kind < 0.74:
        return _glyph(random)
    if kind < 0.9:
        return _filled(random)
    return _texture(random)


def _assembled(random: Random) -> list[Stroke]:
    """A few simple shapes put together, often symmetric, as most made things are."""
    strokes: list[Stroke] = []
    for _ in range(int(random.integers(1, 6))):
        centre = random.uniform(-0.5, 0.5, 2)
        across, down = random.uniform(0.05, 0.5, 2)
        shape = _shape(random, centre, across, down)
        strokes.append(shape)
        if random.random() < 0.4:
            strokes.append(mirrored(shape))
    return strokes


def _shape(random: Random, centre: np.ndarray, across: float, down: float) -> Stroke:
    kind = random.integers(6)
    if kind == 0:
        return ellipse(tuple(centre), across, down)
    if kind == 1:
        corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)])
        return centre + corners * (across, down)
    if kind == 2:
        reach = np.array([across, down])
        return line(tuple(centre - reach), tuple(centre + reach))
    if kind == 3:
        turn = np.sort(random.uniform(0, 2 * np.pi, random.integers(3, 9)))
        points = np.stack([np.cos(turn), np.sin(turn)], axis=1) * (across, down)
        return centre + np.concatenate([points, points[:1]])
    if kind == 4:
        x = np.linspace(-1, 1, random.integers(4, 12))
        y = np.where(np.arange(len(x)) % 2, 1, -1) * random.uniform(0.2, 1)
        return centre + np.stack([x, y], axis=1) * (across, down)
    return arc(tuple(centre), tuple(centre + random.uniform(-0.6, 0.6, 2)), random.normal(0, 0.3))


def _face(random: Random) -> list[Stroke]:
    eye = random.uniform(0.03, 0.09)
    strokes = [ellipse((0, 0), random.uniform(0.4, 0.55), random.uniform(0.45, 0.6))]
    strokes += [ellipse((side * 0.18, -0.12), eye, eye) for side in (-1, 1)]
    return [*strokes, arc((-0.2, 0.2), (0.2, 0.2), random.uniform(-0.1, 0.18))]


def _person(random: Random) -> list[Stroke]:
    strokes = [ellipse((0, -0.8), 0.15, 0.17), line((0, -0.63), (0, 0))]
    strokes += [line((0, -0.45), (side * 0.35, random.uniform(-0.6, -0.1))) for side in (-1, 1)]
    return strokes + [line((0, 0), (side * 0.25, 0.6)) for side in (-1, 1)]


def _house(random: Random) -> list[Stroke]:
    height = random.uniform(0.4, 0.8)
    strokes = [_box(-0.5, 0, 0.5, height), np.array([(-0.55, 0), (0, -0.5), (0.55, 0)])]
    return [*strokes, _box(-0.1, height - 0.35, 0.1, height), _box(0.2, 0.1, 0.4, 0.3)]


def _box(left: float, top: float, right: float, bottom: float) -> Stroke:
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom), (left, top)])


def _star(random: Random) -> list[Stroke]:
    points, inner = int(random.integers(4, 8)), random.uniform(0.3, 0.6)
    turn = np.arange(2 * points + 1) * np.pi / points - np.pi / 2
    radius = np.where(np.arange(2 * points + 1) % 2, inner, 1.0)
    return [np.stack([np.cos(turn), np.sin(turn)], axis=1) * radius[:, None]]


def _spiral(random: Random) -> list[Stroke]:
    turn = np.linspace(0, random.uniform(4, 9) * np.pi, 60)
    return [np.stack([np.cos(turn), np.sin(turn)], axis=1) * turn[:, None]]


def _scribble(random: Random) -> list[Stroke]:
    return [np.cumsum(random.normal(0, 1, (random.integers(6, 30), 2)), axis=0)]


def _flower(random: Random) -> list[Stroke]:
    turns = np.arange(random.integers(4, 9))
    angles = turns * 2 * np.pi / len(turns)
    petals = [ellipse((0.3 * math.cos(a), 0.3 * math.sin(a)), 0.15, 0.15) for a in angles]
    return [*petals, ellipse((0, 0), 0.15, 0.15), line((0, 0.4), (0.05, 1.2))]


def _tree(random: Random) -> list[Stroke]:
    width = random.uniform(0.05, 0.12)
    crown = ellipse((0, -0.5), random.uniform(0.3, 0.5), random.uniform(0.35, 0.55))
    if random.random() < 0.4:
        crown = np.array([(-0.45, 0), (0, -1.1), (0.45, 0), (-0.45, 0)])
    return [crown, line((-width, 0), (-width, 0.7)), line((width, 0), (width, 0.7))]


def _vehicle(random: Random) -> list[Stroke]:
    roof = random.uniform(0.2, 0.45)
    body = [(-0.8, 0), (-0.8, -0.25), (-0.45, -0.3), (-0.3, -0.3 - roof), (0.3, -0.3 - roof)]
    body = np.array([*body, (0.5, -0.28), (0.85, -0.22), (0.85, 0), (-0.8, 0)])
    wheel = random.uniform(0.12, 0.22)
    return [body, ellipse((-0.45, 0.02), wheel, wheel), ellipse((0.5, 0.02), wheel, wheel)]


def _two_wheels(random: Random) -> list[Stroke]:
    r = random.uniform(0.3, 0.42)
    wheels = [ellipse((-0.6, 0), r, r), ellipse((0.6, 0), r, r)]
    frame = np.array([(-0.6, 0), (-0.25, -0.5), (0.4, -0.5), (0.0, 0), (-0.6, 0)])
    return [*wheels, frame, np.array([(0.6, 0), (0.4, -0.65), (0.55, -0.7)])]


def _glasses(random: Random) -> list[Stroke]:
    wide, tall = random.uniform(0.22, 0.36), random.uniform(0.15, 0.32)
    lenses = [ellipse((side * 0.42, 0), wide, tall) for side in (-1, 1)]
    temples = [line((side * 0.75, 0), (side * random.uniform(0.8, 1.1), -0.2)) for side in (-1, 1)]
    return [*lenses, arc((-0.15, 0), (0.15, 0), -0.06), *temples]


def _watch(random: Random) -> list[Stroke]:
    r, strap = random.uniform(0.25, 0.4), random.uniform(0.12, 0.22)
    face = ellipse((0, 0), r, r) if random.random() < 0.6 else _box(-r, -r, r, r)
    straps = [_box(-strap, r, strap, 1), _box(-strap, -1, strap, -r)]
    return [face, *straps, np.array([(0, -r * 0.6), (0, 0), (r * 0.4, r * 0.2)])]


def _hat(random: Random) -> list[Stroke]:
    tall, brim = random.uniform(0.3, 0.8), random.uniform(0.55, 0.95)
    if random.random() < 0.5:  # a cap from the side
        dome = np.array([*arc((-0.5, 0), (0.4, 0), -tall), (-0.5, 0)])
        return [
            dome,
            arc((0.35, 0.0), (0.35 + brim * 0.6, 0.08), -0.05),
            line((0.4, 0), (0.9, 0.1)),
        ]
    crown = arc((-0.42, 0), (0.42, 0), -tall)
    if random.random() < 0.4:
        crown = np.array([(-0.4, 0), (-0.35, -tall), (0.35, -tall), (0.4, 0)])
    band = line((-0.41, -0.12), (0.41, -0.12))
    return [crown, ellipse((0, 0.02), brim, random.uniform(0.05, 0.15)), band]


def _cup(random: Random) -> list[Stroke]:
    low = random.uniform(0.25, 0.4)
    side = np.array([(-0.4, 0), (-low, 0.8), (low, 0.8), (0.4, 0)])
    handle = np.array([(0.38, 0.15), (0.7, 0.2), (0.68, 0.55), (0.34, 0.6)])
    return [side, ellipse((0, 0), 0.4, random.uniform(0.02, 0.12)), handle]


def _bottle(random: Random) -> list[Stroke]:
    wide, neck = random.uniform(0.2, 0.35), random.uniform(0.06, 0.13)
    half = np.array([(neck, 0), (neck, 0.3), (wide, 0.5), (wide, 1.4), (0, 1.4)])
    return [np.concatenate([half, mirrored(half)[::-1]]), line((-neck, 0), (neck, 0))]


def _fish(random: Random) -> list[Stroke]:
    body = ellipse((0, 0), 0.6, random.uniform(0.2, 0.4))
    tail = np.array([(0.55, 0), (0.95, -0.3), (0.95, 0.3), (0.55, 0)])
    return [body, tail, ellipse((-0.35, -0.08), 0.04, 0.04)]


def _animal(random: Random) -> list[Stroke]:
    strokes = [ellipse((0, 0), 0.5, 0.25), ellipse((-0.6, -0.3), 0.2, 0.18)]
    strokes += [line((x, 0.2), (x, random.uniform(0.5, 0.8))) for x in (-0.4, -0.3, 0.3, 0.4)]
    return [*strokes, arc((0.5, 0), (0.8, -0.3), 0.1), *_ears(random)]


def _ears(random: Random) -> list[Stroke]:
    tall = random.uniform(0.1, 0.4)
    return [
        np.array([(x, -0.45), (x + 0.06, -0.45 - tall), (x + 0.12, -0.45)]) for x in (-0.72, -0.6)
    ]


def _furniture(random: Random) -> list[Stroke]:
    back = random.uniform(0.0, 0.9)
    legs = [line((x, 0), (x, 0.7)) for x in (-0.5, 0.5, -0.3, 0.3)]
    return [_box(-0.5, -0.1, 0.5, 0), *legs, _box(-0.5, -0.1 - back, -0.4, -0.1)]


def _screen(random: Random) -> list[Stroke]:
    wide, tall, edge = random.uniform(0.3, 0.9), random.uniform(0.4, 0.9), 0.08
    strokes = [
        _box(-wide, -tall, wide, tall),
        _box(edge - wide, edge - tall, wide - edge, tall - 0.3),
    ]
    xs = np.linspace(-wide * 0.6, wide * 0.6, random.integers(1, 5))
    return strokes + [ellipse((x, tall - 0.15), 0.04, 0.04) for x in xs]


def _umbrella(random: Random) -> list[Stroke]:
    canopy = [arc((-0.8, 0), (0.8, 0), -random.uniform(0.5, 0.8))]
    canopy += [arc((x, 0), (x + 0.4, 0), -0.08) for x in (-0.8, -0.4, 0.0, 0.4)]
    return [*canopy, line((0, -0.6), (0, 0.8)), arc((0, 0.8), (0.25, 0.8), 0.15)]


def _tool(random: Random) -> list[Stroke]:
    """A long handle with something at its end."""
    handle = random.uniform(0.02, 0.08)
    head = _shape(random, np.zeros(2), *random.uniform(0.1, 0.4, 2))
    return [_box(-handle, 0.1, handle, random.uniform(1, 1.8)), head]


def _heart(random: Random) -> list[Stroke]:
    t = np.linspace(0, 2 * np.pi, 30)
    x = 16 * np.sin(t) ** 3
    y = -(13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t))
    return [np.stack([x, y], axis=1)]


def _cloud(random: Random) -> list[Stroke]:
    turn = np.linspace(0, 2 * np.pi, int(random.integers(5, 9)) + 1)
    ring = np.stack([0.7 * np.cos(turn), 0.35 * np.sin(turn)], axis=1)
    bumps = []
    for start, end in pairwise(ring):
        t = np.linspace(0, 1, 8)[:, None]
        bumps.append((start + t * (end - start)) * (1 + 1.4 * t * (1 - t)))
    return [np.concatenate(bumps)]


DIGITS = {
    0: [ellipse((0, 0), 0.35, 0.6)],
    1: [np.array([(-0.2, -0.4), (0, -0.6), (0, 0.6)])],
    2: [np.array([(-0.3, -0.35), (0, -0.6), (0.3, -0.35), (0.2, 0), (-0.35, 0.6), (0.35, 0.6)])],
    3: [np.array([(-0.3, -0.6), (0.3, -0.6), (0, -0.1), (0.35, 0.25), (0, 0.6), (-0.3, 0.45)])],
    4: [np.array([(0.1, -0.6), (-0.35, 0.15), (0.4, 0.15)]), line((0.15, -0.2), (0.15, 0.6))],
    5: [np.array([(0.3, -0.6), (-0.25, -0.6), (-0.3, -0.05), (0.2, 0), (0.25, 0.4), (-0.3, 0.6)])],
    6: [
        np.array(
            [(0.25, -0.6), (-0.25, 0), (-0.3, 0.4), (0, 0.6), (0.3, 0.3), (0, 0.05), (-0.3, 0.3)]
        )
    ],
    7: [np.array([(-0.35, -0.6), (0.35, -0.6), (-0.05, 0.6)])],
    8: [ellipse((0, -0.3), 0.25, 0.28), ellipse((0, 0.3), 0.32, 0.32)],
    9: [np.array([(0.3, -0.3), (0, -0.05), (-0.3, -0.3), (0, -0.6), (0.3, -0.3), (0.2, 0.6)])],
}


def _digit(random: Random) -> list[Stroke]:
    return DIGITS[int(random.integers(10))]


THINGS: tuple[Callable[[Random], list[Stroke]], ...] = (
    _face, _person, _house, _star, _spiral, _scribble, _flower, _tree, _vehicle, _two_wheels,
    _glasses, _watch, _hat, _hat, _cup, _bottle, _fish, _animal, _furniture, _screen, _umbrella,
    _tool, _heart, _cloud,
)  # fmt: skip


def _glyph(random: Random) -> Image.Image:
    """One or two letters or digits in print."""
    signs = string.ascii_letters + 3 * string.digits + "&@#?!%"
    text = "".join(random.choice(list(signs), random.choice([1, 1, 2])))
    dark_on_light = random.random() < 0.6
    picture = Image.new("L", (200, 200), 255 if dark_on_light else 0)
    font = ImageFont.load_default(float(random.uniform(90, 190)))
    ink = 0 if dark_on_light else 255
    ImageDraw.Draw(picture).text((100, 100), text, fill=ink, font=font, anchor="mm")
    turned = picture.rotate(random.normal(0, 8), fillcolor=255 - ink)
    return turned.convert("RGB")


def _filled(random: Random) -> Image.Image:
    """A thing as a shop shows it: shapes in a few colours on white or on a plain ground."""
    strokes = by_hand(doodle(random), random)
    points = np.concatenate(strokes)
    low, size = points.min(axis=0), max(float(np.ptp(points, axis=0).max()), 1e-6)
    ground = (255, 255, 255) if random.random() < 0.6 else tuple(random.integers(0, 256, 3))
    picture = Image.new("RGB", (200, 200), tuple(int(part) for part in ground))
    pen = ImageDraw.Draw(picture)
    colours = random.integers(0, 256, (3, 3))
    for stroke in strokes:
        at = [tuple(point) for point in (stroke - low) * (160 / size) + 20]
        colour = tuple(int(part) for part in colours[random.integers(3)])
        if len(at) > 2 and random.random() < 0.85:
            pen.polygon(at, fill=colour)
        pen.line(at, fill=colour, width=int(random.integers(2, 12)), joint="curve")
    shade = np.linspace(*random.uniform(0.75, 1.05, 2), 200)[None, :, None]
    noisy = np.asarray(picture) * shade + random.normal(0, 4, (200, 200, 1))
    return Image.fromarray(noisy.clip(0, 255).astype(np.uint8))


def _texture(random: Random) -> Image.Image:
    """Noise, coarse or fine, and colour running from one side to the other: no thing at all."""
    cells = int(random.choice([3, 6, 12, 28, 100]))
    noise = random.integers(0, 256, (cells, cells, 3), dtype=np.uint8)
    if random.random() < 0.5:
        noise[...] = noise[..., :1]
    smooth = Image.Resampling.BICUBIC if random.random() < 0.5 else Image.Resampling.NEAREST
    return Image.fromarray(noise).resize((112, 112), smooth)
