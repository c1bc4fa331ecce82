"""One answer, told: what it is, how sure that is, and every step from the picture to the 28×28."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st
from PIL import Image

from fashion_model import charts
from fashion_model.pictures import Prepared, Stage
from ui import words
from ui.inline import crisp, in_square, inline


def verdict(answer: dict[str, Any], level: float = 0.9) -> None:
    """The answer in words, the shortest that are true."""
    if answer["blank"]:
        st.header("Nothing to see yet", anchor=False)
        st.caption("It is one even colour. Draw something, or choose another picture.")
        return
    label, sure = answer["label"], words.percent(answer["confidence"], 0)
    among = answer["one_of"]
    if not answer["is_garment"]:
        st.header("This does not look like one of the ten", anchor=False)
        st.caption(f"If it is one of them after all, {label} is the nearest.")
    elif len(among) > 1:
        st.header(label, anchor=False)
        st.markdown(
            f"{sure} sure, so it may be one of: {', '.join(f'**{name}**' for name in among)}.",
            help=f"On garments like the validation pictures, this list holds the right one "
            f"{10 * level:.0f} times in ten. It promises nothing for pictures of another kind, "
            "such as photos, or for things that are none of the ten.",
        )
    else:
        st.header(label, anchor=False)
        st.markdown(f"{sure} sure.")


def chart(answer: dict[str, Any], key: str) -> None:
    """The likeliest classes, the best first."""
    st.plotly_chart(
        charts.probabilities_bar(np.asarray(answer["probabilities"]), top=5),
        key=key,
        config=charts.PLOTLY_CONFIG,
        alt=f"The five likeliest classes; the best is {answer['label']}",
    )


def seen(prepared: Prepared) -> None:
    """The 28×28 that the model is given, each pixel a square."""
    st.image(
        inline(crisp(Image.fromarray(prepared.image))),
        caption="What the model sees",
        width="stretch",
        alt="The picture as 28 by 28 grey pixels, light on dark",
    )


def stages(prepared: Prepared) -> None:
    """The steps between the picture and what the model sees, each with its reason."""
    cells = st.grid(min_column_width=120, gap="medium")
    for number, stage in enumerate(prepared.stages, start=1):
        with cells.container():
            st.image(
                _framed(stage),
                width="stretch",
                alt=f"Step {number}, {stage.title.lower()}: {stage.note}",
            )
            st.markdown(f"**{number}. {stage.title}**")
            st.caption(stage.note)


def _framed(stage: Stage) -> str:
    """In the middle of a square, so that steps of any shape stand in line."""
    picture = crisp(stage.image) if max(stage.image.size) <= 64 else stage.image
    return in_square(picture)
