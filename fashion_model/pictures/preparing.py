"""Anyone's picture → what a Fashion-MNIST model expects, stage by stage, each fit to be shown."""

from dataclasses import dataclass, field

import numpy as np
from PIL import Image
from scipy import ndimage

from fashion_model.pictures import drawing
from fashion_model.pictures.cutting import Cutout, cut_out, to_lab
from fashion_model.pictures.fitting import SIDE, box_of, fit, level
from fashion_model.pictures.worn import garment_alone

POLARITIES = ("auto", "light on dark", "dark on light")
BACKGROUNDS = ("remove", "keep")
SHOWN = 448
WORKED_ON = 128


@dataclass(frozen=True)
class Choices:
    """What a visitor may turn; the defaults let the program decide."""

    crop: tuple[float, float, float, float] | None = None
    """(left, top, right, bottom) as fractions of the picture after the turns; None: all of it."""
    quarter_turns: int = 0
    """Clockwise."""
    polarity: str = "auto"
    """What the picture is: "light on dark" is taken as it is, "dark on light" is negated."""
    background: str = "remove"
    """ "keep" leaves the picture whole: for close-ups, and where the cut-out goes wrong."""

    def __post_init__(self) -> None:
        if self.polarity not in POLARITIES or self.background not in BACKGROUNDS:
            raise ValueError(f"polarity is one of {POLARITIES}, background of {BACKGROUNDS}")


@dataclass(frozen=True)
class Stage:
    """One step on the way: `image` is a Pillow picture to show, `note` one sentence about it."""

    name: str
    title: str
    image: Image.Image
    note: str


@dataclass(frozen=True)
class Prepared:
    """What the model sees, how it came about, and how sure the cut-out is."""

    image: np.ndarray
    """(28, 28) uint8: the first of the views, the one to show."""
    views: np.ndarray
    """(k, 28, 28) uint8: ways to see the same picture, to be answered together."""
    stages: tuple[Stage, ...] = field(repr=False)
    cutout_confidence: float
    blank: bool
    """Nothing is on it: an empty canvas, a black frame."""
    kind: str = "photo"
    """What it was taken for: "photo", "drawing", "ready" (a picture of Fashion-MNIST itself)."""


def prepare(picture: Image.Image, choices: Choices = Choices()) -> Prepared:
    """Turn a photo, product shot, screenshot or drawing into views of 28 × 28 pixels."""
    return _prepare(picture, choices, drawn=False)


def prepare_drawing(
    rgba: np.ndarray,
    choices: Choices = Choices(),
) -> Prepared:
    """The same for what was drawn on a canvas: (h, w, 4) or (h, w, 3) uint8, any ground."""
    return _prepare(Image.fromarray(np.asarray(rgba, np.uint8)), choices, drawn=True)


def _prepare(picture: Image.Image, choices: Choices, drawn: bool) -> Prepared:
    upright, alpha = _upright(picture, choices)
    small = _at_most(upright, WORKED_ON)
    lab = to_lab(np.asarray(small))
    stages = [Stage("upright", "Upright", upright, f"{picture.width} × {picture.height} pixels.")]
    if float(lab.reshape(-1, 3).std(axis=0).max()) < 0.7:
        return _blank(stages)
    if _is_ready_made(picture) and choices.background == "remove" and choices.polarity == "auto":
        return _ready_made(upright, stages)
    on_paper = drawn or drawing.flat_ground(lab, drawing.PAPER) is not None
    if choices.background == "remove" and alpha is None and on_paper:
        # Thin pen lines vanish when a drawing is shrunk to the size that is enough for a photo.
        large_lab = to_lab(np.asarray(_at_most(upright, 2 * WORKED_ON)))
        ink = drawing.ink_of(large_lab, sure=drawn)
        if ink is not None and not ink.any():
            return _blank(stages)
        if ink is not None:
            return _drawn(upright, ink, stages)
    return _photographed(upright, alpha, choices, stages)


def _upright(picture: Image.Image, choices: Choices) -> tuple[Image.Image, Image.Image | None]:
    """Turned, cropped, on a ground that shows it; and its own outline if it is transparent."""
    picture = picture if picture.mode in ("RGB", "RGBA") else picture.convert("RGB")
    if choices.crop is not None and choices.quarter_turns % 4 == 0:
        picture = _cropped(picture, choices.crop)
    picture = _at_most(picture, SHOWN)
    if choices.quarter_turns % 4:
        picture = picture.rotate(-90 * (choices.quarter_turns % 4), expand=True)
        if choices.crop is not None:
            picture = _cropped(picture, choices.crop)
    if picture.mode == "RGB":
        return picture, None
    alpha = picture.getchannel("A")
    opaque = np.asarray(alpha) > 127
    grey = np.asarray(picture.convert("RGB").convert("L"))
    light = opaque.any() and float(grey[opaque].mean()) > 170
    ground = Image.new("RGB", picture.size, "black" if light else "white")
    ground.paste(picture, mask=alpha)
    # A cut-out fills a good part of its box; strokes on a transparent canvas do not.
    left, top, right, bottom = box_of(opaque)
    filled = opaque.sum() / max((right - left) * (bottom - top), 1)
    return ground, alpha if filled > 0.3 and opaque.mean() < 0.97 else None


def _cropped(picture: Image.Image, crop: tuple[float, float, float, float]) -> Image.Image:
    left, right = sorted(np.clip((crop[0], crop[2]), 0, 1) * picture.width)
    top, bottom = sorted(np.clip((crop[1], crop[3]), 0, 1) * picture.height)
    left, top = min(int(left), picture.width - 1), min(int(top), picture.height - 1)
    return picture.crop((left, top, max(round(right), left + 1), max(round(bottom), top + 1)))


def _at_most(picture: Image.Image, side: int) -> Image.Image:
    scale = side / max(picture.size)
    if scale >= 1:
        return picture
    size = tuple(max(1, round(length * scale)) for length in picture.size)
    return picture.resize(size, Image.Resampling.BOX, reducing_gap=2.0)


def _is_ready_made(picture: Image.Image) -> bool:
    """A picture of Fashion-MNIST itself: 28 × 28, grey, light on a black ground."""
    if picture.size != (SIDE, SIDE):
        return False
    pixels = np.asarray(picture.convert("RGB")).astype(int)
    corners = pixels[[0, 0, -1, -1], [0, -1, 0, -1]]
    return bool(np.ptp(pixels, axis=2).max() < 8 and np.median(corners) < 16)


def _ready_made(picture: Image.Image, stages: list[Stage]) -> Prepared:
    grey = picture.convert("L")
    fitted = Stage("fitted", "Fitted", grey, "Already 28 × 28, light on dark: taken as it is.")
    image = np.asarray(grey)
    return Prepared(image, image[None], (*stages, fitted), 1.0, blank=False, kind="ready")


def _blank(stages: list[Stage]) -> Prepared:
    image = np.zeros((SIDE, SIDE), np.uint8)
    note = "There is nothing on it: one even colour."
    stages = [*stages, Stage("fitted", "Fitted", Image.fromarray(image), note)]
    return Prepared(image, image[None], tuple(stages), 0.0, blank=True)


def _drawn(picture: Image.Image, ink: np.ndarray, stages: list[Stage]) -> Prepared:
    lines, body, closed = drawing.lines_and_body(ink)
    filled = np.maximum(lines, 0.62 * body)
    views = np.stack([_bytes(filled), _bytes(lines)])
    note = (
        "A line drawing: its outline is filled in."
        if closed > 0.99
        else "A line drawing whose outline stays open, so little of it could be filled in."
    )
    stages = [
        *stages,
        Stage("cut out", "Cut out", _grey_picture(ink), "The strokes, without the paper."),
        Stage("light on dark", "Light on dark", Image.fromarray(views[1]), "Strokes are light."),
        Stage("levelled", "Filled in", Image.fromarray(views[0]), note),
        _fitted_stage(views[0]),
    ]
    return Prepared(views[0], views, tuple(stages), closed, blank=False, kind="drawing")


def _photographed(
    picture: Image.Image, alpha: Image.Image | None, choices: Choices, stages: list[Stage]
) -> Prepared:
    keep = choices.background == "keep"
    small, cutout = _found(picture, alpha, keep)
    rgb = np.asarray(small)
    lab = to_lab(rgb)
    grey = np.asarray(small.convert("L"), np.float32) / 255
    inside = cutout.mask > 0.5
    negate, polarity_note = _polarity(grey, inside, choices, keep)
    if negate:
        grey = 1 - grey
    masks = [cutout.mask]
    bare = None if keep else garment_alone(lab, cutout.mask)
    if bare is not None:
        masks.insert(0, bare)
    levelled = [level(grey, mask > 0.5) * mask for mask in masks]
    boxes = [box_of(mask > 0.5) for mask in masks]
    views = [fit(image, box) for image, box in zip(levelled, boxes, strict=True)]
    if not keep:
        views.append(_ground_dimmed(grey, masks[0]))
    views.append(fit(levelled[0], _collar_of(boxes[0])))
    skin_note = " The wearer is left out." if bare is not None else ""
    note = (
        "The background is kept, as you chose."
        if keep
        else f"Sure of the cut-out: {100 * cutout.confidence:.0f} %.{skin_note}"
    )
    stages = [
        *stages,
        Stage("cut out", "Cut out", _with_alpha(small, masks[0]), note),
        Stage("light on dark", "Light on dark", _grey_picture(grey * masks[0]), polarity_note),
        Stage("levelled", "Levelled", _grey_picture(levelled[0]), "Dim and pale cloth made alike."),
        _fitted_stage(views[0]),
    ]
    return Prepared(views[0], np.stack(views), tuple(stages), cutout.confidence, blank=False)


def _found(
    picture: Image.Image, alpha: Image.Image | None, keep: bool
) -> tuple[Image.Image, Cutout]:
    """The picture at working size and what of it is the garment; a small one is looked at twice."""
    small = _at_most(picture, WORKED_ON)
    if keep:
        return small, Cutout(np.ones((small.height, small.width), np.float32), 1.0)
    if alpha is not None:
        return small, Cutout(np.asarray(_at_most(alpha, WORKED_ON), np.float32) / 255, 1.0)
    cutout = cut_out(np.asarray(small))
    left, top, right, bottom = box_of(cutout.mask > 0.5)
    longest = max(right - left, bottom - top)
    if longest > 0.55 * max(small.size) or cutout.confidence < 0.3:
        return small, cutout
    scale, margin = picture.width / small.width, 0.3 * longest
    near = (left - margin, top - margin, right + margin, bottom + margin)
    near = [round(edge * scale) for edge in near]
    near = (*(max(edge, 0) for edge in near[:2]), *map(min, near[2:], picture.size))
    closer = _at_most(picture.crop(near), WORKED_ON)
    second = cut_out(np.asarray(closer))
    return (closer, second) if second.confidence > 0.8 * cutout.confidence else (small, cutout)


def _polarity(
    grey: np.ndarray, inside: np.ndarray, choices: Choices, keep: bool
) -> tuple[bool, str]:
    if choices.polarity != "auto":
        return choices.polarity == "dark on light", "As you chose."
    around = ~ndimage.binary_dilation(inside, iterations=2)
    ground = float(np.median(grey[around])) if around.any() else float(np.median(_corners(grey)))
    # Zalando's studio is white and its pictures negated, so seams and prints of the training
    # pictures are negated too; only what lies on black is already as the model expects it.
    negate = ground > 0.12
    return negate, "Negated, as the training pictures are." if negate else "On black already."


def _corners(grey: np.ndarray) -> np.ndarray:
    return grey[[0, 0, -1, -1], [0, -1, 0, -1]]


def _collar_of(box: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    """Nearer, where collars, buttons and zips are: too small to be seen in the whole."""
    left, top, right, bottom = box
    aside = round(0.15 * (right - left))
    return (
        left + aside,
        top,
        max(right - aside, left + aside + 1),
        top + -(-(bottom - top) * 5 // 8),
    )


def _ground_dimmed(grey: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Forgives a wrong cut-out: what was cut away is still there, only darker."""
    height, width = mask.shape
    left, top, right, bottom = box_of(mask > 0.5)
    margin = max(2, round(0.06 * max(right - left, bottom - top)))
    box = (
        max(left - margin, 0),
        max(top - margin, 0),
        min(right + margin, width),
        min(bottom + margin, height),
    )
    return fit(level(grey, mask > 0.5) * (0.35 + 0.65 * mask), box)


def _fitted_stage(image: np.ndarray) -> Stage:
    note = "Trimmed, longest side 28 pixels, centred: what the model sees."
    return Stage("fitted", "Fitted", Image.fromarray(image), note)


def _with_alpha(picture: Image.Image, mask: np.ndarray) -> Image.Image:
    shown = picture.convert("RGB")
    shown.putalpha(_grey_picture(mask))
    return shown


def _grey_picture(values: np.ndarray) -> Image.Image:
    return Image.fromarray(_bytes(values.astype(np.float32)))


def _bytes(values: np.ndarray) -> np.ndarray:
    return (values * 255).round().clip(0, 255).astype(np.uint8)
