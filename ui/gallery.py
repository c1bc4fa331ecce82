"""A wall of 28×28 pictures: crisp, clickable, reached by keyboard.

All pictures of a wall travel as one sheet. Streamlit's own image would blur them, and has no
click; this is a component of plain HTML, styled by the theme's own variables.
"""

from __future__ import annotations

import base64
import io
import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Literal

import numpy as np
import streamlit as st
from PIL import Image

from fashion_model.charts import MODEL, RIGHT, WRONG
from ui.own_component import own_component

ACROSS = 20  # pictures in a row of the sheet
SIDES = {"small": 56, "medium": 84, "large": 112}  # whole multiples of 28 stay crisp


@dataclass(frozen=True)
class Tile:
    """One picture of a wall."""

    id: str  # what a click gives
    caption: str  # under the picture
    about: str  # the picture in words, for who cannot see it
    right: bool | None = None  # a tick or a cross; None: neither
    note: str = ""  # a second, quieter line


def gallery(
    images: np.ndarray,
    tiles: Sequence[Tile],
    key: str,
    label: str,
    on_open: Callable[[str], None] | None = None,
    size: Literal["small", "medium", "large"] = "medium",
    opened: str | None = None,
    one_row: bool = False,
) -> None:
    """Draw a wall. `images` (n, 28, 28) and `tiles` belong together, picture by picture.

    `on_open` is called with the id of the picture that was clicked, before the page runs again;
    without it the pictures are only looked at. `opened` is marked. `one_row` scrolls sideways.
    """
    component = f"{key}_pictures"

    def clicked() -> None:
        if on_open and (id := st.session_state[component].get("opened")):
            on_open(id)

    with st.container(key=key):
        own_component("gallery", '<div class="wall" role="group"></div>\n')(
            key=component,
            data={
                "sheet": sheet(images),
                "across": ACROSS,
                "down": max(1, math.ceil(len(tiles) / ACROSS)),
                "tiles": [asdict(tile) for tile in tiles],
                "side": SIDES[size],
                "label": label,
                "opened": opened,
                "clickable": on_open is not None,
                "oneRow": one_row,
                "colours": {"right": RIGHT, "wrong": WRONG, "model": MODEL},
            },
            on_opened_change=clicked,
        )


def strip(images: np.ndarray, said: Sequence[str], truths: Sequence[str], key: str) -> None:
    """A row of pictures with what a model says of them, and whether that is true."""
    tiles = [
        Tile(str(place), word, f"{truth}, {_verdict(word, truth)}", word == truth)
        for place, (word, truth) in enumerate(zip(said, truths, strict=True))
    ]
    gallery(images, tiles, key, "What the model says of these pictures", one_row=True)


def _verdict(said: str, truth: str) -> str:
    return "recognised" if said == truth else f"taken for {said}"


def sheet(images: np.ndarray) -> str:
    """All pictures on one PNG, `ACROSS` in a row, as an address that a browser can show."""
    rows = max(1, math.ceil(len(images) / ACROSS))
    pixels = np.zeros((rows * ACROSS, 28, 28), np.uint8)
    pixels[: len(images)] = images
    pixels = pixels.reshape(rows, ACROSS, 28, 28).swapaxes(1, 2).reshape(rows * 28, ACROSS * 28)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG", compress_level=3)
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()
