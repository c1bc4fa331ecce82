"""What the `everyday` model learns besides Fashion-MNIST: pictures as people take and draw them.

Made once for a seed and a folder of photos, by the very code that prepares a visitor's picture,
then kept in the cache: training itself is an ordinary fit on arrays.
"""

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from joblib import Parallel, delayed

from fashion_model import files
from fashion_model.cache import cache_folder
from fashion_model.classes import CLASSES
from fashion_model.data import Dataset
from fashion_model.everyday.doodles import doodle_picture
from fashion_model.everyday.pen import by_hand, drawn_picture
from fashion_model.everyday.photos import Photo, find_photos, photo_views
from fashion_model.everyday.raw import raw_nothings
from fashion_model.everyday.scenes import scene
from fashion_model.everyday.sketches import GARMENTS
from fashion_model.pictures import prepare
from fashion_model.recipes import Recipe

VERSION = 2  # a new number whenever what is made changes, so that no stale cache is used
NONE = len(CLASSES)
CHUNK = 50

Made = tuple[np.ndarray, np.ndarray]
"""Pictures (n, 28, 28) uint8 and targets (n, 11) float32."""


@dataclass(frozen=True)
class Amounts:
    """How much of each kind is made; every picture gives two views or three."""

    sketches: int = 9_000
    doodles: int = 7_000
    raw_nothings: int = 3_000
    scenes: int = 9_000
    variations: int = 6
    hat_variations: int = 18
    share_of_views: float = 0.6

    def scaled(self, share: float, photos: int) -> "Amounts":
        """For a share of the training set; a handful of photos is shown in more variations."""
        return replace(
            self,
            sketches=round(self.sketches * share),
            doodles=round(self.doodles * share),
            raw_nothings=round(self.raw_nothings * share),
            scenes=round(self.scenes * share),
            variations=max(self.variations, min(60, 600 // max(photos, 1))),
        )

    def pictures(self) -> int:
        """About how many pictures come of it, those of photos apart, whose number nobody knows."""
        views = 2.1 * self.sketches + 2.4 * self.doodles + 3.1 * self.scenes + self.raw_nothings
        return round(views * self.share_of_views)


@dataclass(frozen=True)
class ExtraPictures:
    """Training pictures beyond Fashion-MNIST, and how much of each answer is right for each."""

    images: np.ndarray
    targets: np.ndarray


def build(
    recipe: Recipe,
    dataset: Dataset,
    photos_folder: Path | None = None,
    amounts: Amounts | None = None,
) -> ExtraPictures:
    """Make the extra training pictures of this recipe, or take them from the cache.

    Without a folder of photos there are still the sketches, the scenes and the non-garments.
    One photo in eight is held out for choosing thresholds and is not among them.
    """
    photos = find_photos(Path(photos_folder)) if photos_folder else []
    amounts = amounts or Amounts().scaled(recipe.train_share, len(photos))
    kept = cache_folder() / "everyday" / f"{_key(recipe, photos, amounts)}.npz"
    earlier = files.read_arrays(kept)
    if earlier is not None:
        return ExtraPictures(earlier["images"], earlier["targets"])
    images, targets = _make(recipe, dataset, [p for p in photos if not p.held_out], amounts)
    # Views of one picture are much alike: some of them teach nearly as much, in less time.
    kept_views = np.random.default_rng(recipe.seed).random(len(images)) < amounts.share_of_views
    images, targets = images[kept_views], targets[kept_views]
    kept.parent.mkdir(parents=True, exist_ok=True)
    files.write_arrays(kept, images=images, targets=targets)
    return ExtraPictures(images, targets)


def _key(recipe: Recipe, photos: list[Photo], amounts: Amounts) -> str:
    found = [(photo.path.name, photo.path.stat().st_size, photo.right) for photo in photos]
    return hashlib.sha256(repr((VERSION, recipe.seed, amounts, found)).encode()).hexdigest()[:16]


def _make(recipe: Recipe, dataset: Dataset, photos: list[Photo], amounts: Amounts) -> Made:
    jobs = []

    def plan(maker: Callable[..., Made], things: list) -> None:
        for first in range(0, len(things), CHUNK):
            seed, some = (recipe.seed, len(jobs)), things[first : first + CHUNK]
            jobs.append(delayed(_unless_orphaned)(os.getpid(), maker, seed, some))

    garments = np.random.default_rng(recipe.seed)
    chosen = garments.permutation(len(dataset.train.labels))[: amounts.scenes]
    images, labels = dataset.train.images, dataset.train.labels
    plan(make_sketches, [i % len(CLASSES) for i in range(amounts.sketches)])
    plan(make_doodles, list(range(amounts.doodles)))
    plan(make_scenes, [(images[i], int(labels[i])) for i in chosen])
    for photo_share, times in (
        ([p for p in photos if p.right], amounts.variations),
        ([p for p in photos if not p.right], amounts.hat_variations),
    ):
        plan(make_photos, [(photo, i) for photo in photo_share for i in range(times)])
    made = Parallel(n_jobs=-1)(jobs)
    made.append(make_raw_nothings(recipe.seed, amounts.raw_nothings))
    return np.concatenate([m[0] for m in made]), np.concatenate([m[1] for m in made])


def _unless_orphaned(parent: int, maker: Callable[..., Made], seed: tuple, things: list) -> Made:
    """A worker whose training was killed would otherwise work through the rest of its queue."""
    if parent not in (os.getppid(), os.getpid()):
        os._exit(1)
    return maker(seed, things)


def make_sketches(seed: tuple[int, ...], labels: list[int]) -> Made:
    """Line drawings of garments, one for each label, in all their views."""
    random = np.random.default_rng(seed)
    pictures = [drawn_picture(by_hand(GARMENTS[i](random), random), random) for i in labels]
    return _views_of(pictures, np.eye(NONE + 1, dtype=np.float32)[labels])


def make_doodles(seed: tuple[int, ...], numbers: list[int]) -> Made:
    """Pictures of what is no garment."""
    random = np.random.default_rng(seed)
    pictures = [doodle_picture(random) for _ in numbers]
    return _views_of(pictures, np.eye(NONE + 1, dtype=np.float32)[[NONE] * len(pictures)])


def make_scenes(seed: tuple[int, ...], garments: list[tuple[np.ndarray, int]]) -> Made:
    """Fashion-MNIST garments on floors, on white and on people."""
    random = np.random.default_rng(seed)
    pictures = [scene(image, label, random) for image, label in garments]
    return _views_of(pictures, np.eye(NONE + 1, dtype=np.float32)[[label for _, label in garments]])


def make_photos(seed: tuple[int, ...], photos: list[tuple[Photo, int]]) -> Made:
    """Photos as they are (variation 0) and varied."""
    random = np.random.default_rng(seed)
    views = [photo_views(photo, random if number else None) for photo, number in photos]
    targets = [photo.target for photo, _ in photos]
    return np.concatenate(views), np.repeat(targets, [len(v) for v in views], axis=0)


def make_raw_nothings(seed: int, amount: int) -> Made:
    """28 × 28 arrays of no garment that were never prepared: digits, noise, blots."""
    images = raw_nothings(np.random.default_rng((seed, 28)), amount)
    return images, np.eye(NONE + 1, dtype=np.float32)[[NONE] * amount]


def _views_of(pictures: list, targets: np.ndarray) -> Made:
    views = [prepare(picture).views for picture in pictures]
    return np.concatenate(views), np.repeat(targets, [len(v) for v in views], axis=0)
