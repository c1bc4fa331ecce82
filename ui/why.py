"""Why this answer: three looks at one picture, over its own pixels."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from fashion_model.explaining import PATCH, Explanation, Flip, explain, smallest_flip
from fashion_model.inside import PICTURE, answer_folder
from fashion_model.runs import Run
from ui import classifiers, heat, short_jobs, words
from ui.inline import inline

FAINT = 0.5  # log odds under which nothing is drawn in full colour


def show_why(image: np.ndarray, run: Run, name: str, told: str | None = None) -> None:
    """Draw them. `name` is the picture in words; `told` what was answered above, if that was
    more than this one look at it."""
    why = _explained(classifiers.identity(run), image.tobytes(), run)
    st.markdown(f"**{why.sentence}**")
    if told and told != why.label:
        st.caption(
            f"The answer above joins several looks at the picture; from this one alone it says "
            f"{why.label}."
        )
    cells = st.grid(min_column_width=180, gap="medium")
    covering, changing = cells.container(), cells.container()
    with covering:
        shown = heat.outlined(heat.over(image, why.map, FAINT), why.patch)
        st.image(inline(shown), width="stretch", alt=f"{why.sentence} Shown over {name}")
        st.markdown("**What the answer hangs on**")
        st.caption(
            f"Violet is what speaks for {why.label}, amber what speaks against it, found by "
            f"covering {PATCH} × {PATCH} pixels at a time; in the frame that does most."
        )
    with changing, st.spinner("Looking for what would change its mind…"):
        flip = _flipped(classifiers.identity(run), image.tobytes(), run)
        _change(image, flip, name)
    if run.recipe.is_network and run.recipe.kind != "mlp":  # which has no layer with places
        with cells.container():
            _activation(image, run, name)


def _change(image: np.ndarray, flip: Flip | None, name: str) -> None:
    if flip is None:
        st.image(inline(heat.over(image, np.zeros((28, 28)))), width="stretch", alt=name)
        st.markdown("**What would change its mind**")
        st.caption("Nothing that is erased: not one square, however large.")
        return
    shown = heat.without(image, flip.patch)
    st.image(inline(shown), width="stretch", alt=f"{flip.sentence} Shown on {name}")
    st.markdown("**What would change its mind**")
    smallest = "" if flip.patch.size == 1 else " No smaller square was found that does."
    st.caption(flip.sentence + smallest)


def _activation(image: np.ndarray, run: Run, name: str) -> None:
    found = inside(image, run)
    if found["map"] is None:
        st.caption("This network has no layer that keeps places, so there is no map of one.")
        return
    shown = heat.over(image, np.array(found["map"]))
    about = f"What the last layer with places responded to for {found['label']}"
    st.image(inline(shown), width="stretch", alt=f"{about}, over {name}")
    st.markdown("**What its last layer saw**")
    st.caption(f"{about}: its channels, each by how much the answer loses without it.")


def inside(image: np.ndarray, run: Run) -> dict[str, Any]:
    """What `look_inside` gives, from a short job: this process has no Keras."""
    folder = answer_folder(run, image)
    arguments = ["inside", str(folder / PICTURE), "--ready", "--model", run.name]
    return short_jobs.answer_of(
        arguments, folder, f"Looking inside {words.titled(run)}: about ten seconds, once…"
    )


@st.cache_data(max_entries=200, show_spinner=False)
def _explained(model: str, picture: bytes, _run: Run) -> Explanation:
    return explain(classifiers.classifier_of(_run), _pixels(picture))


@st.cache_data(max_entries=200, show_spinner=False)
def _flipped(model: str, picture: bytes, _run: Run) -> Flip | None:
    return smallest_flip(classifiers.classifier_of(_run), _pixels(picture))


def _pixels(picture: bytes) -> np.ndarray:
    return np.frombuffer(picture, np.uint8).reshape(28, 28)
