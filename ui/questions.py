"""What else can be asked of a picture, each on a view of its own that the address names.

Nothing is computed before it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

from fashion_model.runs import Run
from ui import address, inside, similar_pictures, why

if TYPE_CHECKING:
    from fashion_model.pictures import Prepared

VIEWS = {"why": "Why", "similar": "Similar", "inside": "Inside"}


@dataclass(frozen=True)
class Asked:
    """A picture (28, 28) as the model sees it, and what is known of it."""

    image: np.ndarray
    name: str  # in words for who cannot see it, such as "picture test-12"
    number: int | None = None  # in the official training file, where it is from there
    told: str | None = None  # what was answered, where that was from more than this one look


def choose(first: str, title: str, key: str = "view") -> str:
    """Draw the choice; `first` is the view that needs no name in the address, with its title."""
    return address.choice(
        st.segmented_control,
        "What to know about this picture",
        [first, *VIEWS],
        key,
        first,
        format_func=({first: title} | VIEWS).get,
        label_visibility="collapsed",
        required=True,
    )


def show(view: str, asked: Asked, run: Run, on_open: Callable[[str], None], key: str = "") -> None:
    """Draw one of the views. `on_open` is given the name of a training picture that was clicked."""
    if view == "why":
        why.show_why(asked.image, run, asked.name, asked.told)
    elif view == "inside":
        inside.show_inside(asked.image, run, asked.name)
    else:
        similar_pictures.show_similar(
            asked.image, run, f"similar_pictures{key}", on_open, without=asked.number
        )


def show_own(
    view: str, prepared: Prepared, answer: dict[str, Any], run: Run, name: str, key: str = "-own"
) -> None:
    """Draw one of the views of a visitor's own picture; a training picture opens on Browse."""
    clicked = f"_opens{key}"

    def open_there(picture: str) -> None:
        st.session_state[clicked] = picture

    show(view, Asked(prepared.image, name, told=answer.get("label")), run, open_there, key)
    if picture := st.session_state.pop(clicked, None):
        address.go("browse", part="train", picture=picture)
