"""Inside the model: what it learned to look for, and what each layer makes of a picture."""

from __future__ import annotations

import base64
import io
from typing import Any

import numpy as np
import streamlit as st
from PIL import Image

from fashion_model.classes import CLASSES
from fashion_model.runs import Run
from ui import classifiers, heat, why, words
from ui.inline import crisp, inline

ACROSS = 8
LAYERS = {
    "ReLU": "what the layer lets through: all above zero",
    "MaxPooling2D": "halved: the strongest of each 2 × 2",
    "GlobalAveragePooling2D": "each channel's mean over the picture",
    "Functional": "the network that it builds on",
}


def show_inside(image: np.ndarray, run: Run, name: str) -> None:
    """Draw the layers of a network, or the weights of a model that has one for each pixel."""
    if run.recipe.is_network:
        _network(why.inside(image, run), name)
        return
    weights = classifiers.classifier_of(run).coefficients
    if weights is None:
        st.info(f"{words.titled(run)} has neither layers nor weights that could be looked at.")
        return
    _coefficients(weights, image)


def _network(found: dict[str, Any], name: str) -> None:
    if filters := found["filters"]:
        tiles = _unpacked(filters).astype(float) - 127.5
        st.markdown("**What the first layer looks for**")
        _sheet(heat.signed(tiles), "The weights of the first layer, a picture for each filter")
        st.caption(
            f"{_how_many(filters, 'filter')} Violet weights want it light there, amber ones dark."
        )
    for layer in found["layers"]:
        shape = " × ".join(map(str, layer["shape"]))
        st.markdown(f"**{layer['name']}** · {shape}")
        _sheet(_unpacked(layer), f"What the layer {layer['name']} makes of {name}")
        about = LAYERS[layer["type"]]
        counted = _how_many(layer, "channel") if layer["of"] > 1 else "A square for each unit."
        st.caption(f"{about[0].upper()}{about[1:]}. {counted}")


def _how_many(pictures: dict[str, Any], what: str) -> str:
    if pictures["count"] == pictures["of"]:
        return f"{words.count(pictures['of'], what)}."
    return f"The {pictures['count']} strongest of {words.count(pictures['of'], what)}."


def _coefficients(weights: np.ndarray, image: np.ndarray) -> None:
    st.markdown("**A weight for each pixel and class, and nothing else**")
    st.caption(
        "Violet: a light pixel there speaks for the class. Amber: it speaks against it. The number "
        "is what all pixels of this picture say together; the highest wins, but for a constant."
    )
    cells = st.grid(min_column_width=110, gap="small")
    spoken = weights * (image / 255)
    order = np.argsort(-spoken.sum(axis=(1, 2)), kind="stable")
    for label in order:
        with cells.container():
            shown = crisp(Image.fromarray(heat.signed(weights[label])))
            st.image(inline(shown), width="stretch", alt=f"The weights of {CLASSES[label]}")
            total = f"{spoken[label].sum():+.1f}".replace("-", "−")
            st.caption(f"**{CLASSES[label]}**: {total} here")


def _unpacked(pictures: dict[str, Any]) -> np.ndarray:
    """The small pictures (n, h, w) of a PNG that holds them one below the other."""
    data = base64.b64decode(pictures["pictures"].partition(",")[2])
    with Image.open(io.BytesIO(data)) as one_below_the_other:
        pixels = np.asarray(one_below_the_other)
    return pixels.reshape(pictures["count"], -1, pixels.shape[1])


def _sheet(tiles: np.ndarray, alt: str) -> None:
    """Small pictures in rows, each pixel a square."""
    count, height, width = tiles.shape[:3]
    across = min(ACROSS, count) if height > 1 else 1
    times = max(1, round(28 * 3 / max(height, width))) if count > 1 else 16
    gap = 4
    rows = -(-count // across)
    down, right = height * times + gap, width * times + gap
    sheet = Image.new("RGBA", (across * right - gap, rows * down - gap), (0, 0, 0, 0))
    for number, tile in enumerate(tiles):
        picture = Image.fromarray(tile).resize(
            (width * times, height * times), Image.Resampling.NEAREST
        )
        sheet.paste(picture, (number % across * right, number // across * down))
    st.image(inline(sheet), width="content", alt=alt)
