"""How well a model does on pictures that are not as they should be: shifted, turned, blurred, ….

Measured on 2,000 validation pictures, 200 of each class. Not on the test set, because a visitor
who compares two curves chooses between two models, and the test set chooses nothing; a sample,
because every strength of every kind is another pass. Chance moves an accuracy of 90 % by about
1.3 points either way (twice the standard error), and the steps of a curve by less, since every
point is about the same pictures.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageFilter

from .classifier import Classifier
from .data import Part
from .derived import Arrays, Tell

EACH_CLASS = 200
SEED = 2017

# kind -> what its strength is called, and the strengths; "{}" is the number.
STRENGTHS: dict[str, tuple[str, tuple[float, ...]]] = {
    "shift": ("{} pixels", (1, 2, 3, 4, 6)),
    "rotation": ("{}°", (5, 15, 30, 45, 90)),
    "blur": ("radius {}", (0.5, 1, 1.5, 2, 3)),
    "noise": ("{} % of the greys", (5, 10, 20, 30, 50)),
    "contrast": ("{} % lost", (20, 40, 60, 80, 90)),
    "inversion": ("{} % inverted", (10, 20, 30, 40, 100)),
    "occlusion": ("{0} × {0} pixels", (4, 8, 12, 16, 20)),
}


@dataclass(frozen=True, eq=False)
class Robustness:
    """What a model said of the same pictures, plain and altered."""

    places: np.ndarray  # (n,) which pictures of the validation part
    labels: np.ndarray  # (n,)
    plain: np.ndarray  # (n,) the class it said of each as it is
    altered: np.ndarray  # (kinds, strengths, n) the same of each altered one

    def accuracy(self, kind: str) -> list[float]:
        """The share right at each strength, of the plain pictures first."""
        said = [self.plain, *self.altered[list(STRENGTHS).index(kind)]]
        return [float((one == self.labels).mean()) for one in said]

    def said(self, kind: str, step: int) -> np.ndarray:
        """The class it said of each picture at a strength; step 0 is the plain pictures."""
        return self.altered[list(STRENGTHS).index(kind), step - 1] if step else self.plain

    @classmethod
    def from_arrays(cls, arrays: Arrays) -> Robustness:
        return cls(*(arrays[name] for name in ("places", "labels", "plain", "altered")))


def strength_words(kind: str, step: int) -> str:
    """How strong a step is, in words; step 0 is the picture as it is."""
    words, strengths = STRENGTHS[kind]
    return words.format(strengths[step - 1]) if step else "as it is"


def sample(part: Part) -> np.ndarray:
    """The first 200 of each class of a part, or all of a smaller one."""
    each = [np.flatnonzero(part.labels == label)[:EACH_CLASS] for label in range(10)]
    return np.sort(np.concatenate(each))


def measure(classifier: Classifier, part: Part, tell: Tell) -> Arrays:
    """What the model says of the sample, plain and at every strength of every kind."""
    places = sample(part)
    pictures = part.images[places]

    def said(altered: np.ndarray) -> np.ndarray:
        return classifier.raw(altered)["log_probabilities"].argmax(axis=1).astype("uint8")

    plain, rows, passes = said(pictures), [], sum(len(s) for _, s in STRENGTHS.values())
    for kind, (_, strengths) in STRENGTHS.items():
        row = []
        for strength in strengths:
            done = (len(rows) * len(strengths) + len(row)) / passes
            tell(done, f"Answering {len(places):,} pictures under {kind}")
            row.append(said(alter(pictures, kind, strength)))
        rows.append(row)
    labels = np.asarray(part.labels[places])
    return {"places": places, "labels": labels, "plain": plain, "altered": np.array(rows)}


def alter(pictures: np.ndarray, kind: str, strength: float) -> np.ndarray:
    """Pictures (n, 28, 28) under an alteration; the same each time, since its chance is seeded."""
    altered = _KINDS[kind](np.asarray(pictures, "float32"), strength)
    return altered.round().clip(0, 255).astype("uint8")


def _shift(pictures: np.ndarray, pixels: float) -> np.ndarray:
    """Moved right, down, left or up in turn; black comes in."""
    result, by = np.zeros_like(pictures), int(pixels)
    kept, new = slice(None, -by), slice(by, None)
    result[0::4, :, new] = pictures[0::4, :, kept]
    result[1::4, new] = pictures[1::4, kept]
    result[2::4, :, kept] = pictures[2::4, :, new]
    result[3::4, kept] = pictures[3::4, new]
    return result


def _rotation(pictures: np.ndarray, degrees: float) -> np.ndarray:
    """Turned to the left and to the right in turn."""
    signs = (1 if place % 2 else -1 for place in range(len(pictures)))
    how = Image.Resampling.BILINEAR
    return _each(pictures, lambda picture: picture.rotate(next(signs) * degrees, how))


def _blur(pictures: np.ndarray, radius: float) -> np.ndarray:
    return _each(pictures, lambda picture: picture.filter(ImageFilter.GaussianBlur(radius)))


def _noise(pictures: np.ndarray, percent: float) -> np.ndarray:
    """Gaussian noise whose standard deviation is this share of all greys."""
    random = np.random.default_rng(SEED)
    return pictures + random.normal(0, 2.55 * percent, pictures.shape).astype("float32")


def _contrast(pictures: np.ndarray, percent: float) -> np.ndarray:
    """Every grey drawn towards the picture's own mean."""
    mean = pictures.mean(axis=(1, 2), keepdims=True)
    return mean + (1 - percent / 100) * (pictures - mean)


def _inversion(pictures: np.ndarray, percent: float) -> np.ndarray:
    """Blended with its negative: half and half would be one even grey."""
    return pictures + percent / 100 * (255 - 2 * pictures)


def _occlusion(pictures: np.ndarray, side: float) -> np.ndarray:
    """A black square at a place drawn by lot, wholly within the picture."""
    side = int(side)
    result, random = pictures.copy(), np.random.default_rng(SEED)
    corners = random.integers(0, 28 - side + 1, (len(pictures), 2))
    for picture, (top, left) in zip(result, corners, strict=True):
        picture[top : top + side, left : left + side] = 0
    return result


def _each(pictures: np.ndarray, change: Callable[[Image.Image], Image.Image]) -> np.ndarray:
    images = (Image.fromarray(picture) for picture in pictures.astype("uint8"))
    return np.stack([np.asarray(change(image), "float32") for image in images])


_KINDS = {
    "shift": _shift,
    "rotation": _rotation,
    "blur": _blur,
    "noise": _noise,
    "contrast": _contrast,
    "inversion": _inversion,
    "occlusion": _occlusion,
}
