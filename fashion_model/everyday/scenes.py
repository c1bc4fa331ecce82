"""Fashion-MNIST garments put back into the world: coloured, lit, on a floor, worn by somebody."""

import numpy as np
from PIL import Image, ImageDraw
from scipy import ndimage

Random = np.random.Generator

TOPS = (0, 2, 3, 4, 6)
SHOES = (5, 7, 9)
SIDE = 128
SKIN = ((241, 206, 184), (224, 172, 140), (198, 134, 96), (141, 85, 54), (90, 56, 40))


def scene(garment: np.ndarray, label: int, random: Random) -> Image.Image:
    """A made-up photo of one (28, 28) uint8 garment of class `label`."""
    grey, mask = _enlarged(garment)
    if random.random() < 0.5:
        grey, mask = grey[:, ::-1], mask[:, ::-1]
    if label in SHOES and random.random() < 0.3:
        grey, mask = _pair(grey, mask, random)
    colour = _coloured(grey, random)
    ground = _studio(random) if random.random() < 0.45 else _floor(random)
    canvas = Image.fromarray(ground)
    colour_picture, mask_picture, at = _placed(colour, mask, random)
    if random.random() < 0.4 and at is not None:
        _wearer(canvas, label, at, random)
    else:
        _shadow(canvas, mask_picture, random)
    canvas.paste(colour_picture, mask=mask_picture)
    return _seen_by_a_camera(np.asarray(canvas), random)


def _enlarged(garment: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Back to white studio greys at four times the size, and the soft outline."""
    inside = ndimage.binary_closing(np.pad(garment > 10, 2))[2:-2, 2:-2]
    rim = ndimage.binary_fill_holes(inside)
    # Small holes are pale cloth, large ones the handle of a bag.
    holes, count = ndimage.label(rim & ~inside)
    for number in range(1, count + 1):
        if (holes == number).sum() < 12:
            inside |= holes == number
    large = Image.fromarray(garment).resize((112, 112), Image.Resampling.BICUBIC)
    soft = Image.fromarray((inside * 255).astype(np.uint8)).resize((112, 112))
    mask = np.asarray(soft, np.float32) / 255
    return 1 - np.asarray(large, np.float32) / 255, (mask > 0.5).astype(np.float32)


def _pair(grey: np.ndarray, mask: np.ndarray, random: Random) -> tuple[np.ndarray, np.ndarray]:
    """Two shoes, the second a little behind the first or mirrored beside it."""
    shift = (int(random.integers(-30, 31)), int(random.integers(-25, 26)))
    second = (np.roll(grey, shift, (0, 1)), np.roll(mask, shift, (0, 1)))
    if random.random() < 0.3:
        second = (second[0][:, ::-1], second[1][:, ::-1])
    front = mask > 0.5
    return np.where(front, grey, second[0]), np.maximum(mask, second[1])


def _coloured(grey: np.ndarray, random: Random) -> np.ndarray:
    """Any colour with the folds and prints of the original; sometimes a pattern of its own."""
    base = random.uniform(0, 1, 3) if random.random() < 0.6 else np.full(3, random.uniform(0, 1))
    contrast = random.uniform(0.3, 1.0)
    colour = base * (1 - contrast) + contrast * (0.25 + 0.75 * grey[..., None]) * (0.5 + base / 2)
    if random.random() < 0.2:
        other = random.uniform(0, 1, 3)
        where = _pattern(grey.shape, random)[..., None]
        colour = colour * (1 - where) + where * other * (0.5 + 0.5 * grey[..., None])
    return (colour.clip(0, 1) * 255).astype(np.uint8)


def _pattern(shape: tuple[int, int], random: Random) -> np.ndarray:
    y, x = np.mgrid[: shape[0], : shape[1]]
    period = random.uniform(5, 25)
    across, down = np.sin(2 * np.pi * x / period) > 0, np.sin(2 * np.pi * y / period) > 0
    kind = random.integers(4)
    if kind == 0:
        return down.astype(float)
    if kind == 1:
        return across.astype(float)
    if kind == 2:
        return 0.5 * across + 0.5 * down
    return (ndimage.gaussian_filter(random.normal(size=shape), period / 4) > 0.02).astype(float)


def _studio(random: Random) -> np.ndarray:
    """White or nearly so, perhaps a little darker towards one corner."""
    white = random.uniform(0.85, 1.0) if random.random() < 0.5 else 1.0
    y, x = np.mgrid[0:1:128j, 0:1:128j]
    slope = random.normal(0, 0.04, 2) if random.random() < 0.5 else (0, 0)
    light = (white + slope[0] * (x - 0.5) + slope[1] * (y - 0.5)).clip(0, 1)
    return np.repeat((light * 255).astype(np.uint8)[..., None], 3, axis=2)


def _floor(random: Random) -> np.ndarray:
    """Boards, tiles, a folded sheet, a carpet, a wall."""
    base = random.uniform(0.1, 0.95, 3)
    if random.random() < 0.6:  # most floors and walls have little colour
        base = base.mean() + 0.25 * (base - base.mean())
    y, x = np.mgrid[0:1:128j, 0:1:128j]
    turn = random.uniform(0, np.pi)
    along, across = x * np.cos(turn) + y * np.sin(turn), y * np.cos(turn) - x * np.sin(turn)
    kind, height = random.integers(5), random.uniform(0.05, 0.3)
    relief = np.zeros((SIDE, SIDE))
    if kind == 0:
        boards = np.floor(across * random.uniform(3, 9))
        relief = np.sin(boards * 12.9898) * 0.5 - ((across * random.uniform(3, 9)) % 1 < 0.06)
        relief = relief + ndimage.gaussian_filter1d(random.normal(size=(SIDE, SIDE)), 8, axis=1)
    elif kind == 1:
        size = random.uniform(2, 6)
        relief = -1.0 * (((along * size) % 1 < 0.05) | ((across * size) % 1 < 0.05))
    elif kind == 2:
        relief = ndimage.gaussian_filter(random.normal(size=(SIDE, SIDE)), (3, 12)) * 12
    elif kind == 3:
        relief = ndimage.gaussian_filter(random.normal(size=(SIDE, SIDE)), random.uniform(0.3, 3))
        relief = relief / relief.std() * 0.6
    light = 1 + height * relief + random.normal(0, 0.25) * (along - 0.5)
    return ((base * light[..., None]).clip(0, 1) * 255).astype(np.uint8)


def _placed(
    colour: np.ndarray, mask: np.ndarray, random: Random
) -> tuple[Image.Image, Image.Image, tuple[int, int, int, int] | None]:
    """Turned, scaled and moved onto the canvas; the box it fills there when it stays upright."""
    worn = random.random() < 0.5
    scale = random.uniform(0.6, 1.08)
    turn = random.normal(0, 3 if worn else 10)
    size = (max(8, round(112 * scale * random.uniform(0.9, 1.1))), max(8, round(112 * scale)))
    garment = Image.fromarray(colour).resize(size, Image.Resampling.BICUBIC)
    outline = Image.fromarray((mask * 255).astype(np.uint8)).resize(size, Image.Resampling.BICUBIC)
    garment = garment.rotate(turn, Image.Resampling.BILINEAR, fillcolor=(128, 128, 128))
    outline = outline.rotate(turn, Image.Resampling.BILINEAR)
    left = (SIDE - size[0]) // 2 + int(random.normal(0, 5))
    top = (SIDE - size[1]) // 2 + int(random.normal(0, 5))
    frame, frame_mask = Image.new("RGB", (SIDE, SIDE)), Image.new("L", (SIDE, SIDE))
    frame.paste(garment, (left, top))
    frame_mask.paste(outline, (left, top))
    return frame, frame_mask, frame_mask.getbbox() if worn else None


def _shadow(canvas: Image.Image, mask: Image.Image, random: Random) -> None:
    if random.random() < 0.5:
        return
    soft = ndimage.gaussian_filter(np.asarray(mask, np.float32), random.uniform(1, 5))
    moved = np.roll(soft, random.integers(-5, 6, 2), (0, 1)) * random.uniform(0.1, 0.5)
    canvas.paste((20, 20, 25), mask=Image.fromarray(moved.astype(np.uint8)))


def _wearer(
    canvas: Image.Image, label: int, box: tuple[int, int, int, int], random: Random
) -> None:
    """The parts of a person that a shop's photo shows beside the garment, roughly."""
    pen = ImageDraw.Draw(canvas)
    skin = SKIN[random.integers(len(SKIN))]
    hair = tuple(int(part) for part in random.integers(10, 120, 3))
    cloth = tuple(int(part) for part in random.integers(0, 256, 3))
    left, top, right, bottom = box
    middle, wide = (left + right) / 2, right - left
    if label in TOPS:
        head = wide * random.uniform(0.12, 0.2)
        pen.rectangle((middle - head * 0.5, top - head, middle + head * 0.5, top + head), skin)
        face = (middle - head, top - 3.0 * head, middle + head, top - 0.4 * head)
        pen.ellipse((face[0] - 3, face[1] - 4, face[2] + 3, face[3] - head * 0.4), hair)
        pen.ellipse(face, skin)
        arm = wide * random.uniform(0.05, 0.09)
        for side in (left + arm, right - arm):
            pen.line((side, top + (bottom - top) * 0.35, side, bottom + 4), skin, round(2 * arm))
        below = skin if label == 3 or random.random() < 0.2 else cloth
        for side in (-1, 1):
            x = middle + side * wide * 0.13
            pen.line((x, bottom - 4, x, SIDE), below, max(2, round(wide * 0.2)))
    elif label == 1:
        pen.rectangle((left - 2, 0, right + 2, top + 3), cloth)
        for side in (left, right):
            pen.line((side, 0, side, top + 20), skin, max(2, round(wide * 0.15)))
            pen.ellipse((side - wide * 0.2, bottom - 3, side + wide * 0.2, bottom + 8), hair)
    elif label in SHOES:
        x = right - wide * 0.25
        pen.line((x, 0, x, top + 12), skin if random.random() < 0.6 else cloth, round(wide * 0.3))
    else:
        pen.line((left, 0, middle, top + 8), skin, max(3, round(wide * 0.12)))


def _seen_by_a_camera(pixels: np.ndarray, random: Random) -> Image.Image:
    """Light of some colour from some side, a little blur, noise, and not all of the frame."""
    seen = pixels.astype(np.float32)
    if random.random() < 0.6:
        y, x = np.mgrid[-0.5:0.5:128j, -0.5:0.5:128j]
        slope = random.normal(0, 0.2, 2)
        light = (random.uniform(0.75, 1.1) + slope[0] * x + slope[1] * y)[..., None]
        seen = seen * light * random.normal(1, 0.04, 3)
    if random.random() < 0.5:
        seen = ndimage.gaussian_filter(seen, (0.7, 0.7, 0))
    seen = seen + random.normal(0, random.uniform(0, 5), seen.shape)
    picture = Image.fromarray(seen.clip(0, 255).astype(np.uint8))
    if random.random() < 0.3:
        wide = int(random.integers(0, 12))
        picture = picture.crop((wide, 0, SIDE - int(random.integers(0, 12)), SIDE))
    return picture
