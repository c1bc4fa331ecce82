"""What a file's or folder's name says is in the picture: `photos/t-shirt/0042.jpg`."""

from __future__ import annotations

import re

# Words as people name folders → the classes that count as right; no class means none of the ten.
# The longest words are looked for first, so that a T-shirt is no shirt and a sweatshirt neither.
MEANINGS: dict[str, tuple[str, ...]] = {
    "t shirt top": ("T-shirt/top",),
    "t shirt": ("T-shirt/top",),
    "tshirt": ("T-shirt/top",),
    "tee": ("T-shirt/top",),
    "top": ("T-shirt/top",),
    "trouser": ("Trouser",),
    "pant": ("Trouser",),
    "jean": ("Trouser",),
    "pullover": ("Pullover",),
    "sweater": ("Pullover",),
    "sweatshirt": ("Pullover",),
    "longsleeve": ("Pullover",),
    "long sleeve": ("Pullover",),
    "hoodie": ("Pullover",),
    "dress": ("Dress",),
    "coat": ("Coat",),
    "jacket": ("Coat",),
    "outwear": ("Coat",),
    "outerwear": ("Coat",),
    "sandal": ("Sandal",),
    "flip flop": ("Sandal",),
    "shirt": ("Shirt",),
    "blouse": ("Shirt",),
    "sneaker": ("Sneaker",),
    "trainer": ("Sneaker",),
    "bag": ("Bag",),
    "handbag": ("Bag",),
    "backpack": ("Bag",),
    "purse": ("Bag",),
    "ankle boot": ("Ankle boot",),
    "boot": ("Ankle boot",),
    "shoe": ("Sandal", "Sneaker", "Ankle boot"),
    "hat": (),
    "none": (),
    "none of the ten": (),
    "not a garment": (),
    "not clothing": (),
}


def classes_in_name(name: str) -> tuple[str, ...] | None:
    """The classes that are right for a file of this name; None where the name says nothing.

    The folder nearest to the file decides, then the file's own name, so that `dress/coat.jpg` is
    a dress. An empty answer means that it is none of the ten.
    """
    *folders, file = re.split(r"[/\\]", name)
    for part in (*reversed(folders), re.sub(r"\.\w+$", "", file)):
        words = re.sub(r"[^a-z]+", " ", part.lower()).strip()
        found = _meaning(words)
        if found is not None:
            return found
    return None


def _meaning(words: str) -> tuple[str, ...] | None:
    for known in sorted(MEANINGS, key=len, reverse=True):
        if re.search(rf"\b{known}(s|es)?\b", words):
            return MEANINGS[known]
    return None
