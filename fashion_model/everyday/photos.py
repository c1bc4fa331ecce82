"""A folder of people's own photos, sorted into folders by class, as training pictures."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from fashion_model.classes import CLASSES
from fashion_model.errors import FittingRoomError
from fashion_model.naming import classes_in_name
from fashion_model.pictures import PictureError, open_picture, prepare

HELD_OUT_ONE_IN = 8
ENDINGS = {".jpg", ".jpeg", ".png", ".webp", ".heic", ".heif", ".avif", ".gif", ".bmp", ".tiff"}


@dataclass(frozen=True)
class Photo:
    """A file and what is on it: `right` names the classes that count as right, none for none."""

    path: Path
    right: tuple[str, ...]

    @property
    def target(self) -> np.ndarray:
        """(11,) float32: the answer wanted, spread evenly where several are right."""
        target = np.zeros(len(CLASSES) + 1, np.float32)
        for name in self.right:
            target[CLASSES.index(name)] = 1 / len(self.right)
        target[-1] = not self.right
        return target

    @property
    def held_out(self) -> bool:
        """One in eight, by the name alone: never trained on, thresholds are chosen on them."""
        return hashlib.sha256(self.path.name.encode()).digest()[0] % HELD_OUT_ONE_IN == 0


def find_photos(folder: Path) -> list[Photo]:
    """Every picture below `folder` whose own folder names one of the classes, in a fixed order."""
    if not folder.is_dir():
        raise FittingRoomError(f"There is no folder of photos at {folder}.")
    found = []
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in ENDINGS:
            right = classes_in_name(path.parent.name + "/")
            if right is not None:
                found.append(Photo(path, right))
    if not found:
        raise FittingRoomError(
            f"{folder} holds no photos sorted by class: make folders named dress, coat, bag, … "
            "inside it, and one named none for what is no garment."
        )
    return found


def photo_views(photo: Photo, random: np.random.Generator | None = None) -> np.ndarray:
    """The views (k, 28, 28) of a photo, or of a variation of it; none when it cannot be read."""
    try:
        picture = open_picture(photo.path).convert("RGB")
    except PictureError:
        return np.zeros((0, 28, 28), np.uint8)
    return prepare(picture if random is None else varied(picture, random)).views


def varied(picture: Image.Image, random: np.random.Generator) -> Image.Image:
    """As if it had been taken again: a little turned, nearer, in other light, of another colour."""
    picture.thumbnail((224, 224))
    width, height = picture.size
    turn, zoom = np.radians(random.normal(0, 7)), np.exp(random.normal(0, 0.1))
    lean = random.normal(0, 0.05, 2)
    cos, sin = np.cos(turn) / zoom, np.sin(turn) / zoom
    matrix = np.array([[cos, sin + lean[0]], [lean[1] - sin, cos]])
    centre = np.array([width, height]) / 2
    shift = centre - matrix @ (centre + random.normal(0, 0.03, 2) * (width, height))
    # What comes in from outside must look like more of the same ground.
    padded = Image.fromarray(
        np.pad(np.asarray(picture), ((height // 3,) * 2, (width // 3,) * 2, (0, 0)), "reflect")
    )
    offset = np.array([width // 3, height // 3])
    coefficients = (*matrix[0], shift[0] + offset[0], *matrix[1], shift[1] + offset[1])
    moved = padded.transform(
        (width, height), Image.Transform.AFFINE, coefficients, Image.Resampling.BILINEAR
    )
    if random.random() < 0.5:
        moved = moved.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    seen = np.asarray(moved, np.float32) / 255
    if random.random() < 0.3:
        seen = seen[..., random.permutation(3)]
    seen = seen ** np.exp(random.normal(0, 0.25)) * random.normal(1, 0.05, 3)
    noise = random.normal(0, random.uniform(0, 0.02), seen.shape)
    return Image.fromarray(((seen + noise).clip(0, 1) * 255).astype(np.uint8))
