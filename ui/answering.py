"""Working through a basket: open what came in, prepare it, answer it, write the answer down.

A little at a time, from a fragment that comes back: whoever leaves the page or reloads finds the
rest where it was.
"""

from __future__ import annotations

import time
from functools import lru_cache
from typing import Any

from PIL import Image

from fashion_model.baskets import Basket, Item
from fashion_model.errors import FittingRoomError
from fashion_model.pictures import Choices, Prepared, answer_picture, open_picture, prepare
from fashion_model.runs import Run
from ui.classifiers import classifier_of, identity
from ui.inline import inline, on_paper

THUMBNAIL = 72


def is_answered(item: Item, run: Run) -> bool:
    """Whether nothing is left to do for a picture with this model."""
    return bool(item.error) or (item.answer or {}).get("by") == identity(run)


def work_on(basket: Basket, run: Run, seconds: float = 0.6) -> list[Item]:
    """Answer pictures for about this long; the ones still to do are returned."""
    until = time.monotonic() + seconds
    waiting = [item for item in basket.items() if not is_answered(item, run)]
    while waiting and time.monotonic() < until:
        answer_item(basket, waiting.pop(0), run)
    return waiting


def answer_item(basket: Basket, item: Item, run: Run) -> Item:
    """Open, prepare and answer one picture of a basket; what fails is a sentence on that one."""
    try:
        if not item.file:
            item = basket.opened(item, open_picture(basket.unopened(item)))
        prepared = prepared_of(basket, item)
        answer = answer_of(prepared, run) | {
            "thumbnail": inline(on_paper(basket.picture(item), THUMBNAIL))
        }
        return basket.change(item, answer=answer)
    except FittingRoomError as error:
        return basket.refused(item, str(error))


def prepared_of(basket: Basket, item: Item) -> Prepared:
    """The picture as the model sees it; it is answered and then shown, and prepared once."""
    return _prepared(basket, item.number, item.name, item.file, choices_of(item))


@lru_cache(maxsize=6)  # some megabytes each
def _prepared(basket: Basket, number: str, name: str, file: str, choices: Choices) -> Prepared:
    return prepare(basket.picture(Item(number, name, file=file)), choices)


def choices_of(item: Item) -> Choices:
    """What the visitor chose for this picture."""
    crop = item.choices.get("crop")
    return Choices(**(item.choices | {"crop": tuple(crop) if crop else None}))


def answer_of(prepared: Prepared, run: Run) -> dict[str, Any]:
    """What the model says of a prepared picture, as it is written down."""
    said = answer_picture(classifier_of(run), prepared)
    return {
        "by": identity(run),
        "label": said.label,
        "confidence": round(said.confidence, 5),
        "probabilities": [round(float(share), 5) for share in said.probabilities],
        "garment": round(float(said.garment_score), 4),
        "is_garment": said.is_garment,
        "one_of": list(said.one_of),
        "blank": prepared.blank,
        "seen": inline(Image.fromarray(prepared.image)),
    }
